"""`data_collected.csv`: what the evaluation collected, by kind."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

DATA_COLLECTED = Table(
    name="data_collected",
    file="data_collected.csv",
    description="One row for each kind of data that was collected, and how much of it.",
    counted="Interviews, groups and observations held; schools with administrative records; log entries.",
    not_counted="People: one person may have been interviewed more than once, one interview may hold several people.",
    columns=(
        Column(
            "kind",
            Kind.CODE,
            "The kind of data.",
            codes=(
                ("interview", "interviews"),
                ("focus group", "focus groups"),
                ("observation", "observations of practice, meetings or panels"),
                ("administrative records", "records of the authority or the schools"),
                ("activity log", "entries in social workers' activity logs"),
            ),
        ),
        Column("of", Kind.LABEL, "Whom or what it is about."),
        Column("number", Kind.WHOLE_NUMBER, "How many.", minimum=0),
        Column("unit", Kind.LABEL, "What is counted: interviews, groups, observations, schools, entries."),
        Column("period", Kind.LABEL, "When, or which period the records cover.", required=False),
        Column("source", Kind.TEXT, "Where the figure is printed.", required=False),
    ),
    key=("kind", "of", "period", "source"),
)
