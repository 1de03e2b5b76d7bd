"""The primary outcome analysed otherwise: every option side by side, and the averages that a programme can be judged by."""

from __future__ import annotations

from math import isinf

from swis.estimate.trial.result import TrialEstimate
from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.figures.ratios import Interval
from swis.report.trial.beliefs import beliefs, drawn_beliefs
from swis.report.trial.say import (
    NONE,
    drawn,
    ratio_or_g,
    reason_of,
    say_level_held,
    say_levels,
    told_estimate,
    unheld,
    without_code,
)
from swis.report.words import interval, p_value, ratio
from swis.study.trial.evaluation import Option, OutcomeResult, TrialEvaluation

PLANNED = "Planned"


def options_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """All options of the primary outcome, then its estimands. Nothing where the outcome has no estimate."""
    one = evaluation.primary
    planned = one.effect or one.estimate
    blocks: list[Block] = [Heading(1, "Other ways to analyse it", "options")]
    if planned is None:
        return [*blocks, Paragraph("The primary outcome has no estimate that could be set beside others.")]
    options = [Option(f"{PLANNED}: {planned.held.analysis}", planned), *one.sensitivity]
    return [
        *blocks,
        _words(one),
        *_figure(one, options, evaluation),
        _table(one, options),
        *beliefs(one),
        *_estimands(one),
    ]


def _words(one: OutcomeResult) -> Paragraph:
    drawn_too = (Ref("options-figure"), " draws them, ") if one.effect is None else ()
    return Paragraph(
        (
            "The planned analysis decides. The others show whether the answer hangs on it. ",
            *drawn_too,
            Ref("options-table"),
            " says what each averages over and whether it holds its level.",
        )
    )


def _figure(one: OutcomeResult, options: list[Option], evaluation: TrialEvaluation) -> list[Block]:
    """Ratios on one axis; effect sizes are no ratios and stand in the table."""
    if one.estimate is None:
        return []
    rows = [_drawn(one, option) for option in options]
    if one.randomisation_interval is not None:
        low, high = one.randomisation_interval
        said = "rejects no ratio" if low == 0 and isinf(high) else f"{interval(low, high)} not rejected"
        rows.insert(1, ForestRow("Randomisation test", Interval(None, low, high), said=said))
    rows += drawn_beliefs(one)
    credible = " Bayesian: 95% credible intervals." if one.bayes else ""
    forest = Forest(
        caption=f"{one.outcome.name} under every analysis on offer, with {say_levels([one])}.{credible} Hollow: the analysis "
        "does not hold its level with so many schools, or was not simulated there. Shaded: too small to be worth having, by "
        "the plan.",
        finding=_finding(one, options),
        rows_are="Analysis",
        worthwhile=evaluation.trial.protocol.options.worthwhile_rate_ratio,
    )
    return [forest_figure(rows, forest, identifier="options-figure")]


def _drawn(one: OutcomeResult, option: Option) -> ForestRow:
    estimate, why = option.estimate, without_code(one, option.why_not)
    if not isinstance(estimate, TrialEstimate):
        return ForestRow(option.name, drawn(None), why)
    return ForestRow(
        option.name,
        drawn(estimate),
        unheld(estimate.held),
        bold=option.name.startswith(PLANNED),
        hollow=not estimate.held.held,
    )


def _finding(one: OutcomeResult, options: list[Option]) -> str:
    found = [option.estimate for option in options if isinstance(option.estimate, TrialEstimate)]
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
            Column(ratio_or_g([one]), "right"),
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
    effect = told_estimate(estimate)
    over = estimate.estimand.partition(": ")[0] if isinstance(estimate, TrialEstimate) else "as the model weighs"
    return (
        option.name,
        effect.number(effect.value),
        effect.interval,
        p_value(estimate.p),
        over,
        *say_level_held(estimate.held),
    )


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
