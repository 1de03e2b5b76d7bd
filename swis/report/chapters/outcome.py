"""One outcome of one study: what was counted, what was published, what better inference says, what would shake it."""

from __future__ import annotations

import re
from hashlib import sha256
from math import exp, inf, isfinite

from swis.estimate.appraisal import Appraisal
from swis.report.chapters.diagnostics import diagnostics
from swis.report.chapters.plain import plain_verdict
from swis.report.chapters.published import published_blocks
from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.effect import effect_figure
from swis.report.figures.permutation import permutation_figure
from swis.report.figures.ratios import IntervalRow
from swis.report.figures.trend import trend_figure
from swis.report.words import interval, p_value, per_pupils, plural, ratio
from swis.study.evaluation import OutcomeEvaluation
from swis.study.study import Study


def outcome_section(study: Study, one: OutcomeEvaluation) -> list[Block]:
    """The section of one outcome: verdict first, then the counts, the published table, the estimates and the diagnostics."""
    key = identifier(study, "outcome", one.outcome.code)
    return [
        Heading(2, one.outcome.name, key),
        plain_verdict(one),
        *_place_in_plan(study, one),
        *_counts(study, one, key),
        *published_blocks(one, key),
        *_estimates(one, key),
        *diagnostics(one, key),
    ]


def _place_in_plan(study: Study, one: OutcomeEvaluation) -> list[Block]:
    """Whether this analysis was in the locked plan; nothing to say where no plan was locked."""
    status = study.plan_status
    if status.lock is None:
        return []
    foresight = "before" if status.foresight else "after"
    return [
        Paragraph(
            f"The plan was locked {foresight} the outcomes were there. This analysis: {status.of_outcome(one.outcome.code)}."
        )
    ]


def identifier(study: Study, *parts: str) -> str:
    """A name for a block, unique over studies. What a name loses on the way to small letters and digits, a hash makes up for."""
    return "-".join(("study", *map(_word, (study.name, *parts))))


def _word(name: str) -> str:
    small = "-".join(re.findall("[a-z0-9]+", name))
    if small == name.replace("_", "-"):
        return small
    return "-".join(part for part in (small, sha256(name.encode()).hexdigest()[:8]) if part)


def _counts(study: Study, one: OutcomeEvaluation, key: str) -> list[Block]:
    treated = int(one.comparison.intervention.sum())
    return [
        Heading(3, "What was counted", f"{key}-counted"),
        Paragraph(
            (
                f"{plural(treated, 'school')} with a social worker and {len(one.comparison.schools) - treated} without, over "
                f"{len(one.comparison.terms)} terms. ",
                Ref(f"{key}-trend"),
                " shows their rates, ",
                Ref(f"{key}-terms"),
                " the figures.",
            )
        ),
        trend_figure(
            one.comparison,
            identifier=f"{key}-trend",
            outcome_name=one.outcome.name,
            per=one.outcome.per,
            launch=next(iter(one.terms_since_launch), None),
        ),
        _school_terms(study, one, key),
    ]


def _school_terms(study: Study, one: OutcomeEvaluation, key: str) -> Table:
    comparison, per = one.comparison, one.outcome.per
    corrected = {
        (each.school, each.term): each for each in study.corrections_of(one.outcome.code) if each.field == "count"
    }
    rows = []
    for i, school in enumerate(comparison.schools):
        cells = []
        for j, term in enumerate(comparison.terms):
            count, pupils = comparison.count[i, j], comparison.pupils[i, j]
            mark = f" [printed {corrected[school, term].printed}]" if (school, term) in corrected else ""
            rate = f"{count / pupils * per:.2f}" if pupils else ""
            cells.append(f"{count:,.0f}{mark} / {pupils:,.0f} ({rate})" if pupils else "not observed")
        rows.append((school, "with" if comparison.intervention[i] else "without", *cells))
    return Table(
        caption=f"{one.outcome.name} by school and term: count / pupils (rate {per_pupils(per)})",
        columns=(
            Column("School", row_header=True),
            Column("Social worker"),
            *(Column(term, "right") for term in comparison.terms),
        ),
        rows=tuple(rows),
        identifier=f"{key}-terms",
        note="In square brackets: the printed count where a correction replaces it." if corrected else "",
    )


def _estimates(one: OutcomeEvaluation, key: str) -> list[Block]:
    appraisal = one.appraisal
    if appraisal is None:
        return []
    return [
        Heading(3, "What better inference says", f"{key}-inference"),
        Paragraph(_contrast(one, appraisal)),
        effect_figure(
            _interval_rows(one, appraisal), identifier=f"{key}-effect", outcome_name=one.outcome.name.lower()
        ),
        _inference_table(one, appraisal, key),
        *_every_choice(one, appraisal, key),
    ]


def _contrast(one: OutcomeEvaluation, appraisal: Appraisal) -> str:
    comparison = one.comparison
    after = " and ".join(comparison.after)
    words = f"The rate ratio contrasts {after} with all earlier terms together, not with the term before. "
    if appraisal.separation.direction:
        side = "no event" if appraisal.separation.direction < 0 else "events only"
        words += (
            f"Here it has no estimate: schools on one side have {side} where the model needs both, so that the likelihood keeps "
            "rising as the ratio runs off. What can be said is said by the methods that need no estimate. "
        )
    if appraisal.warnings:
        words += "Warning: " + "; ".join(appraisal.warnings) + ". "
    return words.strip()


def _interval_rows(one: OutcomeEvaluation, appraisal: Appraisal) -> list[IntervalRow]:
    line = one.published.interaction if one.published else None
    quasi, exact, firth = appraisal.quasi, appraisal.exact, appraisal.firth
    rows = []
    if line is not None and line.low is not None:
        rows.append(IntervalRow("Published method", line.ratio, line.low, line.high, "normal quantiles, few schools"))
    for name, error in (("CR2", appraisal.cr2), ("CR3, jackknife", appraisal.cr3)):
        ends = None if error is None else error.interval(appraisal.log_ratio)
        if ends is not None and error is not None:
            rows.append(IntervalRow(name, exp(appraisal.log_ratio), *ends, f"{error.df:.1f} degrees of freedom"))
    rows.append(IntervalRow("Quasi-Poisson", quasi.ratio, quasi.low, quasi.high, f"dispersion {quasi.dispersion:.2f}"))
    if exact is not None:
        rows.append(IntervalRow("Exact, conditional", exact.ratio, exact.low, exact.high, "events as independent"))
    if firth is not None and appraisal.comparison.unit_of_count == 1:
        rows.append(IntervalRow("Firth", firth.ratio, firth.low, firth.high, "events as independent"))
    choices = f"{appraisal.permutation.assignments:,} choices of schools"
    return [*rows, IntervalRow("Randomisation", quasi.ratio, *appraisal.permutation_interval, choices)]


def _inference_table(one: OutcomeEvaluation, appraisal: Appraisal, key: str) -> Table:
    rows = [*_clustered(one, appraisal), *_likelihood(appraisal), *_resampling(appraisal)]
    return Table(
        caption=f"{one.outcome.name}: what each method makes of the same table",
        columns=(
            Column("Method", row_header=True),
            Column("Rate ratio", "right"),
            Column("95% interval"),
            Column("p", "right"),
            Column("Smallest p possible", "right"),
            Column("Remark"),
        ),
        rows=tuple(rows),
        identifier=f"{key}-methods",
        note="The randomisation test and the quasi-Poisson interval decide the verdict. The others are there to be compared.",
    )


NO_ESTIMATE = "no estimate, so no standard error: see above"
Row = tuple[str, str, str, str, str, str]


def _clustered(one: OutcomeEvaluation, appraisal: Appraisal) -> list[Row]:
    line = one.published.interaction if one.published else None
    published = "–" if line is None else ratio(line.ratio)
    published_interval = "none" if line is None else interval(line.low, line.high)
    error = one.published.standard_error if one.published else None
    said = (
        "no standard error" if error is None else f"standard error {error:.3f}, normal quantiles, all schools counted"
    )
    rows: list[Row] = [
        ("Published method (CR1)", published, published_interval, p_value(line.p if line else None), "–", said)
    ]
    for name, each in (
        ("CR1, t", appraisal.cr1),
        ("CR2, Satterthwaite", appraisal.cr2),
        ("CR3, jackknife", appraisal.cr3),
    ):
        if each is None or each.se is None:
            rows.append((name, "–", "none", "–", "–", NO_ESTIMATE if each is None else each.why))
            continue
        ends = each.interval(appraisal.log_ratio) or (None, None)
        remark = f"standard error {each.se:.3f}, {each.df:.1f} degrees of freedom"
        rows.append(
            (name, ratio(exp(appraisal.log_ratio)), interval(*ends), p_value(each.p(appraisal.log_ratio)), "–", remark)
        )
    if appraisal.model_standard_error is not None:
        remark = f"standard error {appraisal.model_standard_error:.3f}, for comparison with the clustered ones"
        rows.append(("Poisson model, no clustering", ratio(exp(appraisal.log_ratio)), "–", "–", "–", remark))
    return rows


def _likelihood(appraisal: Appraisal) -> list[Row]:
    quasi, exact, firth = appraisal.quasi, appraisal.exact, appraisal.firth
    remark = f"dispersion {quasi.dispersion:.2f} on {quasi.df} degrees of freedom"
    if appraisal.separation.cells.any():
        remark += f", of which {int(appraisal.separation.cells.sum())} are of school-terms that are fitted exactly"
    rows: list[Row] = [
        ("Quasi-Poisson", ratio(quasi.ratio), interval(quasi.low, quasi.high), p_value(quasi.p), "–", remark)
    ]
    if exact is None:
        rows.append(("Exact, conditional", "–", "none", "–", "–", appraisal.not_estimable.get("exact", "")))
    else:
        how = "term effects put in" if exact.plug_in else "given all totals"
        remark = f"{exact.events} events, {exact.expected:.1f} expected; {how}"
        if exact.median_unbiased is not None and exact.bound is not None:
            remark += f"; median-unbiased {ratio(exact.median_unbiased)}, one-sided 95% bound {ratio(exact.bound)}"
        rows.append(
            ("Exact, conditional", ratio(exact.ratio), interval(exact.low, exact.high), p_value(exact.p), "–", remark)
        )
        mid = interval(exact.mid_p_low, exact.mid_p_high)
        rows.append(("Exact, mid-p", ratio(exact.ratio), mid, p_value(exact.mid_p), "–", "less cautious than exact"))
    if appraisal.exact_last_two is not None:
        two = appraisal.exact_last_two
        remark = "another contrast, not in the verdict: the last term against the reference term alone"
        rows.append(("Exact, two terms", ratio(two.ratio), interval(two.low, two.high), p_value(two.p), "–", remark))
    if firth is not None:
        remark = "bias reduced, finite under separation; no overdispersion"
        rows.append(("Firth", ratio(firth.ratio), interval(firth.low, firth.high), p_value(firth.p), "–", remark))
    return rows


def _resampling(appraisal: Appraisal) -> list[Row]:
    test, boot, cluster = appraisal.permutation, appraisal.bootstrap, appraisal.cluster_permutation
    centre = ratio(appraisal.quasi.ratio)
    rows: list[Row] = []
    if boot is not None:
        signs = f"{boot.replicates:,} patterns of signs over {boot.schools} schools"
        rows.append(("Score wild bootstrap", "–", "–", p_value(boot.p), p_value(boot.smallest_p), signs))
    remark = f"{test.assignments:,} choices of {test.unit}s"
    if test.smallest_p_here > test.smallest_p:
        remark += f"; with schools without events this table could reach only {p_value(test.smallest_p_here)}"
    ends = interval(*appraisal.permutation_interval)
    rows.append(("Randomisation test", centre, ends, p_value(test.p), p_value(test.smallest_p), remark))
    if cluster is not None:
        remark = f"{cluster.assignments:,} choices of clusters, the units that the programme was given to"
        rows.append(("Randomisation test, clusters", "–", "–", p_value(cluster.p), p_value(cluster.smallest_p), remark))
    return rows


def _every_choice(one: OutcomeEvaluation, appraisal: Appraisal, key: str) -> list[Block]:
    """The picture of all choices, where there are few enough to draw and the real one has a place among them."""
    ratios = appraisal.ratios_of_every_choice
    observed = exp(appraisal.log_ratio) if isfinite(appraisal.log_ratio) else (0.0 if appraisal.log_ratio < 0 else inf)
    if not ratios:
        return []
    test = appraisal.permutation
    return [
        permutation_figure(
            ratios,
            observed,
            identifier=f"{key}-choices",
            outcome_name=one.outcome.name.lower(),
            p_value=test.p,
            smallest_p=test.smallest_p_here,
        )
    ]
