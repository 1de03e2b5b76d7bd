from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.panel.coverage import (
    Coverage,
    DaysSeen,
    Period,
    covers,
    group_censuses,
    merge_periods,
    number_of_census,
    term_of_census,
    year_of,
    year_to_march,
)
from swis.panel.roll_coverage import RollsFound
from swis.panel.stage_social_care import find_year
from swis.terms import Term, TermCalendar, make_generic_calendar

days = st.integers(0, 400).map(lambda day: date(2019, 1, 1) + timedelta(days=day))
periods = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(periods, max_size=8), days)
def test_merged_periods_hold_the_same_days_and_lie_apart(drawn: list[Period], day: date) -> None:
    merged = merge_periods(drawn)
    assert covers(merged, day, day) == any(start <= day <= end for start, end in drawn)
    for (_, end), (start, _) in itertools.pairwise(merged):
        assert start > end + timedelta(days=1)


def test_two_years_that_follow_cover_a_term_across_them_and_one_alone_does_not() -> None:
    spring = (date(2019, 2, 1), date(2019, 5, 1))
    assert covers(merge_periods([year_to_march(2019), year_to_march(2020)]), *spring)
    assert not covers(merge_periods([year_to_march(2019)]), *spring)
    assert not covers(merge_periods([year_to_march(2019), year_to_march(2021)]), *spring)


def test_a_year_of_returns_ends_on_the_last_day_of_march() -> None:
    assert [year_of(day) for day in (date(2019, 3, 31), date(2019, 4, 1))] == [2019, 2020]
    assert year_to_march(2019) == (date(2018, 4, 1), date(2019, 3, 31))


def test_censuses_are_numbered_in_time() -> None:
    in_time = ["2018 autumn", "2019 spring", "2019 summer", "2019 autumn"]
    numbers = [number_of_census(name) for name in in_time]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert [term_of_census(number) for number in numbers] == [
        (2018, "autumn"),
        (2018, "spring"),
        (2018, "summer"),
        (2019, "autumn"),
    ]


@pytest.mark.parametrize(
    ("given", "runs"),
    [([], []), ([5], [(5, 5)]), ([7, 5, 5, 8], [(5, 8)]), ([1, 4, 8], [(1, 4), (8, 8)])],
)
def test_a_run_of_censuses_ends_where_a_whole_year_lacks(given: list[int], runs: list[tuple[int, int]]) -> None:
    assert group_censuses(given) == runs


def test_rolls_cover_from_the_term_of_the_first_census_to_the_term_of_the_last() -> None:
    found = RollsFound(censuses={number_of_census("2018 autumn"): {"A"}, number_of_census("2019 summer"): {"A"}})
    calendar = TermCalendar(
        (
            Term(2018, "autumn 1", date(2018, 9, 3), date(2018, 10, 19)),
            Term(2018, "autumn 2", date(2018, 10, 29), date(2018, 12, 20)),
            Term(2018, "spring 1", date(2019, 1, 7), date(2019, 2, 15)),
            Term(2018, "spring 2", date(2019, 2, 25), date(2019, 4, 5)),
            Term(2018, "summer 1", date(2019, 4, 23), date(2019, 5, 24)),
            Term(2018, "summer 2", date(2019, 6, 3), date(2019, 7, 23)),
        )
    )
    assert found.cover([calendar]) == ((date(2018, 9, 3), date(2019, 7, 23)),)


def test_rolls_outside_every_calendar_cover_their_census_days() -> None:
    found = RollsFound(censuses={number_of_census("2021 autumn"): {"A"}})
    assert found.cover([make_generic_calendar(2018, 2018)]) == ((date(2021, 10, 7), date(2021, 10, 7)),)


def test_one_wrong_year_among_a_thousand_does_not_stretch_the_days_seen() -> None:
    seen = DaysSeen()
    seen.add(pl.Series([date(2018, 5, 1)] * 1500 + [date(2019, 3, 1)] * 499 + [date(2109, 3, 1), None]))
    assert seen.span() == (date(2018, 5, 1), date(2019, 3, 1))


def test_few_days_are_all_believed_and_none_give_no_span() -> None:
    seen = DaysSeen()
    assert seen.span() is None
    seen.add(pl.Series([date(2018, 5, 1), date(2019, 3, 1)]))
    assert seen.span() == (date(2018, 5, 1), date(2019, 3, 1))


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ssda903_2018", 2018),
        ("ssda903_2018_header.csv", 2018),
        ("cin-2018-19.xml", 2019),
        ("cin_201819.xml", 2019),
        ("return 2018/2019", 2019),
        ("cin_20190331.xml", None),
        ("header.csv", None),
        ("ssda903", None),
        ("2019_20_export_2021", 2020),
    ],
)
def test_the_year_of_a_return_by_its_name(name: str, year: int | None) -> None:
    assert find_year(name) == year


def test_what_holds_for_the_authority_holds_for_every_school_unless_schools_are_told_apart() -> None:
    year = (year_to_march(2019),)
    whole = Coverage(rolls=year, attendance=((2018, "autumn"),), exclusions=((2018, "spring"),))
    apart = replace(whole, by_school={"A": ()}, sessions_by_school={"A": ()}, exclusions_by_school={"A": ()})
    assert (whole.rolls_of("A"), whole.attendance_of("A"), whole.exclusions_of("A")) == (
        year,
        ((2018, "autumn"),),
        ((2018, "spring"),),
    )
    for school in ("A", "B"):
        assert (apart.rolls_of(school), apart.attendance_of(school), apart.exclusions_of(school)) == ((), (), ())
