"""Staging the rolls of schools: pupils, leavers and exclusions, census by census."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from swis.ingest.recognise import Recognised, ReturnKind
from swis.ingest.school_roll import read_school_roll
from swis.panel.coverage import (
    DaysSeen,
    Period,
    TermOfYear,
    group_censuses,
    merge_periods,
    number_of_census,
    term_of_census,
)
from swis.panel.intake import Intake
from swis.panel.windows import find_census_days
from swis.panel.year_groups import NUMBERS
from swis.terms import TermCalendar

_AFTER_CENSUSES = 100_000
_MONTHS_IN_TERM = 4
_ON_ROLL, _LEAVERS, _EXCLUSIONS = "pupils_on_roll", "pupils_no_longer_on_roll", "exclusions"


@dataclass
class RollsFound:
    """What the rolls show beside their rows: the schools by their text, and which censuses there are."""

    schools: set[str] = field(default_factory=set)
    year_groups: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the text of a school the lowest and the highest number of a year group."""
    censuses: set[int] = field(default_factory=set)
    extracts: list[Period] = field(default_factory=list)
    attendance: set[TermOfYear] = field(default_factory=set)
    exclusions: set[TermOfYear] = field(default_factory=set)

    def cover(self, calendars: Sequence[TermCalendar]) -> tuple[Period, ...]:
        """The days that the rolls cover: from the term of the first census of a run to the term of its last, and extracts."""
        periods = [
            (_edge(calendars, term_of_census(first), first=True), _edge(calendars, term_of_census(last), first=False))
            for first, last in group_censuses(self.censuses)
        ]
        return merge_periods([*periods, *self.extracts])


def _edge(calendars: Sequence[TermCalendar], term: TermOfYear, *, first: bool) -> date:
    """The first or last day of a term, of all calendars the earliest or latest; the census day if none has the term."""
    year, part = term
    found = [
        each for calendar in calendars for each in calendar.terms if (each.academic_year, each.part.split()[0]) == term
    ]
    if not found:
        day: date = find_census_days(pl.Series([year]), pl.Series([part]))[0]
        return day
    return min(each.first_day for each in found) if first else max(each.last_day for each in found)


def stage_rolls(intake: Intake, files: Sequence[Recognised]) -> RollsFound:
    """Reads the files one by one. A later census has a greater source; a file without a census comes after all of them."""
    found = RollsFound()
    for number, file in enumerate(files):
        reading = read_school_roll(file.path, progress=intake.progress)
        roll = _Roll(intake, found, file, _AFTER_CENSUSES + number)
        for batch in reading:
            for name, frame in batch.items():
                roll.add(name, frame)
        if file.kind:
            intake.end_reading(reading, [(file.path, file.kind)])
        roll.end()
    _tell_gaps(intake, found)
    return found


class _Roll:
    """One file while it is read."""

    def __init__(self, intake: Intake, found: RollsFound, file: Recognised, source: int) -> None:
        self._intake = intake
        self._found = found
        self._file = file
        self._source = source
        self._census: int | None = None
        self._entered, self._left, self._excluded = DaysSeen(), DaysSeen(), DaysSeen()
        self._has_sessions = False

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Adds a batch."""
        if not frame.height or name not in (_ON_ROLL, _LEAVERS, _EXCLUSIONS):
            return
        collection = frame["collection"][0]
        self._census = number_of_census(collection) if collection else None
        self._found.schools.update(frame["school"].drop_nulls().unique())
        if name == _EXCLUSIONS:
            self._excluded.add(frame["started_on"])
        else:
            frame = frame.with_columns(census_day=_census_day(self._census))
            self._look_at_pupils(frame)
        self._intake.stage.add(name, frame, source=self._source if self._census is None else self._census)

    def end(self) -> None:
        """Notes what the file covers."""
        if self._file.kind is ReturnKind.EXCLUSIONS:
            self._cover_exclusions()
        elif self._census is None:
            self._cover_extract()
        else:
            if self._file.kind is ReturnKind.PUPILS_ON_ROLL:
                self._found.censuses.add(self._census)
            if self._has_sessions:
                self._found.attendance.add(term_of_census(self._census - 1))

    def _look_at_pupils(self, frame: pl.DataFrame) -> None:
        day = frame["census_day"][0]
        self._intake.former_numbers.add(frame, returned=day.toordinal() if day else 0)
        self._entered.add(frame["entered_on"])
        self._left.add(frame["left_on"])
        sessions = frame.select(pl.col("sessions_possible").is_not_null().any()).item()
        self._has_sessions = self._has_sessions or bool(sessions)
        numbers = frame.select("school", number=pl.col("year_group").replace_strict(NUMBERS, default=None))
        spans = numbers.drop_nulls().group_by("school").agg(low=pl.col("number").min(), high=pl.col("number").max())
        for school, low, high in spans.iter_rows():
            before = self._found.year_groups.get(school, (low, high))
            self._found.year_groups[school] = (min(low, before[0]), max(high, before[1]))

    def _cover_exclusions(self) -> None:
        if self._census is not None:
            self._found.exclusions.add(term_of_census(self._census - 1))
            return
        span = self._excluded.span()
        if span is None:
            return
        first, last = (day.year * 3 + (day.month - 1) // _MONTHS_IN_TERM for day in span)
        self._found.exclusions.update(term_of_census(number) for number in range(first, last + 1))
        self._tell_span("exclusions_without_census", "exclusions", span)

    def _cover_extract(self) -> None:
        entered, left = self._entered.span(), self._left.span()
        if entered is None:
            return
        start = left[0] if left else entered[0]
        span = (start, max(entered[1], left[1]) if left else entered[1])
        self._found.extracts.append(span)
        self._tell_span("roll_without_census", "pupils", span)
        if left is None:
            self._intake.warn(
                "roll_without_leavers",
                "the roll holds nobody who left",
                "Pupils who left before it was drawn are missing from earlier terms. Draw it with leavers.",
                path=self._file.path,
            )

    def _tell_span(self, code: str, what: str, span: Period) -> None:
        self._intake.warn(
            code,
            f"its name says no census; by its dates it covers {what} from {span[0].isoformat()} to {span[1].isoformat()}",
            "Write the census into its name, such as 2019_autumn, if it is one.",
            path=self._file.path,
        )


def _census_day(census: int | None) -> pl.Expr:
    if census is None:
        return pl.lit(None, dtype=pl.Date)
    year, part = term_of_census(census)
    return pl.lit(find_census_days(pl.Series([year]), pl.Series([part]))[0], dtype=pl.Date)


def _tell_gaps(intake: Intake, found: RollsFound) -> None:
    lacking = [
        number
        for first, last in group_censuses(found.censuses)
        for number in range(first, last + 1)
        if number not in found.censuses
    ]
    if lacking:
        intake.warn(
            "censuses_lacking",
            "school censuses between the first and the last are not there",
            "Who was on roll then follows from days of entry and from the next census. Give all of them.",
            count=len(lacking),
        )
    if len(group_censuses(found.censuses)) > 1:
        intake.warn(
            "rolls_interrupted",
            "a whole year or more lies between two school censuses",
            "The terms between them are not covered. Give the censuses of that time.",
            count=len(group_censuses(found.censuses)) - 1,
        )
