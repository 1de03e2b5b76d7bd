"""`on_costs.csv`: what an employer pays beyond the salary."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

ON_COSTS = Table(
    name="on_costs",
    file="on_costs.csv",
    description="One row for each on-cost of a financial year: a rate, from which sum on, and of what.",
    counted="What the employer pays because somebody is employed.",
    not_counted="What the employee pays out of the salary.",
    columns=(
        Column("what", Kind.LABEL, "Employer National Insurance, employer pension, overheads."),
        Column("year", Kind.LABEL, "The financial year in which the rate holds, as 2025-26.", pattern=r"20\d\d-\d\d"),
        Column("rate", Kind.NUMBER, "The rate as a share: 0.15 is 15%.", minimum=0),
        Column(
            "above", Kind.MONEY, "The yearly salary from which it is paid; empty: all of it.", required=False, minimum=0
        ),
        Column(
            "share_of",
            Kind.CODE,
            "What the rate is taken of.",
            codes=(
                ("salary", "the yearly salary above `above`"),
                ("employment", "salary and on-costs on the salary together: how overheads are usually stated"),
            ),
        ),
        Column("source", Kind.TEXT, "Where the rate is printed."),
    ),
    key=("what", "year"),
)
