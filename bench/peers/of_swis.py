"""Ours, from a long table in memory: codes to places, then the fit, then the sandwich scaled by G/(G-1)."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bench.panels import Long
from swis.estimate.poisson import PoissonFit, fit_poisson


def prepare(long: Long) -> Long:
    """The table as this tool wants to find it in memory."""
    return long


def fit(long: Long, *, year_groups: bool) -> tuple[float, float]:
    """The programme's log rate ratio and its clustered standard error."""
    axes = ["school", "term", "year_group"] if year_groups else ["school", "term"]
    codes = [_places(long[axis]) for axis in axes]
    shape = tuple(int(code.max()) + 1 for code in codes)
    place = np.ravel_multi_index(codes, shape)
    count, pupils = np.zeros(shape), np.zeros(shape)
    count.reshape(-1)[place], pupils.reshape(-1)[place] = long["count"], long["pupils"]
    treated, after = np.zeros(shape[0], dtype=bool), np.zeros(shape[1])
    with_programme = long["programme"] != 0
    treated[codes[0][with_programme]], after[codes[1][with_programme]] = True, 1.0
    return estimate(fit_poisson(count, pupils, intervention=treated, interactions=after[:, None]))


def _places(labels: NDArray[np.generic]) -> NDArray[np.intp]:
    """The rank of each label among the distinct ones; by a table where they are whole numbers that lie close."""
    low, high = int(labels.min()), int(labels.max())
    if high - low > 10 * len(labels):
        return np.unique(labels, return_inverse=True)[1]
    there = np.zeros(high - low + 1, dtype=bool)
    there[labels - low] = True
    return (np.cumsum(there) - 1)[labels - low]


def estimate(fitted: PoissonFit) -> tuple[float, float]:
    """Coefficient and clustered standard error of a fit."""
    schools = int((fitted.scores != 0).any(axis=1).sum())
    bread = fitted.covariance[-1]
    return float(fitted.programme[0]), float(np.linalg.norm(fitted.scores @ bread)) * sqrt(schools / (schools - 1))
