"""What an enquiry averted would have cost, if a rate ratio were true: for studies that have a ratio and no costs by school."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf

from swis.costs.cost_effect import whole_pounds
from swis.errors import SettingError


@dataclass(frozen=True)
class AvertedCost:
    """The cost of one outcome averted at a rate ratio. `each` is infinite where none is averted: the programme is dominated."""

    ratio: float
    averted: float
    each: float

    @property
    def dominated(self) -> bool:
        """Whether money was spent and nothing averted."""
        return isinf(self.each)


@dataclass(frozen=True)
class AvertedCosts:
    """The cost of one outcome averted at a ratio and at both ends of its interval. An illustration, unless `supported`."""

    cost: float
    events: float
    outcome: str
    estimate: AvertedCost
    best: AvertedCost
    worst: AvertedCost
    supported: bool

    def __repr__(self) -> str:
        return f"AvertedCosts({self.outcome}: {_pounds(self.estimate)}, {_pounds(self.best)} to {_pounds(self.worst)})"

    def __str__(self) -> str:
        lines = [
            f"{whole_pounds(self.cost)} were spent where {self.events:,.0f} of {self.outcome} were counted",
            f"At a rate ratio of {self.estimate.ratio:.3g}: {_say(self.estimate)}",
            f"At the ends of its interval: {_say(self.best)}; {_say(self.worst)}",
        ]
        if not self.supported:
            lines.append(
                "No effect is supported here: these sums show how little the ratio says, not what anything costs"
            )
        return "\n".join(lines)


def cost_per_averted(
    cost: float, *, events: float, ratio: tuple[float, float, float], outcome: str, supported: bool
) -> AvertedCosts:
    """What one outcome averted cost at a rate ratio (estimate, low, high), given the events counted with the programme.

    Averted are events x (1/ratio - 1): what there would have been without the programme less what there was. Costs are
    taken as known. Raises SettingError for a cost, events or ratios that cannot be.
    """
    estimate, low, high = ratio
    if cost <= 0 or events <= 0 or not 0 <= low <= estimate <= high:
        raise SettingError("Give a cost and events above 0, and a ratio that lies between its low and its high.")
    at_estimate, best, worst = (_at(cost, events, value) for value in (estimate, low, high))
    return AvertedCosts(cost, events, outcome, at_estimate, best, worst, supported)


def _at(cost: float, events: float, ratio: float) -> AvertedCost:
    averted = inf if ratio == 0 else events * (1 / ratio - 1)
    return AvertedCost(ratio, averted, cost / averted if averted > 0 else inf)


def _pounds(one: AvertedCost) -> str:
    return "dominated" if one.dominated else f"{whole_pounds(one.each)}"


def _say(one: AvertedCost) -> str:
    if one.dominated:
        return f"{-one.averted:.1f} more at a ratio of {one.ratio:.3g}: dominated, no price"
    return f"{one.averted:.1f} averted, {whole_pounds(one.each)} each"
