"""What happens on school days: sessions possible and missed, suspensions, permanent exclusions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.outcomes import PERMANENT_EXCLUSIONS, SESSIONS_MISSED, SUSPENSIONS
from swis.synthetic.planted import Planted, greatest
from swis.synthetic.referrals import Population
from swis.synthetic.schools import draw_around_one

SESSIONS_A_DAY = 2
_SCHOOL_DAYS_IN_YEAR = 190
_AUTHORISED = {False: 0.75, True: 0.68}
_CONCENTRATION = 12.0
_MOST_ABSENT = 0.98
_PUPILS_VARY = 3.0
_MOST_DAYS_BEFORE_LEAVING = 10
_LENGTHS, _LENGTH_SHARES = (2, 4, 6, 10), (0.5, 0.25, 0.15, 0.1)


@dataclass(frozen=True, eq=False)
class Attendance:
    """Arrays over stays and terms with school days in them: sessions of the first and of the second half of the term."""

    stay: np.ndarray
    term: np.ndarray
    possible: np.ndarray
    authorised: np.ndarray
    unauthorised: np.ndarray


@dataclass(frozen=True, eq=False)
class Exclusions:
    """Arrays over suspensions and permanent exclusions. `sessions` is 0 for those that are permanent."""

    stay: np.ndarray
    day: np.ndarray
    permanent: np.ndarray
    sessions: np.ndarray


def draw_attendance(population: Population, planted: Planted, *, rng: np.random.Generator) -> Attendance:
    """The sessions of every stay in every term. `possible`, `authorised` and `unauthorised` have two columns, for half-terms.

    A pupil's share of sessions missed is drawn anew for each term, around that of the school: a pupil's sessions go together.
    """
    stay, term = _list_stays_and_terms(population)
    stays, dates, rates = population.stays, population.dates, population.settings.rates
    low, high = np.maximum(stays.entered[stay], dates.first[term]), np.minimum(stays.left[stay], dates.last[term])
    half = dates.second_halves[term]
    possible = SESSIONS_A_DAY * np.stack(
        [dates.school_days(low, np.minimum(high, half - 1)), dates.school_days(np.maximum(low, half), high)], axis=1
    )
    school = stays.school[stay]
    secondary = population.schools.secondary[school]
    mean = np.where(secondary, rates.absence_secondary, rates.absence_primary) * population.levels.absence[school, term]
    mean *= planted.ratios(SESSIONS_MISSED, stay, dates.first[term])
    mean = np.clip(mean, 1e-9, _MOST_ABSENT)
    share = rng.beta(mean * _CONCENTRATION, (1 - mean) * _CONCENTRATION)
    missed = rng.binomial(possible, share[:, None])
    leave = np.where(secondary, _AUTHORISED[True], _AUTHORISED[False])
    authorised = rng.binomial(missed, leave[:, None])
    return Attendance(stay, term, possible, authorised, missed - authorised)


def draw_exclusions(population: Population, planted: Planted, *, rng: np.random.Generator) -> Exclusions:
    """Suspensions, and permanent exclusions: these are some of the moves during the year, a few school days before."""
    # Those that are permanent come first: how many numbers they take from the generator does not depend on what is planted.
    out, out_day = _draw_permanent(population, planted, rng)
    stay, day = _draw_suspensions(population, planted, rng)
    lengths = rng.choice(_LENGTHS, len(stay), p=_LENGTH_SHARES)
    both = np.concatenate([stay, out]), np.concatenate([day, out_day])
    permanent = np.arange(len(both[0])) >= len(stay)
    sessions = np.concatenate([lengths, np.zeros(len(out), dtype=lengths.dtype)])
    order = np.lexsort((permanent, both[1], both[0]))
    return Exclusions(both[0][order], both[1][order], permanent[order], sessions[order])


def _list_stays_and_terms(population: Population) -> tuple[np.ndarray, np.ndarray]:
    """Every stay with every term in which it has a school day."""
    stays, dates = population.stays, population.dates
    pairs = []
    for term in range(len(dates.terms)):
        low, high = np.maximum(stays.entered, dates.first[term]), np.minimum(stays.left, dates.last[term])
        there = np.flatnonzero(dates.school_days(low, high) > 0)
        pairs.append((there, np.full(len(there), term)))
    return np.concatenate([stay for stay, _ in pairs]), np.concatenate([term for _, term in pairs])


def _draw_suspensions(
    population: Population, planted: Planted, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Suspensions on school days; pupils differ much. Of two of a pupil on one day one is left out before ratios are planted."""
    stays, dates, rates = population.stays, population.dates, population.settings.rates
    pupil = draw_around_one(_PUPILS_VARY, population.children.count, rng)
    stay, term = _list_stays_and_terms(population)
    low, high = np.maximum(stays.entered[stay], dates.first[term]), np.minimum(stays.left[stay], dates.last[term])
    days, school = dates.school_days(low, high), stays.school[stay]
    yearly = np.where(population.schools.secondary[school], rates.suspensions_secondary, rates.suspensions_primary)
    rate = yearly / _SCHOOL_DAYS_IN_YEAR * days * pupil[stays.child[stay]] * population.levels.suspending[school, term]
    again = rng.poisson(rate * greatest(population.settings, SUSPENSIONS))
    stay, days, low = np.repeat(stay, again), np.repeat(days, again), np.repeat(low, again)
    before = dates.school_days(np.full(len(low), dates.origin), low - 1)
    days_drawn = dates.nth_school_day(before + (rng.random(len(stay)) * days).astype(np.int64))
    pairs = np.unique(np.stack([stay, days_drawn], axis=1), axis=0)
    kept = planted.keep(SUSPENSIONS, pairs[:, 0], pairs[:, 1], rng.random(len(pairs)))
    return pairs[kept, 0], pairs[kept, 1]


def _draw_permanent(
    population: Population, planted: Planted, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    stays, dates, rates = population.stays, population.dates, population.settings.rates
    stay = np.flatnonzero(stays.moved)
    term = dates.place_of(stays.left[stay])
    low = np.maximum(stays.entered[stay], dates.first[term])
    days = np.minimum(dates.school_days(low, stays.left[stay]), _MOST_DAYS_BEFORE_LEAVING)
    until = dates.school_days(np.full(len(stay), dates.origin), stays.left[stay])
    day = dates.nth_school_day(until - 1 - (rng.random(len(stay)) * days).astype(np.int64))
    secondary = population.schools.secondary[stays.school[stay]]
    yearly = np.where(secondary, rates.permanent_exclusions_secondary, rates.permanent_exclusions_primary)
    share = yearly / rates.moves * planted.ratios(PERMANENT_EXCLUSIONS, stay, day)
    kept = rng.random(len(stay)) < share
    return stay[kept], day[kept]
