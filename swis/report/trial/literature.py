"""What was found elsewhere: quoted as printed, beside the trial and never in it."""

from __future__ import annotations

from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.trial.say import NONE
from swis.study.trial.evaluation import TrialEvaluation


def literature_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The quoted results; nothing where the folder quotes none."""
    found = evaluation.trial.protocol.literature
    if not found:
        return []
    names = {one.code: one.name for one in evaluation.trial.protocol.outcomes}
    rows = tuple(
        (
            each.what,
            names.get(each.outcome, each.outcome),
            NONE if each.schools is None else f"{each.schools:,}",
            f"{each.rate_ratio.text} ({each.ci_low.text} to {each.ci_high.text})",
            each.source,
        )
        for each in found
    )
    columns = (
        Column("Study", row_header=True),
        Column("Outcome"),
        Column("Schools", "right"),
        Column("Rate ratio, 95% interval"),
        Column("Source"),
    )
    return [
        Heading(1, "What was found elsewhere", "literature"),
        Paragraph(
            "Literature, not results of this trial: quoted as printed, not worked out here, and part of no verdict."
        ),
        Table("Results from the literature", columns, rows, "literature-table"),
    ]
