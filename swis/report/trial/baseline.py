"""What schools and pupils were like before the draw, by arm. Differences are shown, not tested: chance made them."""

from __future__ import annotations

from math import sqrt

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.arm_balance import ArmDifference, arm_balance_figure
from swis.report.trial.say import NONE, number, signed
from swis.report.words import percent
from swis.study.trial.baseline import ArmSummary, BaselineRow, Level
from swis.study.trial.evaluation import TrialEvaluation

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
    """A row for each measure: schools, then pupils."""
    rows: dict[tuple[str, str], dict[Level, BaselineRow]] = {}
    for row in evaluation.baseline.rows:
        rows.setdefault((row.measure, row.unit), {})[row.level] = row
    return Table(
        caption="Schools and pupils before the draw, by arm",
        columns=(
            Column("Measure", row_header=True),
            Column("Schools with a social worker", "right"),
            Column("Schools without", "right"),
            Column("Difference in standard deviations", "right"),
            Column("Pupils with", "right"),
            Column("Pupils without", "right"),
        ),
        rows=tuple(
            (
                measure + (f" ({unit})" if unit not in ("", "number") else ""),
                *_arms(levels.get("schools"), evaluation),
                _apart(levels.get("schools")),
                *_arms(levels.get("pupils"), evaluation),
            )
            for (measure, unit), levels in rows.items()
        ),
        identifier="baseline-table",
        note="Mean (standard deviation), or a total. Among schools every school counts alike; among pupils the mean "
        "is that of all pupils of the arm together. In square brackets: schools of which it is known, where not of "
        "all.",
    )


def _arms(row: BaselineRow | None, evaluation: TrialEvaluation) -> tuple[str, str]:
    if row is None:
        return NONE, NONE
    flow = evaluation.flow
    schools = flow.intervention.allocated.schools, flow.comparison.allocated.schools
    return _summary(row, row.intervention, schools[0]), _summary(row, row.comparison, schools[1])


def _apart(row: BaselineRow | None) -> str:
    return NONE if row is None or row.difference is None else signed(row.difference)


def _summary(row: BaselineRow, arm: ArmSummary, schools: int) -> str:
    if arm.mean is None:
        return NONE if arm.total is None else f"{arm.total:,.0f}"
    if row.unit == SHARE:
        return percent(arm.mean)
    spread = "" if arm.deviation is None else f" ({number(arm.deviation)})"
    return f"{number(arm.mean)}{spread}" + (f" [{arm.known:,}]" if arm.known < schools else "")


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
