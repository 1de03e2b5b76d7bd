"""`children_and_families.csv` of a panel: how many children and families stand behind the counts of a school-term."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

CHILDREN_AND_FAMILIES = Table(
    name="children_and_families",
    file="children_and_families.csv",
    description="One row for each outcome, school and term with an event: of how many children, of how many families.",
    counted="Every outcome of events that is in panel.csv, over all year groups. Brothers and sisters are each counted.",
    not_counted="School-terms without an event.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome."),
        Column("school", Kind.LABEL, "The school, as in schools.csv."),
        Column("term", Kind.LABEL, "The term, as in terms.csv."),
        Column("events", Kind.WHOLE_NUMBER, "How many were counted.", minimum=1),
        Column("children", Kind.WHOLE_NUMBER, "Of how many children.", minimum=1),
        Column(
            "families",
            Kind.WHOLE_NUMBER,
            "Of how many families.",
            required=False,
            minimum=1,
            caveat="Empty: the authority gave no grouping of brothers and sisters.",
        ),
    ),
    key=("outcome", "school", "term"),
    may_be_empty=True,
)
