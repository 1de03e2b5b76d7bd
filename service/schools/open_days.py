"""On which days schools are open, and in which half-term a day lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from service.schools.models import Authority, ClosureDay, School, Term


@dataclass(frozen=True)
class HalfTerm:
    """One of the six half-terms of a school year: what a review looks back on."""

    school_year: str
    number: int  # 1 to 6
    starts: date
    ends: date

    def __str__(self) -> str:
        return f"{self.school_year} half-term {self.number}"

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends


def half_terms_of(authority: Authority) -> list[HalfTerm]:
    """The half-terms of an authority in order, from its term dates."""
    halves = []
    for term in Term.objects.filter(authority=authority).order_by("starts"):
        before, after = term.half_term_starts - timedelta(days=1), term.half_term_ends + timedelta(days=1)
        halves.append(HalfTerm(term.school_year, 2 * term.number - 1, term.starts, before))
        halves.append(HalfTerm(term.school_year, 2 * term.number, after, term.ends))
    return halves


def half_term_of(authority: Authority, day: date) -> HalfTerm | None:
    """The half-term in which a day lies; in the holidays the one before; None before the first known term."""
    begun = [half for half in half_terms_of(authority) if half.starts <= day]
    return begun[-1] if begun else None


def open_days(school: School, *, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which the school is open: weekdays in term, without closure days.

    Term dates are the authority's. Where the authority has entered none for a period, no day of it counts as open.
    """
    halves = half_terms_of(school.authority)
    closures = ClosureDay.objects.filter(authority=school.authority, day__range=(first, last))
    closed = set(closures.filter(Q(school=None) | Q(school=school)).values_list("day", flat=True))
    return [day for day in weekdays(first, last) if day not in closed and any(day in half for half in halves)]


def weekdays(first: date, last: date) -> Iterable[date]:
    """Mondays to Fridays from `first` to `last`, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return (day for day in days if day.weekday() < 5)
