"""Bounds by maximum flow, for cells that each stand in at most two sums.

Raising a cell by one unbalances its two sums; the other cells must carry that unit round from the one sum to the
other. How many units they can carry is a maximum flow, and how far the cell can fall is the flow the other way.
Flows are whole numbers, so the bounds are those of whole numbers. (Cox, Network models for complementary cell
suppression, Journal of the American Statistical Association 90, 1995.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

UNLIMITED = 1_000_000_000
"""Stands for no upper limit."""

_PLENTY = 100_000
"""The most that one cell carries. A cell that can rise by half of this is said to have no upper limit."""

_MOST_LEFT_OUT = 8
_MOST_SUMS = 2_000
_NOTHING = 1e-9

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Sums as places, cells as roads between two of them, with room to rise one way and to fall the other way."""

    roads: csr_array
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    possible: Whole
    rise: Whole
    fall: Whole

    def bounds(self, cell: int) -> tuple[int, int]:
        """The least and the greatest that a cell can be. The direct road back is the cell itself and is taken off."""
        start, end, at = int(self.start[cell]), int(self.end[cell]), int(self.possible[cell])
        rise, fall = int(self.rise[cell]), int(self.fall[cell])
        up = min(rise, self._flow(end, start) - fall)
        down = min(fall, self._flow(start, end) - rise)
        return at - down, at + (up if up < _PLENTY // 2 else UNLIMITED)

    def _flow(self, start: int, end: int) -> int:
        return int(maximum_flow(self.roads, start, end).flow_value)


def network_of(matrix: csr_array, low: Whole, high: Whole, possible: Whole) -> Network | None:
    """The network of these sums, or None if some cell stands in more than two that are needed, or the sums
    cannot be given a direction.

    A cell in one sum only leads to a place outside.
    """
    if 0 in matrix.shape:
        return None
    matrix = _without_sums_that_follow(matrix)
    places, cells = matrix.shape
    columns = matrix.tocsc()
    if np.diff(columns.indptr).max() > 2:
        return None
    direction = _directions(matrix, columns)
    if direction is None:
        return None
    start = np.full(cells, places, dtype=np.intp)
    end = np.full(cells, places, dtype=np.intp)
    entries = matrix.tocoo()
    row, cell = entries.coords
    raised = entries.data * direction[row] > 0
    start[cell[raised]], end[cell[~raised]] = row[raised], row[~raised]
    rise = np.minimum(high - possible, _PLENTY)
    fall = np.minimum(possible - low, _PLENTY)
    both = np.concatenate([rise, fall]).astype(np.int32)
    ends = (np.concatenate([start, end]), np.concatenate([end, start]))
    roads = csr_array((both, ends), shape=(places + 1, places + 1), dtype=np.int32)
    return Network(roads, start, end, possible, rise, fall)


def _without_sums_that_follow(matrix: csr_array) -> csr_array:
    """The same sums without those that follow from the others, as long as a cell stands in more than two.

    Of two tables with one margin in common each total of the margin stands in three: its own lines in both tables, and the
    line of the margin. That one follows from the lines of either table, and without it the tables are a network.
    """
    for _ in range(_MOST_LEFT_OUT):
        crowded = np.diff(matrix.tocsc().indptr) > 2
        if not crowded.any():
            break
        row = int(np.argmax(abs(matrix) @ crowded.astype(np.int64)))
        if not _follows(matrix, row):
            break
        matrix = csr_array(matrix[np.delete(np.arange(matrix.shape[0]), row)])
    return matrix


def _follows(matrix: csr_array, row: int) -> bool:
    """Whether a sum is made of others by adding and subtracting: found in floating point, checked in whole numbers."""
    if matrix.shape[0] > _MOST_SUMS:
        return False
    others = np.delete(np.arange(matrix.shape[0]), row)
    products = (matrix @ matrix.T).toarray().astype(np.float64)
    _, triangle, order = qr(products[np.ix_(others, others)], mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    independent = others[order[: int((size > _NOTHING * size[0]).sum())]]
    found = np.linalg.solve(products[np.ix_(independent, independent)], products[independent, row])
    times = np.rint(found).astype(np.int64)
    return bool((matrix[independent].T @ times == matrix[[row]].toarray()[0]).all())


def _directions(matrix: csr_array, columns: csr_array) -> NDArray[np.int64] | None:
    """A sign for every sum, so that each cell has +1 in one of its sums and -1 in the other; None if there is none."""
    direction = np.zeros(matrix.shape[0], dtype=np.int64)
    for first in range(matrix.shape[0]):
        if direction[first]:
            continue
        direction[first], waiting = 1, [first]
        while waiting:
            row = waiting.pop()
            for entry in range(matrix.indptr[row], matrix.indptr[row + 1]):
                cell, sign = matrix.indices[entry], matrix.data[entry] * direction[row]
                for other in range(columns.indptr[cell], columns.indptr[cell + 1]):
                    beyond = columns.indices[other]
                    if beyond == row:
                        continue
                    wanted = -sign * columns.data[other]
                    if direction[beyond] == 0:
                        direction[beyond] = wanted
                        waiting.append(beyond)
                    elif direction[beyond] != wanted:
                        return None
    return direction
