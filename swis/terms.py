"""School years and terms, and which term a day belongs to.

calendar = make_generic_calendar(2018, 2020)
term_of(date(2019, 10, 1), calendar, holidays="next term")
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

import polars as pl

from swis.errors import TableError

Holidays: TypeAlias = Literal["next term", "previous term", "not counted"]

THREE_TERMS = ("autumn", "spring", "summer")
SIX_HALF_TERMS = ("autumn 1", "autumn 2", "spring 1", "spring 2", "summer 1", "summer 2")
FIRST_MONTH = 9
LONGEST_TERM_IN_DAYS = 200
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """A term or half-term with its first and last day, both in it. `academic_year` 2019 is the year 2019-20."""

    academic_year: int
    part: str
    first_day: date
    last_day: date

    @property
    def name(self) -> str:
        """The part and the year in which it begins: 'autumn 2019', 'spring 1 2020'."""
        return f"{self.part} {self.academic_year + (not self.part.startswith('autumn'))}"


@dataclass(frozen=True)
class Window:
    """A term with the days that count towards it. Not `whole`: the holiday that belongs to it is not known."""

    term: Term
    counts_from: date
    counts_to: date
    whole: bool


@dataclass(frozen=True)
class TermCalendar:
    """The terms of an authority or a school in their order. Made by rule and not from real dates: `approximate`.

    Every academic year has all its parts: three terms or six half-terms, the same in every year. Raises TableError.
    """

    terms: tuple[Term, ...]
    approximate: bool = False

    def __post_init__(self) -> None:
        problems = find_problems(self.terms)
        if problems:
            raise TableError("The calendar cannot be used: " + "; ".join(what for what, _ in problems) + ".")

    def __repr__(self) -> str:
        span = f"{self.terms[0].name} to {self.terms[-1].name}"
        return f"TermCalendar({span}: {len(self.terms)} terms{', approximate' if self.approximate else ''})"

    @property
    def finding(self) -> str:
        """What a reader of the results must know about the calendar; empty if its dates are real."""
        if not self.approximate:
            return ""
        return (
            "The term dates are approximate: made by rule from 1 September, without holidays. Give term_calendar.csv."
        )


def academic_year_of(day: date) -> int:
    """The academic year of a day, by the year in which it begins: from 1 September 2019 to 31 August 2020 it is 2019."""
    return day.year - (day.month < FIRST_MONTH)


def name_academic_year(year: int) -> str:
    """'2019-20' for 2019."""
    return f"{year}-{(year + 1) % 100:02d}"


def find_problems(terms: Sequence[Term]) -> list[tuple[str, tuple[int, ...]]]:
    """What keeps these terms from being a calendar, each with the places of the terms (from 0); empty if nothing does.

    Holidays between terms are no gap. A year that lacks a term, and a year that is left out, are.
    """
    if not terms:
        return [("there are no terms", ())]
    parts = SIX_HALF_TERMS if any(term.part in SIX_HALF_TERMS for term in terms) else THREE_TERMS
    return [*_find_wrong_terms(terms, parts), *_find_wrong_order(terms), *_find_gaps(terms, parts)]


def _find_wrong_terms(terms: Sequence[Term], parts: tuple[str, ...]) -> list[tuple[str, tuple[int, ...]]]:
    problems: list[tuple[str, tuple[int, ...]]] = []
    for place, term in enumerate(terms):
        length = (term.last_day - term.first_day).days + 1
        if term.part not in parts:
            problems.append((f"{term.name} is not one of {', '.join(parts)}", (place,)))
        if length < 1:
            problems.append((f"{term.name} ends before it begins", (place,)))
        elif length > LONGEST_TERM_IN_DAYS:
            problems.append((f"{term.name} is {length} days long", (place,)))
        elif not {term.first_day.year, term.last_day.year} <= {term.academic_year, term.academic_year + 1}:
            problems.append((f"{term.name} does not lie in {name_academic_year(term.academic_year)}", (place,)))
    return problems


def _find_wrong_order(terms: Sequence[Term]) -> list[tuple[str, tuple[int, ...]]]:
    problems: list[tuple[str, tuple[int, ...]]] = []
    for place, (before, after) in enumerate(pairwise(terms)):
        if after.first_day < before.first_day:
            problems.append((f"{after.name} stands after {before.name} but begins before it", (place, place + 1)))
        elif after.first_day <= before.last_day:
            problems.append((f"{before.name} and {after.name} overlap", (place, place + 1)))
    return problems


def _find_gaps(terms: Sequence[Term], parts: tuple[str, ...]) -> list[tuple[str, tuple[int, ...]]]:
    years = sorted({term.academic_year for term in terms})
    problems: list[tuple[str, tuple[int, ...]]] = []
    for year in range(years[0], years[-1] + 1):
        places = tuple(place for place, term in enumerate(terms) if term.academic_year == year)
        found = [terms[place].part for place in places]
        missing = [part for part in parts if part not in found]
        if not places:
            problems.append((f"the year {name_academic_year(year)} is left out", ()))
        elif missing:
            problems.append((f"{name_academic_year(year)} lacks {', '.join(missing)}", places))
        elif len(found) > len(parts):
            problems.append((f"{name_academic_year(year)} has a term more than once", places))
        elif found != list(parts):
            problems.append((f"the terms of {name_academic_year(year)} are not named in their order", places))
    return problems


def make_windows(calendar: TermCalendar, *, holidays: Holidays) -> tuple[Window, ...]:
    """The days that count towards each term, by the rule for holidays.

    'next term': a holiday counts towards the term after it. 'previous term': towards the term before it. 'not counted':
    towards none. The holiday before the first term of the calendar has no known beginning (nor has the one after the
    last an end): it counts nowhere, and the term beside it is marked as not whole under the rule that would need it.
    """
    if holidays not in get_args(Holidays):
        raise ValueError(f"holidays must be one of {', '.join(get_args(Holidays))}")
    terms, last = calendar.terms, len(calendar.terms) - 1
    windows = []
    for place, term in enumerate(terms):
        counts_from, counts_to, whole = term.first_day, term.last_day, True
        if holidays == "next term":
            counts_from = terms[place - 1].last_day + _DAY if place > 0 else term.first_day
            whole = place > 0
        elif holidays == "previous term":
            counts_to = terms[place + 1].first_day - _DAY if place < last else term.last_day
            whole = place < last
        windows.append(Window(term, counts_from, counts_to, whole or calendar.approximate))
    return tuple(windows)


def term_of(day: date, calendar: TermCalendar, *, holidays: Holidays) -> Term | None:
    """The term that a day counts towards; None on a holiday that is not counted, and outside the calendar."""
    windows = make_windows(calendar, holidays=holidays)
    place = bisect_right(windows, day, key=lambda window: window.counts_from) - 1
    return windows[place].term if place >= 0 and day <= windows[place].counts_to else None


def tabulate_terms(calendar: TermCalendar, *, holidays: Holidays) -> pl.DataFrame:
    """The terms as a table to join on: `day between counts_from and counts_to`. A day falls into one row at most.

    Columns: order (from 0), term, academic_year, first_day, last_day, counts_from, counts_to, days, whole.
    """
    windows = make_windows(calendar, holidays=holidays)
    return pl.DataFrame(
        {
            "order": list(range(len(windows))),
            "term": [window.term.name for window in windows],
            "academic_year": [window.term.academic_year for window in windows],
            "first_day": [window.term.first_day for window in windows],
            "last_day": [window.term.last_day for window in windows],
            "counts_from": [window.counts_from for window in windows],
            "counts_to": [window.counts_to for window in windows],
            "days": [(window.counts_to - window.counts_from).days + 1 for window in windows],
            "whole": [window.whole for window in windows],
        },
        schema_overrides={"order": pl.Int32, "academic_year": pl.Int32, "days": pl.Int32},
    )


def name_terms(days: pl.Series, calendar: TermCalendar, *, holidays: Holidays) -> pl.Series:
    """The name of the term of each day, as `term_of` gives it; null where there is none and where the day is null."""
    table = tabulate_terms(calendar, holidays=holidays)
    place = table["counts_from"].search_sorted(days, side="right").cast(pl.Int64) - 1
    inside = (place >= 0) & days.is_not_null() & (days <= table["counts_to"].gather(place.clip(0)))
    names = table["term"].gather(place.clip(0))
    return pl.select(pl.when(inside).then(names).otherwise(None)).to_series().alias("term")


def make_generic_calendar(first_year: int, last_year: int, *, half_terms: bool = False) -> TermCalendar:
    """A calendar by rule for academic years without term dates: thirds of the year from 1 September, or their halves.

    There are no holidays in it: autumn is September to December, spring January to April, summer May to August. A finding
    says that it is approximate.
    """
    parts, months = (SIX_HALF_TERMS, 2) if half_terms else (THREE_TERMS, 4)
    terms = []
    for year in range(first_year, last_year + 1):
        starts = [_month(year, FIRST_MONTH + months * place) for place in range(len(parts) + 1)]
        terms += [
            Term(year, part, start, end - _DAY) for part, start, end in zip(parts, starts[:-1], starts[1:], strict=True)
        ]
    return TermCalendar(tuple(terms), approximate=True)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
