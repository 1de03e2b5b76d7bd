"""The referrals that could be: occasions of a family, and which of its children are meant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.children import LEAVES_CHILDHOOD, Children
from swis.synthetic.levels import Levels, daily
from swis.synthetic.outcomes import REFERRALS
from swis.synthetic.planted import greatest
from swis.synthetic.schools import Schools
from swis.synthetic.settings import Settings
from swis.synthetic.stays import Stays
from swis.synthetic.term_dates import TermDates

_THURSDAY = 3


@dataclass(frozen=True, eq=False)
class Population:
    """Everything that is settled before anything happens to a child. `gone` is each child's last day in the authority."""

    settings: Settings
    dates: TermDates
    schools: Schools
    children: Children
    stays: Stays
    gone: np.ndarray
    levels: Levels

    def place(self, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The stay that each child's day belongs to; -1 for none. A holiday belongs to the school of the term after it."""
        return place_in_stays(self.stays, self.dates, child, day)

    @property
    def came(self) -> np.ndarray:
        """The first day of each child in the authority: the birth, or for those who moved in the first day on a roll."""
        first = np.flatnonzero(np.diff(self.stays.child, prepend=-1))
        came = self.children.born.copy()
        joined = first[self.children.joins[self.stays.child[first]] >= 0]
        came[self.stays.child[joined]] = self.stays.entered[joined]
        never_came = (self.children.joins >= 0) & ~np.isin(np.arange(len(came)), self.stays.child)
        came[never_came] = self.children.born[never_came] + LEAVES_CHILDHOOD
        return came


def place_in_stays(stays: Stays, dates: TermDates, child: np.ndarray, day: np.ndarray) -> np.ndarray:
    """As `Population.place`: a child who leaves primary in July and begins at secondary in September is there in August."""
    term = dates.place_of(day)
    first = np.where(term >= 0, dates.first[term], day)
    return stays.find(child, np.maximum(day, first))


def draw_referrals(population: Population, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The children and days of all referrals that could be.

    Occasions of a family come as a Poisson process, at the highest rate of its children over the chance that a sibling is meant;
    at each occasion every child is meant with a probability in proportion to the child's own rate. So each child's referrals are
    a Poisson process of the child's own rate, and siblings share days.
    """
    weights = _weigh_children(population)
    highest = _find_highest(population, weights)
    family, day = _draw_occasions(population, highest, rng)
    starts = population.children.family_starts
    sizes = np.diff(starts, append=population.children.count)
    occasion = np.repeat(np.arange(len(family)), sizes[family])
    within = np.arange(len(occasion)) - np.repeat(np.cumsum(sizes[family]) - sizes[family], sizes[family])
    child, days = starts[family][occasion] + within, day[occasion]
    term = population.dates.place_of(days)
    share = population.settings.rates.sibling_in_referral * _rates_on(population, weights, child, days)
    share /= highest[family[occasion], term]
    alive = (population.came[child] <= days) & (days <= population.gone[child])
    alive &= days < population.children.born[child] + LEAVES_CHILDHOOD
    meant = alive & (rng.random(len(child)) < share)
    return child[meant], days[meant]


def _weigh_children(population: Population) -> np.ndarray:
    """Each child's rate over that of the school: more with free school meals, none for those who live elsewhere."""
    children, rates = population.children, population.settings.rates
    share = population.schools.free_meals[children.origin]
    more = np.where(children.free_meals, rates.referrals_with_free_meals, 1.0)
    return children.resident * more / (1 + share * (rates.referrals_with_free_meals - 1))


def _rates_on(population: Population, weights: np.ndarray, child: np.ndarray, day: np.ndarray) -> np.ndarray:
    stay, term = population.place(child, day), population.dates.place_of(day)
    at_school = population.levels.need[population.stays.school[np.maximum(stay, 0)], term]
    return weights[child] * np.where(stay >= 0, at_school, population.levels.season[term])


def _find_highest(population: Population, weights: np.ndarray) -> np.ndarray:
    """For each family (row) and term (column) a bound on the rates of its children."""
    stays, dates, levels = population.stays, population.dates, population.levels
    first, last = np.maximum(dates.place_of(stays.entered), 0), dates.place_of(stays.left)
    starts = population.children.family_starts
    highest = np.empty((len(starts), len(dates.terms)))
    for term in range(len(dates.terms)):
        of_child = np.full(population.children.count, levels.season[term])
        there = (first <= term) & (term <= last)
        np.maximum.at(of_child, stays.child[there], levels.need[stays.school[there], term])
        highest[:, term] = np.maximum.reduceat(of_child * weights, starts)
    return highest


def _draw_occasions(
    population: Population, highest: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    dates, settings = population.dates, population.settings
    lengths = np.diff(dates.starts, append=dates.last[-1] + 1)
    rate = daily(settings.rates.referrals) / settings.rates.sibling_in_referral * greatest(settings, REFERRALS)
    counts = rng.poisson(rate * highest * lengths)
    family, term = np.nonzero(counts)
    again = counts[family, term]
    family, term = np.repeat(family, again), np.repeat(term, again)
    day = dates.starts[term] + (rng.random(len(term)) * lengths[term]).astype(np.int64)
    return family, to_working_day(day)


def to_working_day(day: np.ndarray) -> np.ndarray:
    """The day itself, or the Monday after a weekend. No term begins to count on a Sunday or Monday: the term stays the same."""
    weekday = (day + _THURSDAY) % 7
    return day + np.maximum(7 - weekday, 0) * (weekday >= 5)
