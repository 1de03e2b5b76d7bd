"""The schools of a synthetic authority: primaries that feed secondaries, and schools that become academies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from swis.synthetic.settings import Settings
from swis.synthetic.term_dates import TermDates, day_number

PRIMARY_YEARS, SECONDARY_YEARS = 7, 5
SCHOOLS_IN_CLUSTER = 5
_FIRST_NUMBER_PRIMARY, _FIRST_NUMBER_SECONDARY = 2_000, 4_000
_CONVERSIONS = ((9, 1), (1, 1), (4, 1))
_SIZES_VARY = 0.25
_LEAST_IN_YEAR = 2.0
_FIRST_PARTS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Holly", "Larch", "Maple", "Oak", "Pine", "Rowan", "Willow")
_LAST_PARTS = ("bank", "bridge", "brook", "field", "ford", "gate", "hill", "mead", "moor", "side", "wick", "wood")


@dataclass(frozen=True, eq=False)
class Schools:
    """Arrays over schools, the secondaries first. `cluster` is the place of the secondary that a school feeds or is.

    `need`, `suspending` and `absence` are true rates over the mean; `in_year` is how many pupils a primary takes in a year. A
    school that becomes an academy has another number from `converted` on; the others have 0 there.
    """

    secondary: np.ndarray
    cluster: np.ndarray
    in_year: np.ndarray
    need: np.ndarray
    slope: np.ndarray
    suspending: np.ndarray
    absence: np.ndarray
    free_meals: np.ndarray
    converted: np.ndarray
    first_urn: np.ndarray
    last_urn: np.ndarray

    @property
    def count(self) -> int:
        """How many schools there are; an academy and the school before it are one."""
        return len(self.secondary)

    @property
    def labels(self) -> list[str]:
        """The latest number of each school, by which it is known throughout."""
        return [str(urn) for urn in self.last_urn]

    @property
    def numbers(self) -> np.ndarray:
        """The number of each school in its authority."""
        order = np.arange(self.count)
        secondaries = int(self.secondary.sum())
        return np.where(
            self.secondary,
            _FIRST_NUMBER_SECONDARY + order % 1_000,
            (_FIRST_NUMBER_PRIMARY + order - secondaries) % 10_000,
        )

    @property
    def names(self) -> list[str]:
        """A name for each school."""
        firsts, lasts = len(_FIRST_PARTS), len(_LAST_PARTS)
        names = []
        for place, secondary in enumerate(self.secondary):
            name = _FIRST_PARTS[place % firsts] + _LAST_PARTS[place // firsts % lasts]
            again = place // (firsts * lasts)
            phase = "School" if secondary else "Primary School"
            names.append(f"{name} {phase}" + (f" {again + 1}" if again else ""))
        return names


def make_schools(settings: Settings, dates: TermDates, *, rng: np.random.Generator) -> Schools:
    """The schools, with their sizes, their true rates and their change of number."""
    n = settings.schools
    secondaries = max(1, round(n / SCHOOLS_IN_CLUSTER))
    secondary = np.arange(n) < secondaries
    cluster = np.where(secondary, np.arange(n), (np.arange(n) - secondaries) % secondaries)
    mean_in_year = settings.pupils * n / ((PRIMARY_YEARS + SECONDARY_YEARS) * (n - secondaries))
    varied = rng.gamma(_SIZES_VARY**-2, _SIZES_VARY**2, n - secondaries)
    sizes = np.maximum(mean_in_year * varied / varied.mean(), _LEAST_IN_YEAR)
    need = draw_around_one(settings.k, n, rng)
    # Poorer schools have more need: the share of free school meals rises with the true rate, and is capped.
    meals = np.clip(settings.rates.free_school_meals * need * rng.uniform(0.7, 1.3, n), 0.0, 0.8)
    converted = _draw_conversions(settings, dates, rng)
    first_urn = settings.first_urn + np.arange(n)
    return Schools(
        secondary=secondary,
        cluster=cluster,
        in_year=np.concatenate([np.zeros(secondaries), sizes]),
        need=need,
        slope=rng.normal(0.0, settings.trend, n),
        suspending=draw_around_one(min(2 * settings.k, 1.0), n, rng),
        absence=draw_around_one(settings.k / 3, n, rng),
        free_meals=meals,
        converted=converted,
        first_urn=first_urn,
        last_urn=np.where(converted > 0, first_urn + n, first_urn),
    )


def draw_around_one(
    coefficient_of_variation: float, size: int | tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Gamma draws with mean 1 and that coefficient of variation; ones if it is 0."""
    if coefficient_of_variation == 0:
        return np.ones(size)
    shape = coefficient_of_variation**-2
    return rng.gamma(shape, 1 / shape, size)


def _draw_conversions(settings: Settings, dates: TermDates, rng: np.random.Generator) -> np.ndarray:
    """The days on which schools become academies: none on a school day before the census of its term."""
    days = [
        day_number(date(year, month, day))
        for year in range(settings.first_year, settings.first_year + settings.years + 1)
        for month, day in _CONVERSIONS
    ]
    inside = [day for day in days if dates.first[3] < day < dates.first[-3]] or [
        day_number(date(settings.first_year + 1, 1, 1))
    ]
    converted = np.zeros(settings.schools, dtype=np.int64)
    chosen = rng.permutation(settings.schools)[: settings.academies_made]
    converted[chosen] = rng.choice(inside, size=len(chosen))
    return converted
