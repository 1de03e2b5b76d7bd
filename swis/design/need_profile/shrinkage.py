"""True rates of schools from counts: gamma-Poisson, with what is not known of its two parameters carried through.

The true rate of a school is drawn from a gamma distribution with mean m and coefficient of variation k, its count is Poisson.
Given m and k a rate is gamma again, with shape 1/k^2 + count and rate 1/(m k^2) + exposure (Clayton and Kaldor 1987,
Biometrics 43, 671-681). m and k are not known: instead of the best pair, all pairs are taken, each as likely as its negative
binomial likelihood makes it, with log m flat and k half-normal with scale 1 before the data. So schools that differ by no more
than chance do not all get the same rate with certainty, as they do if k is put at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from swis.design.power.scatter import BetweenSchools, between_schools
from swis.errors import NotEstimable

Array = NDArray[np.floating[Any]]

FEWEST_SCHOOLS = 5
"""With fewer, next to nothing is known of what schools differ by."""
SCALE_OF_K = 1.0
"""The scale of the half-normal prior of k: two in three school populations differ by less."""
LARGEST_K = 3.5
LEVEL = 0.95
"""Of all intervals."""
_SMALLEST_K = 0.004
_COARSE, _FINE, _MEANS = 120, 61, 61
_REACH = 6.5
"""Standard deviations of log m on either side of its mode."""
_NEGLIGIBLE = 16.0
"""Log density below the highest at which a value of k no longer counts."""


@dataclass(frozen=True, eq=False, repr=False)
class Hyperparameters:
    """Pairs of m and k with their weights, which add up to 1. `mean` is in units of independent events by exposure."""

    mean: Array
    k: Array
    weight: Array

    @property
    def shape(self) -> Array:
        """The shape of the gamma distribution of true rates."""
        return 1 / self.k**2

    def quantiles(self, values: Array, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Quantiles of a number that is known for each pair."""
        order = np.argsort(values, kind="stable")
        middle = np.cumsum(self.weight[order]) - self.weight[order] / 2
        return tuple(float(one) for one in np.interp(levels, middle, values[order]))

    def __repr__(self) -> str:
        return f"Hyperparameters({len(self.weight)} pairs)"


@dataclass(frozen=True, eq=False, repr=False)
class ShrunkRates:
    """The true rate of each school by unit of exposure: posterior mean, interval and draws, with what they rest on.

    `own_weight` is how much of a school's estimate is its own count; the rest is the schools of its phase. `k` is the posterior
    median with its interval; `by_moments` is k by another way, with an interval that needs no prior. `mean` is that of
    all schools. `unit` is how many counts were taken as one independent event. `draws` has the shape (draws, schools).
    """

    count: Array
    exposure: Array
    unit: float
    rate: Array
    low: Array
    high: Array
    own_weight: Array
    mean: float
    mean_low: float
    mean_high: float
    k: float
    k_low: float
    k_high: float
    by_moments: BetweenSchools
    level: float
    seed: int
    draws: Array
    fresh: Array
    """Draws of the rate that a school of which nothing is known would have, in the same shape."""

    @property
    def crude(self) -> Array:
        """Counts by exposure, as they are."""
        return self.count / self.exposure

    def __repr__(self) -> str:
        return f"ShrunkRates({len(self.count)} schools; k {self.k:.2f}, {self.k_low:.2f} to {self.k_high:.2f})"


def shrink_rates(count: Array, exposure: Array, *, unit: float = 1.0, seed: int, draws: int = 10_000) -> ShrunkRates:
    """The true rates of schools of one phase, each drawn towards the mean of all as far as its count is small.

    `unit` counts are taken as one independent event: 122 where they are days in care of whole terms. Schools should differ in
    nothing else that is known; phases are not to be mixed. Raises NotEstimable with fewer than five schools, without
    events, and where a school has no exposure.
    """
    count, exposure = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    _check(count, exposure, unit)
    events = count / unit
    pairs = weigh_hyperparameters(events, exposure)
    tails = ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)
    shape, inverse = pairs.shape, pairs.shape / pairs.mean
    own = pairs.weight @ (exposure / (inverse[:, None] + exposure))
    rate = pairs.weight @ ((shape[:, None] + events) / (inverse[:, None] + exposure))
    drawn, fresh = (unit * each for each in _draw(pairs, events, exposure, np.random.default_rng(seed), draws))
    ends = np.quantile(drawn, (tails[0], tails[-1]), axis=0)
    mean_low, mean, mean_high = pairs.quantiles(pairs.mean, tails)
    k_low, k, k_high = pairs.quantiles(pairs.k, tails)
    return ShrunkRates(
        count=count,
        exposure=exposure,
        unit=unit,
        rate=rate * unit,
        low=ends[0],
        high=ends[1],
        own_weight=own,
        mean=mean * unit,
        mean_low=mean_low * unit,
        mean_high=mean_high * unit,
        k=k,
        k_low=k_low,
        k_high=k_high,
        by_moments=between_schools(events, exposure),
        level=LEVEL,
        seed=seed,
        draws=drawn,
        fresh=fresh,
    )


def _draw(
    pairs: Hyperparameters, events: Array, exposure: Array, generator: np.random.Generator, draws: int
) -> tuple[Array, Array]:
    """True rates of these schools, and of schools of which nothing is known; each draw has its own mean and k."""
    chosen = generator.choice(len(pairs.weight), size=draws, p=pairs.weight)
    shape = pairs.shape[chosen, None]
    inverse = shape / pairs.mean[chosen, None]
    own = generator.standard_gamma(shape + events) / (inverse + exposure)
    return own, generator.standard_gamma(np.broadcast_to(shape, own.shape)) / inverse


def weigh_hyperparameters(events: Array, exposure: Array) -> Hyperparameters:
    """Pairs of mean and k as likely as the counts make them; the grid is first laid wide, then where the weight is."""
    coarse = np.linspace(_SMALLEST_K, LARGEST_K, _COARSE)
    density = np.logaddexp.reduce(_log_weights(coarse, events, exposure)[1], axis=1) - np.log(_room(coarse))
    likely = np.flatnonzero(density > density.max() - _NEGLIGIBLE)
    first, last = max(likely[0] - 1, 0), min(likely[-1] + 1, len(coarse) - 1)
    k = np.linspace(coarse[first], coarse[last], _FINE)
    mean, weight = _log_weights(k, events, exposure)
    weight = np.exp(weight - weight.max())
    return Hyperparameters(mean.ravel(), np.repeat(k, mean.shape[1]), (weight / weight.sum()).ravel())


def _log_weights(k: Array, events: Array, exposure: Array) -> tuple[Array, Array]:
    """Means for each k, and the log of likelihood, prior and the room that each pair stands for."""
    shape = 1 / k**2
    mode, deviation = _mode_of_log_mean(shape, events, exposure)
    steps = np.linspace(-_REACH, _REACH, _MEANS)
    mean = np.exp(mode[:, None] + deviation[:, None] * steps)
    weight = _log_likelihood(mean, shape, events, exposure)
    prior = -((k / SCALE_OF_K) ** 2) / 2 + np.log(_room(k)) + np.log(deviation)
    return mean, weight + prior[:, None]


def _room(nodes: Array) -> Array:
    """What each node stands for by the trapezoidal rule."""
    steps = np.diff(nodes)
    return (np.append(steps, 0.0) + np.insert(steps, 0, 0.0)) / 2


def _log_likelihood(mean: Array, shape: Array, events: Array, exposure: Array) -> Array:
    """The negative binomial log-likelihood for means of shape (k, means), without what does not hang on mean or k."""
    total = np.zeros_like(mean)
    for y, e in zip(events, exposure, strict=True):
        expected = e * mean
        total += (gammaln(y + shape) - gammaln(shape) - y * np.log(shape))[:, None] + y * np.log(expected)
        total -= (y + shape)[:, None] * np.log1p(expected / shape[:, None])
    return total


def _mode_of_log_mean(shape: Array, events: Array, exposure: Array) -> tuple[Array, Array]:
    """For each shape where the likelihood of log mean is highest, and one over the root of its curvature there."""
    log_mean = np.full(len(shape), np.log(events.sum() / exposure.sum()))
    a = shape[:, None]
    for _ in range(60):
        expected = exposure * np.exp(log_mean)[:, None]
        slope = (a * (events - expected) / (a + expected)).sum(axis=1)
        curvature = (a * expected * (a + events) / (a + expected) ** 2).sum(axis=1)
        step = np.clip(slope / curvature, -1, 1)
        log_mean = log_mean + step
        if np.abs(step).max() < 1e-10:
            break
    return log_mean, curvature**-0.5


def _check(count: Array, exposure: Array, unit: float) -> None:
    if count.shape != exposure.shape or count.ndim != 1:
        raise NotEstimable("Rates need one count and one exposure for each school.")
    if len(count) < FEWEST_SCHOOLS:
        raise NotEstimable(
            f"{len(count)} schools are too few to tell chance from need; {FEWEST_SCHOOLS} of one phase are the least."
        )
    if not ((exposure > 0).all() and (count >= 0).all() and np.isfinite(count + exposure).all()):
        raise NotEstimable("Rates need counts of 0 or more among pupils above 0.")
    if not (np.isfinite(unit) and unit > 0):
        raise NotEstimable("One independent event is a number of counts above 0.")
    if count.sum() == 0:
        raise NotEstimable("There are no events, so that no school can be told from another.")
