"""`findings.csv` of a panel: what to know about its numbers."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

PANEL_FINDINGS = Table(
    name="panel_findings",
    file="findings.csv",
    description="One row for each kind of thing that was found while a panel was built or put together.",
    counted="What was matched in doubt, dropped, repaired or not covered.",
    not_counted="Children: nothing here is about one child.",
    columns=(
        Column("authority", Kind.LABEL, "The local authority."),
        Column(
            "severity",
            Kind.CODE,
            "How much it matters.",
            codes=(("warning", "bears on a number"), ("note", "does not")),
        ),
        Column("code", Kind.LABEL, "A short name that stays the same from version to version."),
        Column("what", Kind.TEXT, "What was found."),
        Column("what_to_do", Kind.TEXT, "What to do about it, or what was done.", required=False),
        Column("count", Kind.WHOLE_NUMBER, "How often.", minimum=0),
        Column("file", Kind.TEXT, "The file that it was found in.", required=False),
        Column("outcome", Kind.LABEL, "The outcome that it is about.", required=False),
        Column("school", Kind.LABEL, "The school that it is about.", required=False),
        Column("term", Kind.LABEL, "The term that it is about.", required=False),
    ),
    may_be_empty=True,
)
