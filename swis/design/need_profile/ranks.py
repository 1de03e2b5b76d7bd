"""How sure is a ranking? The probability of every rank, of being among the first, and of one school above another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swis.errors import SettingError

Array = NDArray[np.floating[Any]]

CERTAIN = 0.95


@dataclass(frozen=True, eq=False, repr=False)
class RankProbabilities:
    """Shares of posterior draws. Rank 1 is the highest.

    `of_rank[i, r]` is how often school i has rank r + 1, `in_top[i]` how often it is among the first `top`, `above[i, j]` how
    often school i lies above school j.
    """

    top: int
    of_rank: Array
    in_top: Array
    expected_rank: Array
    above: Array
    draws: int

    @property
    def order(self) -> NDArray[np.intp]:
        """Schools by the probability of being among the first, then by expected rank."""
        return np.lexsort((self.expected_rank, -self.in_top))

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Which pairs can be told apart: one of the two lies above the other in 95% of draws or more."""
        apart: NDArray[np.bool_] = np.maximum(self.above, self.above.T) >= CERTAIN
        return apart

    @property
    def surely_in(self) -> NDArray[np.bool_]:
        """Schools that are among the first in 95% of draws or more."""
        surely: NDArray[np.bool_] = self.in_top >= CERTAIN
        return surely

    @property
    def at_the_edge(self) -> NDArray[np.bool_]:
        """Schools of which it cannot be said whether they are among the first: more than 5% and less than 95% of draws."""
        edge: NDArray[np.bool_] = (self.in_top > 1 - CERTAIN) & (self.in_top < CERTAIN)
        return edge

    def __repr__(self) -> str:
        return (
            f"RankProbabilities(first {self.top} of {len(self.in_top)} schools: {int(self.surely_in.sum())} surely, "
            f"{int(self.at_the_edge.sum())} at the edge)"
        )


def rank_probabilities(draws: Array, *, top: int) -> RankProbabilities:
    """From draws of shape (draws, schools). Schools that are equal in a draw are ranked in the order in which they come.

    Raises SettingError where `top` is below 1 or above the number of schools.
    """
    number, schools = draws.shape
    if not 1 <= top <= schools:
        raise SettingError(f"The first {top} of {schools} schools cannot be chosen. Ask for 1 to {schools}.")
    ranks = np.empty(draws.shape, dtype=np.intp)
    order = np.argsort(-draws, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(schools), draws.shape), axis=1)
    of_rank = np.array([np.bincount(ranks[:, school], minlength=schools) for school in range(schools)]) / number
    above = np.array([(ranks[:, [school]] < ranks).mean(axis=0) for school in range(schools)])
    return RankProbabilities(
        top=top,
        of_rank=of_rank,
        in_top=of_rank[:, :top].sum(axis=1),
        expected_rank=of_rank @ np.arange(1, schools + 1),
        above=above,
        draws=number,
    )
