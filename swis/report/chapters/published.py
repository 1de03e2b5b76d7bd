"""What was published of one outcome, each number beside ours, and the same without the corrections."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.words import plural
from swis.study.evaluation import OutcomeEvaluation
from swis.study.reproduction import Reproduced

NONE = "none"
PARTS = {"estimate": "ratio", "lower": "lower end", "upper": "upper end"}


def published_blocks(one: OutcomeEvaluation, key: str) -> list[Block]:
    """The printed numbers beside those of the published method, with a tick or the reason why not."""
    if not one.reproduction:
        return []
    agreeing = sum(each.agrees for each in one.reproduction)
    blocks: list[Block] = [
        Heading(3, "Printed and reproduced", f"{key}-reproduced"),
        Paragraph(
            (
                f"By the published method {agreeing} of {plural(len(one.reproduction), 'printed number')} follow from the table "
                "to the last digit. ",
                Ref(f"{key}-printed"),
                " shows each beside ours.",
            )
        ),
        _table(one.reproduction, caption=f"{one.outcome.name}: printed and reproduced", identifier=f"{key}-printed"),
    ]
    return blocks + _without_corrections(one, key)


def _without_corrections(one: OutcomeEvaluation, key: str) -> list[Block]:
    if not one.reproduction_as_printed:
        return []
    words = f"Without the declared corrections {plural(len(one.differs_as_printed), 'more number')} would not follow."
    if one.as_printed is not None:
        words += f" The verdict on the printed table would be “{one.as_printed.verdict.kind}”."
    if not one.differs_as_printed:
        return [Paragraph(words)]
    caption = f"{one.outcome.name}: printed numbers that follow only with the corrections"
    return [
        Paragraph(words),
        _table(one.differs_as_printed, caption=caption, identifier=f"{key}-uncorrected"),
    ]


def _table(numbers: Sequence[Reproduced], *, caption: str, identifier: str) -> Table:
    """One row per coefficient: ratio and interval as printed and as ours, and what does not agree."""
    rows = []
    for coefficient in dict.fromkeys(each.coefficient for each in numbers):
        parts = [each for each in numbers if each.coefficient == coefficient]
        wrong = [each for each in parts if not each.agrees]
        said = "yes" if not wrong else f"no: {_reasons(wrong, parts)}"
        rows.append((coefficient, _shown(parts, _printed), _shown(parts, _ours), said))
    return Table(
        caption=caption,
        columns=(
            Column("Coefficient", row_header=True),
            Column("Printed"),
            Column("Ours"),
            Column("Agrees to the last digit"),
        ),
        rows=tuple(rows),
        identifier=identifier,
        note="Rate ratios with their intervals; the constant is a rate. Ours with two digits more than a publication prints.",
    )


def _shown(parts: Sequence[Reproduced], show: Callable[[Reproduced], str]) -> str:
    by_part = {each.part: show(each) for each in parts}
    ends = [by_part[part] for part in ("lower", "upper") if part in by_part]
    estimate = by_part.get("estimate", "")
    if set(ends) == {NONE}:
        return f"{estimate}, no interval"
    return f"{estimate} ({' to '.join(ends)})".strip() if ends else estimate


def _printed(each: Reproduced) -> str:
    return each.printed.text


def _ours(each: Reproduced) -> str:
    return NONE if each.ours is None else _digits(each.ours)


def _reasons(wrong: Sequence[Reproduced], parts: Sequence[Reproduced]) -> str:
    """What does not agree and why; the part is named unless none agrees."""
    reasons = dict.fromkeys(each.reason for each in wrong)
    if len(wrong) == len(parts) and len(reasons) == 1:
        return wrong[0].reason
    return "; ".join(
        f"{' and '.join(PARTS[each.part] for each in wrong if each.reason == reason)}: {reason}" for reason in reasons
    )


def _digits(value: float) -> str:
    return f"{value:.4f}" if 0.01 <= value < 1_000 else f"{value:.4g}"
