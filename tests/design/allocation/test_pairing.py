from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.design.allocation.pairing import distance, pair_schools
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from swis.design.allocation.second_draw import best_pairs
from tests.design.allocation.drawn import drawn_nominations


def every_pairing(places: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    if len(places) < 2:
        yield ()
        return
    first, rest = places[0], places[1:]
    for at, partner in enumerate(rest):
        for others in every_pairing(rest[:at] + rest[at + 1 :]):
            yield ((first, partner), *others)
    if len(places) % 2:
        yield from every_pairing(rest)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=8))
def test_no_pairing_has_a_lesser_sum_and_ties_go_to_the_earliest(rows: list[tuple[int, int]]) -> None:
    standardised = np.array(rows, dtype=np.int64) * 700
    found = pair_schools(standardised, np.zeros(len(rows), dtype=np.int64))
    sums = {
        pairs: sum(distance(standardised, *pair) for pair in pairs)
        for pairs in every_pairing(tuple(range(len(rows))))
        if len(pairs) == len(rows) // 2
    }
    least = min(sums.values())
    assert sum(found.distances) == least == sums[found.pairs]
    names = [f"{place}" for place in range(len(rows))]
    again = best_pairs(names, lambda one, other: distance(standardised, int(one), int(other)))
    assert [(int(one), int(other)) for one, other in again] == list(found.pairs)


def test_alike_schools_are_paired_and_the_odd_one_out_is_left_over() -> None:
    standardised = np.array([[0], [5000], [10], [5020], [90_000]], dtype=np.int64)
    found = pair_schools(standardised, np.zeros(5, dtype=np.int64))
    assert found.pairs == ((0, 2), (1, 3))
    assert found.singles == (4,)
    assert found.distances == (10, 20)


def test_an_authority_of_forty_schools_is_paired(tmp_path: Path) -> None:
    nominations = drawn_nominations(tmp_path, [41])
    pairing = plan_allocation(nominations, AllocationOptions(method="pairs")).pairing
    assert pairing is not None
    assert len(pairing.pairs) == 20
    assert len(pairing.singles) == 1
