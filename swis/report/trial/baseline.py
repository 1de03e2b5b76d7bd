"""What schools and pupils were like before the draw, by arm. Differences are shown, not tested: chance made them."""

from __future__ import annotations

from math import sqrt

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.arm_balance import ArmDifference, arm_balance_figure
from swis.report.trial.say import NONE, WITH, WITHOUT, signed
from swis.report.words import percent
from swis.study.trial.baseline import ArmSummary, BaselineRow
from swis.study.trial.evaluation import TrialEvaluation

LEVELS = {"schools": "school", "pupils": "pupil"}
SHARE = "share of schools"
NORMAL = 1.959963984540054


def baseline_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The table at both levels and the picture of what differs."""
    rows = evaluation.baseline.rows
    heading = Heading(1, "Before the draw", "baseline")
    if not rows:
        return [
            heading,
            Paragraph("Nothing is known of the schools before the draw: whether the arms were alike cannot be shown."),
        ]
    return [heading, Paragraph(_how_alike(evaluation)), _table(evaluation), *_figure(rows)]


def _how_alike(evaluation: TrialEvaluation) -> tuple[str | Ref, ...]:
    largest = evaluation.baseline.largest_difference
    said = (
        "No measure has a spread, so that no difference can be put on a scale."
        if largest is None
        else f"The largest difference between the arms is {largest:.2f} standard deviations."
    )
    return (
        Ref("baseline-table"),
        f" has both arms as they were drawn. {said} Schools were drawn by lot, so that chance made what differences "
        "there are; they are not tested, and the analysis adjusts for what the plan names.",
    )


def _table(evaluation: TrialEvaluation) -> Table:
    flow = evaluation.flow
    return Table(
        caption="Schools and pupils before the draw, by arm",
        columns=(
            Column("Measure", row_header=True),
            Column("Level"),
            Column(WITH, "right"),
            Column(WITHOUT, "right"),
            Column("Difference in standard deviations", "right"),
        ),
        rows=tuple(
            (
                row.measure + (f" ({row.unit})" if row.unit not in ("", "number") else ""),
                LEVELS[row.level],
                _summary(row, row.intervention, flow.intervention.allocated.schools),
                _summary(row, row.comparison, flow.comparison.allocated.schools),
                NONE if row.difference is None else signed(row.difference),
            )
            for row in evaluation.baseline.rows
        ),
        identifier="baseline-table",
        note="Mean (standard deviation), or a total. At the level of schools every school counts alike; at that of "
        "pupils the mean is that of all pupils of the arm together. In square brackets: schools of which it is "
        "known, where not of all.",
    )


def _summary(row: BaselineRow, arm: ArmSummary, schools: int) -> str:
    if arm.mean is None:
        return NONE if arm.total is None else f"{arm.total:,.0f}"
    if row.unit == SHARE:
        return percent(arm.mean)
    spread = "" if arm.deviation is None else f" ({number(arm.deviation)})"
    return f"{number(arm.mean)}{spread}" + (f" [{arm.known:,}]" if arm.known < schools else "")


def number(value: float) -> str:
    """A mean with the digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def _figure(rows: tuple[BaselineRow, ...]) -> list[Block]:
    shown = [_difference(row) for row in rows if row.level == "schools" and row.difference is not None]
    if not shown:
        return []
    return [arm_balance_figure(shown, identifier="baseline-figure")]


def _difference(row: BaselineRow) -> ArmDifference:
    """A row as the picture takes it; the range that a simple draw gives is that of a difference of two means."""
    known = row.intervention.known, row.comparison.known
    reach = NORMAL * sqrt(sum(1 / each for each in known))
    return ArmDifference(
        measure=row.measure,
        intervention_mean=row.intervention.mean or 0.0,
        comparison_mean=row.comparison.mean or 0.0,
        difference=row.difference or 0.0,
        chance_low=-reach,
        chance_high=reach,
    )
