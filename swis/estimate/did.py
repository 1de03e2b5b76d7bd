"""One difference-in-differences, as an analyst asks for it: a rate ratio with an interval that fits the number of schools."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from swis.errors import NotEstimable
from swis.estimate.cluster import ClusterError, cr1, cr2, cr3
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import PoissonFit, fit_comparison

Variance = Literal["CR1", "CR2", "CR3", "model"]

FEW_SCHOOLS = 20


@dataclass(frozen=True)
class RateRatio:
    """The rate ratio of schools with a social worker after the start, against the same schools before and against the others.

    Unrounded. `warnings` say in words what should keep a reader from believing the interval.
    """

    outcome: str
    log_ratio: float
    standard_error: float
    degrees_of_freedom: float | None
    low: float
    high: float
    p: float
    variance: Variance
    level: float
    schools_with: int
    schools_without: int
    terms: int
    school_terms: int
    events: float
    schools_left_out: int
    warnings: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return exp(self.log_ratio)

    def __repr__(self) -> str:
        return (
            f"RateRatio({self.outcome}: {self.ratio:.3g}, {self.level:.0%} CI {self.low:.3g} to {self.high:.3g}; "
            f"{self.schools_with + self.schools_without} schools, {self.terms} terms)"
        )

    def __str__(self) -> str:
        change = f"{abs(1 - self.ratio):.0%} {'fewer' if self.ratio < 1 else 'more'}"
        schools = self.schools_with + self.schools_without
        lines = [
            f"Poisson difference-in-differences: {self.outcome}",
            f"Rate ratio {self.ratio:.3g} ({self.level:.0%} CI {self.low:.3g} to {self.high:.3g}): "
            f"{change} in schools with a social worker",
            f"{schools} schools ({self.schools_with} with, {self.schools_without} without), {self.terms} terms, "
            f"{self.school_terms:,} school-terms, {self.events:,.0f} counted; "
            f"{self.schools_left_out} schools left out: nothing counted in any term",
            _method_line(self),
            *(f"Warning: {warning}" for warning in self.warnings),
        ]
        return "\n".join(lines)


def _method_line(result: RateRatio) -> str:
    if result.variance == "model":
        return "Standard error of the Poisson model; schools taken as independent"
    return f"Standard error clustered by school ({result.variance}), t with {result.degrees_of_freedom:.3g} degrees of freedom"


def poisson_did(comparison: Comparison, *, variance: Variance = "CR3", level: float = 0.95) -> RateRatio:
    """Poisson difference-in-differences with an effect for every school and term, pupils as exposure.

    Counted: every school-term with pupils, of schools with any event. The coefficient contrasts the terms after the start
    with all earlier terms pooled. Standard errors: the jackknife over schools (CR3, default), CR1, CR2, or the model's.
    Raises NotEstimable where there is no estimate (separation) or no such standard error.
    """
    fit = fit_comparison(comparison)
    if not fit.converged:
        raise NotEstimable(
            f"{comparison.outcome}: the rate ratio has no estimate: an arm has no events before or after the start. "
            "Ask for the exact interval or the randomisation test, which need none."
        )
    error = _error(comparison, fit, variance)
    if error.se is None:
        raise NotEstimable(f"{comparison.outcome}: no {variance} standard error: {error.why}.")
    log_ratio = float(fit.programme[0])
    quantile = float(ndtri(0.5 + level / 2)) if error.df is None else float(stdtrit(error.df, 0.5 + level / 2))
    statistic = -abs(log_ratio) / error.se
    informative = ~comparison.without_events
    return RateRatio(
        outcome=comparison.outcome,
        log_ratio=log_ratio,
        standard_error=error.se,
        degrees_of_freedom=error.df,
        low=exp(log_ratio - quantile * error.se),
        high=exp(log_ratio + quantile * error.se),
        p=2 * float(ndtr(statistic) if error.df is None else stdtr(error.df, statistic)),
        variance=variance,
        level=level,
        schools_with=int((informative & comparison.intervention).sum()),
        schools_without=int((informative & ~comparison.intervention).sum()),
        terms=len(comparison.terms),
        school_terms=int((comparison.pupils[informative] > 0).sum()),
        events=float(comparison.count.sum()),
        schools_left_out=int((~informative).sum()),
        warnings=variance_warnings(comparison, fit),
    )


def _error(comparison: Comparison, fit: PoissonFit, variance: Variance) -> ClusterError:
    if variance == "model":
        schools = int((~comparison.without_events).sum())
        return ClusterError("model", float(np.sqrt(fit.covariance[-1, -1])), None, schools)
    estimators = {"CR1": cr1, "CR2": cr2, "CR3": cr3}
    return estimators[variance](comparison, fit)


def variance_warnings(comparison: Comparison, fit: PoissonFit) -> tuple[str, ...]:
    """What should keep a reader from believing a clustered standard error here, in words."""
    informative = ~comparison.without_events
    schools = int(informative.sum())
    sides = {
        "with": int((informative & comparison.intervention).sum()),
        "without": int((informative & ~comparison.intervention).sum()),
    }
    warnings = [
        f"only {number} school{'s' if number > 1 else ''} {side} a social worker: a clustered standard error then leaves "
        "out most of the variation it should measure"
        for side, number in sides.items()
        if number <= 2
    ]
    if fit.converged and schools < FEW_SCHOOLS:
        clustered, model = cr1(comparison, fit).se, float(np.sqrt(fit.covariance[-1, -1]))
        if clustered is not None and clustered < model:
            warnings.append(
                f"the clustered standard error ({clustered:.3g}) is smaller than that of the bare Poisson model "
                f"({model:.3g}) with {schools} schools: a sign that it has collapsed"
            )
    return tuple(warnings)
