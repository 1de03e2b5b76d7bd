"""The result of one outcome at both levels: what was counted by arm, rates, differences, ratios, and how sure they are."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from swis.estimate.comparison import Array
from swis.report.document import Block, Bullets, Column, Heading, PageBreak, Paragraph, Table, Text
from swis.report.trial.arms import arm_sums
from swis.report.trial.say import (
    NONE,
    WITH,
    WITHOUT,
    number,
    per_thousand,
    reason_of,
    say_held,
    say_level,
    signed,
    told,
    told_estimate,
)
from swis.report.trial.verdict import verdict_callout
from swis.report.words import interval, p_value, ratio
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation

Row = tuple[Text, ...]
SCHOOL, PUPIL = "school", "pupil"


def primary_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The verdict, the table at both levels, and how sure it is."""
    one = evaluation.primary
    return [
        PageBreak(),
        Heading(1, f"Primary outcome: {one.outcome.name}", "primary"),
        verdict_callout(one),
        Paragraph(f"Place in the plan: {one.plan_state}."),
        *levels_table(one, "primary"),
        *how_sure(one, "primary"),
    ]


def how_sure(one: OutcomeResult, key: str) -> list[Block]:
    """The list of what says how sure a result is; nothing without a result."""
    return [] if told(one) is None else [Heading(2, "How sure", f"{key}-sure"), Bullets(tuple(_sure(one)))]


def levels_table(one: OutcomeResult, key: str) -> list[Block]:
    """The results of an outcome at both levels; nothing where nothing was returned."""
    return [_levels(one, key)] if one.table is not None or one.effect is not None else []


def _levels(one: OutcomeResult, key: str) -> Table:
    rows = _score_rows(one) if one.effect is not None else _count_rows(one)
    found = told(one)
    level = say_level(0.95 if found is None else found.level)
    measure = "Ratio" if one.effect is None else "Effect size (g)"
    return Table(
        caption=f"{one.outcome.name}: results by arm, at both levels",
        columns=(
            Column("What", row_header=True),
            Column("Level"),
            Column(WITH, "right"),
            Column(WITHOUT, "right"),
            Column(f"Difference ({level} interval)", "right"),
            Column(f"{measure} ({level} interval)", "right"),
        ),
        rows=tuple(rows),
        identifier=f"{key}-levels",
        note=_note(one),
    )


def _count_rows(one: OutcomeResult) -> list[Row]:
    table = one.table
    if table is None:
        return []
    arms = [arm_sums(table, intervention=arm) for arm in (True, False)]
    unit, noun = table.unit, _counted(one)
    rows: list[Row] = [
        ("Analysed", SCHOOL, *(f"{arm.schools:,}" for arm in arms), NONE, NONE),
        (unit[:1].upper() + unit[1:], PUPIL, *(f"{arm.exposure:,.0f}" for arm in arms), NONE, NONE),
        (noun, PUPIL, *(f"{arm.count:,.0f}" for arm in arms), NONE, NONE),
    ]
    crude = [arm.count / arm.exposure if arm.exposure else float("nan") for arm in arms]
    means = [f"{_rate(arm.mean_rate, one)} ({_rate(arm.deviation, one)})" for arm in arms]
    return [
        *rows,
        ("Rate as counted", PUPIL, *(_rate(rate, one) for rate in crude), NONE, NONE),
        *_adjusted(one),
        ("Mean of rates (standard deviation)", SCHOOL, *means, NONE, _school_ratio(one)),
    ]


def _counted(one: OutcomeResult) -> str:
    """What the counts of the table are of; days are counted in units of which one stands for one event."""
    if one.outcome.kind == "sessions":
        return "Sessions missed"
    unit = float(one.outcome.unit_of_count)
    return (
        "Counted" if unit == 1 else f"Counted, in units of {unit:g}" + (" days" if one.outcome.kind == "days" else "")
    )


def _per(one: OutcomeResult) -> str:
    unit = "" if one.table is None else one.table.unit
    return "per cent" if one.outcome.kind == "sessions" else f"per 1,000 {unit}"


def _rate(value: float, one: OutcomeResult) -> str:
    if np.isnan(value):
        return NONE
    return f"{100 * value:.2f}" if one.outcome.kind == "sessions" else per_thousand(1000 * value)


def _adjusted(one: OutcomeResult) -> list[Row]:
    """The planned estimate: rates were all schools in one arm, their difference and ratio."""
    words = ("Rate, adjusted", PUPIL)
    if one.result is not None:
        rates, found = one.result.rates, told_estimate(one.result.estimate)
        difference = f"{signed(rates.difference)} ({signed(rates.low)} to {signed(rates.high)})"
        return [(*words, per_thousand(rates.with_worker), per_thousand(rates.without_worker), difference, found.words)]
    if one.sessions is not None:
        sessions = one.sessions
        half = sessions.estimate.quantile * sessions.difference_error
        ends = (sessions.difference - half, sessions.difference + half)
        difference = f"{signed(sessions.difference)} ({signed(ends[0])} to {signed(ends[1])})"
        odds = f"{told_estimate(sessions.estimate).words}, of odds"
        return [(*words, f"{sessions.with_worker:.2f}", f"{sessions.without_worker:.2f}", difference, odds)]
    return []


def _school_ratio(one: OutcomeResult) -> str:
    return NONE if one.estimands is None else told_estimate(one.estimands.school).words


def _score_rows(one: OutcomeResult) -> list[Row]:
    if one.scores is None or one.effect is None:
        return []
    scores, effect = one.scores.tested, one.effect
    arms = (scores.intervention, ~scores.intervention)
    totals = [float(scores.pupils[arm].sum()) for arm in arms]
    means = [float(scores.pupils[arm] @ scores.mean[arm] / total) for arm, total in zip(arms, totals, strict=True)]
    schools = [_mean_of_means(scores.mean[arm]) for arm in arms]
    reach = float(stdtrit(effect.df, 0.5 + effect.level / 2)) * effect.difference_error
    ends = (effect.difference - reach, effect.difference + reach)
    difference = f"{signed(effect.difference)} ({signed(ends[0])} to {signed(ends[1])})"
    found = told(one)
    return [
        ("Analysed", SCHOOL, *(f"{int(arm.sum()):,}" for arm in arms), NONE, NONE),
        ("With a score", PUPIL, *(f"{total:,.0f}" for total in totals), NONE, NONE),
        ("Mean score", PUPIL, *(f"{mean:,.2f}" for mean in means), NONE, NONE),
        ("Adjusted", PUPIL, NONE, NONE, difference, NONE if found is None else found.words),
        ("Mean of means (standard deviation)", SCHOOL, *schools, NONE, NONE),
    ]


def _mean_of_means(means: Array) -> str:
    spread = f" ({means.std(ddof=1):,.2f})" if len(means) > 1 else ""
    return f"{means.mean():,.2f}{spread}" if len(means) else NONE


def _note(one: OutcomeResult) -> str:
    if one.effect is not None:
        return f"Differences in points; g is in standard deviations of pupils' scores ({one.effect.total_deviation:.2f} points)."
    return (
        f"Rates are {_per(one)}. Adjusted: as they would be were all schools in one arm. The last row's ratio is that "
        "of the adjusted analysis in which every school counts alike."
    )


def _sure(one: OutcomeResult) -> list[Text]:
    return [*_test(one), *_interval(one), *_clustering(one), *_dispersion(one), *_level(one)]


def _test(one: OutcomeResult) -> list[Text]:
    test = one.randomisation
    if test is None:
        return [f"Randomisation test: {reason_of(one, 'randomisation')}."]
    points: list[Text] = [
        f"Randomisation test: p {p_value(test.p)}, two-sided, {test.draws:,} allocations {test.redrawn}. It is the "
        "p-value to quote."
    ]
    if one.randomisation_interval is not None:
        points.append(
            f"Ratios, the same in every school, that this test does not reject: {interval(*one.randomisation_interval)}."
        )
    if one.result is not None:
        points.append(f"Score wild bootstrap: p {p_value(one.result.bootstrap.p)}.")
    return points


def _interval(one: OutcomeResult) -> list[Text]:
    estimate, effect = one.estimate, one.effect
    if effect is not None:
        return [
            f"Difference {signed(effect.difference)} points, standard error {effect.difference_error:.2f}, by a multilevel "
            f"model; p {p_value(effect.p)} by that error alone, with t quantiles."
        ]
    if estimate is None:
        return []
    return [
        f"{estimate.measure} {ratio(estimate.ratio)}: log {signed(estimate.log_ratio, 4)}, standard error "
        f"{estimate.standard_error:.4f}; p {p_value(estimate.p)} by that error alone."
    ]


def _clustering(one: OutcomeResult) -> list[Text]:
    if one.effect is not None and one.clustering is None:
        effect = one.effect
        return [f"Intra-cluster correlation {effect.icc:.3f} after adjustment, {effect.icc_raw:.3f} without."]
    found = one.clustering
    if found is None:
        return [f"How alike pupils of a school are (k or intra-cluster correlation): {reason_of(one, 'clustering')}."]
    name = "Variation between schools, k" if found.measure == "k" else found.measure.capitalize()
    high = "no limit" if np.isinf(found.high) else f"{found.high:.3f}"
    return [
        f"{name}: {found.value:.3f} ({say_level(found.level)} interval {found.low:.3f} to {high}), {found.schools:,} "
        f"schools. The variance is {number(found.design_effect)} times that of pupils who are not in schools together."
    ]


def _dispersion(one: OutcomeResult) -> list[Text]:
    found = one.result.dispersion if one.result is not None else one.sessions.dispersion if one.sessions else None
    if found is None or np.isnan(found):
        return []
    return [f"Dispersion: the counts scatter {found:.1f} times as much as independent ones would."]


def _level(one: OutcomeResult) -> list[Text]:
    held = one.effect.held if one.effect is not None else one.estimate.held if one.estimate is not None else None
    points: list[Text] = []
    if held is not None:
        points.append(
            f"Does the interval hold its level with {held.schools:,} schools, by simulation: {say_held(held)}."
        )
    if one.randomisation is not None:
        points.append(
            "The randomisation test holds its level by design where the draw is made again as it was made. By simulation: "
            f"{say_held(one.randomisation.held)}."
        )
    return points
