"""What would shake the finding: trends before the start, placebos, other choices, scatter, floor, single schools."""

from __future__ import annotations

from math import exp, isfinite

from swis.estimate.appraisal import Appraisal
from swis.estimate.event_study import PreTrend
from swis.report.document import Block, Bullets, Column, Heading, Paragraph, Table
from swis.report.words import interval, join, p_value, percent, plural, ratio
from swis.study.evaluation import OutcomeEvaluation

MISSING = {
    "bootstrap": "Score wild bootstrap",
    "cluster_permutation": "Randomisation test with clusters",
    "firth": "Firth",
    "detectable": "Smallest effect that could be found",
    "placebos": "Placebos in time",
    "exact_last_two": "Exact inference on two terms",
}
"""Parts of an appraisal that leave no line behind where they are missing."""


def diagnostics(one: OutcomeEvaluation, key: str) -> list[Block]:
    """The diagnostics of one outcome; nothing where it could not be appraised."""
    appraisal = one.appraisal
    if appraisal is None:
        return []
    return [
        Heading(3, "What would shake it", f"{key}-diagnostics"),
        Bullets(tuple(each for each in _points(appraisal) if each)),
        _event_study(one, appraisal, key),
        *_placebos(one, appraisal, key),
        *_robust(one, appraisal, key),
        *_alternatives(one, key),
        *_not_estimable(appraisal),
    ]


def _points(appraisal: Appraisal) -> list[str]:
    return [
        _trend(appraisal),
        _sensitivity(appraisal),
        _scatter(appraisal),
        _floor(appraisal),
        _single_school(appraisal),
    ]


def _trend(appraisal: Appraisal) -> str:
    trend = appraisal.pre_trend
    if trend is None:
        return f"Trends before the start: not testable. {appraisal.not_estimable.get('pre_trend', '')}"
    words = (
        f"Trends before the start: likelihood ratio {trend.statistic:.2f} on {trend.df}; p {p_value(trend.chi_squared_p)} if "
        f"counts were Poisson, {p_value(trend.quasi_p)} with their scatter, {p_value(trend.permutation_p)} over "
        f"{trend.assignments:,} choices of schools (joint score)."
    )
    return f"{words} {_bound(trend)}".strip()


def _bound(trend: PreTrend) -> str:
    if trend.rejected:
        return "The schools were moving apart before anybody had a social worker."
    if trend.bound is None:
        return ""
    return (
        f"That proves little: a difference of {ratio(trend.bound)} times between the last two terms before the start would have "
        "passed."
    )


def _sensitivity(appraisal: Appraisal) -> str:
    found = appraisal.sensitivity
    if found is None:
        return f"Drift: no bound. {appraisal.not_estimable.get('sensitivity', '')}"
    robust = (
        "even without any drift the interval includes no effect"
        if found.robust_breakdown == 0
        else f"the interval excludes no effect up to {found.robust_breakdown:.2f} times that change"
    )
    return (
        f"Drift: a drift of {found.breakdown:.2f} times the largest change between neighbouring terms before the start would "
        f"explain the estimate away; {robust}. Had the last change before the start gone on, the rate ratio would be "
        f"{ratio(found.extrapolated)}."
    )


def _scatter(appraisal: Appraisal) -> str:
    value = appraisal.quasi.dispersion
    if appraisal.comparison.unit_of_count > 1:
        children = value / appraisal.comparison.unit_of_count
        return (
            f"Scatter: the variance is {value:.1f} times that of independent days. Days come in lots: it is {children:.2f} times "
            f"that of lots of {appraisal.comparison.unit_of_count:g} days."
        )
    judged = "more than" if value > 1.2 else "less than" if value < 0.8 else "about as much as"
    return f"Scatter: the counts vary {judged} Poisson counts do ({value:.2f} times)."


def _floor(appraisal: Appraisal) -> str:
    floor = appraisal.floor
    if not floor.zero_school_terms:
        return ""
    return (
        f"Floor: {plural(floor.zero_school_terms, 'school-term')} of {floor.school_terms} ({percent(floor.zero_share)}) count "
        f"nothing; {plural(floor.schools_without_events, 'school')} never; "
        f"{plural(floor.intervention_without_events_at_reference, 'school')} with a social worker had nothing to reduce in the "
        "reference term."
    )


def _single_school(appraisal: Appraisal) -> str:
    left = {school: value for school, value in appraisal.leave_one_out.items() if value is not None}
    missing = [school for school, value in appraisal.leave_one_out.items() if value is None]
    words = ""
    if left:
        low, high = min(left, key=lambda s: left[s]), max(left, key=lambda s: left[s])
        without = [
            f"without {school} {'the rate ratio is ' if school == low else ''}{ratio(exp(left[school]))}"
            for school in (low, high)
        ]
        words = f"Single schools: {', '.join(without)}."
    return f"{words} Without {join(missing)} there is no estimate at all.".strip() if missing else words


def _event_study(one: OutcomeEvaluation, appraisal: Appraisal, key: str) -> Table:
    study = appraisal.event_study
    errors = study.standard_errors
    rows = []
    for position, term in enumerate(study.terms):
        value = float(study.log_ratios[position])
        shown = ratio(exp(value)) if isfinite(value) else ("0" if value < 0 else "unbounded")
        ends = "–"
        if term == study.reference:
            shown, ends = "1 (reference)", "–"
        elif errors is not None:
            half = 1.96 * float(errors[position])
            ends = interval(exp(value - half), exp(value + half))
        rows.append((term, "after" if term in study.after else "before", shown, ends))
    return Table(
        caption=f"{one.outcome.name}: schools with a social worker against those without, term by term",
        columns=(
            Column("Term", row_header=True),
            Column("Start"),
            Column("Rate ratio against the reference term", "right"),
            Column("95% interval"),
        ),
        rows=tuple(rows),
        identifier=f"{key}-event-study",
        note="Event study; intervals allow for the scatter of the counts, with normal quantiles."
        if errors is not None
        else "Event study; no intervals, because a term has no events in one arm.",
    )


def _placebos(one: OutcomeEvaluation, appraisal: Appraisal, key: str) -> list[Block]:
    rows = []
    for placebo in appraisal.placebos:
        line = placebo.published.interaction if placebo.published else None
        claims = line is not None and line.p is not None and line.p < 0.05
        rows.append(
            (
                placebo.term + (" (after the launch)" if placebo.term in one.terms_since_launch else ""),
                "–" if line is None else ratio(line.ratio),
                "none" if line is None else interval(line.low, line.high),
                p_value(line.p if line else None),
                "yes, though there was none" if claims else "no",
                p_value(placebo.permutation.p),
            )
        )
    if not rows:
        return []
    wolves = sum(row[4] != "no" for row in rows)
    words = (
        "The same analysis, run as if the programme had started in an earlier term. "
        f"The published method finds an “effect” in {wolves} of {len(rows)}."
    )
    return [
        Paragraph(words),
        Table(
            caption=f"{one.outcome.name}: placebos in time",
            columns=(
                Column("Pretended start", row_header=True),
                Column("Rate ratio", "right"),
                Column("Published interval"),
                Column("Published p", "right"),
                Column("Effect claimed"),
                Column("Randomisation p", "right"),
            ),
            rows=tuple(rows),
            identifier=f"{key}-placebos",
        ),
    ]


def _robust(one: OutcomeEvaluation, appraisal: Appraisal, key: str) -> list[Block]:
    found = appraisal.sensitivity
    if found is None:
        return []
    rows = [
        (f"drift up to {each.allowance:g} times the largest earlier change", interval(each.low, each.high))
        for each in found.relative_magnitudes
    ]
    rows += [
        (f"trend bends by up to {each.allowance:g} on the log scale", interval(each.low, each.high))
        for each in found.smoothness
    ]
    return [
        Table(
            caption=f"{one.outcome.name}: the last term against the reference term if trends were not parallel",
            columns=(Column("Allowed", row_header=True), Column("95% interval of the rate ratio")),
            rows=tuple(rows),
            identifier=f"{key}-drift",
        )
    ]


def _alternatives(one: OutcomeEvaluation, key: str) -> list[Block]:
    if not one.alternatives:
        return []
    rows = []
    for each in one.alternatives:
        if each.quasi is None or each.permutation is None:
            rows.append((each.name, f"{len(each.terms)}", "–", each.reason, "–"))
            continue
        ends = interval(each.quasi.low, each.quasi.high)
        p = f"{p_value(each.permutation.p)} ({p_value(each.permutation.smallest_p)})"
        rows.append((each.name, f"{len(each.terms)}", ratio(each.quasi.ratio), ends, p))
    return [
        Table(
            caption=f"{one.outcome.name}: other terms that could as well have been chosen",
            columns=(
                Column("Choice", row_header=True),
                Column("Terms", "right"),
                Column("Rate ratio", "right"),
                Column("95% interval, quasi-Poisson"),
                Column("Randomisation p (smallest possible)", "right"),
            ),
            rows=tuple(rows),
            identifier=f"{key}-alternatives",
        )
    ]


def _not_estimable(appraisal: Appraisal) -> list[Block]:
    """What has no place of its own above to say that it is missing."""
    missing = [f"{MISSING[name]}: {why}" for name, why in appraisal.not_estimable.items() if name in MISSING]
    return [Paragraph(f"Not estimable here. {' '.join(missing)}")] if missing else []
