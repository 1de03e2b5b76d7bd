"""Looking at a trial before its end: Lan and DeMets' spending of the error, after O'Brien and Fleming, and conditional power.

At information share t the error spent is 2 - 2 Phi(z / sqrt t), z the quantile of half the level (Lan and DeMets 1983,
Biometrika 70, 659-663). Boundaries by recursive numerical integration (Armitage, McPherson and Rowe 1969). A boundary is
for the monitoring committee; futility is advice that does not bind, so that it changes no boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from swis.errors import NotEstimable
from swis.estimate.comparison import Array

POINTS = 801
WIDTH = 8.0
FUTILE = 0.1


@dataclass(frozen=True, eq=False)
class Looks:
    """At each look: the share of information, the boundary of the z statistic, the error spent until then, and the nominal p."""

    information: Array
    boundaries: Array
    spent: Array
    level: float

    def __repr__(self) -> str:
        return f"Looks({len(self.boundaries)} looks; boundaries {', '.join(f'{z:.3f}' for z in self.boundaries)})"

    def __str__(self) -> str:
        rows = zip(self.information, self.boundaries, self.spent, strict=True)
        return "\n".join(
            [
                f"O'Brien-Fleming spending of a one-sided {self.level:g}: stop for effect where z passes the boundary",
                *(f"{t:.0%} of information: z {z:.4f} (one-sided p {ndtr(-z):.3g}), spent {a:.3g}" for t, z, a in rows),
            ]
        )


def spend_error(information: Sequence[float], *, level: float = 0.025) -> Looks:
    """One-sided boundaries at rising shares of information, the last of them 1; two-sided at twice the level by symmetry."""
    shares = np.asarray(information, dtype=float)
    if shares.ndim != 1 or not len(shares) or shares[-1] != 1 or shares[0] <= 0 or (np.diff(shares) <= 0).any():
        raise NotEstimable("Shares of information rise from above nought to 1.")
    if not 0 < level < 0.5:
        raise NotEstimable(f"A one-sided level lies between 0 and 0.5; {level} was given.")
    spent = 2 * ndtr(-float(ndtri(1 - level / 2)) / np.sqrt(shares))
    boundaries: list[float] = []
    # Density of the score at the looks so far, of trials that go on; on the scale of Brownian motion.
    grid: Array = np.zeros(1)
    density: Array = np.ones(1)
    before = 0.0
    for share, target in zip(shares, np.diff(spent, prepend=0.0), strict=True):
        step = sqrt(share - before)
        boundary = _boundary(grid, density, step, target) / sqrt(share)
        boundaries.append(boundary)
        grid, density = _carry(grid, density, step, boundary * sqrt(share))
        before = share
    return Looks(shares, np.array(boundaries), spent, level)


def _boundary(grid: Array, density: Array, step: float, target: float) -> float:
    def excess(limit: float) -> float:
        return float(density @ ndtr((grid - limit) / step)) - target

    return float(brentq(excess, -WIDTH, 4 * WIDTH, xtol=1e-13))


def _carry(grid: Array, density: Array, step: float, limit: float) -> tuple[Array, Array]:
    """Weights of the score at the next look below the limit, by Gauss-Legendre."""
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    low = min(-WIDTH, limit - 1)
    at = low + (points + 1) / 2 * (limit - low)
    kernel = np.exp(-(((at[:, None] - grid) / step) ** 2) / 2) / (step * sqrt(2 * np.pi))
    return at, weights * (limit - low) / 2 * (kernel @ density)


@dataclass(frozen=True)
class ConditionalPower:
    """The chance that the trial ends beyond its last boundary, if the effect is what was planned, or what was seen so far."""

    planned: float
    seen: float

    @property
    def futile(self) -> bool:
        """Whether even the planned effect would hardly be found: advice to the committee, not a rule."""
        return self.planned < FUTILE


def conditional_power(z: float, *, information: float, planned_drift: float, boundary: float) -> ConditionalPower:
    """`z` is the statistic now, positive in the planned direction; `planned_drift` its expected value at the end."""
    if not 0 < information < 1:
        raise NotEstimable("Conditional power is for a look before the end: information between 0 and 1.")
    now, left = z * sqrt(information), 1 - information

    def power(drift: float) -> float:
        return float(ndtr((now + drift * left - boundary) / sqrt(left)))

    return ConditionalPower(power(planned_drift), power(z / sqrt(information)))
