"""Covariate-constrained randomisation: many allocations are looked at, the best balanced are kept, one of those is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.plan import AllocationPlan
from swis.design.allocation.stream import DrawStream

MOST_ENUMERATED = 50_000
"""Where there are no more allocations than this, all are looked at."""
FEWEST_KEPT = 100
"""Fewer allocations than this are too few to draw from: the smallest p-value of a test over them is above 1%."""


@dataclass(frozen=True, eq=False)
class ConstrainedSet:
    """The allocations that were kept, shape (kept, schools), and how many were looked at.

    `enumerated`: all that there are were looked at; else that many were drawn, and repeats left out.
    `worst_score` is the largest that was kept. `same_arm`, shape (schools, schools), is the share of the kept allocations
    in which two schools are in one arm; `free` marks the pairs that a simple draw could put together or apart.
    """

    enumerated: bool
    looked_at: int
    distinct: int
    kept: NDArray[np.bool_]
    worst_score: int
    same_arm: NDArray[np.float64]
    free: NDArray[np.bool_]

    @property
    def always_together(self) -> int:
        """How many pairs of schools are in one arm in every kept allocation, though they need not be."""
        return int((self.free & (self.same_arm == 1)).sum()) // 2

    @property
    def never_together(self) -> int:
        """How many pairs of schools are in different arms in every kept allocation, though they need not be."""
        return int((self.free & (self.same_arm == 0)).sum()) // 2

    @property
    def over_constrained(self) -> str:
        """Why the set is too narrow to draw from; empty if it is not (Moulton 2004)."""
        reasons = []
        if len(self.kept) < FEWEST_KEPT:
            reasons.append(f"only {len(self.kept)} allocations were kept")
        if self.always_together:
            reasons.append(f"{self.always_together} pairs of schools are in one arm in all of them")
        if self.never_together:
            reasons.append(f"{self.never_together} pairs of schools are never in one arm")
        return "; ".join(reasons)

    def __repr__(self) -> str:
        how = "all that there are" if self.enumerated else "drawn"
        return f"ConstrainedSet({len(self.kept)} kept of {self.distinct} different allocations, {how})"


def constrain(plan: AllocationPlan, numbers: tuple[int, ...], stream: DrawStream) -> ConstrainedSet:
    """The allocations with these numbers of intervention schools that balance best.

    Counted as balance: the standardised differences between the arms, their squares added up or the largest. All that are as
    good as the last one kept are kept too, so that an allocation and its mirror image are both in or both out.
    """
    options = plan.options
    number = prod(comb(members.size, chosen) for members, chosen in zip(plan.members, numbers, strict=True))
    enumerated = number <= MOST_ENUMERATED
    every = _enumerate(plan, numbers) if enumerated else _sample(plan, numbers, stream)
    looked_at = np.array(list(every), dtype=bool)
    distinct = looked_at if enumerated else _drop_repeats(looked_at)
    scores = score_allocations(plan, distinct)
    least = -(-len(distinct) * options.keep_percent // 100)
    worst = sorted(scores)[least - 1]
    kept = distinct[[score <= worst for score in scores]]
    return ConstrainedSet(enumerated, len(looked_at), len(distinct), kept, worst, _same_arm(kept), _free(plan, numbers))


def score_allocations(plan: AllocationPlan, allocations: NDArray[np.bool_]) -> list[int]:
    """How badly each allocation balances, in whole numbers that no machine rounds; comparable within equal arm sizes."""
    totals = plan.standardised.sum(axis=0)
    sums = allocations.astype(np.int64) @ plan.standardised
    size = allocations.sum(axis=1, dtype=np.int64)[:, np.newaxis]
    differences = np.abs(len(plan.schools) * sums - size * totals)
    if plan.options.criterion == "largest":
        return [int(worst) for worst in differences.max(axis=1)]
    return [sum(value * value for value in row) for row in differences.tolist()]


def _enumerate(plan: AllocationPlan, numbers: tuple[int, ...]) -> Iterator[NDArray[np.bool_]]:
    choices = [combinations(members, chosen) for members, chosen in zip(plan.members, numbers, strict=True)]
    for chosen in product(*choices):
        yield _marked(len(plan.schools), [place for part in chosen for place in part])


def _sample(plan: AllocationPlan, numbers: tuple[int, ...], stream: DrawStream) -> Iterator[NDArray[np.bool_]]:
    members = [part.tolist() for part in plan.members]
    for _ in range(plan.options.candidates):
        chosen = [stream.choose(number, part) for part, number in zip(members, numbers, strict=True)]
        yield _marked(len(plan.schools), [place for part in chosen for place in part])


def _marked(schools: int, places: list[int]) -> NDArray[np.bool_]:
    allocation = np.zeros(schools, dtype=bool)
    allocation[places] = True
    return allocation


def _drop_repeats(allocations: NDArray[np.bool_]) -> NDArray[np.bool_]:
    first = dict(reversed([(row.tobytes(), place) for place, row in enumerate(allocations)]))
    return allocations[sorted(first.values())]


def _same_arm(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    signs = 2.0 * kept - 1.0
    # Sums of ones and minus ones are exact, so that "always" and "never" are.
    return (signs.T @ signs + len(kept)) / (2 * len(kept))


def _free(plan: AllocationPlan, numbers: tuple[int, ...]) -> NDArray[np.bool_]:
    """Pairs of schools that a simple draw could put together or apart: all but the two of a stratum of two."""
    free = np.ones((len(plan.schools),) * 2, dtype=bool)
    np.fill_diagonal(free, False)
    for members, chosen in zip(plan.members, numbers, strict=True):
        if members.size == 2 and chosen == 1:
            free[np.ix_(members, members)] = False
    return free
