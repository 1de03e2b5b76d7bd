"""At what price of an outcome does the programme pay for itself, and how many must it avert at the price there is?"""

from __future__ import annotations

from dataclasses import dataclass

from swis.costs.cost_effect import CostEffect, whole_pounds
from swis.costs.ratio import CostPerOutcome, cost_per_outcome
from swis.costs.unit_costs import UnitCost
from swis.errors import SettingError


@dataclass(frozen=True)
class BreakEven:
    """The threshold price, where there is one, and what would have to be averted at the unit cost.

    `needed` is always there: cost over unit cost. `possible` says whether the interval of the effect reaches it.
    """

    threshold: CostPerOutcome
    unit_cost: UnitCost
    needed: float
    effect: tuple[float, float, float]
    per: str

    @property
    def possible(self) -> bool:
        """Whether the interval of what is averted reaches what is needed."""
        return self.effect[2] >= self.needed

    def __repr__(self) -> str:
        return (
            f"BreakEven({self.unit_cost.what}: {self.needed:.3g} needed per {self.per}, {self.effect[0]:.3g} estimated)"
        )

    def __str__(self) -> str:
        estimate, low, high = self.effect
        reach = "reaches that" if self.possible else "does not reach that"
        lines = [
            f"At {whole_pounds(self.unit_cost.pounds)} for one of {self.unit_cost.what} ({self.unit_cost.price_year} prices), "
            f"the programme pays for itself if it averts {self.needed:.3g} per {self.per}",
            f"It averted {estimate:.3g} (95% CI {low:.3g} to {high:.3g}): the interval {reach}",
        ]
        if self.threshold.ratio is not None:
            lines.append(
                f"It pays for itself once one costs {whole_pounds(self.threshold.ratio)} ({self.threshold.interval})"
            )
        else:
            lines.append(f"No threshold price: {self.threshold.standing}. {self.threshold.reason}")
        return "\n".join(lines)


def break_even(estimate: CostEffect, unit_cost: UnitCost) -> BreakEven:
    """Both ways of asking. The prices must be of the same year; bring them together by `reprice` first.

    Raises SettingError for a unit cost of nothing.
    """
    if unit_cost.pounds <= 0:
        raise SettingError(f"{unit_cost.what} costs nothing, so nothing that is averted can pay for the programme.")
    low, high = estimate.effect_interval()
    return BreakEven(
        threshold=cost_per_outcome(estimate),
        unit_cost=unit_cost,
        needed=max(estimate.cost / float(unit_cost.pounds), 0.0),
        effect=(estimate.effect, low, high),
        per=estimate.per,
    )
