from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import TableError
from swis.terms import (
    Holidays,
    Term,
    TermCalendar,
    academic_year_of,
    find_problems,
    make_generic_calendar,
    make_windows,
    name_academic_year,
    name_terms,
    tabulate_terms,
    term_of,
)

YEAR = (
    Term(2019, "autumn", date(2019, 9, 3), date(2019, 12, 20)),
    Term(2019, "spring", date(2020, 1, 6), date(2020, 4, 3)),
    Term(2019, "summer", date(2020, 4, 20), date(2020, 7, 17)),
)
NEXT_YEAR = (
    Term(2020, "autumn", date(2020, 9, 2), date(2020, 12, 18)),
    Term(2020, "spring", date(2021, 1, 4), date(2021, 4, 1)),
    Term(2020, "summer", date(2021, 4, 19), date(2021, 7, 23)),
)
CALENDAR = TermCalendar(YEAR + NEXT_YEAR)
RULES: tuple[Holidays, ...] = ("next term", "previous term", "not counted")
ANY_DAY = st.dates(date(2019, 6, 1), date(2021, 12, 31))


def test_a_day_of_term_belongs_to_its_term_whatever_the_holiday_rule() -> None:
    for rule in RULES:
        for day in (date(2020, 1, 6), date(2020, 4, 3)):
            term = term_of(day, CALENDAR, holidays=rule)
            assert term is not None
            assert term.name == "spring 2020"


def test_a_day_of_the_easter_holidays_counts_by_the_rule() -> None:
    easter = date(2020, 4, 12)
    following, previous = (term_of(easter, CALENDAR, holidays=rule) for rule in RULES[:2])
    assert following == YEAR[2]
    assert previous == YEAR[1]
    assert term_of(easter, CALENDAR, holidays="not counted") is None


def test_the_summer_holidays_count_in_the_autumn_under_the_rule_of_the_next_term() -> None:
    assert term_of(date(2020, 8, 10), CALENDAR, holidays="next term") == NEXT_YEAR[0]


def test_days_outside_the_calendar_belong_to_no_term() -> None:
    for rule in RULES:
        assert term_of(date(2019, 9, 2), CALENDAR, holidays=rule) is None
        assert term_of(date(2021, 7, 24), CALENDAR, holidays=rule) is None


def test_a_term_whose_holiday_is_not_known_is_marked_as_not_whole() -> None:
    assert [window.whole for window in make_windows(CALENDAR, holidays="next term")] == [False] + [True] * 5
    assert [window.whole for window in make_windows(CALENDAR, holidays="previous term")] == [True] * 5 + [False]
    assert all(window.whole for window in make_windows(CALENDAR, holidays="not counted"))


@given(days=st.lists(st.none() | ANY_DAY, max_size=20), rule=st.sampled_from(RULES))
def test_the_vectorised_form_gives_what_the_single_form_gives(days: list[date | None], rule: Holidays) -> None:
    named = name_terms(pl.Series(days, dtype=pl.Date), CALENDAR, holidays=rule).to_list()
    single = [None if day is None else term_of(day, CALENDAR, holidays=rule) for day in days]
    assert named == [None if term is None else term.name for term in single]


@given(day=ANY_DAY, rule=st.sampled_from(RULES))
def test_a_day_falls_into_at_most_one_row_of_the_table_to_join_on(day: date, rule: Holidays) -> None:
    table = tabulate_terms(CALENDAR, holidays=rule)
    rows = table.filter(pl.lit(day).is_between("counts_from", "counts_to"))
    term = term_of(day, CALENDAR, holidays=rule)
    assert rows["term"].to_list() == ([] if term is None else [term.name])


def test_no_day_between_the_first_and_the_last_term_is_lost_or_counted_twice_when_holidays_count() -> None:
    for rule in RULES[:2]:
        assert tabulate_terms(CALENDAR, holidays=rule)["days"].sum() == (date(2021, 7, 23) - date(2019, 9, 3)).days + 1


@pytest.mark.parametrize(
    ("day", "year", "name"),
    [
        (date(2019, 8, 31), 2018, "2018-19"),
        (date(2019, 9, 1), 2019, "2019-20"),
        (date(2000, 1, 1), 1999, "1999-00"),
    ],
)
def test_the_academic_year_turns_on_the_first_of_september(day: date, year: int, name: str) -> None:
    assert academic_year_of(day) == year
    assert name_academic_year(academic_year_of(day)) == name


def test_overlapping_terms_are_found_with_their_places() -> None:
    late = Term(2019, "autumn", date(2019, 9, 3), date(2020, 1, 8))
    assert find_problems((late, *YEAR[1:])) == [("autumn 2019 and spring 2020 overlap", (0, 1))]


def test_terms_out_of_order_are_found_with_their_places() -> None:
    problems = find_problems((YEAR[1], YEAR[0], YEAR[2]))
    assert ("autumn 2019 stands after spring 2020 but begins before it", (0, 1)) in problems


def test_a_year_that_lacks_a_term_is_found() -> None:
    assert find_problems((YEAR[0], YEAR[2])) == [("2019-20 lacks spring", (0, 1))]


def test_a_year_that_is_left_out_is_found() -> None:
    later = tuple(make_generic_calendar(2021, 2021).terms)
    assert ("the year 2020-21 is left out", ()) in find_problems(YEAR + later)


def test_a_term_that_ends_before_it_begins_is_found() -> None:
    back = Term(2019, "autumn", date(2019, 12, 20), date(2019, 9, 3))
    assert ("autumn 2019 ends before it begins", (0,)) in find_problems((back, *YEAR[1:]))


def test_a_term_of_another_year_and_one_that_is_too_long_are_found() -> None:
    other = Term(2017, "autumn", date(2019, 9, 3), date(2019, 12, 20))
    long = Term(2019, "autumn", date(2019, 9, 3), date(2020, 12, 20))
    assert ("autumn 2017 does not lie in 2017-18", (0,)) in find_problems((other,))
    assert ("autumn 2019 is 475 days long", (0,)) in find_problems((long,))


def test_terms_and_half_terms_do_not_mix() -> None:
    mixed = (Term(2019, "autumn 1", date(2019, 9, 3), date(2019, 10, 25)), *YEAR[1:])
    assert (
        "spring 2020 is not one of autumn 1, autumn 2, spring 1, spring 2, summer 1, summer 2",
        (1,),
    ) in find_problems(mixed)


def test_terms_named_in_the_wrong_order_are_found() -> None:
    swapped = (
        Term(2019, "spring", YEAR[0].first_day, YEAR[0].last_day),
        Term(2019, "autumn", YEAR[1].first_day, YEAR[1].last_day),
        YEAR[2],
    )
    assert ("the terms of 2019-20 are not named in their order", (0, 1, 2)) in find_problems(swapped)


def test_a_calendar_that_contradicts_itself_cannot_be_made() -> None:
    with pytest.raises(TableError, match="lacks spring"):
        TermCalendar((YEAR[0], YEAR[2]))
    with pytest.raises(TableError, match="there are no terms"):
        TermCalendar(())


def test_an_unknown_holiday_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="holidays must be one of"):
        term_of(date(2020, 1, 1), CALENDAR, holidays="the term after")  # type: ignore[arg-type]


@pytest.mark.parametrize("half_terms", [False, True])
def test_the_generic_calendar_covers_every_day_once_and_says_that_it_is_approximate(half_terms: bool) -> None:
    calendar = make_generic_calendar(2018, 2020, half_terms=half_terms)
    assert calendar.approximate
    assert "approximate" in calendar.finding
    day = date(2018, 9, 1)
    while day <= date(2021, 8, 31):
        term = term_of(day, calendar, holidays="not counted")
        assert term is not None
        assert term.academic_year == academic_year_of(day)
        day += timedelta(days=1)


def test_a_calendar_of_real_dates_has_no_finding_and_says_its_span() -> None:
    assert CALENDAR.finding == ""
    assert repr(CALENDAR) == "TermCalendar(autumn 2019 to summer 2021: 6 terms)"
