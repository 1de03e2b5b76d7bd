"""Costs and consequences side by side: several outcomes, each with its own estimate; who pays, and who saves.

Nothing is added up that has no price. What has one is put to the budget that pays for it (Drummond et al. 2015, chapter 1;
Mauskopf et al. 1998, PharmacoEconomics 13, 277-288). One enquiry may lead to a plan: where outcomes follow from one another,
a unit cost of the first must not hold the second too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from swis.costs.cost_effect import whole_pounds
from swis.costs.unit_costs import Payer, UnitCost
from swis.errors import SettingError
from swis.tables.unit_costs import PAYERS


@dataclass(frozen=True)
class Consequence:
    """What the programme averted of one outcome per school and year, with its interval. `unit_costs` price it, if any do.

    `primary` marks the outcome that the trial was about. `note` says what a reader has to know: that more of it may be better.
    """

    outcome: str
    averted: float
    low: float
    high: float
    unit_costs: tuple[UnitCost, ...] = ()
    primary: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.averted <= self.high:
            raise SettingError(f"{self.outcome}: what was averted must lie between its low and its high.")

    @property
    def price(self) -> float:
        """What one costs all payers together."""
        return float(sum(cost.pounds for cost in self.unit_costs))

    @property
    def saved(self) -> tuple[float, float, float]:
        """Pounds saved: estimate, low, high."""
        return self.averted * self.price, self.low * self.price, self.high * self.price


@dataclass(frozen=True)
class PayerShare:
    """What one payer pays for the programme and saves by it, per school and year; a saving with a minus is more spending."""

    payer: Payer
    pays: float
    saves: float

    @property
    def net(self) -> float:
        """What is left to pay."""
        return self.pays - self.saves


@dataclass(frozen=True)
class CostConsequences:
    """The cost by payer and every consequence, per school and year, in prices of one year."""

    price_year: str
    costs: Mapping[Payer, float]
    consequences: tuple[Consequence, ...]

    @property
    def cost(self) -> float:
        """What all payers pay for the programme."""
        return sum(self.costs.values())

    @property
    def saved(self) -> float:
        """What priced outcomes averted would have cost."""
        return sum(each.saved[0] for each in self.consequences)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The outcomes that have no unit cost: they stand in the table and in no sum."""
        return tuple(each.outcome for each in self.consequences if not each.unit_costs)

    def payers(self) -> tuple[PayerShare, ...]:
        """Everybody who pays or saves, in the order of the declared payers."""
        names: list[Payer] = [name for name, _ in PAYERS]  # type: ignore[misc]
        shares = (PayerShare(name, self.costs.get(name, 0.0), self._saved_by(name)) for name in names)
        return tuple(share for share in shares if share.pays or share.saves)

    def _saved_by(self, payer: Payer) -> float:
        return sum(
            each.averted * float(cost.pounds)
            for each in self.consequences
            for cost in each.unit_costs
            if cost.payer == payer
        )

    def __repr__(self) -> str:
        return f"CostConsequences({whole_pounds(self.cost)} per school and year; {len(self.consequences)} outcomes)"

    def __str__(self) -> str:
        lines = [f"Costs and consequences per school and year, {self.price_year} prices"]
        lines += [
            f"  {share.payer}: pays {whole_pounds(share.pays)}, saves {whole_pounds(share.saves)}, net {whole_pounds(share.net)}"
            for share in self.payers()
        ]
        for each in self.consequences:
            priced = f"; saves {whole_pounds(each.saved[0])}" if each.unit_costs else "; no unit cost"
            first = " (primary)" if each.primary else ""
            lines.append(
                f"  {each.outcome}{first}: {each.averted:.3g} averted ({each.low:.3g} to {each.high:.3g}){priced}"
            )
        return "\n".join(lines)

    def table(self) -> pl.DataFrame:
        """One row an outcome: outcome, primary, averted, low, high, price, saved (None without a unit cost), note."""
        return pl.DataFrame(
            [
                {
                    "outcome": each.outcome,
                    "primary": each.primary,
                    "averted": each.averted,
                    "low": each.low,
                    "high": each.high,
                    "price": each.price if each.unit_costs else None,
                    "saved": each.saved[0] if each.unit_costs else None,
                    "note": each.note,
                }
                for each in self.consequences
            ]
        )


def weigh_consequences(
    costs: Mapping[Payer, float], consequences: Sequence[Consequence], *, price_year: str
) -> CostConsequences:
    """Costs and consequences together.

    Raises SettingError if a unit cost is in the prices of another year, or nothing is given.
    """
    if not costs or not consequences:
        raise SettingError("A table of costs and consequences needs a cost and an outcome.")
    for each in consequences:
        for cost in each.unit_costs:
            if cost.price_year != price_year:
                raise SettingError(
                    f"The unit cost of {cost.what} is in {cost.price_year} prices and the table in those of {price_year}. "
                    "Reprice it first."
                )
    return CostConsequences(price_year, dict(costs), tuple(consequences))
