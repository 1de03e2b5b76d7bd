"""Rates with and without a social worker in the schools of the trial, and their difference, by g-computation.

Every school's rate is predicted in both arms and averaged with the weights of the estimand; the difference has a delta-method
standard error from the robust covariance of all coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.estimate.comparison import Array
from swis.estimate.trial.model import TrialFit


@dataclass(frozen=True)
class Rates:
    """Rates per 1,000 of the unit of exposure, were all schools in one arm or the other, and the difference (with less
    without)."""

    with_worker: float
    without_worker: float
    difference: float
    standard_error: float
    low: float
    high: float
    unit: str

    def __repr__(self) -> str:
        return (
            f"Rates({self.with_worker:.4g} with and {self.without_worker:.4g} without, per 1,000 {self.unit}; difference "
            f"{self.difference:.3g}, {self.low:.3g} to {self.high:.3g})"
        )


def standardise_rates(fit: TrialFit, covariance: Array, *, quantile: float, unit: str = "pupil-years") -> Rates:
    """Rates of the first effect at one and at nought; `quantile` is that of the interval."""
    model = fit.model
    base = model.columns.copy()
    weight = model.weight * model.exposure
    rates, gradients = [], []
    for arm in (1.0, 0.0):
        base[:, 0] = arm
        share = weight / weight.sum() * np.exp(base @ fit.coefficients) * 1000
        rates.append(float(share.sum()))
        gradients.append(share @ base)
    slope = gradients[0] - gradients[1]
    error = float(np.sqrt(slope @ covariance @ slope))
    difference = rates[0] - rates[1]
    return Rates(
        rates[0], rates[1], difference, error, difference - quantile * error, difference + quantile * error, unit
    )
