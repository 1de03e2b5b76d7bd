"""`schools.csv` of a panel: what is known of each school."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.year_group_terms import PHASES

PANEL_SCHOOLS = Table(
    name="panel_schools",
    file="schools.csv",
    description="One row for each school of a panel.",
    counted="Every school that has a row in panel.csv.",
    not_counted="Schools of other authorities that children of this one go to, unless their rolls were given.",
    columns=(
        Column(
            "school",
            Kind.LABEL,
            "The school: its unique reference number of now, else the number that the rolls give.",
            caveat="A school that became an academy has the number of the academy from the beginning.",
        ),
        Column("school_name", Kind.TEXT, "Its name in the register.", required=False),
        Column("phase", Kind.CODE, "Its phase.", codes=PHASES),
        Column("authority", Kind.LABEL, "The local authority."),
        Column(
            "former_urns", Kind.TEXT, "Earlier reference numbers of the same school, spaces between.", required=False
        ),
        Column(
            "free_school_meals_percent",
            Kind.NUMBER,
            "Per cent of pupils who are eligible for free school meals.",
            required=False,
            minimum=0,
        ),
        Column(
            "oldest_year_group",
            Kind.WHOLE_NUMBER,
            "The oldest year group that the school is for; 0 is reception.",
            required=False,
            caveat="Follows from the statutory high age in the register.",
        ),
        Column("cluster", Kind.LABEL, "The group of schools that it belongs to.", required=False),
        Column("role", Kind.TEXT, "Its part in the cluster, such as a feeder primary.", required=False),
        Column(
            "calendar",
            Kind.LABEL,
            "The term calendar that applies, as in terms.csv.",
            required=False,
            caveat="Empty: the only one of its authority.",
        ),
    ),
    key=("school",),
)
