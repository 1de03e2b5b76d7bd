from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
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
    by_programming = read(_repeated(known), possible=numbers, seen=Seen.of(numbers))
    assert all(part.network is not None for part in by_flow.parts)
    assert all(part.network is None for part in by_programming.parts)
    assert _all_bounds(by_flow, numbers.size) == _all_bounds(by_programming, numbers.size)


def _repeated(known: Known) -> Known:
    """The same sums four times: more follow from the others than are left out, so that no part is a network."""
    return Known(Sums.of(_pairs(known) * 4, cells=known.low.size), known.low, known.high)


@settings(max_examples=25, deadline=None)
@given(body=bodies(dimensions=(3, 3), largest=3), slack=st.integers(1, 3))
def test_two_tables_with_one_margin_in_common_are_a_network_with_the_same_bounds(
    body: NDArray[np.int64], slack: int
) -> None:
    known, numbers = _linked(body, slack=slack)
    by_flow = read(known, possible=numbers, seen=Seen.of(numbers))
    by_programming = read(_repeated(known), possible=numbers, seen=Seen.of(numbers))
    assert all(part.network is not None for part in by_flow.parts)
    assert _all_bounds(by_flow, numbers.size) == _all_bounds(by_programming, numbers.size)


def _linked(body: NDArray[np.int64], *, slack: int) -> tuple[Known, NDArray[np.int64]]:
    """School by term and term by year group with all totals, every number known to within the slack."""
    tables = [body.sum(axis=2), body.sum(axis=0)]
    schools, terms, groups = body.shape
    parts = [*tables, body.sum(axis=(1, 2)), body.sum(axis=(0, 2)), body.sum(axis=(0, 1)), body.sum(keepdims=True)]
    ends = np.cumsum([0, *(part.size for part in parts)])
    by_school, by_group, school, term, group, total = (
        np.arange(start, end).reshape(part.shape) for start, end, part in zip(ends[:-1], ends[1:], parts, strict=True)
    )
    sums = [(int(school[i]), tuple(by_school[i].tolist())) for i in range(schools)]
    sums += [(int(term[j]), tuple(by_school[:, j].tolist())) for j in range(terms)]
    sums += [(int(term[j]), tuple(by_group[j].tolist())) for j in range(terms)]
    sums += [(int(group[k]), tuple(by_group[:, k].tolist())) for k in range(groups)]
    sums += [(int(total.item()), tuple(margin.tolist())) for margin in (school, term, group)]
    numbers = np.concatenate([part.ravel() for part in parts])
    low = np.maximum(numbers - slack, 0)
    return Known(Sums.of(sums, cells=numbers.size), low, numbers + slack), numbers


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
