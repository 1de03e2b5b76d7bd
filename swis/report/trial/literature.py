"""What was found elsewhere: quoted as printed, beside the trial and never in it."""

from __future__ import annotations

from swis.report.document import Block, Column, Heading, Paragraph, Table
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.figures.ratios import Interval
from swis.report.trial.say import NONE, drawn
from swis.study.protocol import Literature
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
        *_beside(evaluation),
        Table("Results from the literature", columns, rows, "literature-table"),
    ]


def _beside(evaluation: TrialEvaluation) -> list[Block]:
    """This trial and what is quoted of the same outcomes on one axis; nothing where no outcome is the same."""
    rows: list[ForestRow] = []
    for one in evaluation.outcomes:
        quoted = [each for each in evaluation.trial.protocol.literature if each.outcome == one.outcome.code]
        if quoted and one.estimate is not None:
            rows.append(ForestRow(f"This trial: {one.outcome.name}", drawn(one.estimate), bold=True))
            rows += map(_quoted, quoted)
    if not rows:
        return []
    forest = Forest(
        caption="This trial (filled) beside the literature (hollow, quoted as printed). Shaded: too small to be "
        "worth having, by the plan.",
        finding="The literature stands beside this trial and is not pooled with it.",
        rows_are="Source",
        worthwhile=evaluation.trial.protocol.options.worthwhile_rate_ratio,
    )
    return [forest_figure(rows, forest, identifier="literature-figure")]


def _quoted(found: Literature) -> ForestRow:
    values = [float(each.value) for each in (found.rate_ratio, found.ci_low, found.ci_high)]
    printed = f"{found.rate_ratio.text} ({found.ci_low.text} to {found.ci_high.text})"
    return ForestRow(f"Literature: {found.what}", Interval(*values), hollow=True, said=printed)
