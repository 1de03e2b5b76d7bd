"""Which days and terms the rolls of each school cover, and which terms the returns of exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from swis.panel.coverage import (
    DaysSeen,
    Period,
    TermOfYear,
    covers,
    group_censuses,
    merge_periods,
    number_of_census,
    term_of_census,
)
from swis.panel.windows import find_census_days
from swis.terms import TermCalendar, make_generic_calendar

_BOTH_TERMS_FROM = number_of_census("2019 autumn")


@dataclass(frozen=True)
class ExclusionsReturned:
    """The days on which the exclusions of one file began, and its census; None for an extract."""

    census: int | None
    days: DaysSeen


@dataclass
class RollsFound:
    """What the rolls show beside their rows: the schools by their text, and which censuses there are."""

    schools: set[str] = field(default_factory=set)
    year_groups: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the text of a school the lowest and the highest number of a year group."""
    censuses: dict[int, set[str]] = field(default_factory=dict)
    """By census the texts of the schools that have pupils on roll in it."""
    extracts: list[tuple[Period, frozenset[str]]] = field(default_factory=list)
    sessions: dict[TermOfYear, set[str]] = field(default_factory=dict)
    exclusions: list[ExclusionsReturned] = field(default_factory=list)

    def cover(self, calendars: Sequence[TermCalendar]) -> tuple[Period, ...]:
        """The days that the rolls cover: from the term of the first census of a run to the term of its last, and extracts."""
        return _cover(calendars, self.censuses, [period for period, _ in self.extracts])

    def cover_schools(
        self, calendars: Sequence[TermCalendar], labels: Mapping[str, str]
    ) -> dict[str, tuple[Period, ...]]:
        """The same for each school by its label. `labels` has that of each text."""
        censuses = self.list_censuses(labels)
        return {
            school: _cover(
                calendars,
                censuses[school],
                [period for period, texts in self.extracts if school in {labels[text] for text in texts}],
            )
            for school in censuses
        }

    def list_censuses(self, labels: Mapping[str, str]) -> dict[str, set[int]]:
        """The censuses in which each school has pupils on roll, by its label."""
        found: dict[str, set[int]] = {labels[text]: set() for text in self.schools}
        for census, texts in self.censuses.items():
            for text in texts:
                found[labels[text]].add(census)
        return found

    def cover_sessions(self, labels: Mapping[str, str]) -> dict[str, tuple[TermOfYear, ...]]:
        """The terms whose sessions are returned, by the label of the school."""
        found: dict[str, set[TermOfYear]] = {labels[text]: set() for text in self.schools}
        for term, texts in self.sessions.items():
            for text in texts:
                found[labels[text]].add(term)
        return {school: tuple(sorted(terms)) for school, terms in found.items()}

    def cover_exclusions(self, calendars: Sequence[TermCalendar]) -> tuple[TermOfYear, ...]:
        """The terms whose exclusions are returned by any file, see `terms_of_exclusions`."""
        return tuple(sorted({term for each in self.exclusions for term in terms_of_exclusions(each, calendars)}))

    def cover_exclusions_of_schools(
        self, calendars: Sequence[TermCalendar], labels: Mapping[str, str]
    ) -> dict[str, tuple[TermOfYear, ...]]:
        """The same by the label of the school. A census speaks for the schools that have pupils on roll in it.

        Where there is no roll of the census, and for an extract, it speaks for all.
        """
        every = {labels[text] for text in self.schools}
        found: dict[str, set[TermOfYear]] = {school: set() for school in every}
        for each in self.exclusions:
            texts = self.censuses.get(each.census, set()) if each.census is not None else set()
            terms = terms_of_exclusions(each, calendars)
            for school in {labels[text] for text in texts} or every:
                found[school].update(terms)
        return {school: tuple(sorted(terms)) for school, terms in found.items()}

    def lacking_exclusions(self, calendars: Sequence[TermCalendar]) -> list[TermOfYear]:
        """The terms that a census should return, but whose exclusions no file has although it has others."""
        covered = set(self.cover_exclusions(calendars))
        due = {term for each in self.exclusions if each.census is not None for term in due_exclusions(each.census)}
        return sorted(due - covered)


def due_exclusions(census: int) -> tuple[TermOfYear, ...]:
    """The terms whose exclusions a census returns: two terms before it, and from autumn 2019 the term before it as well.

    Source: NCER, Nexus Exclusions Methodology, "Exclusions Collection Rules". The periods of later censuses agree: that of
    summer 2021 took 1 August 2020 to 4 April 2021, that of spring 2025 1 April to 31 December 2024.
    """
    before = (census - 2, census - 1) if census >= _BOTH_TERMS_FROM else (census - 2,)
    return tuple(term_of_census(number) for number in before)


def terms_of_exclusions(returned: ExclusionsReturned, calendars: Sequence[TermCalendar]) -> tuple[TermOfYear, ...]:
    """The terms whose exclusions a file has.

    An extract has those terms of the calendars that lie as a whole between its first and its last day. A census has the terms
    that are due, and the dates must bear them out: one of them in the middle half of the term. So the file of a census that
    was drawn one term later or earlier makes no zeros. If its dates go through the middle half of the term before it, that
    term is there too. A census without any exclusion has all that is due.
    """
    span = returned.days.span()
    if returned.census is None:
        return _terms_within(span, calendars) if span else ()
    due = due_exclusions(returned.census)
    if span is None:
        return due
    near = (term_of_census(returned.census - 2), term_of_census(returned.census - 1))
    return tuple(
        term
        for term in near
        if covers([span], *_middle_half(calendars, term))
        or (term in due and returned.days.any_between(*_middle_half(calendars, term)))
    )


def _terms_within(span: Period, calendars: Sequence[TermCalendar]) -> tuple[TermOfYear, ...]:
    terms = {(each.academic_year, each.part.split()[0]) for calendar in calendars for each in calendar.terms}
    return tuple(sorted(term for term in terms if covers([span], *_edges(calendars, term))))


def _middle_half(calendars: Sequence[TermCalendar], term: TermOfYear) -> Period:
    first, last = _days_of(calendars, term) or _edges([make_generic_calendar(term[0], term[0])], term)
    quarter = (last - first) / 4
    return first + quarter, last - quarter


def _cover(
    calendars: Sequence[TermCalendar], censuses: Iterable[int], extracts: Iterable[Period]
) -> tuple[Period, ...]:
    periods = [
        (_edges(calendars, term_of_census(first))[0], _edges(calendars, term_of_census(last))[1])
        for first, last in group_censuses(censuses)
    ]
    return merge_periods([*periods, *extracts])


def _edges(calendars: Sequence[TermCalendar], term: TermOfYear) -> Period:
    """The first and the last day of a term, of all calendars the earliest and the latest; the census day if none has the term."""
    found = _days_of(calendars, term)
    if found:
        return found
    year, part = term
    day: date = find_census_days(pl.Series([year]), pl.Series([part]))[0]
    return day, day


def _days_of(calendars: Sequence[TermCalendar], term: TermOfYear) -> Period | None:
    found = [
        each for calendar in calendars for each in calendar.terms if (each.academic_year, each.part.split()[0]) == term
    ]
    return (min(each.first_day for each in found), max(each.last_day for each in found)) if found else None
