"""Cost per outcome averted: told only where it means something, with Fieller's interval.

A ratio of cost to effect is a price only if the programme averts outcomes. Where that is not clear, the same ratio stands for a
dear success and for a cheap failure, so none is given. Ratios are never averaged. Fieller's set may be an interval, everything
outside one, or every number; it is found by inverting a test, so it holds its level in each case (Fieller 1954; Willan and
O'Brien 1996, Health Economics 5, 297-305; Briggs, O'Brien and Blackhouse 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf, sqrt
from typing import Literal, TypeAlias

from swis.costs.cost_effect import LEVEL, CostEffect, whole_pounds

BORDER = 1e-12
"""Of the square of the effect: closer to the border between an interval and its outside than numbers can tell."""
Shape: TypeAlias = Literal["bounded", "outside", "one-sided", "everything"]
Standing: TypeAlias = Literal["ratio", "better and cheaper", "dominated", "not told"]


@dataclass(frozen=True)
class FiellerSet:
    """The ratios that the data allow.

    `bounded`: low to high. `outside`: up to low, and from high. `one-sided`: low to high, one of them infinite.
    `everything`: no ratio is ruled out.
    """

    shape: Shape
    low: float
    high: float
    level: float

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is in the set."""
        if self.shape == "outside":
            return ratio <= self.low or ratio >= self.high
        return self.low <= ratio <= self.high

    def __str__(self) -> str:
        told = {
            "bounded": f"{whole_pounds(self.low)} to {whole_pounds(self.high)}",
            "outside": f"{whole_pounds(self.high)} or more, or {whole_pounds(self.low)} or less (by way of no effect at all)",
            "one-sided": f"{whole_pounds(self.low)} or more"
            if isinf(self.high)
            else f"{whole_pounds(self.high)} or less",
            "everything": "unbounded: no ratio is ruled out",
        }
        return told[self.shape]


@dataclass(frozen=True)
class CostPerOutcome:
    """What one outcome averted cost, or why that is not told. `ratio` is None unless `standing` is "ratio"."""

    standing: Standing
    ratio: float | None
    interval: FiellerSet
    reason: str
    outcome: str

    def __repr__(self) -> str:
        told = self.standing if self.ratio is None else f"{whole_pounds(self.ratio)}, {self.interval}"
        return f"CostPerOutcome({self.outcome}: {told})"

    def __str__(self) -> str:
        if self.ratio is None:
            return f"Cost per outcome averted ({self.outcome}): {self.standing}. {self.reason}"
        price = f"{whole_pounds(self.ratio)} (95% by Fieller: {self.interval})"
        return f"Cost per outcome averted ({self.outcome}): {price}. {self.reason}"


def fieller(estimate: CostEffect, *, level: float = LEVEL) -> FiellerSet:
    """Every ratio R of cost to effect for which cost - R x effect does not differ from 0 at the level."""
    q = estimate.critical(level) ** 2
    a = estimate.effect**2 - q * estimate.effect_se**2
    b = estimate.cost * estimate.effect - q * estimate.covariance
    c = estimate.cost**2 - q * estimate.cost_se**2
    if abs(a) <= BORDER * estimate.effect**2:
        return _half_line(b, c, level)
    discriminant = b * b - a * c
    if discriminant < 0:
        # Only if no effect is possible and the cost may be nothing too: the whole line.
        return FiellerSet("everything", -inf, inf, level)
    # The root that does not subtract two near numbers, and the other from their product.
    far = b + sqrt(discriminant) if b >= 0 else b - sqrt(discriminant)
    ends = sorted((far / a, c / far if far else 0.0))
    return FiellerSet("bounded" if a > 0 else "outside", ends[0], ends[1], level)


def _half_line(b: float, c: float, level: float) -> FiellerSet:
    if b == 0:
        return FiellerSet("everything", -inf, inf, level)
    end = c / (2 * b)
    return FiellerSet("one-sided", end, inf, level) if b > 0 else FiellerSet("one-sided", -inf, end, level)


def cost_per_outcome(estimate: CostEffect, *, level: float = LEVEL) -> CostPerOutcome:
    """The cost of one outcome averted where outcomes clearly are averted; else that the programme is dominated, or why not told.

    Clearly: the interval of the effect lies above 0. The same interval decides whether it is clear that money is saved.
    """
    interval = fieller(estimate, level=level)
    (effect_low, effect_high), (cost_low, cost_high) = estimate.effect_interval(level), estimate.cost_interval(level)
    outcome = estimate.outcome
    if effect_low > 0:
        if estimate.cost <= 0:
            how = "saves money" if cost_high < 0 else "costs no more by the estimate, which is not certain"
            return CostPerOutcome("better and cheaper", None, interval, f"It averts {outcome} and {how}.", outcome)
        sure = "" if cost_low > 0 else " It may cost nothing: the interval of the cost includes 0."
        ratio = estimate.cost / estimate.effect
        return CostPerOutcome("ratio", ratio, interval, f"It clearly averts {outcome}.{sure}", outcome)
    if estimate.effect <= 0 and estimate.cost > 0:
        clear = "clearly" if effect_high < 0 and cost_low > 0 else "by the estimates, not beyond doubt:"
        reason = f"It costs more and averts none, {clear} {_sides(estimate)}."
        return CostPerOutcome("dominated", None, interval, reason, outcome)
    reason = f"Whether it averts any is not clear ({_sides(estimate)}), and a ratio over an effect that may be 0 means nothing."
    return CostPerOutcome("not told", None, interval, reason, outcome)


def _sides(estimate: CostEffect) -> str:
    (effect_low, effect_high), (cost_low, cost_high) = estimate.effect_interval(), estimate.cost_interval()
    return (
        f"averted {estimate.effect:.3g}, 95% CI {effect_low:.3g} to {effect_high:.3g}, for {whole_pounds(estimate.cost)}, "
        f"{whole_pounds(cost_low)} to {whole_pounds(cost_high)}, per {estimate.per}"
    )
