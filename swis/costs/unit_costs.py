"""What one of something costs, from a file in which every figure has its source. None are shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias

import polars as pl

from swis.costs.prices import Deflators, check_year, check_years, gdp_deflators, in_prices_of
from swis.errors import SettingError, TableError
from swis.tables.read import read_table
from swis.tables.unit_costs import UNIT_COSTS

Payer: TypeAlias = Literal["authority", "schools grant", "school", "health", "police", "other"]

EXAMPLE = "EXAMPLE"
"""How the source of a row begins that shows the form of the file and is nobody's figure."""


@dataclass(frozen=True)
class UnitCost:
    """What one of something costs its payer, in pounds of a year. `low` and `high` are what it might also be."""

    what: str
    pounds: Decimal
    price_year: str
    payer: Payer
    source: str
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        check_year(self.price_year)
        if self.source.strip().startswith(EXAMPLE):
            raise SettingError(
                f"The unit cost of {self.what} is still the example. Put your own figure and its source."
            )
        if not self.source.strip():
            raise SettingError(f"The unit cost of {self.what} has no source. Say where the figure is printed.")
        if self.pounds < 0:
            raise SettingError(f"The unit cost of {self.what} is below 0.")
        if not self.least <= self.pounds <= self.most:
            raise SettingError(f"The unit cost of {self.what} does not lie between its low and its high.")

    @property
    def least(self) -> Decimal:
        """The low figure, or the figure itself."""
        return self.pounds if self.low is None else self.low

    @property
    def most(self) -> Decimal:
        """The high figure, or the figure itself."""
        return self.pounds if self.high is None else self.high

    def __repr__(self) -> str:
        return f"UnitCost({self.what}: £{self.pounds:,.2f} in {self.price_year} prices, {self.payer}; {self.source})"


def read_unit_costs(path: Path) -> tuple[UnitCost, ...]:
    """The unit costs in a file of the declared shape, in its order.

    Raises TableError for a year that cannot be, or a figure outside its own low and high.
    """
    return list_unit_costs(read_table(UNIT_COSTS, path), file=path.name)


def list_unit_costs(frame: pl.DataFrame, *, file: str = UNIT_COSTS.file) -> tuple[UnitCost, ...]:
    """As `read_unit_costs`, from a table that has been read."""
    rows = frame.to_dicts()
    check_years(file, [(row["row"], row["price_year"]) for row in rows], column="price_year")
    costs = []
    for row in rows:
        number = row.pop("row")
        try:
            costs.append(UnitCost(**row))
        except SettingError as error:
            raise TableError(f"{file}, row {number}: {error}") from error
    return tuple(costs)


def reprice(
    unit_costs: Sequence[UnitCost], *, price_year: str | int, deflators: Deflators | None = None
) -> tuple[UnitCost, ...]:
    """The same unit costs in the prices of one year, not rounded; the source says what was done."""
    return tuple(_reprice(cost, check_year(price_year), deflators) for cost in unit_costs)


def _reprice(cost: UnitCost, year: str, deflators: Deflators | None) -> UnitCost:
    if cost.price_year == year:
        return cost

    def to(amount: Decimal | None) -> Decimal | None:
        if amount is None:
            return None
        return in_prices_of(amount, from_year=cost.price_year, to_year=year, deflators=deflators)

    pounds = to(cost.pounds) or Decimal(0)
    index = (deflators or gdp_deflators()).source
    said = f"{cost.source}; from {cost.price_year} prices by {index}"
    return replace(cost, pounds=pounds, low=to(cost.low), high=to(cost.high), price_year=year, source=said)
