"""`families.csv`: the authority's own grouping of brothers and sisters. It holds children's identifiers."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

FAMILIES = Table(
    name="families",
    file="families.csv",
    description="One row for each child: the family that the authority counts it to. Read like a return: its values are in no "
    "message, and no row of it is in a panel.",
    counted="Children with a family.",
    not_counted="Returns have no families. Without this file events are counted by child only.",
    columns=(
        Column(
            "child", Kind.LABEL, "The authority's own identifier of the child, as in the returns.", statutory=("child",)
        ),
        Column("family", Kind.LABEL, "The authority's own identifier of the family.", statutory=("family",)),
    ),
    key=("child",),
)
