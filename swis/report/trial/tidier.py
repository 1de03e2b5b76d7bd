"""What was delivered, by the twelve items of TIDieR; an item that the folder does not tell is shown as not reported."""

from __future__ import annotations

from dataclasses import fields

from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.words import plural
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.protocol import Tidier

ITEMS = {
    "brief_name": "Name: what it is called",
    "why": "Why: what makes it likely to work",
    "materials": "What: materials used",
    "procedures": "What: what is done",
    "provider": "Who provides it, with what training",
    "how": "How: face to face, alone or in groups",
    "where": "Where",
    "when_and_how_much": "When and how much",
    "tailoring": "What was fitted to the single school",
    "modifications": "What was changed on the way",
    "how_well_planned": "How well: how delivery was to be checked",
    "how_well_actual": "How well: what was delivered",
}
NOT_REPORTED = "not reported"


def tidier_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The table of twelve items."""
    tidier = evaluation.trial.protocol.tidier
    told = {each.name: getattr(tidier, each.name) for each in fields(Tidier)}
    missing = sum(not told[name] for name in ITEMS)
    lacking = (
        f"{plural(missing, 'item')} of {len(ITEMS)} {'is' if missing == 1 else 'are'} not reported." if missing else ""
    )
    columns = (Column("Item", "right"), Column("What is asked", row_header=True), Column("What was delivered"))
    rows = tuple(
        (str(number), words, (told[name] or NOT_REPORTED).strip())
        for number, (name, words) in enumerate(ITEMS.items(), start=1)
    )
    return [
        Heading(1, "What was delivered", "tidier"),
        Paragraph(
            "By the template for describing interventions (TIDieR). A result can only be repeated or explained if "
            f"this is known. {lacking}"
        ),
        Table("The intervention", columns, rows, "tidier-table"),
    ]
