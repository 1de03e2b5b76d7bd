"""Many allocations by the method of a trial, for randomisation tests and simulated trials. Fast, by NumPy's generators."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.constrained import ConstrainedSet
from swis.design.allocation.pairing import Pairing
from swis.design.allocation.plan import AllocationPlan

Draws = NDArray[np.bool_]
_BLOCK = 2_000
"""Draws at a time: what is worked on then stays in the cache of the processor."""


def draw_allocations(
    plan: AllocationPlan, draws: int, *, seed: int, constrained: ConstrainedSet | None = None
) -> NDArray[np.bool_]:
    """That many allocations, shape (draws, schools), True for intervention, each by the plan's own method.

    Odd strata are rounded anew for each draw. Of `constrained`, the set of an allocation that was drawn, every draw is one
    of the set: the test is then exact given that set. Without it candidates are drawn afresh, a block of the plan's number at a
    time, and of each block the best balanced are used, so that the power of a planned trial can be simulated.

    The draws are those of NumPy's PCG64 and are not those of `allocate`, which may be added as one more. With too few
    possible allocations the same one comes often: see `constrained.kept` for their number.
    """
    rng = np.random.default_rng(seed)
    if constrained is not None:
        return constrained.kept[rng.integers(len(constrained.kept), size=draws)]
    result = np.empty((draws, len(plan.schools)), dtype=bool)
    done = 0
    while done < draws:
        block = _block(plan, min(_BLOCK, draws - done), rng)[: draws - done]
        result[done : done + len(block)] = block
        done += len(block)
    return result


def _block(plan: AllocationPlan, draws: int, rng: np.random.Generator) -> Draws:
    """Some allocations: that many, but for constrained, where it is as many as one block of candidates yields."""
    if plan.options.method == "constrained":
        return _constrained(plan, rng)
    numbers = _numbers(plan, draws, rng)
    if plan.options.method == "minimisation":
        return _minimised(plan, numbers, rng)
    return _simple(plan, numbers, rng) if plan.pairing is None else _paired(plan, plan.pairing, numbers, rng)


def _numbers(plan: AllocationPlan, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Intervention schools of each stratum, shape (draws, strata), odd strata rounded as `draw_numbers` does."""
    first, steps = plan.options.ratio[0], sum(plan.options.ratio)
    sizes = np.bincount(plan.stratum)
    rests = sizes * first % steps
    numbers = np.repeat((sizes * first // steps)[np.newaxis], draws, axis=0)
    odd = np.flatnonzero(rests)
    if odd.size:
        order = rng.permuted(np.repeat(odd[np.newaxis], draws, axis=0), axis=1)
        dial = rng.integers(steps, size=(draws, 1)) + np.cumsum(rests[order], axis=1)
        turned = dial // steps > (dial - rests[order]) // steps
        np.put_along_axis(numbers, order, np.take_along_axis(numbers, order, axis=1) + turned, axis=1)
    return numbers


def _simple(plan: AllocationPlan, numbers: NDArray[np.int64], rng: np.random.Generator) -> Draws:
    result = np.empty((len(numbers), len(plan.schools)), dtype=bool)
    for place, members in enumerate(plan.members):
        keys = rng.random((len(numbers), members.size))
        last = numbers[:, place, np.newaxis] - 1
        ordered = np.partition(keys, np.unique(last), axis=1)
        result[:, members] = keys <= np.take_along_axis(ordered, last, axis=1)
    return result


def _paired(plan: AllocationPlan, pairing: Pairing, numbers: NDArray[np.int64], rng: np.random.Generator) -> Draws:
    result = np.zeros((len(numbers), len(plan.schools)), dtype=bool)
    one, other = np.array(pairing.pairs, dtype=np.int64).T
    heads = rng.random((len(numbers), one.size)) < 0.5
    result[:, one], result[:, other] = heads, ~heads
    single = np.array(pairing.singles, dtype=np.int64)
    stratum = plan.stratum[single]
    result[:, single] = 2 * numbers[:, stratum] > np.bincount(plan.stratum)[stratum]
    return result


def _constrained(plan: AllocationPlan, rng: np.random.Generator) -> Draws:
    """The best balanced of one block of candidates, in a random order."""
    candidates = _simple(plan, _numbers(plan, plan.options.candidates, rng), rng)
    schools = len(plan.schools)
    sizes = candidates.sum(axis=1)[:, np.newaxis]
    sums = candidates.astype(float) @ plan.standardised
    # Where odd strata let the arms differ in size, only the difference of the means is comparable.
    difference = np.abs(schools * sums - sizes * plan.standardised.sum(axis=0)) / (sizes * (schools - sizes))
    score = difference.max(axis=1) if plan.options.criterion == "largest" else (difference**2).sum(axis=1)
    kept = -(-plan.options.candidates * plan.options.keep_percent // 100)
    return candidates[rng.permutation(np.argpartition(score, kept - 1)[:kept])]


def _minimised(plan: AllocationPlan, numbers: NDArray[np.int64], rng: np.random.Generator) -> Draws:
    """All draws side by side, school after school, each draw in its own order."""
    schools, covariates = plan.above_middle.shape
    offsets = len(plan.strata) + 2 * np.arange(covariates)
    levels = np.column_stack([plan.stratum, offsets + plan.above_middle])
    draws = len(numbers)
    difference = np.zeros((draws, len(plan.strata) + 2 * covariates), dtype=np.int32)
    left = np.stack([numbers, np.bincount(plan.stratum) - numbers], axis=2)
    every = np.arange(draws)
    result = np.zeros((draws, schools), dtype=bool)
    order = rng.permuted(np.repeat(np.arange(schools)[np.newaxis], draws, axis=0), axis=1)
    preferred = rng.random((schools, draws)) * 100 < plan.options.preferred_percent
    toss = rng.random((schools, draws))
    for step in range(schools):
        school = order[:, step]
        stratum, own = plan.stratum[school], levels[school]
        # |d + 1| - |d - 1| is twice the sign of a whole number d.
        lean = np.sign(np.take_along_axis(difference, own, axis=1)).sum(axis=1)
        free = left[every, stratum]
        by_places = toss[step] * free.sum(axis=1) < free[:, 0]
        chosen = np.where((lean == 0) | (free == 0).any(axis=1), by_places, preferred[step] == (lean < 0))
        result[every, school] = chosen
        left[every, stratum, np.where(chosen, 0, 1)] -= 1
        change = np.where(chosen, 1, -1)[:, np.newaxis].astype(np.int32)
        np.put_along_axis(difference, own, np.take_along_axis(difference, own, axis=1) + change, axis=1)
    return result
