from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from numpy.typing import NDArray

from swis.disclosure.bounds import Known, Reader, Seen, Sums, possible_numbers, read
from swis.disclosure.network import UNLIMITED
from tests.disclosure.drawn import bodies


def _two_way(body: NDArray[np.int64]) -> Known:
    """A table with exact totals and every cell of the body hidden, from 1 upwards."""
    rows, columns = body.shape
    cell = np.arange(body.size).reshape(body.shape)
    sums = [(body.size + row, tuple(cell[row].tolist())) for row in range(rows)]
    sums += [(body.size + rows + column, tuple(cell[:, column].tolist())) for column in range(columns)]
    totals = np.concatenate([body.sum(axis=1), body.sum(axis=0)])
    low = np.concatenate([np.ones(body.size, dtype=np.int64), totals])
    high = np.concatenate([np.full(body.size, UNLIMITED), totals])
    return Known(Sums.of(sums, cells=body.size + rows + columns), low, high)


def _all_bounds(reader: Reader, cells: int) -> list[tuple[int, int | None]]:
    return [reader.bounds(cell) for cell in range(cells)]


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(2, 2)))
def test_flows_and_programming_find_the_same_bounds(body: NDArray[np.int64]) -> None:
    body = body + 1
    known = _two_way(body)
    numbers = np.concatenate([body.ravel(), body.sum(axis=1), body.sum(axis=0)])
    by_flow = read(known, possible=numbers, seen=Seen.of(numbers))
    # The same sums twice: every cell stands in four, so that the part is no network.
    doubled = Known(Sums.of([*_pairs(known), *_pairs(known)], cells=numbers.size), known.low, known.high)
    by_programming = read(doubled, possible=numbers, seen=Seen.of(numbers))
    assert all(part.network is not None for part in by_flow.parts)
    assert all(part.network is None for part in by_programming.parts)
    assert _all_bounds(by_flow, numbers.size) == _all_bounds(by_programming, numbers.size)


def test_a_cell_in_no_sum_is_known_by_its_symbol_alone() -> None:
    known = Known(Sums.of([], cells=1), np.array([1]), np.array([UNLIMITED]))
    numbers = possible_numbers(known)
    assert read(known, possible=numbers, seen=Seen.of(numbers)).bounds(0) == (1, None)


def test_a_part_without_whole_linear_answers_is_bounded_in_whole_numbers() -> None:
    """Three pairs that each sum to at most 1 + 1: a + b = b + c = a + c = 3 has only the answer 1.5 in fractions."""
    sums = [(3, (0, 1)), (4, (1, 2)), (5, (0, 2))]
    known = Known(Sums.of(sums, cells=6), np.array([0, 0, 0, 3, 3, 2]), np.array([9, 9, 9, 3, 3, 3]))
    numbers = possible_numbers(known)
    reader = read(known, possible=numbers, seen=Seen.of(numbers))
    assert _all_bounds(reader, 6) == [(1, 1), (2, 2), (1, 1), (3, 3), (3, 3), (2, 2)]


def _pairs(known: Known) -> list[tuple[int, tuple[int, ...]]]:
    dense = known.sums.matrix.toarray()
    return [(int(np.flatnonzero(row < 0)[0]), tuple(np.flatnonzero(row > 0).tolist())) for row in dense]
