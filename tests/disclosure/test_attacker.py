"""The attacker as the oracle: what the policy promises holds against someone who knows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from swis.disclosure.count_table import CountTable, Dimension
from swis.disclosure.policy import POLICIES
from swis.disclosure.publish import publish, publish_together
from swis.disclosure.release import ReleaseLedger
from tests.disclosure.attacker import (
    ENDLESS,
    RULES,
    Clue,
    by_enumeration,
    by_programming,
    clues_of,
    given_away,
)
from tests.disclosure.drawn import COUNTED, bodies, count_table, margin_choices, shown_by_place

POLICY = st.sampled_from(sorted(POLICIES))


@settings(max_examples=120, deadline=None)
@given(body=bodies(), name=POLICY, data=st.data())
def test_no_small_count_of_a_table_is_worked_out_to_within_one(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    table = count_table(body, margins=data.draw(margin_choices(body.ndim)))
    published = publish(table, POLICIES[name])
    clues = clues_of(body, shown_by_place(table, published), RULES[name])
    found = by_programming(clues, body.size)
    assert not given_away(found, RULES[name])
    assert [_ends(low, high) for _, low, high in found] == list(published.proof.intervals.values())


@settings(max_examples=25, deadline=None)
@given(body=bodies(dimensions=(3, 3), largest=3, most=9), name=POLICY, data=st.data())
def test_no_small_count_of_a_three_way_table_is_worked_out_to_within_one(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    table = count_table(body, margins=data.draw(margin_choices(3)))
    published = publish(table, POLICIES[name])
    found = by_programming(clues_of(body, shown_by_place(table, published), RULES[name]), body.size)
    assert not given_away(found, RULES[name])
    assert [_ends(low, high) for _, low, high in found] == list(published.proof.intervals.values())


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(2, 2), largest=2, most=8))
def test_trying_every_possible_body_narrows_no_small_count_to_within_one(body: NDArray[np.int64]) -> None:
    table = count_table(body)
    clues = clues_of(body, shown_by_place(table, publish(table, POLICIES["dfe"])), RULES["dfe"])
    assert not given_away(by_enumeration(clues, body.size, most=max(12, int(body.max()) + 2)), RULES["dfe"])


@settings(max_examples=30, deadline=None)
@given(body=bodies(dimensions=(3, 3), largest=3, most=9), name=POLICY)
def test_tables_linked_by_a_shared_margin_do_not_give_each_other_away(body: NDArray[np.int64], name: str) -> None:
    tables = (_by("school", "term", body.sum(axis=2)), _by("school", "year group", body.sum(axis=1)))
    together = publish_together(tables, POLICIES[name])
    if any(each.withheld for each in together):
        return
    clues: list[Clue] = []
    order = np.arange(body.size).reshape(body.shape)
    for table, published, axis in zip(tables, together, (2, 1), strict=True):
        for clue in clues_of(table.counts, shown_by_place(table, published), RULES[name]):
            cells = np.moveaxis(order, axis, -1).reshape(-1, body.shape[axis])[list(clue.sums)]
            clues.append(Clue(tuple(cells.ravel().tolist()), clue.low, clue.high, clue.hidden, clue.truth))
    assert not given_away(by_programming(clues, body.size), RULES[name])


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(2, 2), largest=4), name=POLICY, data=st.data())
def test_a_second_table_of_fewer_schools_gives_nothing_away_with_the_first(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    table = count_table(body)
    kept = sorted(data.draw(st.sets(st.integers(0, body.shape[0] - 1), min_size=1)))
    fewer = _kept(table, kept)
    first = publish(table, POLICIES[name])
    second = publish(fewer, POLICIES[name], ledger=first.recorded_in(ReleaseLedger()))
    clues = clues_of(body, shown_by_place(table, first), RULES[name])
    rows = np.arange(body.size).reshape(body.shape)[kept].ravel()
    for clue in clues_of(fewer.counts, shown_by_place(fewer, second), RULES[name]):
        clues.append(Clue(tuple(rows[list(clue.sums)].tolist()), clue.low, clue.high, clue.hidden, clue.truth))
    assert not given_away(by_programming(clues, body.size), RULES[name])


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(2, 2), largest=4), name=POLICY, data=st.data())
def test_two_filters_of_the_totals_alone_leave_no_small_rest(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    kept = tuple(sorted(data.draw(st.sets(st.integers(0, body.shape[0] - 1), min_size=1))))
    by_term = CountTable(COUNTED, "public", count_table(body).dimensions[1:], body.sum(axis=0))
    schools = tuple(count_table(body).dimensions[0].labels[i] for i in kept)
    filtered = CountTable(
        COUNTED, "public", by_term.dimensions, body[list(kept)].sum(axis=0), within=(("school", schools),)
    )
    first = publish(by_term, POLICIES[name])
    second = publish(filtered, POLICIES[name], ledger=first.recorded_in(ReleaseLedger()))
    before, after = shown_by_place(by_term, first), shown_by_place(filtered, second)
    for place, number in after.items():
        whole = before[place]
        if whole is not None and number is not None and name != "nhs":
            assert whole - number == 0 or whole - number > RULES[name].largest_small


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(1, 2), largest=4), name=POLICY, data=st.data())
def test_a_correction_gives_nothing_away_to_one_who_knows_which_count_was_corrected(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    corrected = data.draw(st.integers(0, body.size - 1))
    later = body.copy()
    later.flat[corrected] = data.draw(st.integers(0, 14))
    table, later_table = count_table(body), count_table(later)
    first = publish(table, POLICIES[name])
    second = publish(later_table, POLICIES[name], ledger=first.recorded_in(ReleaseLedger()))
    clues = clues_of(body, shown_by_place(table, first), RULES[name])
    for clue in clues_of(later, shown_by_place(later_table, second), RULES[name]):
        cells = tuple(body.size if cell == corrected else cell for cell in clue.sums)
        clues.append(Clue(cells, clue.low, clue.high, clue.hidden, clue.truth))
    assert not given_away(by_programming(clues, body.size + 1), RULES[name])


@settings(max_examples=25, deadline=None)
@given(body=bodies(dimensions=(2, 3), largest=3, most=9), name=POLICY, data=st.data())
def test_a_body_that_is_not_printed_is_not_worked_out_from_its_margins(
    body: NDArray[np.int64], name: str, data: st.DataObject
) -> None:
    table = count_table(body, margins=data.draw(margin_choices(body.ndim)), body=False)
    clues = clues_of(body, shown_by_place(table, publish(table, POLICIES[name])), RULES[name])
    unprinted = [Clue((cell,), 0, ENDLESS, True, int(count)) for cell, count in enumerate(body.flat) if count > 0]
    assert not given_away(by_programming([*clues, *unprinted], body.size), RULES[name])


def test_the_attacker_does_succeed_where_only_the_small_are_hidden() -> None:
    body = np.array([[3, 9], [8, 7]])
    shown = {(0, 0): None, (0, 1): 9, (1, 0): 8, (1, 1): 7, (0, None): 12, (1, None): 15}
    (found,) = by_programming(clues_of(body, shown, RULES["dfe"]), body.size)
    assert found[1:] == (3, 3)
    (found,) = by_enumeration(clues_of(body, shown, RULES["dfe"]), body.size, most=12)
    assert found[1:] == (3, 3)
    assert given_away([found], RULES["dfe"])


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_the_larger_table_stands_against_the_attacker_too(name: str) -> None:
    body = np.random.default_rng(20260901).poisson(5, size=(12, 6))
    table = count_table(body[:10])
    published = publish(table, POLICIES[name])
    clues = clues_of(body[:10], shown_by_place(table, published), RULES[name])
    assert not given_away(by_programming(clues, body[:10].size), RULES[name])


def _ends(low: int, high: int) -> tuple[int, int | None]:
    return low, None if high >= ENDLESS // 2 else high


def _by(first: str, second: str, counts: NDArray[np.int64]) -> CountTable:
    dimensions = tuple(
        Dimension.of(name, *(f"{name} {letter}" for letter in "ABCDE"[:size]))
        for name, size in zip((first, second), counts.shape, strict=True)
    )
    return CountTable(COUNTED, "steering group", dimensions, counts)


def _kept(table: CountTable, rows: list[int]) -> CountTable:
    schools = Dimension.of("school", *(table.dimensions[0].labels[i] for i in rows), whole=False)
    return CountTable(COUNTED, "steering group", (schools, table.dimensions[1]), table.counts[rows])
