"""`not_placed.csv` of a panel: what the returns hold and no school-term counts."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

NOT_PLACED = Table(
    name="not_placed",
    file="not_placed.csv",
    description="One row for each outcome, term and reason: how many were in the returns and are in no school.",
    counted="Events, days and sessions that could not be given to a school and a term.",
    not_counted="Duplicates of what was counted.",
    columns=(
        Column("authority", Kind.LABEL, "The local authority."),
        Column("outcome", Kind.LABEL, "The code of the outcome."),
        Column("term", Kind.LABEL, "The term.", required=False, caveat="Empty: it lies in no term of the calendar."),
        Column("reason", Kind.TEXT, "Why: on no roll on that day, outside the years of the returns, and so on."),
        Column("count", Kind.WHOLE_NUMBER, "How many.", minimum=0),
    ),
    key=("authority", "outcome", "term", "reason"),
    may_be_empty=True,
)
