"""How children are named in the returns of a year."""

from __future__ import annotations

from datetime import date

import numpy as np

from swis.synthetic.authority import Authority
from swis.synthetic.term_dates import day_number
from swis.tables.returns.codes import SEX_TO_2024

FIRST_YEAR_OF_SEX = 2025
_NOT_YET, _NEVER = "UN1", "UN2"
_TO_2024 = {letter: number for number, letter in reversed(SEX_TO_2024)}


def days_of_return(year: int) -> tuple[int, int]:
    """The first and the last day of the return of a year: 1 April and 31 March."""
    return day_number(date(year - 1, 4, 1)), day_number(date(year, 3, 31))


def years_of_returns(authority: Authority) -> range:
    """The years whose returns the authority holds: the first covers the first autumn, the last the last summer."""
    first = authority.settings.first_year + 1
    return range(first, first + authority.settings.years + 1)


def known_numbers(authority: Authority, child: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
    """The unique pupil number of each child as known on a day, and why there is none; both empty where the other is said."""
    children, stays = authority.population.children, authority.population.stays
    first = np.flatnonzero(np.diff(stays.child, prepend=-1))
    entered = np.full(children.count, np.iinfo(np.int64).max)
    entered[stays.child[first]] = stays.entered[first]
    known = entered[child] <= on
    why = np.where(children.never_on_roll[child], _NEVER, _NOT_YET)
    return np.where(known, children.numbers[child], ""), np.where(known, "", why)


def name_sex(authority: Authority, child: np.ndarray, year: int) -> np.ndarray:
    """The sex as the return of the year writes it."""
    girl = authority.population.children.girl[child]
    letters = ("F", "M") if year >= FIRST_YEAR_OF_SEX else (_TO_2024["F"], _TO_2024["M"])
    return np.where(girl, *letters)


def write_days(days: np.ndarray) -> np.ndarray:
    """Days as 2019-09-03."""
    return np.datetime_as_string(days.astype("datetime64[D]"))
