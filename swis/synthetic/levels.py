"""How much is to be expected of each school in each term: true rates, trends, seasons, terms that are out of the ordinary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.schools import Schools, draw_around_one
from swis.synthetic.settings import Settings
from swis.synthetic.term_dates import TermDates

_DAYS_IN_YEAR = 365.25
_TERMS_IN_YEAR = 3


@dataclass(frozen=True, eq=False)
class Levels:
    """For each school (row) and term (column) the multiple of the mean rate; `season` holds the same for children on no roll."""

    need: np.ndarray
    suspending: np.ndarray
    absence: np.ndarray
    season: np.ndarray


def draw_levels(settings: Settings, schools: Schools, dates: TermDates, *, rng: np.random.Generator) -> Levels:
    """The levels. Seasons have mean 1 over the days of the calendar, the other parts have mean 1 over schools and terms."""
    shape = (schools.count, len(dates.terms))
    season = _make_season(settings, dates)
    years = (np.arange(shape[1]) - _find_start(settings, dates)) / _TERMS_IN_YEAR
    trend = np.exp(schools.slope[:, None] * years)
    return Levels(
        need=schools.need[:, None] * trend * season * draw_around_one(settings.between_terms, shape, rng),
        suspending=schools.suspending[:, None] * draw_around_one(settings.between_terms, shape, rng),
        absence=schools.absence[:, None] * draw_around_one(settings.between_terms / 2, shape, rng),
        season=season,
    )


def daily(rate: float) -> float:
    """A yearly rate for a day."""
    return rate / _DAYS_IN_YEAR


def _make_season(settings: Settings, dates: TermDates) -> np.ndarray:
    weights = np.tile(np.array(settings.season), len(dates.terms) // _TERMS_IN_YEAR)
    days = np.diff(dates.starts, append=dates.last[-1] + 1)
    return weights * days.sum() / (weights * days).sum()


def _find_start(settings: Settings, dates: TermDates) -> int:
    return [term.name for term in dates.terms].index(settings.first_term_after)
