"""Minimisation: schools in a drawn order, each to the arm that leaves the arms more alike, with a chance of the other."""

from __future__ import annotations

import numpy as np

from swis.design.allocation.plan import AllocationPlan
from swis.design.allocation.stream import DrawStream


def minimise(plan: AllocationPlan, numbers: tuple[int, ...], *, order: DrawStream, coins: DrawStream) -> list[int]:
    """The places of the intervention schools.

    Factors: the stratum, and for each covariate whether a school lies above the median of all. For each arm the differences
    between the arms at the school's own levels are added up as they would be with it (Pocock and Simon 1975; Taves 1974). The
    arm with the lesser sum is taken with the stated chance. At equal sums, and so that every stratum ends with its number, the
    places that are left in the stratum decide.
    """
    schools = len(plan.schools)
    levels = np.column_stack([plan.stratum, *(2 * len(plan.strata) + 2 * k + above for k, above in _above(plan))])
    difference = [0] * (int(levels.max()) + 1)
    left = [[number, members.size - number] for number, members in zip(numbers, plan.members, strict=True)]
    chosen = []
    for school in order.choose(schools, range(schools)):
        own = [int(level) for level in levels[school]]
        here = left[plan.stratum[school]]
        lean = sum(abs(difference[k] + 1) - abs(difference[k] - 1) for k in own)
        intervention = _take(lean, here, plan.options.preferred_percent, coins)
        here[0 if intervention else 1] -= 1
        for k in own:
            difference[k] += 1 if intervention else -1
        if intervention:
            chosen.append(school)
    return chosen


def _above(plan: AllocationPlan) -> list[tuple[int, np.ndarray]]:
    return list(enumerate(plan.above_middle.T.astype(np.int64)))


def _take(lean: int, left: list[int], preferred_percent: int, coins: DrawStream) -> bool:
    """Whether the school gets a social worker. `lean` is above zero where that would leave the arms less alike."""
    if 0 in left:
        return left[1] == 0
    if lean == 0:
        return coins.below(sum(left)) < left[0]
    preferred = coins.below(100) < preferred_percent
    return preferred == (lean < 0)
