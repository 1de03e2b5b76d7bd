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
from swis.estimate.trial.model import FARTHEST, TrialFit, build_model, fit_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

Working = Literal["independence", "exchangeable"]
Correction = Literal["none", "Kauermann-Carroll", "Mancl-DeRouen"]

Part = tuple[Array, Array, Array]
"""Schools with equally many rows: derivatives of means (schools, rows, columns), inverse working covariances, residuals."""

ROUNDS = 100
TOLERANCE = 1e-11
LONGEST_STEP = 1.0


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
    groups = _groups(fit)
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


def _groups(fit: TrialFit) -> list[NDArray[np.intp]]:
    """The rows of each school, schools with equally many rows together: shape (schools, rows) for each number of rows."""
    order = np.argsort(fit.model.school, kind="stable")
    size = np.bincount(fit.model.school)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    return [order[first[size == rows][:, None] + np.arange(rows)] for rows in np.unique(size)]


def _scale(fit: TrialFit) -> float:
    return fit.dispersion


def _correlation(fit: TrialFit, groups: list[NDArray[np.intp]], scale: float) -> float:
    """The mean product of two Pearson residuals of a school, over the scale."""
    pearson = fit.residual / np.sqrt(fit.expected)
    products = sum(float((pearson[g].sum(axis=1) ** 2 - (pearson[g] ** 2).sum(axis=1)).sum()) / 2 for g in groups)
    pairs = sum(len(g) * g.shape[1] * (g.shape[1] - 1) / 2 for g in groups)
    largest = max(g.shape[1] for g in groups)
    found = float(products / scale / (pairs - fit.model.columns.shape[1]))
    return float(np.clip(found, -0.99 / max(largest - 1, 1), 0.99))


def _inverse_working(expected: Array, correlation: float) -> Array:
    """The inverse of the working covariance of each school's rows; `expected` has the shape (schools, rows)."""
    size = expected.shape[1]
    inverse = (np.eye(size) - correlation / (1 + (size - 1) * correlation)) / (1 - correlation)
    root = np.sqrt(expected)
    return inverse / (root[:, :, None] * root[:, None, :])


def _parts(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float) -> tuple[list[Part], Array]:
    """What the equations need of the schools, and the inverse information."""
    slopes = fit.expected[:, None] * fit.model.columns
    parts: list[Part] = [(slopes[g], _inverse_working(fit.expected[g], correlation), fit.residual[g]) for g in groups]
    information = sum((D.transpose(0, 2, 1) @ W @ D).sum(axis=0) for D, W, _ in parts)
    return parts, np.linalg.inv(np.asarray(information))


def _moved(part: Part, inverse: Array, residual: Array) -> Array:
    """What each school adds to a step of the coefficients, shape (schools, coefficients)."""
    D, W, _ = part
    return np.einsum("gtp,gt->gp", D, np.einsum("gts,gs->gt", W, residual)) @ inverse


def _step(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float) -> TrialFit:
    parts, inverse = _parts(fit, groups, correlation)
    step = np.concatenate([_moved(part, inverse, part[2]) for part in parts]).sum(axis=0)
    at = fit.coefficients + step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
    if not np.abs(at[: fit.model.effects]).max() < FARTHEST:
        raise NotEstimable(f"{fit.model.outcome}: the estimating equations do not settle.")
    expected = fit.model.exposure * np.exp(fit.model.columns @ at)
    return TrialFit(fit.model, at, expected, inverse)


def _covariance(fit: TrialFit, groups: list[NDArray[np.intp]], correlation: float, correction: Correction) -> Array:
    parts, inverse = _parts(fit, groups, correlation)
    moved = np.concatenate([_moved(part, inverse, _corrected(part, inverse, correction)) for part in parts])
    return moved.T @ moved


def _corrected(part: Part, inverse: Array, correction: Correction) -> Array:
    """The residuals as they would be had the school not pulled the fit towards itself."""
    D, W, residual = part
    if correction == "none":
        return residual
    hat = D @ inverse @ D.transpose(0, 2, 1)
    one = np.eye(residual.shape[1])
    if correction == "Mancl-DeRouen":
        return np.einsum("gts,gs->gt", np.linalg.pinv(one - hat @ W, rcond=1e-10), residual)
    # I - hat W is similar to a symmetric matrix by the root of W.
    values, vectors = np.linalg.eigh(W)
    across = vectors.transpose(0, 2, 1)
    root, back = (vectors * np.sqrt(values)[:, None]) @ across, (vectors / np.sqrt(values)[:, None]) @ across
    left, basis = np.linalg.eigh(one - root @ hat @ root)
    power = np.where(left > 1e-10, 1 / np.sqrt(np.where(left > 1e-10, left, 1.0)), 0.0)
    adjust = back @ (basis * power[:, None]) @ basis.transpose(0, 2, 1) @ root
    return np.einsum("gts,gs->gt", adjust, residual)
