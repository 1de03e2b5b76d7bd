"""What several tests together may claim: adjusted p-values for a family of analyses.

Holm 1979 (Scandinavian J. Statistics 6, 65-70) keeps the chance of any false claim at its level whatever the dependence;
Benjamini and Hochberg 1995 (JRSS B 57, 289-300) keeps the expected share of false claims.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array


def holm(p_values: Sequence[float]) -> Array:
    """Holm's adjusted p-values, in the order given."""
    p = _p_values(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _in_place(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: Sequence[float]) -> Array:
    """Benjamini and Hochberg's adjusted p-values, in the order given."""
    p = _p_values(p_values)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _in_place(np.minimum(stepped, 1.0), order)


def _p_values(values: Sequence[float]) -> Array:
    p = np.asarray(values, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise NotEstimable("A p-value lies between 0 and 1; an analysis without one cannot be in the family.")
    return p


def _in_place(adjusted: Array, order: NDArray[np.intp]) -> Array:
    placed = np.empty_like(adjusted)
    placed[order] = adjusted
    return placed
