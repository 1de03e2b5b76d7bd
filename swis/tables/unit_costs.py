"""`unit_costs.csv`: what one of something costs, in the prices of which year, by whom it is paid, and who says so."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

PAYERS = (
    ("authority", "the local authority's own budget for children's social care"),
    ("schools grant", "the Dedicated Schools Grant"),
    ("school", "the budget of the school"),
    ("health", "the National Health Service"),
    ("police", "the police"),
    ("other", "anyone else; name them in `source`"),
)

PRICE_YEAR = r"[12]\d{3}(-\d\d)?"
PRICE_YEAR_CAVEAT = "2019 is a calendar year, 2019-20 a financial year from April. The two have different price levels."

UNIT_COSTS = Table(
    name="unit_costs",
    file="unit_costs.csv",
    description="One row for each thing that has a price: an enquiry, a plan, a day in care, an hour of a worker.",
    counted="What one of it costs whoever pays, in the prices of the year that is named.",
    not_counted="What it does to a child or a family: that is an outcome, not a cost.",
    columns=(
        Column("what", Kind.LABEL, "The code of the outcome (`s47`), or the name of what is bought."),
        Column("pounds", Kind.MONEY, "Pounds and pence for one.", minimum=0),
        Column(
            "low", Kind.MONEY, "The least that it could be; for the sensitivity analysis.", required=False, minimum=0
        ),
        Column("high", Kind.MONEY, "The most that it could be.", required=False, minimum=0),
        Column("price_year", Kind.LABEL, "The year of these prices.", pattern=PRICE_YEAR, caveat=PRICE_YEAR_CAVEAT),
        Column("payer", Kind.CODE, "Whose money it is.", codes=PAYERS),
        Column(
            "source", Kind.TEXT, "Where the figure is printed: publication, year, table or page. No figure without one."
        ),
    ),
    key=("what", "payer"),
)
