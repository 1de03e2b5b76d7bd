"""Weeks and months as a page asks for them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

FURTHEST = timedelta(days=5 * 366)  # from today, back and ahead


@dataclass(frozen=True)
class Week:
    """Monday to Friday of one week, and its neighbours."""

    monday: date

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - timedelta(weeks=1)

    @property
    def after(self) -> date:
        return self.monday + timedelta(weeks=1)

    def __str__(self) -> str:
        return in_words(self.monday, self.friday)


@dataclass(frozen=True)
class Month:
    """One month, and its neighbours."""

    first: date

    @property
    def last(self) -> date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.first:%B %Y}"


def week_of(text: str) -> Week:
    """The week of a day written as 2026-11-16; this week when it is no such day, or years away."""
    day = read_day(text)
    return Week(day - timedelta(days=day.weekday()))


def month_of(text: str) -> Month:
    """The month of a day written as 2026-11-01; this month when it is no such day, or years away."""
    return Month(read_day(text).replace(day=1))


def read_day(text: str) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today


def in_words(first: date, last: date) -> str:
    """Two days as people write them: "16 to 20 November 2026"."""
    if first == last:
        return f"{last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B %Y}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
