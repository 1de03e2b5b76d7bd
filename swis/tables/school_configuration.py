"""`school_configuration.csv`: how the programme was present in each school."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

SCHOOL_CONFIGURATION = Table(
    name="school_configuration",
    file="school_configuration.csv",
    description="One row for each school with a social worker, or group of like schools.",
    counted="Schools that were given the programme, and the workers that the source names for each.",
    not_counted="Comparison schools. A worker who serves several schools is counted at each.",
    columns=(
        Column("school", Kind.LABEL, "The school or group, by the source's label."),
        Column("type", Kind.LABEL, "Kind of school."),
        Column("schools", Kind.WHOLE_NUMBER, "Number of schools that the row is about.", minimum=1),
        Column("presence", Kind.TEXT, "How the workers are present."),
        Column(
            "social_workers",
            Kind.WHOLE_NUMBER,
            "Social workers at each school of the row.",
            required=False,
            minimum=0,
            caveat="Empty: none is named for these schools.",
        ),
        Column("source", Kind.TEXT, "Where it is printed.", required=False),
    ),
    key=("school",),
)
