"""Everything that is known of the money of one programme, in one result."""

from __future__ import annotations

from dataclasses import dataclass

from swis.costs.averted import AvertedCosts
from swis.costs.break_even import BreakEven
from swis.costs.budget import BudgetImpact
from swis.costs.consequences import CostConsequences
from swis.costs.cost_effect import CostEffect
from swis.costs.held_coverage import HeldCoverage
from swis.costs.information import Information
from swis.costs.needed import NeededAverted
from swis.costs.net_benefit import Acceptability, NetBenefit, Quadrants
from swis.costs.programme import ProgrammeCost
from swis.costs.published_trial import PublishedAcceptability
from swis.costs.ratio import CostPerOutcome
from swis.costs.resample import DifferenceDraws
from swis.costs.tornado import Tornado


@dataclass(frozen=True, eq=False)
class Weighed:
    """Both differences of a trial and what follows from them, per school over the follow-up: by regressions, and by draws."""

    difference: CostEffect
    per_pupils: CostEffect
    draws: DifferenceDraws
    ratio: CostPerOutcome
    curve: Acceptability
    drawn_curve: Acceptability
    plane: Quadrants
    drawn_plane: Quadrants
    benefits: tuple[NetBenefit, ...]
    information: tuple[Information, ...]
    coverage: tuple[HeldCoverage, ...]

    def __str__(self) -> str:
        lines = [
            str(self.difference),
            str(self.ratio),
            f"On the plane ({self.drawn_plane.how}): {self.drawn_plane}",
            *map(str, self.benefits),
            *map(str, self.information),
        ]
        return "\n".join([*lines, *(f"Warning: {each}" for each in self.coverage if each.held is not True)])


@dataclass(frozen=True, eq=False)
class MoneyResult:
    """What is known of the money of one programme; None and empty where there is nothing to reckon from, and `findings` say why.

    `weighed`: a trial with costs by school. `averted`: studies with a ratio and a total cost. `published` is literature that
    stands beside a result. Prices of `price_year` throughout. Not counted: what schools gave in kind, unless it was costed.
    """

    outcome: str
    price_year: str
    programme: ProgrammeCost | None = None
    weighed: Weighed | None = None
    needed: NeededAverted | None = None
    break_even: BreakEven | None = None
    budget: BudgetImpact | None = None
    consequences: CostConsequences | None = None
    tornado: Tornado | None = None
    averted: tuple[AvertedCosts, ...] = ()
    published: PublishedAcceptability | None = None
    findings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        parts = [self.weighed.ratio.standing] if self.weighed else ["no costs by school"]
        parts += [f"{len(self.findings)} findings"]
        return f"MoneyResult({self.outcome}, {self.price_year} prices: {', '.join(parts)})"

    def __str__(self) -> str:
        parts = (
            self.weighed,
            self.needed,
            self.break_even,
            self.consequences,
            self.budget,
            self.tornado,
            self.programme,
        )
        said = [str(part) for part in parts if part is not None] + [str(each) for each in self.averted]
        heading = f"Money: {self.outcome}, {self.price_year} prices"
        return "\n\n".join([heading, *said, *(f"Note: {finding}" for finding in self.findings)])
