"""Generalised estimating equations with small-sample corrections: rows of a school go together, and schools are few.

Working correlation independent or exchangeable within schools; Poisson variance times a scale. Standard errors: the sandwich, or
corrected by Kauermann and Carroll (2001, JASA 96, 1387-1396), which has the residuals' variance right, or by Mancl and
DeRouen (2001, Biometrics 57, 126-134), which errs on the wide side. With one row a school these are HC0, HC2 and HC3 of
the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.model import TrialFit, build_model, fit_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

Working = Literal["independence", "exchangeable"]
Correction = Literal["none", "Kauermann-Carroll", "Mancl-DeRouen"]

Part = tuple[Array, Array, Array]

ROUNDS = 100
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Gee:
    """`correlation` is that of two rows of a school beyond their means (0 under independence); `scale` multiplies the
    variance."""

    estimate: TrialEstimate
    correlation: float
    scale: float

    def __repr__(self) -> str:
        return f"Gee({self.estimate!r})"

    def __str__(self) -> str:
        return str(self.estimate)


def gee_name(working: Working, correction: Correction) -> str:
    """The name under which the size of this variant was simulated."""
    return f"GEE {working}, {correction}" if correction != "none" else f"GEE {working}, uncorrected"


def gee(
    table: TrialTable,
    *,
    working: Working = "exchangeable",
    correction: Correction = "Mancl-DeRouen",
    adjusted: bool = True,
    level: float = 0.95,
) -> Gee:
    """The rate ratio by GEE with schools as clusters, authority effects and t quantiles."""
    kept = with_events(table)
    if working == "exchangeable" and kept.follow_up is None:
        raise NotEstimable(
            f"{table.outcome}: with one row a school there is no correlation within schools: take independence."
        )
    fit = fit_model(build_model(kept, adjusted=adjusted))
    groups = [np.flatnonzero(fit.model.school == each) for each in range(fit.model.schools)]
    correlation, scale = 0.0, _scale(fit)
    for _ in range(ROUNDS):
        correlation = _correlation(fit, groups, scale) if working == "exchangeable" else 0.0
        before, fit = fit.coefficients, _step(fit, groups, correlation)
        scale = _scale(fit)
        if np.abs(fit.coefficients - before).max() < TOLERANCE:
            break
    else:
        raise NotEstimable(f"{table.outcome}: the estimating equations do not settle.")
    covariance = _covariance(fit, groups, correlation, correction)
    found = Found(
        analysis=gee_name(working, correction),
        log_ratio=float(fit.coefficients[0]),
        standard_error=sqrt(covariance[0, 0]),
        df=fit.degrees_of_freedom,
        facts=(f"Working correlation within schools {correlation:.3g}; scale {scale:.3g}; correction {correction}",),
    )
    return Gee(estimate_of(kept, found, level=level), correlation, scale)


def _scale(fit: TrialFit) -> float:
    return fit.dispersion


def _correlation(fit: TrialFit, groups: list[NDArray[np.intp]], scale: float) -> float:
    """The mean product of two Pearson residuals of a school, over the scale."""
    pearson = fit.residual / np.sqrt(fit.expected)
    products = sum((pearson[rows].sum() ** 2 - (pearson[rows] ** 2).sum()) / 2 for rows in groups)
    pairs = sum(len(rows) * (len(rows) - 1) / 2 for rows in groups)
    largest = max(len(rows) for rows in groups)
    found = float(products / scale / (pairs - fit.model.columns.shape[1]))
    return float(np.clip(found, -0.99 / max(largest - 1, 1), 0.99))


def _inverse_working(expected: Array, correlation: float) -> Array:
    """The inverse of the working covariance of a school's rows."""
    size = len(expected)
    inverse = (np.eye(size) - correlation / (1 + (size - 1) * correlation)) / (1 - correlation)
    return inverse / np.sqrt(np.outer(expected, expected))


def _parts(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float) -> tuple[list[Part], Array]:
    """For each school the derivative of its means, its inverse working covariance and its residuals; and the inverse
    information."""
    slopes = fit.expected[:, None] * fit.model.columns
    parts: list[Part] = [
        (slopes[rows], _inverse_working(fit.expected[rows], correlation), fit.residual[rows]) for rows in groups
    ]
    return parts, np.linalg.inv(sum(D.T @ W @ D for D, W, _ in parts))


def _step(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float) -> TrialFit:
    parts, inverse = _parts(fit, groups, correlation)
    at = fit.coefficients + inverse @ sum(D.T @ W @ r for D, W, r in parts)
    expected = fit.model.exposure * np.exp(fit.model.columns @ at)
    return TrialFit(fit.model, at, expected, inverse)


def _covariance(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float, correction: Correction) -> Array:
    parts, inverse = _parts(fit, groups, correlation)
    moved = [inverse @ D.T @ W @ _corrected(D, W, r, inverse, correction) for D, W, r in parts]
    return np.array(moved).T @ np.array(moved)


def _corrected(D: Array, W: Array, residual: Array, inverse: Array, correction: Correction) -> Array:
    """The residuals as they would be had the school not pulled the fit towards itself."""
    if correction == "none":
        return residual
    hat = D @ inverse @ D.T
    if correction == "Mancl-DeRouen":
        return np.linalg.pinv(np.eye(len(residual)) - hat @ W, rcond=1e-10) @ residual
    # I - hat W is similar to a symmetric matrix by the root of W.
    values, vectors = np.linalg.eigh(W)
    root, back = (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T
    left, basis = np.linalg.eigh(np.eye(len(residual)) - root @ hat @ root)
    power = np.where(left > 1e-10, 1 / np.sqrt(np.where(left > 1e-10, left, 1.0)), 0.0)
    return back @ (basis * power) @ basis.T @ root @ residual
