"""What the programme would take out of budgets, year by year: in money of one price year, and at present value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from swis.costs.cost_effect import whole_pounds
from swis.costs.discount import GREEN_BOOK, discount_factors
from swis.errors import SettingError


@dataclass(frozen=True)
class BudgetYear:
    """One year: schools in the programme, what it costs, and what it saves with the interval (a minus is more spending)."""

    year: int
    schools: int
    cost: float
    saved: float
    saved_low: float
    saved_high: float
    factor: float

    @property
    def net(self) -> float:
        """What is left to pay."""
        return self.cost - self.saved


@dataclass(frozen=True)
class BudgetImpact:
    """The years of a programme. Counted: its cost and what averted outcomes would have cost. Prices of one year throughout.

    The interval of what is saved is that of the effect; unit costs and the cost of the programme are taken as known.
    """

    years: tuple[BudgetYear, ...]
    price_year: str
    rate: float
    saved_known: bool

    @property
    def cost(self) -> float:
        """All years, not discounted: what has to be found."""
        return sum(year.cost for year in self.years)

    @property
    def net(self) -> float:
        """All years less what is saved, not discounted."""
        return sum(year.net for year in self.years)

    @property
    def present_net(self) -> float:
        """The same, later years discounted."""
        return sum(year.net * year.factor for year in self.years)

    def __repr__(self) -> str:
        return f"BudgetImpact({len(self.years)} years, {whole_pounds(self.cost)} to find in {self.price_year} prices)"

    def __str__(self) -> str:
        lines = [f"Budget impact, {self.price_year} prices"]
        for year in self.years:
            saved = (
                f", saves {whole_pounds(year.saved)} ({whole_pounds(year.saved_low)} to {whole_pounds(year.saved_high)})"
                if self.saved_known
                else ""
            )
            lines.append(f"Year {year.year}: {year.schools:,} schools, {whole_pounds(year.cost)}{saved}")
        net = f"net {whole_pounds(self.net)}, {whole_pounds(self.present_net)} at {self.rate:.1%}"
        lines.append(f"In all {whole_pounds(self.cost)} to find; {net}")
        if not self.saved_known:
            lines.append("No savings are counted: no unit cost was given")
        return "\n".join(lines)

    def table(self) -> pl.DataFrame:
        """One row a year: year, schools, cost, saved, saved_low, saved_high, net, present_net."""
        names = ("year", "schools", "cost", "saved", "saved_low", "saved_high", "net")
        rows = [
            {name: getattr(year, name) for name in names} | {"present_net": year.net * year.factor}
            for year in self.years
        ]
        return pl.DataFrame(rows)


def budget_impact(
    cost_per_school: float,
    *,
    schools: Sequence[int],
    price_year: str,
    saved_per_school: tuple[float, float, float] | None = None,
    rate: float = GREEN_BOOK,
) -> BudgetImpact:
    """The years in which so many schools have the programme, at a yearly cost and saving (estimate, low, high) per school.

    Raises SettingError for no years, a negative number of schools, or a cost below 0.
    """
    if not schools or min(schools) < 0 or cost_per_school < 0:
        raise SettingError("A budget needs a number of schools for each year, and a cost of 0 or more.")
    saved, low, high = saved_per_school or (0.0, 0.0, 0.0)
    if not low <= saved <= high:
        raise SettingError("What is saved per school must lie between its low and its high.")
    years = tuple(
        BudgetYear(place, number, number * cost_per_school, number * saved, number * low, number * high, factor)
        for place, (number, factor) in enumerate(
            zip(schools, discount_factors(len(schools), rate=rate), strict=True), 1
        )
    )
    return BudgetImpact(years, price_year, rate, saved_per_school is not None)
