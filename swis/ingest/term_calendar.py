"""Reading `term_calendar.csv`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import TableError
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import read_table
from swis.tables.term_calendar import TERM_CALENDAR
from swis.terms import Term, TermCalendar, find_problems

_ACADEMIC_YEAR = re.compile(r"(\d{4})[-/](?:\d{2})?(\d{2})", re.ASCII)


@dataclass(frozen=True)
class TermCalendars:
    """The calendar of each authority, and of each school that has its own."""

    of_authorities: Mapping[str, TermCalendar]
    of_schools: Mapping[tuple[str, str], TermCalendar]

    def calendar_of(self, authority: str, school: str = "") -> TermCalendar | None:
        """The calendar of the school, else of its authority; None if neither has one."""
        return self.of_schools.get((authority, school)) or self.of_authorities.get(authority)


def read_term_calendars(path: Path) -> TermCalendars:
    """The term calendars of a file, by authority and by school.

    Terms must stand in their order, without overlaps, every year with all its terms. Raises TableError with the rows.
    """
    frame = _with_years(read_table(TERM_CALENDAR, path))
    problems: list[Problem] = []
    of_authorities, of_schools = {}, {}
    for (authority, school), part in frame.group_by("authority", "school", maintain_order=True):
        terms = [Term(*row) for row in part.select("year", "term", "first_day", "last_day").iter_rows()]
        wrong = _describe(find_problems(terms), f"{authority}{f', {school}' if school else ''}", part["row"].to_list())
        problems += wrong
        if not wrong and school is None:
            of_authorities[str(authority)] = TermCalendar(tuple(terms))
        elif not wrong:
            of_schools[str(authority), str(school)] = TermCalendar(tuple(terms))
    if problems:
        raise TableError(tell_problems(problems))
    return TermCalendars(of_authorities, of_schools)


def _with_years(frame: pl.DataFrame) -> pl.DataFrame:
    years = [_read_year(text) for text in frame["academic_year"]]
    wrong = tuple(row for row, year in zip(frame["row"], years, strict=True) if year is None)
    if wrong:
        what = f"{len(wrong)} of {len(years)} values are not an academic year"
        raise TableError(str(Problem(TERM_CALENDAR.file, what, "Write it as 2019-20.", wrong, "academic_year")))
    return frame.with_columns(pl.Series("year", years, dtype=pl.Int64))


def _read_year(text: str) -> int | None:
    found = _ACADEMIC_YEAR.fullmatch(text)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    return int(found[1])


def _describe(found: list[tuple[str, tuple[int, ...]]], whose: str, rows: list[int]) -> list[Problem]:
    return [
        Problem(
            TERM_CALENDAR.file,
            f"{whose}: {what}",
            "Correct the dates, or write the rows in their order.",
            tuple(rows[place] for place in places),
        )
        for what, places in found
    ]
