"""Regression to the mean: what schools that were chosen for a high count will have next, if nothing at all is done.

A count is high because the true rate is high and because chance was. Chance does not come back. Nor do true rates stay: one
of the next period is that of now with probability `persistence`, and a new draw of the same gamma distribution otherwise, so
that rates of two periods have this correlation and the same distribution. What choosing by the level before does to comparing
before with after: Daw and Hatfield 2018, Health Services Research 53, 4138-4156.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swis.design.need_profile.shrinkage import Array, ShrunkRates
from swis.errors import SettingError


@dataclass(frozen=True, eq=False, repr=False)
class NextPeriod:
    """Counts of as long a period with the same pupils, without any programme: expected, and where 95% lie.

    `draws` are counts of shape (draws, schools).
    """

    count: Array
    expected: Array
    low: Array
    high: Array
    persistence: float
    level: float
    draws: Array

    def __repr__(self) -> str:
        return f"NextPeriod({len(self.count)} schools, persistence {self.persistence:.2f})"


@dataclass(frozen=True)
class ExpectedFall:
    """What schools that were chosen had together, and what they are expected to have next.

    `ratio` is expected by counted, with the interval of what would be counted by chance: a comparison of before with after
    would show it for a programme that does nothing.
    """

    schools: int
    count: float
    expected: float
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """Expected by counted."""
        return self.expected / self.count

    def __repr__(self) -> str:
        span = f"{self.low:.0f} to {self.high:.0f}"
        return f"ExpectedFall({self.schools} schools: {self.count:g}, next {self.expected:.1f}, {span})"


def persistence_of_period(autocorrelation: float, terms: int) -> float:
    """The correlation of true rates of one period of so many terms with the next, from that of two terms.

    What is lasting has a share r in one term, and r / (r + (1 - r) / terms) in the mean of several.
    """
    if not (0 <= autocorrelation <= 1 and terms >= 1):
        raise SettingError("An autocorrelation lies between 0 and 1, and a period has a term or more.")
    if autocorrelation == 0:
        return 0.0
    return autocorrelation / (autocorrelation + (1 - autocorrelation) / terms)


def expect_next(shrunk: ShrunkRates, *, persistence: float = 1.0) -> NextPeriod:
    """Counts of the next period of the same length. `persistence` 1: true rates stay, and the fall is the least to expect.

    Raises SettingError for a persistence that is not between 0 and 1.
    """
    if not 0 <= persistence <= 1:
        raise SettingError(f"True rates of two periods correlate by 0 to 1, not {persistence:g}.")
    generator = np.random.default_rng([shrunk.seed, 1])
    stays = generator.random(shrunk.draws.shape) < persistence
    rates = np.where(stays, shrunk.draws, shrunk.fresh)
    # One independent event is so many counts.
    counts = generator.poisson(rates / shrunk.unit * shrunk.exposure) * shrunk.unit
    tail = (1 - shrunk.level) / 2
    ends = np.quantile(counts, (tail, 1 - tail), axis=0)
    fresh = shrunk.fresh.mean()
    return NextPeriod(
        count=shrunk.count,
        expected=(persistence * shrunk.rate + (1 - persistence) * fresh) * shrunk.exposure,
        low=ends[0],
        high=ends[1],
        persistence=persistence,
        level=shrunk.level,
        draws=counts,
    )


def highest_counts(count: Array, number: int) -> NDArray[np.intp]:
    """The places of the schools with the most counts, as a simple list by count would choose them."""
    return np.argsort(-np.asarray(count, dtype=float), kind="stable")[:number]


def expected_fall(following: NextPeriod, chosen: NDArray[np.intp] | NDArray[Any]) -> ExpectedFall:
    """What the chosen schools had and are expected to have. Raises SettingError where they had no events."""
    count = float(following.count[chosen].sum())
    if count == 0:
        raise SettingError("The chosen schools had no events, so that nothing can fall.")
    totals = following.draws[:, chosen].sum(axis=1)
    tail = (1 - following.level) / 2
    low, high = np.quantile(totals, (tail, 1 - tail))
    return ExpectedFall(len(chosen), count, float(following.expected[chosen].sum()), float(low), float(high))
