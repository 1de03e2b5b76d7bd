"""Term dates that look like those of an English authority, for any year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from service.schools.actions.terms import TermDates

SETTLED_IN = timedelta(days=10)  # a term that has only just begun holds no work to look at


@dataclass(frozen=True)
class Span:
    """The two terms of work that a demonstration shows."""

    first_day: date
    second_term: date
    today: date


def terms_of(first_year: int) -> list[TermDates]:
    """Autumn, spring and summer of the school year that begins in September of a year."""
    year, then = first_year, first_year + 1
    autumn = TermDates(
        _weekday_from(date(year, 9, 3)),
        _monday_of(date(year, 10, 28)),
        _friday_of(date(year, 10, 28)),
        _friday_until(date(year, 12, 20)),
    )
    spring = TermDates(
        _monday_from(date(then, 1, 4)),
        _monday_of(date(then, 2, 16)),
        _friday_of(date(then, 2, 16)),
        _friday_until(date(then, 4, 1)),
    )
    summer = TermDates(
        _monday_from(date(then, 4, 15)),
        _monday_of(date(then, 5, 29)),
        _friday_of(date(then, 5, 29)),
        _weekday_until(date(then, 7, 21)),
    )
    return [autumn, spring, summer]


def name_of(first_year: int) -> str:
    return f"{first_year}-{(first_year + 1) % 100:02}"


def first_year_of(day: date) -> int:
    """The year in which the school year of a day began."""
    return day.year if day.month >= 8 else day.year - 1


def span_until(today: date) -> Span:
    """The last two terms that had begun ten days ago, the one of today among them."""
    year = first_year_of(today)
    starts = [terms.starts for first in (year - 1, year) for terms in terms_of(first)]
    begun = [day for day in starts if day + SETTLED_IN <= today]
    return Span(first_day=begun[-2], second_term=begun[-1], today=today)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _friday_of(day: date) -> date:
    return _monday_of(day) + timedelta(days=4)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _weekday_from(day: date) -> date:
    return day if day.weekday() < 5 else _monday_from(day)


def _friday_until(day: date) -> date:
    return day - timedelta(days=(day.weekday() - 4) % 7)


def _weekday_until(day: date) -> date:
    return day if day.weekday() < 5 else _friday_until(day)
