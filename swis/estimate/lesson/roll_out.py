"""What the trial was worth: the decision to roll the programme out, before it and after it.

The net benefit of a roll-out is value x enquiries x (1 - rate ratio) - cost, for a school and year, times schools and years. One
decides on its expectation. The expected value of sample information is what the decision gains, on average over what the
trial may find, from being made after it (Raiffa and Schlaifer 1961; Claxton 1999, J Health Econ 18, 341-364). No figure for the
value of an enquiry averted is published: every result hangs on the one that is put in, and `break_even_ratio` says how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isfinite, log

import numpy as np
from scipy.special import ndtr

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.lesson.belief import Belief
from swis.estimate.lesson.mixture import NormalMixture
from swis.estimate.lesson.prediction import TrialFinding, predictive, update_belief

YOURS = "your figure"
_PLACES = 20_001


@dataclass(frozen=True)
class RollOut:
    """A roll-out that was to be decided on. Money is in pounds of one price year; each figure may name its source.

    `enquiries` is how many a school would have in a year without a worker, `cost` is of a school and year, `value` is of one
    enquiry averted. Years after the first are discounted.
    """

    schools: float
    years: int
    enquiries: float
    cost: float
    value: float
    discount_rate: float = 0.035
    sources: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        names = [each.name for each in fields(self) if each.name != "sources"]
        wrong = [name for name in names if not (isfinite(getattr(self, name)) and getattr(self, name) >= 0)]
        wrong += [name for name in ("schools", "years", "enquiries", "value") if getattr(self, name) == 0]
        if wrong:
            raise NotEstimable(f"A roll-out needs finite figures above 0: see {', '.join(dict.fromkeys(wrong))}.")
        unknown = [name for name, _ in self.sources if name not in names]
        if unknown:
            raise NotEstimable(f"A source is given for what is no figure of a roll-out: {', '.join(unknown)}.")

    def source_of(self, name: str) -> str:
        """Where a figure is from; "your figure" where that was not said."""
        return dict(self.sources).get(name, YOURS)

    @property
    def school_years(self) -> float:
        """Schools times years, the later ones discounted."""
        return self.schools * sum((1 + self.discount_rate) ** -year for year in range(self.years))

    @property
    def break_even_ratio(self) -> float:
        """The rate ratio at which the roll-out pays exactly; 0 or less: it cannot pay."""
        return 1 - self.cost / (self.value * self.enquiries)

    def net_benefit(self, ratio: float) -> float:
        """Pounds gained, or lost, by rolling out if this is the rate ratio."""
        return self.school_years * (self.value * self.enquiries * (1 - ratio) - self.cost)


@dataclass(frozen=True)
class TrialValue:
    """What a belief said of a roll-out before the trial and says after it, in pounds.

    `sample_information` is what the trial was expected to gain, `perfect_information` the most that any evidence could.
    `gained` is what it did gain given what it found: nothing where the decision stays as it was.
    """

    belief: str
    expected_before: float
    sample_information: float
    perfect_information: float
    expected_after: float
    probability_pays_before: float
    probability_pays_after: float

    @property
    def rolls_out_before(self) -> bool:
        """Whether the roll-out was worth its cost in expectation before the trial."""
        return self.expected_before > 0

    @property
    def rolls_out_after(self) -> bool:
        """Whether it is after the trial."""
        return self.expected_after > 0

    @property
    def gained(self) -> float:
        """Pounds by which the decision that the trial changed is better than the one that stood."""
        if self.rolls_out_before == self.rolls_out_after:
            return 0.0
        return abs(self.expected_after)

    def __repr__(self) -> str:
        words = {True: "roll out", False: "do not"}
        return (
            f"TrialValue({self.belief}: before {words[self.rolls_out_before]}, after {words[self.rolls_out_after]}; "
            f"sample information £{self.sample_information:,.0f})"
        )


def value_trial(belief: Belief, trial: TrialFinding, roll_out: RollOut) -> TrialValue:
    """The value of the trial for the decision. Raises NotEstimable for a belief whose rate ratio has no mean."""
    _refuse_without_mean(belief)
    after = update_belief(belief, trial)
    return TrialValue(
        belief=belief.name,
        expected_before=roll_out.net_benefit(belief.mu.mean_ratio),
        sample_information=_sample_information(belief, trial, roll_out),
        perfect_information=_perfect_information(belief, roll_out),
        expected_after=roll_out.net_benefit(after.mu.mean_ratio),
        probability_pays_before=_pays(belief, roll_out),
        probability_pays_after=_pays(after, roll_out),
    )


def value_by_size(belief: Belief, trial: TrialFinding, roll_out: RollOut, schools: Sequence[int]) -> tuple[float, ...]:
    """The expected value of sample information of trials like this one with these numbers of schools."""
    _refuse_without_mean(belief)
    return tuple(_sample_information(belief, trial.of_size(number), roll_out) for number in schools)


def _refuse_without_mean(belief: Belief) -> None:
    if not belief.has_mean:
        raise NotEstimable(
            f"{belief.name}: its rate ratio has no finite mean, so that an expected gain or loss does not exist. Take a prior."
        )


def _pays(belief: Belief, roll_out: RollOut) -> float:
    even = roll_out.break_even_ratio
    return belief.below(even) if even > 0 else 0.0


def _sample_information(belief: Belief, trial: TrialFinding, roll_out: RollOut) -> float:
    """The mean over what the trial may find of the better choice then, less the better choice now."""
    seen = predictive(belief, trial)
    places = _grid(seen)
    benefit = np.array([roll_out.net_benefit(ratio) for ratio in _mean_ratio_after(belief, trial, seen, places)])
    weight = seen.density(places)
    best = np.maximum(benefit, 0.0)
    mean = float(np.trapezoid(best * weight, places) / np.trapezoid(weight, places))
    return max(0.0, mean - max(0.0, roll_out.net_benefit(belief.mu.mean_ratio)))


def _grid(seen: NormalMixture) -> Array:
    """Places over which to integrate: evenly in the sinh, so that a sharp middle and far ends are both met."""
    low, middle, high = (seen.quantile(share) for share in (1e-10, 0.5, 1 - 1e-10))
    scale = (seen.quantile(0.9) - seen.quantile(0.1)) / 2
    ends = np.arcsinh((low - middle) / scale), np.arcsinh((high - middle) / scale)
    return middle + scale * np.sinh(np.linspace(*ends, _PLACES))


def _mean_ratio_after(belief: Belief, trial: TrialFinding, seen: NormalMixture, places: Array) -> Array:
    """The mean rate ratio that would be believed after each estimate."""
    share = (belief.mu.sds / seen.sds) ** 2
    noise = trial.standard_error**2 + belief.between**2 / trial.authorities
    z = (places[:, None] - seen.means) / seen.sds
    with np.errstate(divide="ignore"):
        log_weight = np.log(seen.weights) - np.log(seen.sds) - 0.5 * z**2
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    log_mean = belief.mu.means + share * (places[:, None] - belief.mu.means) + share * noise / 2
    return (weight * np.exp(log_mean)).sum(axis=1) / weight.sum(axis=1)


def _perfect_information(belief: Belief, roll_out: RollOut) -> float:
    """The mean of the better choice if mu were known, less the better choice now (normal parts: in closed form)."""
    gain = roll_out.school_years * (roll_out.value * roll_out.enquiries - roll_out.cost)
    if gain <= 0:
        return 0.0
    slope = roll_out.school_years * roll_out.value * roll_out.enquiries
    means, sds = belief.mu.means, np.maximum(belief.mu.sds, 1e-12)
    d = (log(gain / slope) - means) / sds
    known = gain * ndtr(d) - slope * np.exp(means + sds**2 / 2) * ndtr(d - sds)
    return max(0.0, float(belief.mu.weights @ known) - max(0.0, roll_out.net_benefit(belief.mu.mean_ratio)))
