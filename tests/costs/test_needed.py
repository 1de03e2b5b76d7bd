from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.costs.needed import needed_averted
from swis.errors import SettingError

PER = ("school and year", "2019")


@given(st.floats(0, 1e9), st.lists(st.floats(0.01, 1e9), min_size=1, max_size=5))
def test_what_is_needed_pays_the_cost_exactly(cost: float, worths: list[float]) -> None:
    found = needed_averted(cost, worths, outcome="enquiries", per=PER)
    for worth, needed in zip(found.worths, found.needed, strict=True):
        assert worth * needed == pytest.approx(cost)
    assert set(found.reached) == {None}


def test_an_interval_that_ends_below_what_is_needed_does_not_reach_it() -> None:
    found = needed_averted(10_000, [1_000, 5_000], outcome="enquiries", per=PER, effect=(1.0, -1.0, 3.0))
    assert found.needed == (10.0, 2.0)
    assert found.reached == (False, True)
    assert "It averted 1 (95% CI -1 to 3)" in str(found)
    assert found.table()["reached"].to_list() == [False, True]


def test_a_programme_that_cost_less_than_none_needs_nothing() -> None:
    assert needed_averted(-5, [1_000], outcome="enquiries", per=PER).needed == (0.0,)


def test_a_worth_of_nothing_is_passed_over_and_alone_refused() -> None:
    assert needed_averted(10, [0, 5], outcome="enquiries", per=PER).worths == (5,)
    with pytest.raises(SettingError, match="worth above 0"):
        needed_averted(10, [0], outcome="enquiries", per=PER)
