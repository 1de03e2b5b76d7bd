"""The result of one outcome in words and numbers, whatever was measured: a rate, sessions missed, or a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf, isnan

from swis.estimate.trial.attainment import EffectSize
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.result import TrialEstimate
from swis.report.figures.ratios import Interval
from swis.report.words import change, interval, percent, ratio, span
from swis.study.trial.evaluation import OutcomeResult
from swis.study.trial.verdict import TrialVerdict

NONE = "–"
MEASURES = {"events": "Rate ratio", "days": "Rate ratio", "sessions": "Odds ratio", "scores": "Effect size (g)"}
WITH, WITHOUT = "With a social worker", "Without"


@dataclass(frozen=True)
class Told:
    """An effect as the report prints it. `neutral` is what stands for no effect: 1 for ratios, 0 for scores."""

    measure: str
    value: float
    low: float
    high: float
    level: float
    neutral: float

    @property
    def words(self) -> str:
        """The number and its interval: "1.05 (0.95 to 1.17)"."""
        return f"{self.number(self.value)} ({self.interval})"

    @property
    def interval(self) -> str:
        """The interval alone."""
        if self.neutral == 0:
            return f"{signed(self.low)} to {signed(self.high)}"
        return interval(self.low, self.high)

    @property
    def marked(self) -> str:
        """As `words`, a score marked as g: for tables in which ratios stand beside it."""
        return f"g {self.words}" if self.neutral == 0 else self.words

    def number(self, value: float) -> str:
        """One value of this measure."""
        return signed(value) if self.neutral == 0 else ratio(value)


def told(one: OutcomeResult) -> Told | None:
    """The planned estimate of an outcome; None where it has none."""
    found = one.effect or one.estimate
    return None if found is None else told_estimate(found)


def told_estimate(estimate: TrialEstimate | EffectSize) -> Told:
    """A ratio or an effect size of any analysis."""
    if isinstance(estimate, EffectSize):
        return Told(MEASURES["scores"], estimate.g, estimate.low, estimate.high, estimate.level, 0.0)
    return Told(estimate.measure, estimate.ratio, estimate.low, estimate.high, estimate.level, 1.0)


def ratio_or_g(outcomes: Sequence[OutcomeResult]) -> str:
    """The heading of a column of effects: ratios, effect sizes, or both."""
    scores = [one.outcome.kind == "scores" for one in outcomes]
    return "Effect size (g)" if scores and all(scores) else "Ratio, or g of scores" if any(scores) else "Ratio"


def drawn(estimate: TrialEstimate | None) -> Interval:
    """A ratio as a figure draws it; without estimate, nothing to draw."""
    return Interval(None, None, None) if estimate is None else Interval(estimate.ratio, estimate.low, estimate.high)


def signed(value: float, digits: int = 2) -> str:
    """A difference with its sign, a true minus."""
    if isnan(value):
        return NONE
    if isinf(value):
        return "no limit"
    words = f"{abs(value):,.{digits}f}"
    return words if float(words.replace(",", "")) == 0 else f"{'−' if value < 0 else '+'}{words}"


def say_effect(one: OutcomeResult, effect: Told) -> str:
    """The effect as a reader without statistics takes it in, in one sentence."""
    if one.effect is not None:
        way = "higher" if effect.value > 0 else "lower"
        return (
            f"With a social worker scores were {abs(effect.value):.2f} standard deviations {way} ({say_level(effect.level)} "
            f"interval {effect.interval})."
        )
    what = "the odds of a missed session were" if one.sessions is not None else "the rate was"
    return (
        f"With a social worker {what} {change(effect.value)}, compared with what would have been without "
        f"({effect.measure.lower()} {ratio(effect.value)}, {say_level(effect.level)} interval {effect.interval})."
    )


def say_size(value: float, *, scores: bool) -> str:
    """An effect as a noun: "a fall of 10%", "a gain of 0.10 standard deviations"."""
    if scores:
        return f"a {'gain' if value > 0 else 'loss'} of {abs(value):.2f} standard deviations"
    if value > 0 and isinf(value):
        return "a rise without limit"
    return f"a {'fall' if value < 1 else 'rise'} of {percent(abs(1 - value))}"


def say_span(verdict: TrialVerdict, *, scores: bool) -> str:
    """What the interval leaves open."""
    if scores:
        return f"from {signed(verdict.low)} to {signed(verdict.high)} standard deviations"
    return span(verdict.low, verdict.high)


def say_held(held: HeldLevel) -> str:
    """Whether an analysis holds its level with so many schools, and by how much not."""
    if held.held is None or held.size is None:
        return "not simulated at this size"
    covered = "" if held.coverage is None else f", intervals hold the truth in {held.coverage:.1%} at least"
    return f"{'yes' if held.held else 'NO'}: claims in {held.size:.1%} at most{covered}"


def say_level_held(held: HeldLevel) -> tuple[str, str, str]:
    """The same as cells of a table: whether it holds its level, the largest share of claims, the smallest of intervals."""
    words = {True: "yes", False: "NO", None: "not simulated"}[held.held]
    size = NONE if held.size is None else f"{held.size:.1%}"
    return words, size, NONE if held.coverage is None else f"{held.coverage:.1%}"


def unheld(held: HeldLevel) -> str:
    """The note to an analysis that is not to be leant on; empty where it holds its level."""
    return {True: "", False: "does not hold its level", None: "not simulated at this size"}[held.held]


def reason_of(one: OutcomeResult, name: str, default: str = "not worked out") -> str:
    """Why something of an outcome is not there, without the code that its message begins with and without a full stop."""
    return without_code(one, one.not_estimable.get(name, "") or default)


def without_code(one: OutcomeResult, reason: str) -> str:
    """A reason as the report says it: the outcome is named around it."""
    return reason.strip().removeprefix(f"{one.outcome.code}: ").rstrip(".")


def say_level(level: float) -> str:
    """The level of an interval: 95%, 99.7%."""
    return f"{100 * level:.3g}%"


def say_levels(outcomes: Sequence[OutcomeResult]) -> str:
    """At which level the intervals of several outcomes are; they differ where the primary one is looked at early."""
    levels = {one.outcome.name: say_level(effect.level) for one in outcomes if (effect := told(one)) is not None}
    if len(set(levels.values())) < 2:
        return f"{next(iter(levels.values()), '95%')} intervals"
    usual = say_level(0.95)
    early = ", ".join(f"{level} for {name}" for name, level in levels.items() if level != usual)
    return f"{usual} intervals, {early}"


def per_thousand(value: float) -> str:
    """A rate per 1,000 with the digits that matter."""
    return NONE if isnan(value) else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}" if value else "0"


def number(value: float) -> str:
    """A number above nought with the digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
