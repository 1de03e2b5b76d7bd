"""SYNTHETIC outcomes: counts by school and term, drawn from a model that is written down here and nowhere observed.

A school's rate is the rate of all, times an authority's factor, times what free school meals add, times a factor of the school
that lasts, times one of the year before and one of the follow-up that do not. Factors of schools are gamma distributed with mean
1. In schools drawn for a social worker, the rate of section 47 enquiries in the follow-up is 1.055 times as high; every other
outcome is drawn as if there were none. Terms share a year's events by their days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PLANTED = {"s47": 1.055}
"""The rate ratio that is planted; 1 for every outcome that is not here."""
TERM_DAYS = {
    "Autumn 2019": 122,
    "Spring 2020": 106,
    "Summer 2020": 138,
    "Autumn 2020": 122,
    "Spring 2021": 105,
    "Summer 2021": 138,
    "Autumn 2021": 122,
    "Spring 2022": 105,
    "Summer 2022": 107,
}
"""August counts with the summer term; the follow-up ends in July 2022, after 23 months."""
TERM_STARTS = ("2019-09", "2020-01", "2020-04", "2020-09", "2021-01", "2021-04", "2021-09", "2022-01", "2022-04")
BASELINE_TERMS = 3
SESSIONS_IN_TERM = (140, 120, 120)
DAYS_OF_STAY = 122
STAYS_ON = 0.85
"""The share of children in care in one term who are still in care in the next."""


@dataclass(frozen=True)
class Drawn:
    """How an outcome is drawn: events for 1,000 pupils and year, and the spread of schools (coefficients of variation).

    The two spreads together are a k of 0.37 within an authority. With it the standard error of the log rate ratio of section 47
    enquiries is 0.049 on average over thirty trials drawn like this one; that of the published interval is 0.0509.
    """

    rate: float
    lasting: float = 0.33
    passing: float = 0.17


EVENTS = {
    "s47": Drawn(13.5),
    "referrals": Drawn(50.0, lasting=0.35, passing=0.20),
    "s17": Drawn(45.0, lasting=0.35, passing=0.20),
    "entering_care": Drawn(2.8, lasting=0.30, passing=0.20),
}
IN_CARE = Drawn(7.0, lasting=0.30, passing=0.20)
"""Children in care at a time, for 1,000 pupils."""
BETWEEN_AUTHORITIES = 0.25
BY_FREE_MEALS = 0.025
"""What a further per cent of free school meals adds to the logarithm of a rate."""
MIDDLE_FREE_MEALS = 14.0


def draw_pupils(pupils: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """The roll by school and term: it moves a little with each school year."""
    years = np.cumprod(rng.lognormal(0.0, 0.015, (len(pupils), 3)), axis=1)
    return np.rint(pupils[:, None] * np.repeat(years, 3, axis=1)).astype(np.int64)


def draw_events(
    drawn: Drawn, schools: dict[str, Array], roll: NDArray[np.int64], rng: np.random.Generator, *, ratio: float
) -> NDArray[np.int64]:
    """Counts by school and term."""
    return rng.poisson(_level(drawn, schools, rng, ratio=ratio) * roll * _years() * drawn.rate / 1000)


def draw_days_in_care(
    schools: dict[str, Array], roll: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days in care and children in care by school and term: most stay from term to term, and for the whole of it."""
    level = _level(IN_CARE, schools, rng, ratio=1.0) * roll * IN_CARE.rate / 1000
    children = np.zeros(level.shape, dtype=np.int64)
    days = np.zeros(level.shape, dtype=np.int64)
    for term, length in enumerate(TERM_DAYS.values()):
        before = children[:, term - 1] if term else np.zeros(len(level), dtype=np.int64)
        stayed = rng.binomial(before, STAYS_ON)
        came = rng.poisson(level[:, term] * (1 - STAYS_ON if term else 1.0))
        children[:, term] = stayed + came
        days[:, term] = stayed * length + np.array([rng.integers(1, length + 1, each).sum() for each in came])
    return days, children


def draw_sessions(
    schools: dict[str, Array], roll: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sessions missed and possible: the school's real share of absence, scattered from year to year."""
    possible = roll * np.tile(SESSIONS_IN_TERM, 3)
    spread = np.repeat(rng.lognormal(0.0, 0.08, (len(roll), 3)), 3, axis=1)
    missed = np.rint(possible * schools["absence"][:, None] / 100 * spread * rng.lognormal(0.0, 0.03, possible.shape))
    return missed.astype(np.int64), possible


def draw_scores(schools: dict[str, Array], rng: np.random.Generator) -> list[tuple[int, float, float, float]]:
    """For each school pupils with a score, their mean, standard deviation, and the mean of an earlier test."""
    entered = np.rint(schools["pupils"] * 0.17).astype(np.int64)
    level = 46 - 0.35 * (schools["free_school_meals"] - MIDDLE_FREE_MEALS) + rng.normal(0, 3.5, len(entered))
    means = level + rng.normal(0, 1.6, len(entered))
    earlier = 100 + 0.35 * (level - 46) + rng.normal(0, 0.8, len(entered))
    deviations = rng.normal(17.5, 1.0, len(entered))
    columns = zip(entered.tolist(), means.tolist(), deviations.tolist(), earlier.tolist(), strict=True)
    return [(number, round(mean, 2), round(sd, 2), round(before, 2)) for number, mean, sd, before in columns]


def _level(drawn: Drawn, schools: dict[str, Array], rng: np.random.Generator, *, ratio: float) -> Array:
    """The factor on the rate of all, by school and term."""
    authority = schools["authority"].astype(np.int64)
    number = len(authority)
    of_authority = rng.lognormal(0.0, BETWEEN_AUTHORITIES, int(authority.max()) + 1)[authority]
    meals = np.exp(BY_FREE_MEALS * (schools["free_school_meals"] - MIDDLE_FREE_MEALS))
    lasting = _gamma(drawn.lasting, number, rng)
    before, after = _gamma(drawn.passing, number, rng), _gamma(drawn.passing, number, rng)
    planted = np.where(schools["intervention"] > 0, ratio, 1.0)
    terms = len(TERM_DAYS) - BASELINE_TERMS
    passing = np.column_stack([np.tile(before[:, None], BASELINE_TERMS), np.tile((after * planted)[:, None], terms)])
    return (of_authority * meals * lasting)[:, None] * passing


def _gamma(spread: float, number: int, rng: np.random.Generator) -> Array:
    return rng.gamma(1 / spread**2, spread**2, number)


def _years() -> Array:
    return np.array(list(TERM_DAYS.values())) / 365
