"""Which term calendar applies to which school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from swis.errors import TableError
from swis.ingest.term_calendar import TermCalendars, read_term_calendars
from swis.panel.coverage import Period
from swis.terms import TermCalendar, academic_year_of, make_generic_calendar

_ANY_YEAR = 2018
_MOST_NAMED = 10


@dataclass(frozen=True)
class CalendarsFound:
    """The calendar of the authority, and those of schools that differ by the text that the file has for the school."""

    of_authority: TermCalendar
    of_schools: Mapping[str, TermCalendar]

    def label(self, authority: str, schools: Mapping[str, str]) -> dict[str, TermCalendar]:
        """The calendars by their labels: the authority, and each school as the panel names it."""
        return {authority: self.of_authority} | {schools[text]: each for text, each in self.of_schools.items()}

    @property
    def all(self) -> tuple[TermCalendar, ...]:
        """Every calendar once."""
        return (self.of_authority, *self.of_schools.values())


def choose_calendars(paths: Sequence[Path], periods: Iterable[Period], *, home: Sequence[str]) -> CalendarsFound:
    """The calendars of the authority that one of the names in `home` has; without a file, one made by rule for the periods.

    Raises TableError if files have calendars, but not that of the authority, or if some have terms and some half-terms.
    """
    if not paths:
        return CalendarsFound(_make_by_rule(periods), {})
    calendars = _read_all(paths)
    names = {name.casefold() for name in home}
    own = [name for name in calendars.of_authorities if name.casefold() in names]
    if not own and len(calendars.of_authorities) == 1:
        own = list(calendars.of_authorities)
    if not own:
        there = ", ".join(sorted(calendars.of_authorities)) or "none of a whole authority"
        raise TableError(
            f"{paths[0].name}, column authority: has no term dates of {home[0]}; it has: {there}. Add them, or write the name so."
        )
    of_schools = {
        school: calendar for (authority, school), calendar in calendars.of_schools.items() if authority == own[0]
    }
    found = CalendarsFound(calendars.of_authorities[own[0]], of_schools)
    _check_parts(paths[0], found)
    return found


def _check_parts(path: Path, found: CalendarsFound) -> None:
    """A panel has terms or half-terms: rows of both side by side would count the same days in terms of other lengths."""
    parts = {term.part for term in found.of_authority.terms}
    others = [
        school for school, calendar in found.of_schools.items() if {term.part for term in calendar.terms} != parts
    ]
    if others:
        named = ", ".join(sorted(others)[:_MOST_NAMED])
        raise TableError(
            f"{path.name}, column term: {len(others)} schools have other parts of the year than the authority, three terms or "
            f"six half-terms: {named}. Write the terms of all in the same parts."
        )


def _read_all(paths: Sequence[Path]) -> TermCalendars:
    found = [read_term_calendars(path) for path in paths]
    of_authorities = {name: calendar for each in found for name, calendar in each.of_authorities.items()}
    of_schools = {name: calendar for each in found for name, calendar in each.of_schools.items()}
    return TermCalendars(of_authorities, of_schools)


def _make_by_rule(periods: Iterable[Period]) -> TermCalendar:
    years = [academic_year_of(day) for period in periods for day in period]
    return make_generic_calendar(min(years, default=_ANY_YEAR), max(years, default=_ANY_YEAR))
