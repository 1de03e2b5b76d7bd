"""What would it be worth to know? The expected value of perfect information, and what a further trial could at most be worth.

Deciding by today's estimate loses money whenever the truth lies on the other side; the expected loss is the most that any
further study of the two differences can be worth (Raiffa and Schlaifer 1961; Claxton 1999, Journal of Health Economics 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import stats

from swis.costs.cost_effect import CostEffect, whole_pounds
from swis.costs.discount import GREEN_BOOK, discount_factors
from swis.costs.resample import DifferenceDraws
from swis.errors import SettingError


@dataclass(frozen=True)
class Information:
    """The expected value of perfect information in pounds: for one unit, and for all that the decision affects.

    `total` counts `units_a_year` units in each of `years` years, later years discounted. `error` is the Monte Carlo
    standard error of `each`, 0 for the closed form.
    """

    worth: float
    each: float
    total: float
    units_a_year: float
    years: int
    rate: float
    error: float
    per: str
    how: str

    def __repr__(self) -> str:
        told = f"£{self.each:,.2f} per {self.per}, {whole_pounds(self.total)} in all"
        return f"Information({told}, at {whole_pounds(self.worth)}; {self.how})"

    def __str__(self) -> str:
        years = "year" if self.years == 1 else "years"
        return (
            f"Perfect information at {whole_pounds(self.worth)} an outcome averted: £{self.each:,.2f} per {self.per}; "
            f"{whole_pounds(self.total)} for {self.units_a_year:,.0f} a year over {self.years} {years} at "
            f"{self.rate:.1%}. A further trial can be worth at most this."
        )


def information_value(
    estimate: CostEffect, worth: float, *, units_a_year: float, years: int, rate: float = GREEN_BOOK
) -> Information:
    """The closed form: se (f(z) - z F(-z)) for z = |net benefit| / se, normal or t.

    The estimate is per unit and year: give the estimate of a year, or as many units as are decided on once.
    Raises SettingError for a worth below 0, or units, years or a rate that cannot be.
    """
    _check(worth, units_a_year)
    value, se = worth * estimate.effect - estimate.cost, estimate.net_benefit_se(worth)
    each = _expected_loss(abs(value), se, estimate.df)
    how = "normal" if estimate.df == inf else "t"
    return _spread_over(each, 0.0, worth, (units_a_year, years, rate), (estimate.per, how))


def information_of_draws(
    draws: DifferenceDraws, worth: float, *, units_a_year: float, years: int, rate: float = GREEN_BOOK
) -> Information:
    """The same by simulation: the mean of what the better choice gives in each draw, less what one choice gives in all."""
    _check(worth, units_a_year)
    benefit = worth * draws.effect - draws.cost
    lost = np.maximum(benefit, 0) if benefit.mean() <= 0 else np.maximum(-benefit, 0)
    error = float(lost.std(ddof=1) / np.sqrt(len(lost)))
    how = f"{len(lost):,} draws"
    return _spread_over(float(lost.mean()), error, worth, (units_a_year, years, rate), (draws.per, how))


def _expected_loss(distance: float, se: float, df: float) -> float:
    if se == 0:
        return 0.0
    z = distance / se
    if df == inf:
        return float(se * stats.norm.pdf(z) - distance * stats.norm.cdf(-z))
    return float(se * stats.t.pdf(z, df) * (df + z * z) / (df - 1) - distance * stats.t.cdf(-z, df))


def _spread_over(
    each: float, error: float, worth: float, over: tuple[float, int, float], words: tuple[str, str]
) -> Information:
    units, years, rate = over
    total = each * units * sum(discount_factors(years, rate=rate))
    return Information(worth, each, total, units, years, rate, error, *words)


def _check(worth: float, units: float) -> None:
    if not (np.isfinite(worth) and worth >= 0 and np.isfinite(units) and units > 0):
        raise SettingError("A worth is 0 or more and the units affected are more than 0.")
