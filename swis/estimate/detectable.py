"""What a comparison of this size could have found, and what size could have told.

The minimum detectable effect is the rate ratio that would be found with the stated power: exp of plus or minus the sum of two
t quantiles times the standard error (Bloom 1995, Evaluation Review 19, 547-556). The size needed scales the number of schools
in the same mix, over the same terms, until a worthwhile effect is detectable. The standard error is the quasi-Poisson one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log, sqrt

import numpy as np
from scipy.special import stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.quasi import quasi_poisson

MOST_TIMES = 100_000


@dataclass(frozen=True)
class Detectable:
    """The effects that this comparison could detect, and the programme that could detect a worthwhile one.

    `reduction` and `increase` are rate ratios detectable with `power` at 5% two-sided. `schools_needed` and
    `intervention_needed` are for `worthwhile`, with schools like these over the same terms; outcomes that come in lots (days)
    are taken to vary at least as independent lots do.
    """

    reduction: float
    increase: float
    power: float
    standard_error: float
    df: int
    worthwhile: float
    schools_needed: int
    intervention_needed: int

    def __repr__(self) -> str:
        return (
            f"Detectable(rate ratio {self.reduction:.2g} or {self.increase:.2g} with {self.power:.0%} power; "
            f"{self.schools_needed:,} schools for {self.worthwhile:g})"
        )


def detectable_effect(comparison: Comparison, *, worthwhile: float = 0.8, power: float = 0.8) -> Detectable:
    """The minimum detectable effect of a comparison and the number of schools that a worthwhile one needs."""
    if not (worthwhile > 0 and worthwhile != 1):
        raise NotEstimable(f"A worthwhile rate ratio is positive and not 1; {worthwhile} was given.")
    quasi = quasi_poisson(comparison)
    error = quasi.standard_error or null_standard_error(comparison) * sqrt(max(1.0, quasi.dispersion))
    width = _width(quasi.df, power) * error
    schools = len(comparison.schools)
    # A larger programme cannot count on days being luckier than lots: one child in care for a term is one event.
    lots = sqrt(max(1.0, comparison.unit_of_count / max(1.0, quasi.dispersion)))
    times = _times_needed(error * lots, quasi.df, schools, len(comparison.terms), abs(log(worthwhile)), power)
    return Detectable(
        reduction=exp(-width),
        increase=exp(width),
        power=power,
        standard_error=error,
        df=quasi.df,
        worthwhile=worthwhile,
        schools_needed=ceil(times * schools),
        intervention_needed=ceil(times * int(comparison.intervention.sum())),
    )


def null_standard_error(comparison: Comparison) -> float:
    """The standard error of the log rate ratio at no effect: it exists where the estimate does not."""
    before = fit_comparison(comparison, interactions=np.zeros((len(comparison.terms), 0)))
    if not before.converged:
        raise NotEstimable(f"{comparison.outcome}: a term has no events at all, so that terms cannot be compared.")
    after = comparison.after_mask.astype(float)
    share = np.divide(
        before.expected,
        before.expected.sum(axis=1, keepdims=True),
        out=np.zeros_like(before.expected),
        where=before.expected.sum(axis=1, keepdims=True) > 0,
    )
    treated = comparison.intervention.astype(float)
    in_after = share @ after
    own = treated @ (before.expected.sum(axis=1) * in_after * (1 - in_after))
    shared = np.delete(treated @ (before.expected * (after - in_after[:, None])), before.reference)
    information = float(own - shared @ np.linalg.solve(before.information, shared))
    if information < 1e-10 * max(float(own), 1e-300):
        raise NotEstimable(f"{comparison.outcome}: the table says nothing of a rate ratio, so none is detectable.")
    return 1 / sqrt(information)


def _width(df: int, power: float) -> float:
    return float(stdtrit(df, 0.975) + stdtrit(df, power))


def _times_needed(error: float, df: int, schools: int, terms: int, wanted: float, power: float) -> float:
    """How many times as many schools make the width fit the wanted log ratio; degrees of freedom grow with them."""

    def enough(times: float) -> bool:
        grown = df + round((times - 1) * schools) * (terms - 1)
        return _width(max(grown, 1), power) * error / sqrt(times) <= wanted

    low, high = 1 / schools, 1.0
    while not enough(high):
        low, high = high, high * 2
        if high > MOST_TIMES:
            raise NotEstimable("No number of schools within reason could detect so small an effect.")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
