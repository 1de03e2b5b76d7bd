"""Term dates that could be an authority's."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from swis.synthetic.term_dates import TermDates, day_number, day_of, make_term_dates
from swis.terms import TermCalendar, term_of

YEARS = (2000, 2060)


@pytest.fixture(scope="module")
def dates() -> TermDates:
    return make_term_dates(*YEARS)


def test_sixty_years_of_terms_are_a_calendar(dates: TermDates) -> None:
    assert len(TermCalendar(dates.terms).terms) == 61 * 3


def test_easter_is_in_no_term_and_never_far_from_the_end_of_spring(dates: TermDates) -> None:
    # Good Fridays as printed in calendars.
    for day in (date(2018, 3, 30), date(2019, 4, 19), date(2008, 3, 21), date(2011, 4, 22), date(2038, 4, 23)):
        assert not dates.is_school_day(np.array([day_number(day), day_number(day) + 3])).any()
        spring = next(term for term in dates.terms if term.part == "spring" and term.last_day.year == day.year)
        assert 1 <= (day - spring.last_day).days <= 14


def test_a_year_has_about_190_school_days_all_of_them_weekdays_in_term(dates: TermDates) -> None:
    in_years = dates.school_days(dates.first, dates.last).reshape(-1, 3).sum(axis=1)
    assert in_years.min() >= 185
    assert in_years.max() <= 199
    every = np.arange(dates.origin, int(dates.last[-1]) + 1)
    school_days = every[dates.is_school_day(every)]
    assert {day_of(day).weekday() for day in school_days} == set(range(5))
    assert all(
        dates.first[place] <= day <= dates.last[place]
        for day, place in zip(school_days, dates.place_of(school_days), strict=True)
    )


def test_census_days_are_thursdays_on_which_schools_are_open(dates: TermDates) -> None:
    assert {day_of(day).weekday() for day in dates.census} == {3}
    assert dates.is_school_day(dates.census).all()
    assert {(day_of(day).month, (day_of(day).day - 1) // 7) for day in dates.census} == {(10, 0), (1, 2), (5, 2)}


def test_halves_of_terms_are_divided_by_a_week_without_school(dates: TermDates) -> None:
    assert ((dates.first < dates.second_halves) & (dates.second_halves < dates.last)).all()
    assert not dates.school_days(dates.second_halves - 9, dates.second_halves - 1).any()


def test_a_day_counts_towards_the_same_term_as_the_library_says(dates: TermDates) -> None:
    calendar = TermCalendar(dates.terms)
    for number in range(dates.origin + 10, dates.origin + 800, 7):
        term = term_of(day_of(number), calendar, holidays="next term")
        assert term is not None
        assert dates.terms[int(dates.place_of(np.array([number]))[0])] == term


def test_the_nth_school_day_is_the_one_with_so_many_before(dates: TermDates) -> None:
    days = dates.nth_school_day(np.arange(400))
    assert dates.is_school_day(days).all()
    assert (np.diff(days) > 0).all()
    assert (dates.school_days(np.full(400, dates.origin), days) == np.arange(1, 401)).all()
