"""Term dates as authorities set them: three terms, a half-term holiday in each, Easter where it falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from swis.terms import Term

_EPOCH = date(1970, 1, 1)
_THURSDAY = 3
_EARLY_EASTER = (4, 8)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, eq=False)
class TermDates:
    """The terms of some academic years, as days since 1970. A holiday counts towards the term after it.

    `starts` are the first days that count towards each term, `census` the census days, `second_halves` the first days after
    half-term. `before` holds for each day from `origin` on how many school days came before it.
    """

    terms: tuple[Term, ...]
    starts: np.ndarray
    first: np.ndarray
    last: np.ndarray
    second_halves: np.ndarray
    census: np.ndarray
    origin: int
    before: np.ndarray

    def place_of(self, days: np.ndarray) -> np.ndarray:
        """The place of the term that each day counts towards; below 0 before the first."""
        return np.searchsorted(self.starts, days, side="right") - 1

    def school_days(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """How many school days lie from `start` to `end`, both counted in; 0 where the end is first."""
        low = np.clip(start - self.origin, 0, len(self.before) - 1)
        high = np.clip(end + 1 - self.origin, 0, len(self.before) - 1)
        return np.maximum(self.before[high] - self.before[low], 0)

    def nth_school_day(self, number: np.ndarray) -> np.ndarray:
        """The school day before which there are `number` others."""
        place: np.ndarray = np.searchsorted(self.before, number, side="right")
        return place - 1 + self.origin

    def is_school_day(self, days: np.ndarray) -> np.ndarray:
        """Whether schools are open."""
        return self.school_days(days, days) > 0


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=int(number))


def make_term_dates(first_year: int, last_year: int) -> TermDates:
    """The terms of the academic years from the first to the last, by rules that give dates as authorities have them."""
    terms = tuple(term for year in range(first_year, last_year + 1) for term in _terms_of(year))
    first = np.array([day_number(term.first_day) for term in terms])
    last = np.array([day_number(term.last_day) for term in terms])
    origin = day_number(date(first_year, 9, 1))
    halves = [_half_term(term) for term in terms]
    return TermDates(
        terms=terms,
        starts=np.concatenate([[origin], last[:-1] + 1]),
        first=first,
        last=last,
        second_halves=np.array([day_number(end) for _, end in halves]),
        census=np.array([day_number(_census_day(term)) for term in terms]),
        origin=origin,
        before=_count_school_days(terms, halves, origin, int(last[-1])),
    )


def first_day_of_autumn(year: int) -> date:
    """The first school day of an academic year: the first weekday from 3 September on."""
    return _on_weekday(date(year, 9, 3))


def _terms_of(year: int) -> tuple[Term, Term, Term]:
    good_friday = _easter(year + 1) - timedelta(days=2)
    early = (good_friday.month, good_friday.day) <= _EARLY_EASTER
    spring_ends = good_friday - timedelta(days=1) if early else good_friday - 2 * _WEEK
    summer_begins = good_friday + timedelta(days=17) if early else good_friday + timedelta(days=4)
    return (
        Term(year, "autumn", first_day_of_autumn(year), _last_friday_to(date(year, 12, 21))),
        Term(year, "spring", _on_weekday(date(year + 1, 1, 4)), spring_ends),
        Term(year, "summer", summer_begins, _last_friday_to(date(year + 1, 7, 24))),
    )


def _half_term(term: Term) -> tuple[date, date]:
    """The Monday of the holiday week, and the Monday after it."""
    last_day = {
        "autumn": date(term.academic_year, 10, 31),
        "spring": date(term.academic_year + 1, 2, 20),
        "summer": date(term.academic_year + 1, 5, 31),
    }[term.part]
    monday = last_day - timedelta(days=last_day.weekday())
    return monday, monday + _WEEK


def _census_day(term: Term) -> date:
    month, thursday = {"autumn": (10, 1), "spring": (1, 3), "summer": (5, 3)}[term.part]
    first = date(term.academic_year + (term.part != "autumn"), month, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7) + (thursday - 1) * _WEEK


def _count_school_days(terms: tuple[Term, ...], halves: list[tuple[date, date]], origin: int, last: int) -> np.ndarray:
    open_days = np.zeros(last - origin + 2, dtype=np.int64)
    for term, (holiday, back) in zip(terms, halves, strict=True):
        days = np.arange(day_number(term.first_day), day_number(term.last_day) + 1)
        weekday = (days + _THURSDAY) % 7
        away = (days >= day_number(holiday)) & (days < day_number(back))
        may_day = (weekday == 0) & (days == day_number(_may_day(term.academic_year + 1)))
        open_days[days[(weekday < 5) & ~away & ~may_day] - origin] = 1
    return np.concatenate([[0], np.cumsum(open_days)[:-1]])


def _may_day(year: int) -> date:
    first = date(year, 5, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _on_weekday(day: date) -> date:
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())


def _last_friday_to(day: date) -> date:
    return day - timedelta(days=(day.weekday() - 4) % 7)


def _easter(year: int) -> date:
    """Easter Sunday. Source: Meeus, Astronomical Algorithms, chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
