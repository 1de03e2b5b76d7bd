"""A synthetic authority in memory: made from settings and a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from swis.synthetic.care import Episodes, make_episodes
from swis.synthetic.casework import Cases, decide, draw_cases
from swis.synthetic.children import make_children
from swis.synthetic.levels import draw_levels
from swis.synthetic.outcomes import ENQUIRIES
from swis.synthetic.planted import Planted, plant
from swis.synthetic.referrals import Population
from swis.synthetic.school_days import Attendance, Exclusions, draw_attendance, draw_exclusions
from swis.synthetic.schools import make_schools
from swis.synthetic.settings import Settings
from swis.synthetic.stays import make_stays
from swis.synthetic.term_dates import make_term_dates

Progress = Callable[[str, int, int], None]
_STEPS = ("Schools and families", "Rolls", "Referrals", "Decisions", "Care", "Exclusions", "Attendance")
_TERMS_OF_NEED = 3


@dataclass(frozen=True, eq=False)
class Authority:
    """Everybody and everything that happened, before it is written into returns. No person in it is real.

    The calendar has a year before the study, so that the returns of the first year are whole, and one after it, whose autumn
    census holds the last summer.
    """

    settings: Settings
    seed: int
    population: Population
    planted: Planted
    cases: Cases
    episodes: Episodes
    attendance: Attendance
    exclusions: Exclusions

    def __repr__(self) -> str:
        return (
            f"Authority(seed {self.seed}: {self.settings.schools} schools, {self.pupils_at_first:,} pupils at first, "
            f"{self.cases.count:,} referrals; synthetic)"
        )

    @property
    def pupils_at_first(self) -> int:
        """Pupils on roll in the first census of the study."""
        stays, day = self.population.stays, self.population.dates.census[_TERMS_OF_NEED]
        return int(((stays.entered <= day) & (day <= stays.left)).sum())


def synthesise_authority(settings: Settings, *, seed: int, progress: Progress | None = None) -> Authority:
    """An authority with its schools, pupils, referrals and care, from a seed: the same settings and seed give the same.

    Counted: children who live there or go to school there, from birth to 18. Not counted: anybody real. Rates and their sources
    are in `swis.synthetic.rates`, the planted effect is explained in `swis.synthetic.planted`.
    """
    draws = [np.random.default_rng([seed, number]) for number in range(len(_STEPS))]
    tell = _teller(progress)
    tell(0)
    dates = make_term_dates(settings.first_year - 1, settings.first_year + settings.years)
    schools = make_schools(settings, dates, rng=draws[0])
    children = make_children(settings, schools, rng=draws[0])
    levels = draw_levels(settings, schools, dates, rng=draws[0])
    tell(1)
    stays, gone = make_stays(settings, schools, children, dates, rng=draws[1])
    population = Population(settings, dates, schools, children, stays, gone, levels)
    tell(2)
    possible = draw_cases(population, rng=draws[2])
    tell(3)
    planted = plant(settings, _choose_schools(population, possible, draws[3]), stays, dates)
    cases = decide(population, possible, planted)
    tell(4)
    episodes = make_episodes(population, cases, rng=draws[4])
    tell(5)
    exclusions = draw_exclusions(population, planted, rng=draws[5])
    tell(6)
    attendance = draw_attendance(population, planted, rng=draws[6])
    return Authority(settings, seed, population, planted, cases, episodes, attendance, exclusions)


def _teller(progress: Progress | None) -> Callable[[int], None]:
    def tell(step: int) -> None:
        if progress is not None:
            progress(_STEPS[step], step, len(_STEPS))

    return tell


def _choose_schools(population: Population, possible: Cases, rng: np.random.Generator) -> np.ndarray:
    """Which schools have a social worker, by the rule of the settings. Clusters are chosen whole."""
    settings, schools = population.settings, population.schools
    group = np.arange(schools.count) if settings.unit == "school" else schools.cluster
    groups = int(group.max()) + 1
    rank = rng.random(groups)
    if settings.chosen_by == "need":
        pupils, enquiries = _count_before(population, possible)
        rate = np.bincount(group, enquiries, groups) / np.maximum(np.bincount(group, pupils, groups), 1)
        rank = np.argsort(np.lexsort((rank, -rate))).astype(float)
    chosen = np.argsort(rank, kind="stable")[: round(settings.intervention_share * groups)]
    return np.isin(group, chosen)


def _count_before(population: Population, possible: Cases) -> tuple[np.ndarray, np.ndarray]:
    """For each school the pupils in the last census before the start, and the enquiries of the three terms before it."""
    stays, dates, n = population.stays, population.dates, population.schools.count
    nobody = plant(population.settings, np.zeros(n, dtype=bool), stays, dates)
    cases = decide(population, possible, nobody)
    day = cases.enquired[cases.happened[ENQUIRIES]]
    stay = population.place(cases.child[cases.happened[ENQUIRIES]], day)
    term = dates.place_of(day)
    there = (stay >= 0) & (term < nobody.start) & (term >= nobody.start - _TERMS_OF_NEED)
    census = dates.census[nobody.start - 1]
    on_roll = (stays.entered <= census) & (census <= stays.left)
    return np.bincount(stays.school[on_roll], minlength=n), np.bincount(stays.school[stay[there]], minlength=n)
