"""The panel's rules once more, day by day in plain Python: slow, and with nothing in common with the build but the words.

Days are dates, a child's time is a set of days, and a count is a length.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from swis.terms import Holidays, Term, TermCalendar

DAY = timedelta(days=1)
GRACE = 7


@dataclass(frozen=True)
class RollRow:
    """A row of a roll: a pupil seen on a census day, or a leaver with a day of leaving."""

    pupil: str
    school: str
    entered_on: date
    census_day: date | None = None
    left_on: date | None = None
    year_group: int = 0


@dataclass(frozen=True)
class Stay:
    school: str
    first: date
    last: date | None
    cohort: int
    recorded: bool


def year_of(day: date) -> int:
    return day.year if day.month >= 9 else day.year - 1


class School:
    """Where every pupil is on every day."""

    def __init__(self, rows: Sequence[RollRow], calendar: TermCalendar, census_days: Mapping[str, date]) -> None:
        self.calendar = calendar
        self.census_days = census_days
        censuses: dict[str, set[date]] = defaultdict(set)
        for row in rows:
            if row.census_day:
                censuses[row.school].add(row.census_day)
        groups: dict[tuple[str, str, date], list[RollRow]] = defaultdict(list)
        for row in rows:
            groups[row.pupil, row.school, row.entered_on].append(row)
        self.stays: dict[str, list[Stay]] = defaultdict(list)
        for (pupil, school, entered), own in groups.items():
            left = max((row.left_on for row in own if row.left_on), default=None)
            seen = max((row.census_day for row in own if row.census_day), default=None)
            later = sorted(day for day in censuses[school] if seen and day > seen)
            last = left
            if left is None and later:
                last = self._end_of_term_with(seen) or later[0] - DAY
            latest = max(own, key=lambda row: row.census_day or row.left_on or date.min)
            at = latest.census_day or latest.left_on
            assert at is not None
            self.stays[pupil].append(Stay(school, entered, last, year_of(at) - latest.year_group, left is not None))
        for own_stays in self.stays.values():
            own_stays.sort(key=lambda stay: stay.first)

    def _end_of_term_with(self, census_day: date | None) -> date | None:
        ends = [term.last_day for term in self.calendar.terms if self.census_days[term.name] == census_day]
        return max(ends, default=None)

    def on(self, pupil: str, day: date) -> Stay | None:
        """The stay that began last, if it has not ended; not the old school in the first week before a new one begins."""
        begun = [stay for stay in self.stays[pupil] if stay.first <= day]
        if not begun:
            return None
        stay = begun[-1]
        if stay.last is not None and day > stay.last:
            return None
        following = [other for other in self.stays[pupil] if other.first > stay.first]
        if following and not stay.recorded:
            for term in self.calendar.terms:
                starts = following[0].first
                if term.first_day <= starts <= term.first_day + GRACE * DAY and term.first_day <= day:
                    cut_short = stay.last is None or starts <= stay.last
                    if cut_short:
                        return None
        return stay

    def term_of(self, day: date, holidays: Holidays) -> Term | None:
        terms = self.calendar.terms
        inside = [term for term in terms if term.first_day <= day <= term.last_day]
        if inside or holidays == "not counted" or not terms[0].first_day <= day <= terms[-1].last_day:
            return inside[0] if inside else None
        if holidays == "next term":
            return next(term for term in terms if term.first_day > day)
        return [term for term in terms if term.last_day < day][-1]

    def place(self, pupil: str, day: date, holidays: Holidays) -> tuple[str, str, int] | None:
        """School, term and year group of a day."""
        term = self.term_of(day, holidays)
        if term is None:
            return None
        stay = self.on(pupil, day)
        if day < term.first_day or (stay is None and self._is_nowhere(pupil, term.first_day, day)):
            stay = stay if stay and day >= term.first_day else self._at_start(pupil, term)
        if day > term.last_day or (stay is None and self._is_nowhere(pupil, day, term.last_day)):
            stay = self._at_end(pupil, term)
        return None if stay is None else (stay.school, term.name, term.academic_year - stay.cohort)

    def _is_nowhere(self, pupil: str, first: date, last: date) -> bool:
        return (last - first).days <= GRACE and not any(self.on(pupil, day) for day in days_between(first, last + DAY))

    def _at_start(self, pupil: str, term: Term) -> Stay | None:
        for ahead in range(GRACE + 1):
            stay = self.on(pupil, term.first_day + ahead * DAY)
            if stay is not None:
                return stay
        return None

    def _at_end(self, pupil: str, term: Term) -> Stay | None:
        for back in range(GRACE + 1):
            stay = self.on(pupil, term.last_day - back * DAY)
            if stay is not None:
                return stay
        return None


def count_events(
    school: School, events: Iterable[tuple[str, date]], holidays: Holidays
) -> Counter[tuple[str, str, int]]:
    """Events by school, term and year group: pairs of pupil and day, each once."""
    return Counter(place for pupil, day in set(events) if (place := school.place(pupil, day, holidays)))


def days_between(first: date, end: date) -> set[date]:
    """The days from the first to the day before the end."""
    return {first + number * DAY for number in range(max((end - first).days, 0))}


def count_days(
    school: School, spells: Mapping[str, Iterable[tuple[date, date]]], holidays: Holidays
) -> Counter[tuple[str, str, int]]:
    """Days by school, term and year group; spells by pupil, as first day and day after the last."""
    counted: Counter[tuple[str, str, int]] = Counter()
    for pupil, own in spells.items():
        days = set().union(*(days_between(first, end) for first, end in own))
        counted.update(place for day in days if (place := school.place(pupil, day, holidays)))
    return counted


def count_pupils(school: School) -> tuple[Counter[tuple[str, str, int]], Counter[tuple[str, str, int]]]:
    """Pupils on the census day, and days of pupils in the term, by school, term and year group."""
    on_day: Counter[tuple[str, str, int]] = Counter()
    in_term: Counter[tuple[str, str, int]] = Counter()
    for term in school.calendar.terms:
        for pupil in list(school.stays):
            stay = school.on(pupil, school.census_days[term.name])
            if stay:
                on_day[stay.school, term.name, term.academic_year - stay.cohort] += 1
            for day in days_between(term.first_day, term.last_day + DAY):
                there = school.on(pupil, day)
                if there:
                    in_term[there.school, term.name, term.academic_year - there.cohort] += 1
    return on_day, in_term
