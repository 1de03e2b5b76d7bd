"""Which days and terms the given returns cover. What they do not cover is not observed, which is not zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import polars as pl

Period: TypeAlias = tuple[date, date]
TermOfYear: TypeAlias = tuple[int, str]

PARTS = ("spring", "summer", "autumn")
_DAY = timedelta(days=1)
_STRAY = 1000
_MOST_APART = 3
"""Censuses from one to the next that is given: if it is more, a whole school year was not seen."""


@dataclass(frozen=True)
class Coverage:
    """What the returns cover: periods with first and last day, sorted and apart; terms as academic year and part of the year.

    `rolls`, `attendance` and `exclusions` are of the authority as a whole. The three by school say the same for each school of
    the panel, by its name there: a school without a later census ends with its last one. Where one of them is empty, what
    holds for the authority holds for every school.
    """

    children_in_need: tuple[Period, ...] = ()
    looked_after: tuple[Period, ...] = ()
    rolls: tuple[Period, ...] = ()
    attendance: tuple[TermOfYear, ...] = ()
    exclusions: tuple[TermOfYear, ...] = ()
    by_school: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    sessions_by_school: Mapping[str, tuple[TermOfYear, ...]] = field(default_factory=dict)
    exclusions_by_school: Mapping[str, tuple[TermOfYear, ...]] = field(default_factory=dict)

    def rolls_of(self, school: str) -> tuple[Period, ...]:
        """The days on which the rolls say who was at the school; none for a school that no roll has."""
        return self.by_school.get(school, ()) if self.by_school else self.rolls

    def attendance_of(self, school: str) -> tuple[TermOfYear, ...]:
        """The terms whose sessions at the school are returned."""
        return self.sessions_by_school.get(school, ()) if self.sessions_by_school else self.attendance

    def exclusions_of(self, school: str) -> tuple[TermOfYear, ...]:
        """The terms whose exclusions from the school are returned."""
        return self.exclusions_by_school.get(school, ()) if self.exclusions_by_school else self.exclusions


def covers(periods: Iterable[Period], first_day: date, last_day: date) -> bool:
    """Whether one of the periods, which are apart, holds every day from the first to the last."""
    return any(start <= first_day and last_day <= end for start, end in periods)


def merge_periods(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days as periods that are sorted and apart: those that overlap or follow on the next day are one."""
    merged: list[Period] = []
    for start, end in sorted(periods):
        if merged and start <= merged[-1][1] + _DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def year_to_march(year: int) -> Period:
    """The year of returns that ends on 31 March of that year."""
    return date(year - 1, 4, 1), date(year, 3, 31)


def year_of(day: date) -> int:
    """The year in which the year of returns that holds the day ends."""
    return day.year + (day.month > 3)


def number_of_census(collection: str) -> int:
    """The place of a school census in time: '2024 autumn' comes three after '2023 autumn'."""
    year, part = collection.split(" ")
    return int(year) * len(PARTS) + PARTS.index(part)


def term_of_census(number: int) -> TermOfYear:
    """The academic year and the part of it in which a census is taken."""
    year, place = divmod(number, len(PARTS))
    return year - (PARTS[place] != "autumn"), PARTS[place]


def group_censuses(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of each run of censuses. A run goes on over at most two that lack: stays are known across them."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number - runs[-1][1] <= _MOST_APART:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


class DaysSeen:
    """How often each day was seen in a file. Small, whatever the file: there are 365 days a year."""

    def __init__(self) -> None:
        self._counts: dict[date, int] = {}

    def add(self, days: pl.Series) -> None:
        """Adds the days of a batch; nulls are left out."""
        for day, count in days.drop_nulls().value_counts().iter_rows():
            self._counts[day] = self._counts.get(day, 0) + count

    def span(self) -> Period | None:
        """The first and the last day, but for one in a thousand at either end: one wrong year must not stretch it."""
        if not self._counts:
            return None
        most = sum(self._counts.values()) // _STRAY
        days = sorted(self._counts)
        return self._skip(days, most), self._skip(days[::-1], most)

    def any_between(self, first_day: date, last_day: date) -> bool:
        """Whether more than one in a thousand of what was seen lies between the two days, which count too."""
        return self.count_between(first_day, last_day) > sum(self._counts.values()) // _STRAY

    def count_between(self, first_day: date, last_day: date) -> int:
        """How much of what was seen lies between the two days, which count too."""
        return sum(count for day, count in self._counts.items() if first_day <= day <= last_day)

    def first_between(self, first_day: date, last_day: date) -> date:
        """The first day seen between the two days, which count too; the first of them if none was."""
        return min((day for day in self._counts if first_day <= day <= last_day), default=first_day)

    def _skip(self, days: list[date], most: int) -> date:
        passed = 0
        for day in days:
            passed += self._counts[day]
            if passed > most:
                return day
        return days[-1]
