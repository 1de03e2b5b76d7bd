"""The formula and the simulation side by side, and why they differ where they do.

The formula is that of Hayes and Bennett: a t test of schools' rates, every school weighing the same. The simulation is of the
planned analysis. Each reason is worked out from the trial at hand; where none of them applies, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from swis.design.power.formula import LEVEL, formula_power
from swis.design.power.simulate import CLEARLY, PowerAt, SimulatedPower

AGREES = 0.02
"""A difference in power that no planning turns on."""
FEW_EVENTS = 50
FEW_PER_SCHOOL = 5
MANY_OF_AUTHORITY = 20


@dataclass(frozen=True)
class SideBySide:
    """The power to find a ratio, by formula and simulated.

    `by_school` takes every school to weigh the same, `by_pupils` as much as it has pupils. `reasons` say why formula and
    simulation differ, and are empty where they agree; `warnings` are what else the simulation shows.
    """

    ratio: float
    by_school: float
    by_pupils: float
    simulated: PowerAt
    size: PowerAt
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether they differ by less than matters, or than chance in the simulation explains."""
        return abs(self.simulated.power - self.by_school) <= _tolerance(self.simulated)


def hold_against_formula(curve: SimulatedPower, ratio: float) -> SideBySide:
    """Power at a simulated ratio beside the formula's. Raises NotEstimable where the ratio was not simulated."""
    trial, there = curve.assumptions, curve.at(ratio)
    by_school, by_pupils = (
        formula_power(trial.setting(weighting), ratio, schools=trial.schools) for weighting in ("schools", "pupils")
    )
    differ = abs(there.power - by_school) > _tolerance(there)
    reasons = _reasons(curve, ratio, by_school, by_pupils) if differ else ()
    return SideBySide(ratio, by_school, by_pupils, there, curve.size, reasons, _warnings(curve, there))


def _tolerance(point: PowerAt) -> float:
    return max(AGREES, CLEARLY * point.monte_carlo_error)


def _reasons(curve: SimulatedPower, ratio: float, by_school: float, by_pupils: float) -> tuple[str, ...]:
    trial, gap = curve.assumptions, curve.at(ratio).power - by_school
    of_authority = trial.schools / trial.authorities
    events = trial.rate * trial.pupils * trial.terms * trial.schools * min(trial.share, 1 - trial.share) * min(ratio, 1)
    before = trial.rate * trial.pupils * trial.baseline_terms
    plain = formula_power(replace(trial, baseline_terms=0).setting("pupils"), ratio, schools=trial.schools)
    found = [
        (
            abs(by_pupils - by_school) > AGREES / 2 and (by_pupils - by_school) * gap > 0,
            f"Sizes of schools vary (coefficient of variation {trial.pupils_cv:.2f}). The formula weighs every school the "
            "same, Poisson regression every pupil, so that large schools count for more. Weighing pupils, the formula gives "
            f"{by_pupils:.0%}.",
        ),
        (
            curve.size.power + 1.5 * curve.size.monte_carlo_error < LEVEL
            and of_authority < MANY_OF_AUTHORITY
            and gap < 0,
            f"The analysis is cautious with {of_authority:.3g} schools to an authority: it claims an effect in "
            f"{curve.size.power:.1%} of trials that hold none, not in 5%. Larger strata give power "
            "back; where standard errors are robust ones, a randomisation test does too.",
        ),
        (
            not curve.holds_its_level and gap > 0,
            f"The analysis claims too much: an effect in {curve.size.power:.1%} of trials that hold none. Its power is not "
            "worth what it seems.",
        ),
        (
            events < FEW_EVENTS,
            f"About {events:.0f} events are expected in the smaller arm. The formula takes rates for normally distributed, "
            "which needs more.",
        ),
        (
            trial.baseline_terms > 0 and abs(curve.at(ratio).power - plain) < abs(gap) / 2,
            "The analysis makes little or no use of the terms before the start, on which the formula counts. Without them "
            f"the formula gives {plain:.0%}.",
        ),
        (
            trial.baseline_terms > 0 and before < FEW_PER_SCHOOL,
            f"About {before:.1f} events a school are expected before the start. The formula takes all that such a baseline "
            "can tell; the log of so small a count tells less.",
        ),
    ]
    reasons = tuple(words for applies, words in found if applies)
    return reasons or ("No single reason stands out. Go by the simulation: it analyses each trial as planned.",)


def _warnings(curve: SimulatedPower, there: PowerAt) -> tuple[str, ...]:
    size = curve.size
    low = there.coverage < 1 - LEVEL - CLEARLY * there.coverage_error
    found = [
        (
            not curve.holds_its_level,
            f"This analysis does not hold its level here: it claims an effect in {size.power:.1%} of trials that hold none. "
            "Take a randomisation test, or more schools.",
        ),
        (
            low,
            f"Its 95% intervals hold the true ratio in only {there.coverage:.1%} of trials.",
        ),
        (
            there.not_estimable > 0,
            f"{there.not_estimable:,} of {there.trials:,} trials have no answer, most often for want of events. They count as "
            "not found.",
        ),
    ]
    return tuple(words for applies, words in found if applies)
