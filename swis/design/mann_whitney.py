"""The pilots' check that a match persists, and why it can never turn one down.

They ranked the candidates by their scores in two windows and compared the rankings by a Mann-Whitney test, rejecting a match
at p below 0.05. The test asks whether one of two samples tends to be larger.

Reading A, the ranks of all candidates in one window against those in the other: both samples are the numbers 1 to n, whatever
the data. U is n*n/2 and p is 1, identically.

Reading C, the ranks of the chosen schools against the ranks that the same schools had before: k against k numbers. Two against
two cannot give less than 1/3, three against three not less than 1/10.

So a p-value of 0.05 or more is no evidence that trends persist.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy.special import ndtr

from swis.design.matching_units import UnitScores
from swis.design.year_group_panel import Array, Index
from swis.errors import NotEstimable

LEVEL = 0.05
_MOST_ENUMERATED = 16


@dataclass(frozen=True)
class MannWhitney:
    """The published check of one unit's match. `smallest_*` is the least p-value that the reading could have given.

    `ranks` and `earlier_ranks` are those of the chosen schools among the candidates scored in both windows.
    `nearer_than_chance` is the share of other candidates that were further off than a chosen one in the earlier window: one half
    is what chance gives, 1 is perfect persistence.
    """

    unit: str
    candidates: int
    p_a: float
    smallest_p_a: float
    ranks: tuple[float, ...]
    earlier_ranks: tuple[float, ...]
    p_c: float | None
    smallest_p_c: float | None
    nearer_than_chance: float | None

    def __repr__(self) -> str:
        c = "none" if self.p_c is None else f"{self.p_c:.3g} (could not be below {self.smallest_p_c:.3g})"
        return f"MannWhitney({self.unit}: reading A p {self.p_a:g} (always), reading C p {c})"

    @property
    def rejects(self) -> bool:
        """Whether reading C turns the match down. Reading A never does."""
        return self.p_c is not None and self.p_c < LEVEL


def mann_whitney_check(later: UnitScores, earlier: UnitScores, *, unit: int, chosen: Index) -> MannWhitney:
    """The check of one unit as published, in both readings."""
    now, before = later.scores[unit], earlier.scores[unit]
    both = np.isfinite(now) & np.isfinite(before)
    chosen = chosen[both[chosen]]
    ranks = tuple(float(rank) for rank in ranks_among(now[both], now[chosen]))
    earlier_ranks = tuple(float(rank) for rank in ranks_among(before[both], before[chosen]))
    k, n = chosen.size, int(both.sum())
    return MannWhitney(
        unit=later.names[unit],
        candidates=n,
        p_a=1.0,
        smallest_p_a=1.0,
        ranks=ranks,
        earlier_ranks=earlier_ranks,
        p_c=mann_whitney_p(ranks, earlier_ranks) if k else None,
        smallest_p_c=smallest_mann_whitney_p(k) if k else None,
        nearer_than_chance=_nearer(earlier_ranks, n) if 0 < k < n else None,
    )


def ranks_among(pool: Array, values: Array) -> Array:
    """The ranks of a few values of a pool, from 1, ties at their mean. Counting them spares sorting the pool."""
    below = np.array([np.count_nonzero(pool < value) for value in values])
    level = np.array([np.count_nonzero(pool == value) for value in values])
    ranks: Array = below + (level + 1) / 2
    return ranks


def _nearer(earlier_ranks: tuple[float, ...], n: int) -> float:
    k = len(earlier_ranks)
    u = sum(earlier_ranks) - k * (k + 1) / 2
    return 1 - u / (k * (n - k))


def smallest_mann_whitney_p(k: int) -> float:
    """The least two-sided p-value that k against k numbers can give: one sample wholly below the other."""
    return mann_whitney_p(range(k), range(k, 2 * k))


def mann_whitney_p(first: tuple[float, ...] | range, second: tuple[float, ...] | range) -> float:
    """Two-sided p-value of a Mann-Whitney test; exact given the ties for up to 16 numbers, else by the normal distribution."""
    n, m = len(first), len(second)
    if not n or not m:
        raise NotEstimable("A Mann-Whitney test needs numbers in both samples.")
    pooled = np.array([*first, *second], dtype=float)
    ranks = ranks_among(pooled, pooled)
    expected = n * (n + m + 1) / 2
    observed = abs(ranks[:n].sum() - expected)
    if n + m <= _MOST_ENUMERATED:
        sums = np.array([ranks[list(which)].sum() for which in combinations(range(n + m), n)])
        return float(np.mean(np.abs(sums - expected) >= observed - 1e-9))
    _, times = np.unique(pooled, return_counts=True)
    ties = float((times**3.0 - times).sum()) / ((n + m) * (n + m - 1))
    variance = n * m / 12 * (n + m + 1 - ties)
    if variance <= 0:
        return 1.0
    return float(min(1.0, 2 * ndtr(-max(observed - 0.5, 0.0) / sqrt(variance))))
