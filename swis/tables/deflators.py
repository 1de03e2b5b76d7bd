"""`deflators.csv`: the level of prices by year, to bring sums of different years together."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.unit_costs import PRICE_YEAR, PRICE_YEAR_CAVEAT

DEFLATORS = Table(
    name="deflators",
    file="deflators.csv",
    description="One row for each year: the index of prices. Only ratios between years are used, so any base will do.",
    counted="The level of prices in that year on one scale for the whole table.",
    not_counted="Changes in per cent: those are worked out from the index.",
    columns=(
        Column("year", Kind.LABEL, "Calendar or financial year.", pattern=PRICE_YEAR, caveat=PRICE_YEAR_CAVEAT),
        Column("price_index", Kind.NUMBER, "The index, 100 in whichever year.", above=0),
        Column("source", Kind.TEXT, "The publication and its date."),
    ),
    key=("year",),
)
