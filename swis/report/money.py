"""A document on money alone: what `swis money` writes."""

from __future__ import annotations

from swis.costs.money_result import MoneyResult
from swis.report.chapters.money import money_blocks
from swis.report.document import Block, Callout, Document, Paragraph
from swis.report.trial.money import label_synthetic, settings_table
from swis.study.study import Study
from swis.study.trial.trial import Trial


def compose_money(money: MoneyResult, source: Trial | Study, *, swis_version: str) -> Document:
    """What the money of a trial or a study bought, as a document of its own. The same result gives the same document."""
    heading, *rest = money_blocks(money)
    settings = source.protocol.money if isinstance(source, Trial) else None
    blocks: list[Block] = [heading, *(_before(source) if isinstance(source, Trial) else []), *rest]
    return Document(
        title=f"Money: {source.title}",
        subtitle=f"{money.outcome}, {money.price_year} prices",
        source=f"Made by SWIS {swis_version} from the folder {source.name}",
        description=f"What a programme cost and what that bought: {source.title}.",
        blocks=tuple(label_synthetic(blocks) if settings is not None and settings.synthetic else blocks),
        provenance=(
            ("SWIS version", swis_version),
            ("Folder", source.name),
            ("Protocol and inputs together (SHA-256)", source.hashes.all),
            *((f"{name} (SHA-256)", digest) for name, digest in sorted(source.hashes.files.items())),
        ),
    )


def _before(trial: Trial) -> list[Block]:
    """What the evaluator wants to be known first, such as that outcomes are made up, and how the money is weighed."""
    notes = [note for note in trial.protocol.notes if note.severity == "warning" and not note.outcome]
    words = [Paragraph(f"{note.what.strip().rstrip('.')}. {note.what_to_do}".strip()) for note in notes]
    settings = trial.protocol.money
    return [
        *([Callout("Know this first", tuple(words), "caution")] if words else []),
        *([] if settings is None else [settings_table(settings, trial)]),
    ]
