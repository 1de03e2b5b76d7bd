"""What a trial was likely to find, foretold from a belief; and what the belief becomes when it has found it.

The estimate of a trial in A authorities is mu + N(0, tau^2 / A) + N(0, s^2): its authorities are drawn from those that the belief
is about, and s is the standard error of the trial. s is taken as known beforehand, as a plan of the size would have given it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, exp, isfinite, log, sqrt

import numpy as np
from scipy.special import ndtri

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import NORMAL_95, Belief
from swis.estimate.lesson.mixture import NormalMixture


@dataclass(frozen=True)
class TrialFinding:
    """A trial as it was reported: a rate ratio with its 95% interval, how many schools and authorities, and where from."""

    ratio: float
    low: float
    high: float
    schools: int
    authorities: int
    source: str

    def __post_init__(self) -> None:
        if not (0 < self.low <= self.ratio <= self.high and isfinite(self.high) and self.low < self.high):
            raise NotEstimable("A trial needs a rate ratio within its interval, all above 0 and finite.")
        if self.schools < 2 or not 1 <= self.authorities <= self.schools:
            raise NotEstimable("A trial needs at least two schools, and no more authorities than schools.")

    @property
    def log_ratio(self) -> float:
        """The logarithm of the rate ratio."""
        return log(self.ratio)

    @property
    def standard_error(self) -> float:
        """The standard error of the log rate ratio, from the width of the interval."""
        return log(self.high / self.low) / (2 * NORMAL_95)

    def of_size(self, schools: int) -> TrialFinding:
        """A trial like this one of another size: the interval as much wider or narrower, as many schools an authority."""
        half = NORMAL_95 * self.standard_error * sqrt(self.schools / schools)
        authorities = max(1, round(self.authorities * schools / self.schools))
        return replace(
            self,
            low=self.ratio * exp(-half),
            high=self.ratio * exp(half),
            schools=schools,
            authorities=min(authorities, schools),
        )


@dataclass(frozen=True)
class Prediction:
    """What a belief foretold of a trial, as probabilities, and the rate ratio that it expected to see, with a 95% interval.

    `all_of_it`: no significant difference, a rate ratio of one or more, and a worthwhile fall ruled out, together.
    `at_least_as_high`: an estimate at or above the one that was found.
    """

    belief: str
    median: float
    low: float
    high: float
    significant_fall: float
    no_significant_fall: float
    at_or_above_one: float
    rules_out_worthwhile: float
    all_of_it: float
    at_least_as_high: float
    worthwhile: float

    def __repr__(self) -> str:
        return (
            f"Prediction({self.belief}: estimate {self.median:.3g}, 95% between {self.low:.3g} and {self.high:.3g}; "
            f"significant fall {self.significant_fall:.0%})"
        )


def predict_trial(belief: Belief, trial: TrialFinding, *, worthwhile: float = 0.8) -> Prediction:
    """The probabilities, before the trial, of what it found. `worthwhile` is the rate ratio of a fall worth having."""
    if not 0 < worthwhile < 1:
        raise NotEstimable(f"A worthwhile fall is a rate ratio between 0 and 1; {worthwhile} was given.")
    seen = predictive(belief, trial)
    half = NORMAL_95 * trial.standard_error
    excluding = log(worthwhile) + half
    return Prediction(
        belief=belief.name,
        median=exp(seen.quantile(0.5)),
        low=exp(seen.quantile(0.025)),
        high=exp(seen.quantile(0.975)),
        significant_fall=seen.below(-half),
        no_significant_fall=1 - seen.below(-half),
        at_or_above_one=1 - seen.below(0.0),
        rules_out_worthwhile=1 - seen.below(excluding),
        all_of_it=seen.between(max(0.0, excluding), half),
        at_least_as_high=1 - seen.below(trial.log_ratio),
        worthwhile=worthwhile,
    )


def predictive(belief: Belief, trial: TrialFinding) -> NormalMixture:
    """The distribution of the trial's log rate ratio before it was seen."""
    noise = trial.standard_error**2 + belief.between**2 / trial.authorities
    return NormalMixture(belief.mu.weights, belief.mu.means, np.sqrt(belief.mu.sds**2 + noise))


def update_belief(belief: Belief, trial: TrialFinding) -> Belief:
    """The belief after the trial, by Bayes' rule."""
    seen = predictive(belief, trial)
    z = (trial.log_ratio - seen.means) / seen.sds
    with np.errstate(divide="ignore"):
        log_weight = np.log(seen.weights) - np.log(seen.sds) - 0.5 * z**2
    weights = np.exp(log_weight - log_weight.max())
    # The share of the way from what was believed to what was found.
    share = (belief.mu.sds / seen.sds) ** 2
    means = belief.mu.means + share * (trial.log_ratio - belief.mu.means)
    noise = trial.standard_error**2 + belief.between**2 / trial.authorities
    mu = NormalMixture(weights / weights.sum(), means, np.sqrt(share * noise))
    return Belief(f"{belief.name}, after the trial", mu, belief.between)


def schools_needed(trial: TrialFinding, *, worthwhile: float = 0.8, power: float = 0.8) -> int:
    """How many schools a trial like this one needs to find a worthwhile rate ratio with this power, at 5% two-sided."""
    if not (worthwhile > 0 and worthwhile != 1 and 0 < power < 1):
        raise NotEstimable("A worthwhile rate ratio is above 0 and not 1, and power lies between 0 and 1.")
    wanted = abs(log(worthwhile)) / (NORMAL_95 + float(ndtri(power)))
    times = (trial.standard_error / wanted) ** 2
    return ceil(trial.schools * times)
