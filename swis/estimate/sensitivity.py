"""How far could the arms have drifted apart anyway before the finding falls?

The event study rests on parallel trends. Rambachan and Roth (2023, REStud 90, 2555-2591) ask instead how the effect looks if
trends may differ by a stated amount:

- relative magnitudes: the drift after the start is at most `mbar` times the largest change between neighbouring terms before
  it. Interval: their conditional least-favourable hybrid test, inverted over a grid (one term after the start).
- smoothness: the drift may bend by at most `bend` (log scale) from a straight line. With one term before and one after the
  reference the fixed-length interval has a closed form.
- what is left if the last change before the start had simply gone on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.event_study import EventStudy

LEVEL = 0.05
FIRST_STAGE = LEVEL / 10  # the share of the error that the least-favourable stage may use, as the paper recommends
SIMULATIONS = 20_000
GRID = 1_201
GRID_WIDTH = 12.0  # standard errors either side of the estimate


@dataclass(frozen=True)
class RobustInterval:
    """An interval for the rate ratio of the last term that allows for a stated drift. Open ends are 0 or infinite."""

    allowance: float
    low: float
    high: float

    @property
    def excludes_one(self) -> bool:
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Sensitivity:
    """What the finding needs to believe about trends.

    `breakdown` is the drift, as a multiple of the largest change before the start, at which the point estimate could be
    nothing but drift; `robust_breakdown` the same for the interval, 0 where it includes no effect even with parallel trends.
    `extrapolated` is the rate ratio if the last change before the start had gone on.
    """

    breakdown: float
    robust_breakdown: float
    extrapolated: float
    relative_magnitudes: tuple[RobustInterval, ...]
    smoothness: tuple[RobustInterval, ...]

    def __repr__(self) -> str:
        return f"Sensitivity(breakdown {self.breakdown:.3g}, robust {self.robust_breakdown:.3g})"


def sensitivity(study: EventStudy, *, allowances: tuple[float, ...] = (0.0, 0.5, 1.0), seed: int) -> Sensitivity:
    """The sensitivity of an event study. Raises NotEstimable under separation, or with more than one term after the start."""
    before, estimates, covariance = _coefficients(study)
    if before < 1:
        raise NotEstimable("Fewer than two terms before the start, so no earlier change to compare a drift with.")
    changes = np.diff(np.append(estimates[:before], 0.0))
    largest = float(np.abs(changes).max())
    magnitudes = tuple(_relative_magnitude(estimates, covariance, mbar, seed) for mbar in allowances)
    plain = magnitudes[0] if allowances[0] == 0 else _relative_magnitude(estimates, covariance, 0.0, seed)
    return Sensitivity(
        breakdown=abs(float(estimates[-1])) / largest if largest > 0 else inf,
        robust_breakdown=_robust_breakdown(estimates, covariance, seed) if plain.excludes_one else 0.0,
        extrapolated=exp(float(estimates[-1]) - float(changes[-1])),
        relative_magnitudes=magnitudes,
        smoothness=_smoothness(estimates, covariance) if before == 1 else (),
    )


def _coefficients(study: EventStudy) -> tuple[int, Array, Array]:
    """Number of coefficients before the start, and estimates and covariance in the order of time, reference left out."""
    if study.covariance is None:
        raise NotEstimable("The event study is separated: a term has no events in one arm.")
    if len(study.after) != 1 or study.terms[-1] != study.after[0]:
        raise NotEstimable("Sensitivity bounds are given for one term after the start.")
    if study.terms[-2] != study.reference:
        raise NotEstimable("Sensitivity bounds need the reference to be the last term before the start.")
    estimates = np.delete(study.log_ratios, study.terms.index(study.reference))
    return len(study.terms) - 2, estimates, study.covariance


def folded_quantile(shift: float, level: float = 0.95) -> float:
    """The `level` quantile of |N(shift, 1)|: the critical value of a fixed-length interval with this much bias."""
    return float(brentq(lambda x: ndtr(x - shift) - ndtr(-x - shift) - level, 0.0, abs(shift) + 10.0, xtol=1e-12))


def _smoothness(estimates: Array, covariance: Array) -> tuple[RobustInterval, ...]:
    """Fixed-length intervals for one term before and one after the reference (closed form)."""
    centre = float(estimates.sum())
    error = sqrt(float(covariance.sum()))
    half = {bend: error * folded_quantile(bend / error) for bend in (0.0, 0.25, 0.5)}
    return tuple(RobustInterval(bend, exp(centre - width), exp(centre + width)) for bend, width in half.items())


def _relative_magnitude(estimates: Array, covariance: Array, mbar: float, seed: int) -> RobustInterval:
    error = sqrt(float(covariance[-1, -1]))
    grid = float(estimates[-1]) + error * np.linspace(-GRID_WIDTH, GRID_WIDTH, GRID) * (1 + mbar)
    accepted = np.zeros(GRID, dtype=bool)
    for moments in _components(len(estimates) - 1, mbar):
        accepted |= _hybrid_accepts(moments, estimates, covariance, grid, seed)
    inside = np.flatnonzero(accepted)
    if not len(inside):
        return RobustInterval(mbar, exp(float(estimates[-1])), exp(float(estimates[-1])))
    # The first point outside, not the last inside: an interval may be a step too long, never too short.
    low = 0.0 if inside[0] == 0 else exp(float(grid[inside[0] - 1]))
    high = inf if inside[-1] == GRID - 1 else exp(float(grid[inside[-1] + 1]))
    return RobustInterval(mbar, low, high)


def _components(before: int, mbar: float) -> list[Array]:
    """The drifts allowed, as a union of cones {A drift <= 0}: one for each change that could be the largest, and its sign.

    A drift has `before` entries before the reference and one after it; the reference itself is 0.
    """
    path = np.zeros((before + 2, before + 1))  # all terms in order, the reference row stays 0
    path[:before, :before] = np.eye(before)
    path[before + 1, before] = 1.0
    changes = np.diff(path, axis=0)
    earlier, later = changes[:before], changes[before:]
    cones = []
    for largest in range(before):
        for sign in (1.0, -1.0):
            cap = sign * earlier[largest]
            # Only the moments that the effect enters: the others cost power and exclude nothing.
            cones.append(np.concatenate([later - mbar * cap, -later - mbar * cap]))
    return cones


def _hybrid_accepts(moments: Array, estimates: Array, covariance: Array, grid: Array, seed: int) -> Array:
    """Which effects on the grid the hybrid test of this cone does not reject.

    Least-favourable first stage; then conditional on which moment is largest (Andrews, Roth and Pakes 2023, REStud).
    """
    spread = moments @ covariance @ moments.T
    scale = np.sqrt(np.diag(spread))
    correlation = spread / np.outer(scale, scale)
    critical = _least_favourable(correlation, seed)
    standardised = (moments @ estimates)[:, None] / scale[:, None] - np.outer(moments[:, -1] / scale, grid)
    largest = standardised.argmax(axis=0)
    top = standardised.max(axis=0)
    slope = correlation[:, largest]
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = (standardised - slope * top) / (1 - slope)
    floor = np.where(slope < 1 - 1e-9, bound, -np.inf).max(axis=0)
    remaining = (LEVEL - FIRST_STAGE) / (1 - FIRST_STAGE)
    # Quantile of a standard normal above the floor, from its upper tail, where the floor may lie; never below 0.
    conditional = np.maximum(-ndtri(remaining * ndtr(-floor)), 0.0)
    accepted: Array = (top <= critical) & (top <= conditional)
    return accepted


def _least_favourable(correlation: Array, seed: int) -> float:
    """The 1 - FIRST_STAGE quantile of the largest of correlated standard normals."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = np.random.default_rng(seed).standard_normal((SIMULATIONS, len(correlation))) @ root.T
    return float(np.quantile(draws.max(axis=1), 1 - FIRST_STAGE))


def _robust_breakdown(estimates: Array, covariance: Array, seed: int) -> float:
    """The largest allowance, to a hundredth, at which the robust interval still excludes no effect."""
    low, high = 0.0, 1.0
    while _relative_magnitude(estimates, covariance, high, seed).excludes_one:
        low, high = high, high * 2
        if high > 64:
            return inf
    while high - low > 0.01:
        middle = (low + high) / 2
        holds = _relative_magnitude(estimates, covariance, middle, seed).excludes_one
        low, high = (middle, high) if holds else (low, middle)
    return low
