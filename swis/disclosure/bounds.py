"""What a reader can work out of a hidden number: its exact bounds, given every interval and every sum that is known.

Bounds are over whole numbers. Rules of thumb on single lines are applied first, as they fix many numbers at once. What
they leave free falls into parts that have nothing to do with each other. A part in which every number stands in at
most two sums is a network, and maximum flows give its bounds (as in any two-way table with its totals). Any other part
goes to linear programming, and to integer programming where the linear answer is not in whole numbers. Every answer is
a possible set of numbers: what it shows of other cells is kept, and spares questions about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from swis.disclosure.network import UNLIMITED, Network, network_of

Whole = NDArray[np.int64]

_FAR = UNLIMITED // 2
_PLENTY = 100_000
"""The most that programming lets a cell rise. One that can rise by half of this is said to have no upper limit."""
_WHOLE_ENOUGH = 1e-6
_SWEEPS = 12


class Contradiction(Exception):
    """No numbers agree with all that is known."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over numbered cells: a row a sum, +1 at its parts and -1 at its total."""

    matrix: csr_array

    @classmethod
    def of(cls, sums: list[tuple[int, tuple[int, ...]]], *, cells: int) -> Sums:
        """From pairs of a total and its parts."""
        rows = np.repeat(np.arange(len(sums)), [1 + len(parts) for _, parts in sums])
        columns = np.array([cell for total, parts in sums for cell in (total, *parts)], dtype=np.int64)
        signs = np.array([sign for _, parts in sums for sign in (-1, *(1,) * len(parts))], dtype=np.int64)
        return cls(csr_array((signs, (rows, columns)), shape=(len(sums), cells)))


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of every cell before anything is added up: its interval, and how the cells add up.

    An upper bound of `UNLIMITED` says that there is none.
    """

    sums: Sums
    low: Whole
    high: Whole


@dataclass(frozen=True, eq=False)
class Part:
    """Cells that are tied to each other, the sums that tie them, and one possible set of numbers for them."""

    cells: NDArray[np.intp]
    matrix: csr_array
    low: Whole
    high: Whole
    possible: Whole
    network: Network | None


@dataclass(frozen=True, eq=False)
class Seen:
    """The least and the greatest of every cell over all possible sets of numbers that were met so far.

    It stays true when more is hidden, as then more is possible.
    """

    low: Whole
    high: Whole

    @classmethod
    def of(cls, possible: Whole) -> Seen:
        """From one possible set of numbers."""
        return cls(possible.copy(), possible.copy())

    def note(self, cells: NDArray[np.intp], possible: Whole) -> None:
        """Keep what another possible set of numbers shows."""
        self.low[cells] = np.minimum(self.low[cells], possible)
        self.high[cells] = np.maximum(self.high[cells], possible)


@dataclass(frozen=True, eq=False)
class Reader:
    """A reader who has narrowed every cell as far as single lines allow and knows which cells hang together."""

    low: Whole
    high: Whole
    parts: tuple[Part, ...]
    part_of: NDArray[np.intp]
    """The part of every cell, -1 for a cell that is settled or in no sum."""
    seen: Seen
    _found: dict[int, tuple[int, int | None]] = field(default_factory=dict)

    def is_wide(self, cell: int, *, more_than: int) -> bool:
        """Whether the interval of the cell is already known to be wider than that."""
        return bool(self.seen.high[cell] - self.seen.low[cell] > more_than)

    def bounds(self, cell: int) -> tuple[int, int | None]:
        """The least and the greatest that the cell can be; None: no upper limit."""
        if cell not in self._found:
            self._found[cell] = self._bounds(cell)
        return self._found[cell]

    def _bounds(self, cell: int) -> tuple[int, int | None]:
        if self.part_of[cell] < 0:
            return int(self.low[cell]), None if self.high[cell] >= _FAR else int(self.high[cell])
        part = self.parts[self.part_of[cell]]
        position = int(np.searchsorted(part.cells, cell))
        if part.network is not None:
            low, high = part.network.bounds(position)
            self.seen.low[cell], self.seen.high[cell] = low, min(high, part.possible[position] + _PLENTY)
        else:
            low, high = self._extreme(part, position, sign=1), self._extreme(part, position, sign=-1)
        return low, None if high >= part.possible[position] + _PLENTY // 2 else high

    def _extreme(self, part: Part, position: int, *, sign: int) -> int:
        """The least (sign 1) or the greatest (sign -1) of one cell."""
        cell = part.cells[position]
        seen, furthest = (self.seen.low, self.low) if sign > 0 else (self.seen.high, self.high)
        if seen[cell] == furthest[cell]:
            return int(seen[cell])
        aim = np.zeros(part.cells.size)
        aim[position] = sign
        found = _linear(part, aim)
        if found is None:
            found = _solve(part.matrix, part.low, part.high, at=part.possible, aim=aim)
        self.seen.note(part.cells, found)
        return int(found[position])


def possible_numbers(known: Known) -> Whole:
    """One set of numbers that agrees with all that is known."""
    low, high = _narrow(known)
    return _solve(known.sums.matrix, low, high)


def read(known: Known, *, possible: Whole, seen: Seen) -> Reader:
    """A reader of what is known. `possible` agrees with it; `seen` holds what earlier readings came across."""
    low, high = _narrow(known)
    free = np.flatnonzero(low < high)
    part_of = np.full(low.size, -1, dtype=np.intp)
    parts: list[Part] = []
    if free.size:
        matrix = csr_array(known.sums.matrix[:, free])
        matrix = csr_array(matrix[np.flatnonzero(np.diff(matrix.indptr))])
        for rows, columns in _apart(matrix):
            if not rows.size:
                continue
            cells = free[columns]
            part_of[cells] = len(parts)
            inside = csr_array(csr_array(matrix[rows])[:, columns])
            at = possible[cells]
            network = network_of(inside, low[cells], high[cells], at)
            parts.append(Part(cells, inside, low[cells], high[cells], at, network))
    return Reader(low, high, tuple(parts), part_of, seen)


def _apart(matrix: csr_array) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The rows and columns of every part of a matrix that shares no column with the rest."""
    rows, columns = matrix.shape
    entries = matrix.tocoo()
    ends = (entries.coords[0], entries.coords[1] + rows)
    graph = csr_array((np.ones(entries.nnz, dtype=np.int8), ends), shape=(rows + columns, rows + columns))
    count, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])
    return [(group[group < rows], group[group >= rows] - rows) for group in groups]


def _narrow(known: Known) -> tuple[Whole, Whole]:
    """The intervals after each line has been used by itself, again and again."""
    low, high = known.low.copy(), known.high.copy()
    matrix = known.sums.matrix.tocoo()
    row, cell, sign = matrix.coords[0], matrix.coords[1], matrix.data
    for _ in range(_SWEEPS):
        least = np.where(sign > 0, low[cell], -high[cell])
        greatest = np.where(sign > 0, high[cell], -low[cell])
        others_least = np.bincount(row, least, minlength=matrix.shape[0]).astype(np.int64)[row] - least
        others_greatest = np.bincount(row, greatest, minlength=matrix.shape[0]).astype(np.int64)[row] - greatest
        upper, lower = low.copy(), low.copy()
        upper[:] = high
        np.minimum.at(upper, cell, np.where(sign > 0, -others_least, others_greatest))
        np.maximum.at(lower, cell, np.where(sign > 0, -others_greatest, others_least))
        upper[upper >= _FAR] = UNLIMITED
        if (lower > upper).any():
            raise Contradiction
        if (upper == high).all() and (lower == low).all():
            break
        low, high = lower, upper
    return low, high


def _linear(part: Part, aim: NDArray[np.float64]) -> Whole | None:
    """The numbers at the least of the aim if linear programming finds them whole; else None."""
    found = linprog(
        aim,
        A_eq=part.matrix,
        b_eq=part.matrix @ part.possible,
        bounds=np.column_stack([part.low, np.minimum(part.high, part.possible + _PLENTY)]),
        method="highs-ds",
    )
    if found.x is None or not found.success:
        return None
    whole = np.rint(found.x).astype(np.int64)
    return whole if np.abs(found.x - whole).max() < _WHOLE_ENOUGH else None


def _solve(
    matrix: csr_array, low: Whole, high: Whole, *, at: Whole | None = None, aim: NDArray[np.float64] | None = None
) -> Whole:
    """Whole numbers within the intervals, with the same sums as `at` (0 without one), at the least of the aim."""
    size = low.size
    target = np.zeros(matrix.shape[0]) if at is None else (matrix @ at).astype(float)
    found = milp(
        np.zeros(size) if aim is None else aim,
        integrality=np.ones(size),
        bounds=Bounds(low, np.minimum(high, (low if at is None else at) + _PLENTY)),
        constraints=LinearConstraint(matrix, target, target) if matrix.shape[0] else (),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None or not found.success:
        raise Contradiction
    return np.rint(found.x).astype(np.int64)
