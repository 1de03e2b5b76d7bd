"""`arms.csv`: which schools of a panel had a social worker, and which are compared with them."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

ARMS = Table(
    name="arms",
    file="arms.csv",
    description="One row for each school of a panel whose part in a study is known. Read by `swis study`.",
    counted="Schools with a social worker; schools that are compared with them, where these were chosen or drawn; schools "
    "that must not be used.",
    not_counted="Schools of the panel that have no row: any of them may be chosen as a comparison.",
    columns=(
        Column(
            "school", Kind.LABEL, "The school, as in schools.csv of the panel, or by an earlier reference number of it."
        ),
        Column(
            "arm",
            Kind.CODE,
            "Its part.",
            codes=(
                ("intervention", "with a social worker"),
                ("comparison", "without, and compared with those"),
                ("left out", "must not be used"),
            ),
        ),
        Column("cluster", Kind.LABEL, "The group that was given the programme together.", required=False),
        Column("stratum", Kind.LABEL, "The group within which schools could have changed places.", required=False),
        Column(
            "why",
            Kind.TEXT,
            "Why it must not be used.",
            required=False,
            caveat="For example: a feeder of a school with a social worker, closed, in another programme.",
        ),
    ),
    key=("school",),
)
