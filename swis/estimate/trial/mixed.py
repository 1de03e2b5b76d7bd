"""Poisson mixed models of a trial: normal random intercepts for schools, authorities, or schools within authorities.

The rate ratio is the same in a school and on average (log link, normal intercepts), and every school counts nearly alike
where schools differ much. Standard errors are the model's: they hold if intercepts are normal and equally spread in both arms.
One level: Laplace or adaptive quadrature. Schools within authorities: Laplace, as lme4's glmer has it by default.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.many_mixed import MixedDesign, fit_many_mixed, mixed_design
from swis.estimate.trial.model import with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

Intercepts = Literal["school", "authority", "school within authority"]

MIXED: dict[Intercepts, str] = {
    "school": "Poisson mixed model, school intercepts",
    "authority": "Poisson mixed model, authority intercepts",
    "school within authority": "Poisson mixed model, schools within authorities",
}
SMALLEST = 1e-4
ROUNDS = 50
POLISHING = 3


@dataclass(frozen=True)
class PoissonMixed:
    """The deviations of the intercepts are on the log scale: close to k, the coefficient of variation of the rates."""

    estimate: TrialEstimate
    school_deviation: float | None
    authority_deviation: float | None
    log_likelihood: float
    nodes: int

    def __repr__(self) -> str:
        return f"PoissonMixed({self.estimate!r})"

    def __str__(self) -> str:
        return str(self.estimate)


def poisson_mixed(
    table: TrialTable,
    *,
    intercepts: Intercepts = "school",
    nodes: int = 1,
    adjusted: bool = True,
    level: float = 0.95,
) -> PoissonMixed:
    """The rate ratio by a Poisson mixed model. `school` keeps authority effects fixed; the others take one constant.

    `nodes` above 1 is adaptive quadrature, for one level only. Several follow-ups share the intercept of their school.
    """
    kept = with_events(table)
    if intercepts == "school within authority":
        if nodes != 1:
            raise NotEstimable(
                f"{table.outcome}: two levels of intercepts are fitted by Laplace's approximation only (nodes=1)."
            )
        return _nested(kept, adjusted=adjusted, level=level)
    design = mixed_design(kept, intercepts, authority_effects=intercepts == "school", adjusted=adjusted)
    many = fit_many_mixed(design, kept.count, kept.intervention.astype(float), nodes=nodes)
    if not many.converged[0] or not np.isfinite(many.standard_error[0]):
        raise NotEstimable(f"{table.outcome}: the mixed model does not settle.")
    deviation = float(many.deviation[0])
    return PoissonMixed(
        estimate=_estimate(kept, intercepts, design, many.log_ratio[0], many.standard_error[0], level=level),
        school_deviation=deviation if intercepts == "school" else None,
        authority_deviation=deviation if intercepts == "authority" else None,
        log_likelihood=float(many.log_likelihood[0] - gammaln(kept.count + 1).sum()),
        nodes=nodes,
    )


def _estimate(
    table: TrialTable, intercepts: Intercepts, design: MixedDesign, log_ratio: float, error: float, *, level: float
) -> TrialEstimate:
    found = Found(
        analysis=MIXED[intercepts],
        log_ratio=float(log_ratio),
        standard_error=float(error),
        df=len(table.names) - design.columns.shape[1],
        estimand="the ratio in a school, taken to be the same in all",
        facts=("Standard error: of the model",),
    )
    return estimate_of(table, found, level=level)


class _Nested:
    """Schools within authorities: rows in the order of schools. Modes are kept from one evaluation to start the next."""

    def __init__(self, table: TrialTable, design: MixedDesign) -> None:
        self.design, self.authority = design, table.authority_of_school
        self.count = table.count[design.order]
        self.events = np.add.reduceat(self.count, design.starts)
        self.columns = design.columns.copy()
        self.columns[:, 0] = table.intervention[design.order]
        self.u: Array = np.zeros(len(self.events))
        self.v: Array = np.zeros(len(table.authority_names))

    def likelihood(self, at: Array) -> float:
        """Laplace's approximation at coefficients and the logs of both deviations; without the factorials."""
        eta = np.clip(self.columns @ at[:-2], -60, 30)
        log_expected = np.log(np.add.reduceat(self.design.exposure * np.exp(eta), self.design.starts))
        school, authority = np.exp(2 * np.clip(at[-2:], log(SMALLEST), 3.0))
        m, weight = self._modes(log_expected, school, authority)
        u, v = self.u, self.v
        fit = self.count @ (eta + np.log(self.design.exposure)) + self.events @ (u + v[self.authority]) - m.sum()
        prior = (u @ u) / (2 * school) + (v @ v) / (2 * authority)
        curved = np.log1p(m * school).sum() + np.log1p(authority * self._sums(weight)).sum()
        return float(fit - prior - curved / 2)

    def _sums(self, values: Array) -> Array:
        return np.bincount(self.authority, values, minlength=len(self.v)).astype(float)

    def _modes(self, log_expected: Array, school: float, authority: float) -> tuple[Array, Array]:
        """Newton's method on all intercepts at once: what schools expect at their modes, and what curvature they leave."""
        for _ in range(ROUNDS):
            m = np.exp(np.clip(log_expected + self.u + self.v[self.authority], -60, 30))
            own = m + 1 / school
            weight = m / (1 + m * school)
            slope = self.events - m - self.u / school
            above = self._sums(self.events - m - m / own * slope) - self.v / authority
            shift = np.clip(above / (self._sums(weight) + 1 / authority), -1, 1)
            step = np.clip((slope - m * shift[self.authority]) / own, -1, 1)
            self.u, self.v = self.u + step, self.v + shift
            if max(np.abs(step).max(), np.abs(shift).max()) < 1e-8:
                break
        m = np.exp(log_expected + self.u + self.v[self.authority])
        return m, m / (1 + m * school)


def _nested(table: TrialTable, *, adjusted: bool, level: float) -> PoissonMixed:
    design = mixed_design(table, "school", authority_effects=False, adjusted=adjusted)
    nested = _Nested(table, design)
    one = fit_many_mixed(design, table.count, table.intervention.astype(float))
    start = np.concatenate([one.coefficients[0], [log(max(float(one.deviation[0]), 0.05)), log(0.1)]])
    scale = 1 / np.sqrt(np.maximum(_curvature_diagonal(nested, start), 1.0))
    found = minimize(
        lambda z: -nested.likelihood(start + scale * z), np.zeros(len(start)), method="BFGS", options={"gtol": 1e-3}
    )
    at = start + scale * found.x
    inverse = np.linalg.pinv(_curvature(nested, at, scale))
    for _ in range(POLISHING):
        # Forward differences stop BFGS short of the top; central ones on a smooth surface do not.
        at = at + np.clip(inverse @ _gradient(nested, at, scale), -scale, scale)
    if not inverse[0, 0] > 0 or not np.isfinite(at).all():
        raise NotEstimable(f"{table.outcome}: the mixed model does not settle.")
    school, authority = (exp(value) if exp(value) > 10 * SMALLEST else 0.0 for value in at[-2:])
    estimate = _estimate(table, "school within authority", design, at[0], sqrt(inverse[0, 0]), level=level)
    return PoissonMixed(
        estimate=estimate,
        school_deviation=school,
        authority_deviation=authority,
        log_likelihood=float(nested.likelihood(at) - gammaln(nested.count + 1).sum()),
        nodes=1,
    )


def _curvature_diagonal(nested: _Nested, at: Array) -> Array:
    step, middle = 1e-3, nested.likelihood(at)
    eye = np.eye(len(at)) * step
    return np.array([-(nested.likelihood(at + e) + nested.likelihood(at - e) - 2 * middle) / step**2 for e in eye])


def _gradient(nested: _Nested, at: Array, scale: Array) -> Array:
    steps = np.eye(len(at)) * 0.02 * scale
    return np.array([(nested.likelihood(at + e) - nested.likelihood(at - e)) / (2 * e.sum()) for e in steps])


def _curvature(nested: _Nested, at: Array, scale: Array) -> Array:
    """Minus the second derivatives, by central differences on the scale of the standard errors."""
    size = len(at)
    step = 0.02 * scale
    curvature = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            a, b = np.eye(size)[i] * step, np.eye(size)[j] * step
            corners = [nested.likelihood(at + s * a + t * b) * s * t for s in (1, -1) for t in (1, -1)]
            curvature[i, j] = curvature[j, i] = -sum(corners) / (4 * step[i] * step[j])
    return curvature
