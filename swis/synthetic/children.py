"""The children of a synthetic authority and their families."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from swis.synthetic.pupil_numbers import make_unique_pupil_numbers
from swis.synthetic.schools import PRIMARY_YEARS, SECONDARY_YEARS, Schools
from swis.synthetic.settings import Settings
from swis.synthetic.term_dates import day_number

YEARS_AT_SCHOOL = PRIMARY_YEARS + SECONDARY_YEARS
AGE_AT_ENTRY = 5
LEAVES_CHILDHOOD = 18 * 365 + 4
_ELSEWHERE = "950"
_NUMBERS_OF_ONE = 12_000_000
_FAMILY_SIZES = (0.45, 0.35, 0.15, 0.05)
_YEARS_BETWEEN_SIBLINGS = 2.0
_ETHNICITIES = ("WBRI", "WOTH", "APKN", "AIND", "BAFR", "BCRB", "MWBC", "MOTH", "NOBT")
_ETHNIC_SHARES = (0.66, 0.08, 0.06, 0.05, 0.05, 0.02, 0.03, 0.04, 0.01)
_SUPPORT = ("N", "K", "E")
_SUPPORT_SHARES = (0.84, 0.12, 0.04)


@dataclass(frozen=True, eq=False)
class Children:
    """Arrays over children. `cohort` is the academic year in which a child is in reception.

    `origin` is the primary that the family lives near. `joins` is the academic year in which a child moves into the authority
    during the year, and `joins_school` where to; -1 for those who were always there. `family` is in order: siblings stand side by
    side. `numbers` are unique pupil numbers, which are known once a child has been on a roll.
    """

    cohort: np.ndarray
    born: np.ndarray
    girl: np.ndarray
    origin: np.ndarray
    family: np.ndarray
    joins: np.ndarray
    joins_school: np.ndarray
    free_meals: np.ndarray
    resident: np.ndarray
    never_on_roll: np.ndarray
    ethnicity: np.ndarray
    support: np.ndarray
    numbers: np.ndarray
    identifiers: np.ndarray

    @property
    def count(self) -> int:
        """How many children there are."""
        return len(self.cohort)

    @property
    def family_starts(self) -> np.ndarray:
        """The place of the first child of each family."""
        return np.flatnonzero(np.diff(self.family, prepend=-1))


def make_children(settings: Settings, schools: Schools, *, rng: np.random.Generator) -> Children:
    """Every child who lives in the authority or moves there: from those in year 11 at first to those born by the end."""
    first, last = settings.first_year - 1, settings.first_year + settings.years
    local = _draw_locals(schools, range(first - YEARS_AT_SCHOOL + 1, last + AGE_AT_ENTRY + 1), rng)
    joiners = _draw_joiners(settings, schools, range(first, last + 1), rng)
    cohort, origin, joins, joins_school = (np.concatenate(pair) for pair in zip(local, joiners, strict=True))
    n, families = len(cohort), _cut_into_families(len(local[0]), len(joiners[0]), rng)
    family_count = int(families[-1]) + 1
    meals = rng.random(family_count)[families] < schools.free_meals[origin]
    elsewhere = rng.random(family_count)[families] < settings.rates.living_elsewhere
    # A family of its own may live elsewhere, yet a child who is never on a roll is only known if it lives here.
    never = (rng.random(n) < settings.rates.never_on_roll) & ~elsewhere & (joins < 0)
    running = rng.permutation(n)
    ours = make_unique_pupil_numbers(settings.authority_code, running)
    theirs = make_unique_pupil_numbers(_ELSEWHERE, running + (settings.number - 1) * _NUMBERS_OF_ONE)
    return Children(
        cohort=cohort,
        born=_draw_births(cohort, rng),
        girl=rng.random(n) < 0.49,
        origin=origin,
        family=families,
        joins=joins,
        joins_school=joins_school,
        free_meals=meals,
        resident=~elsewhere,
        never_on_roll=never,
        ethnicity=rng.choice(_ETHNICITIES, family_count, p=_ETHNIC_SHARES)[families],
        support=rng.choice(_SUPPORT, n, p=_SUPPORT_SHARES),
        numbers=np.where(joins < 0, ours, theirs),
        identifiers=np.char.add("C", (10_000_000 + rng.permutation(n)).astype(str)),
    )


def _draw_locals(schools: Schools, cohorts: range, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Cohort by cohort and primary by primary; siblings are made of children of one primary who are near in age."""
    primaries = np.flatnonzero(~schools.secondary)
    counts = rng.poisson(schools.in_year[primaries][:, None], (len(primaries), len(cohorts)))
    origin = np.repeat(np.repeat(primaries, len(cohorts)), counts.ravel())
    cohort = np.repeat(np.tile(np.array(cohorts), len(primaries)), counts.ravel())
    order = np.lexsort((cohort + rng.normal(0.0, _YEARS_BETWEEN_SIBLINGS, len(cohort)), origin))
    none = np.full(len(cohort), -1)
    return cohort[order], origin[order], none, none


def _draw_joiners(
    settings: Settings, schools: Schools, years: range, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Children who move into the authority, as many as are expected to leave it."""
    primaries = np.flatnonzero(~schools.secondary)
    expected = YEARS_AT_SCHOOL * schools.in_year.sum() * settings.rates.moves / 2
    joins = np.repeat(np.array(years), rng.poisson(expected, len(years)))
    shares = schools.in_year[primaries] / schools.in_year.sum()
    origin = rng.choice(primaries, len(joins), p=shares)
    year_group = rng.integers(0, YEARS_AT_SCHOOL, len(joins))
    school = np.where(year_group < PRIMARY_YEARS, origin, schools.cluster[origin])
    return joins - year_group, origin, joins, school


def _cut_into_families(local: int, joiners: int, rng: np.random.Generator) -> np.ndarray:
    """The number of each child's family. Those who move in come as families of their own."""
    shares = np.array(_FAMILY_SIZES) / np.arange(1, len(_FAMILY_SIZES) + 1)
    sizes = rng.choice(np.arange(1, len(_FAMILY_SIZES) + 1), local + 1, p=shares / shares.sum())
    families = np.repeat(np.arange(len(sizes)), sizes)[:local]
    first = int(families[-1]) + 1 if local else 0
    return np.concatenate([families, first + np.arange(joiners)])


def _draw_births(cohort: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    years, place = np.unique(cohort, return_inverse=True)
    starts = np.array([day_number(date(int(year) - AGE_AT_ENTRY, 9, 1)) for year in years])
    return starts[place] + rng.integers(0, 365, len(cohort))
