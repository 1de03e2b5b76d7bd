"""Weighted normal distributions: every belief about a log rate ratio here is one, so that probabilities are sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from swis.estimate.comparison import Array

_FARTHEST = 12.0
"""Standard deviations beyond which a normal distribution holds nothing that a quantile of interest would notice."""


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """A log rate ratio that is normal with `means` and `sds`, each with its weight. A standard deviation of 0 is a certainty."""

    weights: Array
    means: Array
    sds: Array

    def below(self, value: float) -> float:
        """The probability of a log rate ratio at most this."""
        return float(self.weights @ ndtr(_standard(value - self.means, self.sds)))

    def between(self, low: float, high: float) -> float:
        """The probability of a log rate ratio above `low` and at most `high`; 0 where `high` is the lower of the two."""
        return max(0.0, self.below(high) - self.below(low)) if high > low else 0.0

    def quantile(self, share: float) -> float:
        """The log rate ratio below which this share lies."""
        if self.sds.max() == 0 and np.ptp(self.means) == 0:
            return float(self.means[0])
        reach = np.maximum(self.sds, 1e-12) * _FARTHEST
        low, high = float((self.means - reach).min()), float((self.means + reach).max())
        return float(brentq(lambda value: self.below(value) - share, low, high, xtol=1e-13, rtol=1e-13))

    def density(self, values: Array) -> Array:
        """The density at each value. Every standard deviation must be above 0."""
        z = (values[:, None] - self.means) / self.sds
        return np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * self.sds) @ self.weights

    @property
    def mean_ratio(self) -> float:
        """The mean of the rate ratio itself, exp of the log."""
        return float(self.weights @ np.exp(self.means + self.sds**2 / 2))


def _standard(distance: Array, sds: Array) -> Array:
    at_zero = np.where(distance >= 0, np.inf, -np.inf)
    return np.divide(distance, sds, out=at_zero, where=sds > 0)
