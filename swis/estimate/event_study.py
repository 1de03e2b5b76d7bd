"""Schools with and without a social worker, term by term: were they alike before, and when did they part?

The event study gives each term an intervention coefficient of its own against the reference term. Before the start it should
be flat; whether it is, is tested in the terms before the start alone, so that nothing of the effect leaks in. A test that does
not reject proves nothing where it could hardly reject: the equivalence bound says how large a difference would have passed
(Hartman and Hidalgo 2018, AJPS 62, 1000-1013; Roth 2022, AER: Insights 4, 305-322).

The placebo in time runs the same analysis on each earlier term as if the programme had started then.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.special import chdtrc, fdtrc

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.permutation import DRAWS, Permutation, Unit, joint_permutation_p, permutation_test
from swis.estimate.poisson import fit_comparison
from swis.estimate.published import PublishedMethod, published_method
from swis.estimate.quasi import dispersion

EQUIVALENCE_QUANTILE = 1.6448536269514722  # one-sided 5%, as in the equivalence test of two one-sided tests


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Log rate ratios of schools with a social worker against those without, per term, relative to the reference term.

    `log_ratios` has the shape (terms,), 0 at the reference, and may be infinite where a term has no events in an arm.
    `covariance` (terms but the reference) is the model's times the dispersion, not less than 1; None when separated.
    """

    terms: tuple[str, ...]
    reference: str
    after: tuple[str, ...]
    log_ratios: Array
    covariance: Array | None
    dispersion: float
    df: int

    def __repr__(self) -> str:
        last = exp(self.log_ratios[self.terms.index(self.after[-1])])
        return f"EventStudy({len(self.terms)} terms; {self.after[-1]} against {self.reference}: rate ratio {last:.4g})"

    @property
    def standard_errors(self) -> Array | None:
        """Standard errors per term, 0 at the reference; None when separated."""
        if self.covariance is None:
            return None
        return np.insert(np.sqrt(np.diag(self.covariance)), self.terms.index(self.reference), 0.0)


@dataclass(frozen=True)
class PreTrend:
    """Whether the arms moved alike before the start.

    `statistic` is the likelihood ratio with `df` degrees of freedom in the terms before the start; `chi_squared_p` takes
    counts as Poisson, `quasi_p` allows for overdispersion, `permutation_p` compares choices of schools. `bound` is the
    largest rate ratio between the arms' last two terms before the start that such a test would pass (equivalence bound).
    """

    statistic: float
    df: int
    chi_squared_p: float
    quasi_p: float
    permutation_p: float
    assignments: int
    bound: float | None

    def __repr__(self) -> str:
        return (
            f"PreTrend(likelihood ratio {self.statistic:.3g} on {self.df}; quasi p {self.quasi_p:.3g}, "
            f"permutation p {self.permutation_p:.3g})"
        )

    @property
    def rejected(self) -> bool:
        """Whether the arms demonstrably moved apart before the start, by either honest test."""
        return min(self.quasi_p, self.permutation_p) <= 0.05


@dataclass(frozen=True, eq=False)
class Placebo:
    """The published method and the randomisation test, run on a term in which nobody had the programme."""

    term: str
    published: PublishedMethod | None
    permutation: Permutation


def event_study(comparison: Comparison) -> EventStudy:
    """The event study of a comparison."""
    terms = len(comparison.terms)
    reference = comparison.terms.index(comparison.reference)
    _refuse_an_arm_without_events(comparison)
    fit = fit_comparison(comparison, interactions=np.delete(np.eye(terms), reference, axis=1))
    scatter, df = dispersion(comparison, fit, effects=2 * terms - 2)
    log_ratios = np.where(np.abs(fit.programme) > 15, np.copysign(np.inf, fit.programme), fit.programme)
    return EventStudy(
        terms=comparison.terms,
        reference=comparison.reference,
        after=comparison.after,
        log_ratios=np.insert(log_ratios, reference, 0.0),
        covariance=fit.covariance[terms - 1 :, terms - 1 :] * max(1.0, scatter) if fit.converged else None,
        dispersion=scatter,
        df=df,
    )


def _refuse_an_arm_without_events(comparison: Comparison) -> None:
    with_events = comparison.intervention[~comparison.without_events]
    if not with_events.any() or with_events.all():
        raise NotEstimable(
            f"{comparison.outcome}: one arm has no events over these terms; there is nothing to compare."
        )


def before_the_start(comparison: Comparison) -> Comparison:
    """The comparison in the terms before the start alone."""
    terms = tuple(term for term in comparison.terms if term not in comparison.after)
    if len(terms) < 2:
        raise NotEstimable(f"{comparison.outcome}: fewer than two terms before the start, so no trend to compare.")
    return comparison.keep_terms(terms, reference=comparison.reference, after=())


def pre_trend(comparison: Comparison, *, unit: Unit = "school", seed: int, draws: int = DRAWS) -> PreTrend:
    """Test whether the arms moved alike before the start. Raises NotEstimable with fewer than two terms before it."""
    before = before_the_start(comparison)
    terms = len(before.terms)
    patterns = np.delete(np.eye(terms), before.terms.index(before.reference), axis=1)
    _refuse_an_arm_without_events(before)
    free = fit_comparison(before, interactions=patterns)
    alike = fit_comparison(before, interactions=np.zeros((terms, 0)))
    statistic = max(2 * (free.log_likelihood - alike.log_likelihood), 0.0)
    scatter, df = dispersion(before, free, effects=2 * terms - 2)
    p, assignments = joint_permutation_p(before, patterns, unit=unit, seed=seed, draws=draws)
    return PreTrend(
        statistic=statistic,
        df=terms - 1,
        chi_squared_p=float(chdtrc(terms - 1, statistic)),
        quasi_p=float(fdtrc(terms - 1, df, statistic / (terms - 1) / max(1.0, scatter))),
        permutation_p=p,
        assignments=assignments,
        bound=_equivalence_bound(comparison, before),
    )


def _equivalence_bound(comparison: Comparison, before: Comparison) -> float | None:
    """The rate ratio between the last two terms before the start that could be there and still pass the test."""
    study = event_study(comparison)
    if study.covariance is None:
        return None
    position = comparison.terms.index(before.terms[-2])
    if before.terms[-2] == comparison.reference:
        position = comparison.terms.index(before.terms[-1])
    errors = study.standard_errors
    if errors is None:
        return None
    return exp(abs(float(study.log_ratios[position])) + EQUIVALENCE_QUANTILE * float(errors[position]))


def placebos_in_time(comparison: Comparison, *, unit: Unit = "school", seed: int) -> tuple[Placebo, ...]:
    """The analysis repeated on each term before the start but the first, with the terms up to it."""
    before = before_the_start(comparison)
    placebos = []
    for last in range(1, len(before.terms)):
        terms = before.terms[: last + 1]
        pretended = before.keep_terms(terms, reference=terms[last - 1], after=(terms[last],))
        if (pretended.count.sum(axis=0) == 0).any():
            continue
        placebos.append(Placebo(terms[last], _published(pretended), permutation_test(pretended, unit=unit, seed=seed)))
    return tuple(placebos)


def _published(comparison: Comparison) -> PublishedMethod | None:
    try:
        return published_method(comparison)
    except NotEstimable:
        return None
