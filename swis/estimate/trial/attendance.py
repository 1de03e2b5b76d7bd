"""Sessions missed of sessions possible, by school: a binomial model with overdispersion and authority effects.

Sessions of one pupil go together, so that the binomial variance is far too small: standard errors are robust (HC3 by default), or
scaled by Pearson's dispersion. The ratio is of odds; absence rates and their difference are in percentage points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from scipy.special import expit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.model import TrialModel, build_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.robust import Variance, spare_rows
from swis.estimate.trial.trial_table import TrialTable

SESSIONS: dict[Variance, str] = {
    "HC0": "quasi-binomial, HC0",
    "HC1": "quasi-binomial, HC1",
    "HC2": "quasi-binomial, HC2",
    "HC3": "quasi-binomial, HC3",
    "quasi": "quasi-binomial, scaled",
}
ROUNDS = 50


@dataclass(frozen=True)
class SessionsMissed:
    """The odds ratio of a missed session; the absence rates in per cent were all schools in one arm, and their difference."""

    estimate: TrialEstimate
    with_worker: float
    without_worker: float
    difference: float
    difference_error: float
    dispersion: float

    def __repr__(self) -> str:
        return f"SessionsMissed({self.estimate!r}; difference {self.difference:.3g} percentage points)"

    def __str__(self) -> str:
        half = self.estimate.quantile * self.difference_error
        rates = (
            f"Sessions missed: {self.with_worker:.3g}% with, {self.without_worker:.3g}% without; difference "
            f"{self.difference:.3g} points "
            f"({self.difference - half:.3g} to {self.difference + half:.3g}); dispersion {self.dispersion:.3g}"
        )
        lines = self.estimate.lines()
        return "\n".join([*lines[:2], rates, *lines[2:]])


def sessions_missed(
    table: TrialTable, *, variance: Variance = "HC3", adjusted: bool = True, level: float = 0.95
) -> SessionsMissed:
    """`count` is sessions missed and `exposure` sessions possible, one row a school. Raises NotEstimable for more missed
    than possible."""
    if table.follow_up is not None:
        raise NotEstimable(f"{table.outcome}: sessions need one row a school; add the follow-ups up.")
    if (table.count > table.exposure).any():
        raise NotEstimable(
            f"{table.outcome}: more sessions missed than possible in {int((table.count > table.exposure).sum())} schools."
        )
    kept = with_events(replace(table, unit="sessions possible"))
    model = build_model(kept, adjusted=adjusted)
    at, inverse = _fit(model)
    covariance, dispersion = _covariance(model, at, inverse, variance)
    df = model.schools - model.columns.shape[1]
    found = Found(
        SESSIONS[variance],
        float(at[0]),
        sqrt(covariance[0, 0]),
        df,
        measure="Odds ratio",
        facts=(f"Standard error: {variance}",),
    )
    rates, slopes = [], []
    share, X = kept.exposure / kept.exposure.sum() * 100, model.columns.copy()
    for arm in (1.0, 0.0):
        X[:, 0] = arm
        p = expit(X @ at)
        rates.append(float(share @ p))
        slopes.append((share * p * (1 - p)) @ X)
    slope = slopes[0] - slopes[1]
    error = float(np.sqrt(slope @ covariance @ slope))
    return SessionsMissed(
        estimate_of(kept, found, level=level), rates[0], rates[1], rates[0] - rates[1], error, dispersion
    )


def _fit(model: TrialModel) -> tuple[Array, Array]:
    X, y, n = model.columns, model.count, model.exposure
    logit = np.log((y + 0.5) / (n - y + 0.5))
    root = np.sqrt((y + 0.5) * (n - y + 0.5) / (n + 1))
    at = np.linalg.lstsq(root[:, None] * X, root * logit, rcond=None)[0]
    for _ in range(ROUNDS):
        p = expit(X @ at)
        information = X.T @ ((n * p * (1 - p))[:, None] * X)
        step = np.linalg.solve(information, X.T @ (y - n * p))
        at = at + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(at).max()):
            p = expit(X @ at)
            return at, np.linalg.inv(X.T @ ((n * p * (1 - p))[:, None] * X))
        if not np.abs(step).max() < 20:
            break
    raise NotEstimable(f"{model.outcome}: the odds ratio has no estimate.")


def _covariance(model: TrialModel, at: Array, inverse: Array, kind: Variance) -> tuple[Array, float]:
    X, n = model.columns, model.exposure
    p = expit(X @ at)
    working = n * p * (1 - p)
    residual = model.count - n * p
    rows, parameters = X.shape
    dispersion = float((residual**2 / working).sum() / (rows - parameters)) if rows > parameters else float("nan")
    if kind == "quasi":
        return inverse * max(1.0, dispersion), dispersion
    left = 1 - working * np.einsum("ij,jk,ik->i", X, inverse, X)
    power = {"HC0": 0.0, "HC1": 0.0, "HC2": 0.5, "HC3": 1.0}[kind]
    factor = rows / spare_rows(rows, parameters) if kind == "HC1" else 1.0
    exact = left < 1e-9
    moved = (np.where(exact, 0.0, residual / np.where(exact, 1.0, left) ** power))[:, None] * X @ inverse
    return factor * moved.T @ moved, dispersion
