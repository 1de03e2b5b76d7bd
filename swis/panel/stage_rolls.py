"""Staging the rolls of schools: pupils, leavers and exclusions, census by census."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from swis.ingest.recognise import Recognised, ReturnKind
from swis.ingest.school_roll import name_collection, read_school_roll
from swis.panel.coverage import DaysSeen, Period, group_censuses, number_of_census, term_of_census
from swis.panel.intake import Intake
from swis.panel.roll_coverage import ExclusionsReturned, RollsFound
from swis.panel.windows import find_census_days
from swis.panel.year_groups import NUMBERS
from swis.terms import TermCalendar

_AFTER_CENSUSES = 100_000
_MOST_NAMED = 10
_ON_ROLL, _LEAVERS, _EXCLUSIONS = "pupils_on_roll", "pupils_no_longer_on_roll", "exclusions"


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
        collection = name_collection(file.path.name)
        self._census = number_of_census(collection) if collection else None
        self._entered, self._left, self._excluded = DaysSeen(), DaysSeen(), DaysSeen()
        self._schools: set[str] = set()
        self._with_sessions: set[str] = set()

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Adds a batch."""
        if not frame.height or name not in (_ON_ROLL, _LEAVERS, _EXCLUSIONS):
            return
        schools = frame["school"].drop_nulls().unique()
        self._found.schools.update(schools)
        self._schools.update(schools)
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
            if self._file.kind is ReturnKind.PUPILS_ON_ROLL and self._schools:
                self._found.censuses.setdefault(self._census, set()).update(self._schools)
            if self._with_sessions:
                term = term_of_census(self._census - 1)
                self._found.sessions.setdefault(term, set()).update(self._with_sessions)

    def _look_at_pupils(self, frame: pl.DataFrame) -> None:
        day = frame["census_day"][0]
        self._intake.former_numbers.add(frame, returned=day.toordinal() if day else 0)
        self._entered.add(frame["entered_on"])
        self._left.add(frame["left_on"])
        self._with_sessions.update(frame.filter(pl.col("sessions_possible").is_not_null())["school"].drop_nulls())
        numbers = frame.select("school", number=pl.col("year_group").replace_strict(NUMBERS, default=None))
        spans = numbers.drop_nulls().group_by("school").agg(low=pl.col("number").min(), high=pl.col("number").max())
        for school, low, high in spans.iter_rows():
            before = self._found.year_groups.get(school, (low, high))
            self._found.year_groups[school] = (min(low, before[0]), max(high, before[1]))

    def _cover_exclusions(self) -> None:
        self._found.exclusions.append(ExclusionsReturned(self._census, self._excluded))
        span = self._excluded.span()
        if self._census is None and span is not None:
            self._tell_span("exclusions_without_census", "exclusions", span)

    def _cover_extract(self) -> None:
        entered, left = self._entered.span(), self._left.span()
        if entered is None:
            return
        start = left[0] if left else entered[0]
        span = (start, max(entered[1], left[1]) if left else entered[1])
        self._found.extracts.append((span, frozenset(self._schools)))
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


def tell_coverage(
    intake: Intake, found: RollsFound, calendars: Sequence[TermCalendar], labels: Mapping[str, str]
) -> None:
    """Warns of schools without some of the censuses that others have, and of terms without the exclusions that were due."""
    of_schools = {school: censuses for school, censuses in found.list_censuses(labels).items() if censuses}
    every = set(found.censuses)
    between = [
        school for school, own in of_schools.items() if any(min(own) < census < max(own) for census in every - own)
    ]
    ended = [school for school, own in of_schools.items() if max(own) < max(every)]
    if between:
        intake.warn(
            "school_censuses_lacking",
            f"schools without a census that other schools have, between two of their own: {_name_some(between)}",
            "Who was on roll then follows from days of entry and from the next census. Give the rolls of these schools.",
            count=len(between),
        )
    if ended:
        intake.warn(
            "schools_without_later_census",
            f"schools that the last census does not have: {_name_some(ended)}",
            "They are not covered after the term of their own last census. Right if they closed; else give their rolls.",
            count=len(ended),
        )
    lacking = found.lacking_exclusions(calendars)
    if lacking:
        terms = ", ".join(f"{part} {year + (part != 'autumn')}" for year, part in lacking)
        intake.warn(
            "exclusions_lacking",
            f"terms whose exclusions a census should have and whose dates no file of exclusions shows: {terms}",
            "They are not covered. A census has the exclusions of two terms before it, from autumn 2019 also of the term before.",
            count=len(lacking),
        )


def _name_some(schools: Sequence[str]) -> str:
    named = ", ".join(sorted(schools)[:_MOST_NAMED])
    return named if len(schools) <= _MOST_NAMED else f"{named} and {len(schools) - _MOST_NAMED:,} more"
