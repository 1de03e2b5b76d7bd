"""Allocations as they might have been: given as an array, drawn by a function, or re-drawn within authorities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array


class Randomised(Protocol):
    """Schools that were drawn: a table of counts, or of scores. Schools in the order of `names`."""

    @property
    def outcome(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def arm_of_school(self) -> NDArray[np.bool_]: ...

    @property
    def authority_of_school(self) -> NDArray[np.intp]: ...


DrawAllocations = Callable[[int, int], NDArray[np.bool_]]
"""From a number of draws and a seed, to an array of shape (draws, schools), columns in the order of the table's `names`."""

Allocations = NDArray[np.bool_] | DrawAllocations | None
"""Every analysis that re-draws takes any of these; None: as many schools of each authority as were allocated."""

AT_ONCE = 4_096


def draw_within_authorities(table: Randomised, draws: int, seed: int) -> NDArray[np.bool_]:
    """As many schools of each authority as really were, at random; shape (draws, schools)."""
    rng = np.random.default_rng(seed)
    arm, authority = table.arm_of_school, table.authority_of_school
    drawn = np.zeros((draws, len(arm)), dtype=bool)
    for each in np.unique(authority):
        schools = np.flatnonzero(authority == each)
        treated = int(arm[schools].sum())
        if treated == 0:
            continue
        keys = rng.random((draws, len(schools)))
        # The smallest keys are chosen. Two equal ones at the limit, once in 10^13 draws, would let one school too many in.
        drawn[:, schools] = keys <= np.partition(keys, treated - 1, axis=1)[:, treated - 1 : treated]
    return drawn


def allocation_draws(table: Randomised, allocations: Allocations, *, draws: int, seed: int) -> NDArray[np.bool_]:
    """The draws to be used, checked; an array is used whole, whatever `draws` says."""
    if allocations is None:
        drawn = draw_within_authorities(table, draws, seed)
    else:
        drawn = allocations(draws, seed) if callable(allocations) else np.asarray(allocations)
    schools = len(table.names)
    if drawn.ndim != 2 or drawn.shape[1] != schools or not len(drawn):
        raise NotEstimable(
            f"{table.outcome}: allocations need the shape (draws, {schools}), not {drawn.shape}: one column for each school "
            "of the table, in the order in which they first appear."
        )
    if drawn.dtype != np.bool_ and not np.isin(drawn, (0, 1)).all():
        raise NotEstimable(f"{table.outcome}: an allocation is true or false for each school.")
    return drawn.astype(bool)


def keep_columns(before: Randomised, after: Randomised, drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Draws of all randomised schools, cut down to the schools that are left in the analysis."""
    position = {name: number for number, name in enumerate(before.names)}
    return drawn[:, [position[name] for name in after.names]]


def blocks(drawn: NDArray[np.bool_], at_once: int = AT_ONCE) -> Iterator[Array]:
    for start in range(0, len(drawn), at_once):
        yield drawn[start : start + at_once].astype(float)
