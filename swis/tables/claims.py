"""`claims.csv`: what the authority claimed for the programme."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

CLAIMS = Table(
    name="claims",
    file="claims.csv",
    description="One row for each claim: what was paid for, how much, and on what basis.",
    counted="Staff and other costs of running the programme, in pounds and pence of the price year in study.toml.",
    not_counted="What schools gave in kind (rooms, staff time), and what would have been spent anyway.",
    columns=(
        Column("item", Kind.LABEL, "What was paid for."),
        Column(
            "category",
            Kind.CODE,
            "The kind of cost.",
            codes=(
                ("staffing", "team managers and social workers"),
                ("ancillary", "equipment, rooms, training"),
                ("other", "anything else; counted in the total only"),
            ),
        ),
        Column("amount", Kind.MONEY, "The sum in pounds and pence.", minimum=0),
        Column(
            "basis",
            Kind.CODE,
            "What the sum stands for.",
            codes=(
                ("period", "the cost of the period: taken as it is"),
                ("purchase", "a purchase price: spread over its useful life by the annuity rule of study.toml"),
                ("annuitised as published", "already spread by the source: taken as it is, its price is not known"),
            ),
        ),
        Column(
            "useful_life_years",
            Kind.NUMBER,
            "Years that a purchase lasts; empty: the useful life in study.toml.",
            required=False,
            above=0,
        ),
        Column("period", Kind.LABEL, "The period that the sum is for, as named in study.toml."),
        Column("source", Kind.TEXT, "Where the sum comes from.", required=False),
    ),
    key=("item", "period"),
)
