"""`school_costs.csv`: what the programme cost in each school of a trial."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.unit_costs import PAYERS, PRICE_YEAR, PRICE_YEAR_CAVEAT

SCHOOL_COSTS = Table(
    name="school_costs",
    file="school_costs.csv",
    description="One row for each cost of each school over the whole follow-up, comparison schools too if they had any.",
    counted="What was spent because of the programme or in its place, at full on-cost.",
    not_counted="What outcomes cost: those are counted and priced by unit_costs.csv.",
    columns=(
        Column("school", Kind.LABEL, "The school, as in trial_schools.csv."),
        Column("what", Kind.LABEL, "What was paid for."),
        Column("pounds", Kind.MONEY, "Pounds and pence.", minimum=0),
        Column("price_year", Kind.LABEL, "The year of these prices.", pattern=PRICE_YEAR, caveat=PRICE_YEAR_CAVEAT),
        Column("payer", Kind.CODE, "Whose money it is.", codes=PAYERS),
    ),
    key=("school", "what"),
)
