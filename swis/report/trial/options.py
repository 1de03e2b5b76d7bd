"""The primary outcome analysed otherwise: every option side by side, and the averages that a programme can be judged by."""

from __future__ import annotations

from math import isinf

from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.result import TrialEstimate
from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.figures.ratios import Interval
from swis.report.trial.say import NONE, drawn, reason_of, say_levels, told_estimate, without_code
from swis.report.words import interval, p_value, ratio
from swis.study.trial.evaluation import Option, OutcomeResult, TrialEvaluation

PLANNED = "Planned"


def options_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """All options of the primary outcome, then its estimands. Nothing where the outcome has no estimate as a ratio."""
    one = evaluation.primary
    blocks: list[Block] = [Heading(1, "Other ways to analyse it", "options")]
    if one.estimate is None:
        return [*blocks, Paragraph("The primary outcome has no ratio that could be analysed otherwise.")]
    return [*blocks, *_options(one, evaluation), *_estimands(one)]


def _options(one: OutcomeResult, evaluation: TrialEvaluation) -> list[Block]:
    estimate = one.estimate
    if estimate is None:
        return []
    options = [Option(f"{PLANNED}: {estimate.analysis}", estimate), *one.sensitivity]
    rows = [_drawn(one, option) for option in options]
    if one.randomisation_interval is not None:
        low, high = one.randomisation_interval
        said = "rejects no ratio" if low == 0 and isinf(high) else f"{interval(low, high)} not rejected"
        rows.insert(1, ForestRow("Randomisation test", Interval(None, low, high), said=said))
    worthwhile = evaluation.trial.protocol.options.worthwhile_rate_ratio
    forest = Forest(
        caption=f"{one.outcome.name} under every analysis on offer, with {say_levels([one])}. Hollow: the analysis does not "
        "hold its level with so many schools, or was not simulated there. Shaded: too small to be worth having, by "
        "the plan.",
        finding=_finding(one, options),
        rows_are="Analysis",
        worthwhile=worthwhile,
    )
    return [
        Paragraph(
            (
                "The planned analysis decides. The others show whether the answer hangs on it. ",
                Ref("options-figure"),
                " draws them, ",
                Ref("options-table"),
                " says what each averages over and whether it holds its level.",
            )
        ),
        forest_figure(rows, forest, identifier="options-figure"),
        _table(one, options),
    ]


def _drawn(one: OutcomeResult, option: Option) -> ForestRow:
    estimate, why = option.estimate, without_code(one, option.why_not)
    if estimate is None:
        return ForestRow(option.name, drawn(None), why)
    held = estimate.held.held
    note = "" if held else "not simulated at this size" if held is None else "does not hold its level"
    return ForestRow(option.name, drawn(estimate), note, bold=option.name.startswith(PLANNED), hollow=not held)


def _finding(one: OutcomeResult, options: list[Option]) -> str:
    found = [option.estimate for option in options if option.estimate is not None]
    apart = sum(not estimate.low <= 1 <= estimate.high for estimate in found)
    ratios = [estimate.ratio for estimate in found]
    return (
        f"{len(found)} analyses of {one.outcome.name} give ratios from {ratio(min(ratios))} to {ratio(max(ratios))}; "
        f"{apart} of their intervals leave out 1, which stands for no difference."
    )


def _table(one: OutcomeResult, options: list[Option]) -> Table:
    return Table(
        caption="Every analysis side by side",
        columns=(
            Column("Analysis", row_header=True),
            Column("Ratio", "right"),
            Column("Interval"),
            Column("p", "right"),
            Column("Averages over"),
            Column("Holds its level"),
            Column("Claims at most", "right"),
            Column("Intervals hold in", "right"),
        ),
        rows=tuple(_row(one, option) for option in options),
        identifier="options-table",
        note="p is by the standard error of each analysis, not by the randomisation test. Level: the largest share "
        "of simulated trials without effect in which it claims one at 5%, and the smallest share of intervals that "
        "hold the truth.",
    )


def _row(one: OutcomeResult, option: Option) -> tuple[str, ...]:
    estimate = option.estimate
    if estimate is None:
        return option.name, NONE, without_code(one, option.why_not) or "not estimable", NONE, NONE, NONE, NONE, NONE
    ends = interval(estimate.low, estimate.high)
    over = estimate.estimand.partition(": ")[0]
    return option.name, ratio(estimate.ratio), ends, p_value(estimate.p), over, *_level(estimate.held)


def _level(held: HeldLevel) -> tuple[str, str, str]:
    words = {True: "yes", False: "NO", None: "not simulated"}[held.held]
    size = NONE if held.size is None else f"{held.size:.1%}"
    return words, size, NONE if held.coverage is None else f"{held.coverage:.1%}"


def _estimands(one: OutcomeResult) -> list[Block]:
    heading = Heading(2, "Whose average", "estimands")
    found = one.estimands
    if found is None:
        why = reason_of(one, "estimands", "not worked out for this outcome")
        return [heading, Paragraph(f"Averages over pupils, schools and authorities: {why}.")]
    rows = tuple(_average(name, each) for name, each in _averages(one))
    alike = (
        f"The ratio of the school average to that of pupils is {ratio(found.school_against_participant)} "
        f"({interval(found.low, found.high)}; p {p_value(found.p)}). A small p would say that the effect goes with "
        "the size of the school."
    )
    columns = (
        Column("Average of", row_header=True),
        Column("Ratio (interval)", "right"),
        Column("Every ... counts alike"),
    )
    return [heading, Table("Estimands", columns, rows, "estimands-table"), Paragraph(alike)]


def _averages(one: OutcomeResult) -> list[tuple[str, TrialEstimate]]:
    found = one.estimands
    if found is None:
        return []
    return [("Pupils", found.participant), ("Schools", found.school), ("Authorities", found.authority)]


def _average(name: str, estimate: TrialEstimate) -> tuple[str, str, str]:
    return name, told_estimate(estimate).words, estimate.estimand.partition(": ")[2] or estimate.estimand
