"""Is it worth its money? Net monetary benefit, the probability that it is positive, and where the estimates lie on the plane.

Net benefit = worth x outcomes averted - cost, for what one outcome averted is worth to who pays (Stinnett and Mullahy 1998).
The curve of its probability over worth is the acceptability curve (Fenwick, O'Brien and Briggs 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from swis.costs.cost_effect import LEVEL, CostEffect, whole_pounds
from swis.costs.resample import DifferenceDraws
from swis.errors import SettingError

WORTHS = tuple(range(0, 101_000, 1_000))


@dataclass(frozen=True)
class NetBenefit:
    """Net monetary benefit at one worth of an outcome averted: pounds per unit, with its interval and P(above 0)."""

    worth: float
    value: float
    se: float
    low: float
    high: float
    probability: float
    outcome: str
    per: str

    def __repr__(self) -> str:
        return f"NetBenefit({whole_pounds(self.value)} per {self.per} at {whole_pounds(self.worth)}; P {self.probability:.3f})"

    def __str__(self) -> str:
        interval = f"95% CI {whole_pounds(self.low)} to {whole_pounds(self.high)}"
        return (
            f"At {whole_pounds(self.worth)} for one of {self.outcome} averted: net benefit {whole_pounds(self.value)} "
            f"per {self.per} ({interval}); probability that it is worth its money {self.probability:.1%}"
        )


@dataclass(frozen=True)
class Acceptability:
    """The probability that the programme is worth its money, for each worth of an outcome averted."""

    outcome: str
    worths: tuple[float, ...]
    probabilities: tuple[float, ...]
    how: str

    def __repr__(self) -> str:
        return (
            f"Acceptability({self.outcome}: {min(self.probabilities):.3f} to {max(self.probabilities):.3f}; {self.how})"
        )

    def table(self) -> pl.DataFrame:
        """One row for each worth: worth, probability."""
        return pl.DataFrame({"worth": self.worths, "probability": self.probabilities})


@dataclass(frozen=True)
class Quadrants:
    """How the probability lies over the four quarters of the cost-effectiveness plane; the shares sum to 1."""

    better_and_dearer: float
    better_and_cheaper: float
    worse_and_dearer: float
    worse_and_cheaper: float
    how: str

    @property
    def worse(self) -> float:
        """The probability that outcomes are worse."""
        return self.worse_and_dearer + self.worse_and_cheaper

    def __str__(self) -> str:
        return (
            f"Better and dearer {self.better_and_dearer:.1%}, better and cheaper {self.better_and_cheaper:.1%}, "
            f"worse and dearer {self.worse_and_dearer:.1%}, worse and cheaper {self.worse_and_cheaper:.1%}"
        )


def net_benefit(estimate: CostEffect, worth: float) -> NetBenefit:
    """Net monetary benefit at a worth, by the normal or t distribution of the estimate. Raises SettingError below 0."""
    _check_worth(worth)
    value, se = worth * estimate.effect - estimate.cost, estimate.net_benefit_se(worth)
    reach = estimate.critical(LEVEL) * se
    probability = float(estimate.spread.cdf(value / se)) if se else float(value > 0)
    return NetBenefit(worth, value, se, value - reach, value + reach, probability, estimate.outcome, estimate.per)


def acceptability(estimate: CostEffect, worths: Sequence[float] = WORTHS) -> Acceptability:
    """The acceptability curve of an estimate. It need not rise, nor begin at 0 or end at 1."""
    shares = tuple(net_benefit(estimate, worth).probability for worth in worths)
    return Acceptability(
        estimate.outcome, tuple(map(float, worths)), shares, "normal" if estimate.df == np.inf else "t"
    )


def acceptability_of_draws(draws: DifferenceDraws, worths: Sequence[float] = WORTHS) -> Acceptability:
    """The acceptability curve counted in bootstrap draws."""
    for worth in worths:
        _check_worth(worth)
    shares = tuple(float((worth * draws.effect - draws.cost > 0).mean()) for worth in worths)
    return Acceptability(draws.outcome, tuple(map(float, worths)), shares, f"{len(draws.cost):,} draws")


def quadrants(estimate: CostEffect) -> Quadrants:
    """The four shares by the bivariate normal distribution of the estimate, whatever its degrees of freedom.

    The bivariate t has no closed form here; with 40 schools or more the two differ by less than a percentage point.
    """
    z = [estimate.cost / estimate.cost_se if estimate.cost_se else np.inf * np.sign(estimate.cost or 1)]
    z += [estimate.effect / estimate.effect_se if estimate.effect_se else np.inf * np.sign(estimate.effect or 1)]
    cheaper, worse = (float(stats.norm.cdf(-value)) for value in z)
    both = _both_below(-z[0], -z[1], estimate.correlation)
    return Quadrants(
        better_and_dearer=max(1 - cheaper - worse + both, 0.0),
        better_and_cheaper=max(cheaper - both, 0.0),
        worse_and_dearer=max(worse - both, 0.0),
        worse_and_cheaper=both,
        how="normal",
    )


def quadrants_of_draws(draws: DifferenceDraws) -> Quadrants:
    """The four shares counted in bootstrap draws; a draw on a border counts as dearer, or as worse."""
    better, cheaper = draws.effect > 0, draws.cost < 0
    return Quadrants(
        better_and_dearer=float((better & ~cheaper).mean()),
        better_and_cheaper=float((better & cheaper).mean()),
        worse_and_dearer=float((~better & ~cheaper).mean()),
        worse_and_cheaper=float((~better & cheaper).mean()),
        how=f"{len(draws.cost):,} draws",
    )


def _both_below(first: float, second: float, correlation: float) -> float:
    if not np.isfinite([first, second]).all():
        return float(stats.norm.cdf(first) * stats.norm.cdf(second))
    spread = [[1.0, correlation], [correlation, 1.0]]
    return float(stats.multivariate_normal([0, 0], spread, allow_singular=True).cdf([first, second]))


def _check_worth(worth: float) -> None:
    if not np.isfinite(worth) or worth < 0:
        raise SettingError(f"An outcome averted cannot be worth {worth}. Give pounds of 0 or more.")
