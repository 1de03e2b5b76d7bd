"""`clusters.csv`: which schools belong together, and which of them feed a secondary school."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

CLUSTERS = Table(
    name="clusters",
    file="clusters.csv",
    description="One row for each school of a cluster: a secondary school with its feeder primaries, or schools that share "
    "a social worker.",
    counted="Schools that are in a cluster.",
    not_counted="Schools that stand alone have no row.",
    columns=(
        Column("cluster", Kind.LABEL, "The name of the cluster."),
        Column("school", Kind.LABEL, "The school: its URN, its LAESTAB, or the number that the rolls give."),
        Column(
            "role",
            Kind.CODE,
            "Its part in the cluster.",
            required=False,
            codes=(("lead", "the school that the cluster is about"), ("feeder", "a school whose pupils go on to it")),
        ),
    ),
    key=("school",),
)
