"""`term_calendar.csv`: the term dates of authorities, and of schools that differ."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

TERM_CALENDAR = Table(
    name="term_calendar",
    file="term_calendar.csv",
    description="One row for each term or half-term: its first and its last day.",
    counted="Every term of every academic year from the first to the last, three terms or six half-terms a year, in "
    "their order.",
    not_counted="Holidays have no rows: a rule says which term they count towards. Inset days are not told apart.",
    columns=(
        Column("authority", Kind.LABEL, "The local authority, by its three-digit code or one label throughout."),
        Column(
            "school",
            Kind.LABEL,
            "The school whose dates differ from the authority's.",
            required=False,
            caveat="Empty: the dates of the authority, for every school of it that has no rows of its own.",
        ),
        Column(
            "academic_year",
            Kind.LABEL,
            "The academic year, as 2019-20.",
            caveat="A term that begins in August belongs to the year that it begins: the file says which.",
        ),
        Column(
            "term",
            Kind.CODE,
            "The part of the year.",
            codes=(
                ("autumn", "the first of three terms"),
                ("spring", "the second of three terms"),
                ("summer", "the third of three terms"),
                ("autumn 1", "the first of six half-terms"),
                ("autumn 2", "the second of six half-terms"),
                ("spring 1", "the third of six half-terms"),
                ("spring 2", "the fourth of six half-terms"),
                ("summer 1", "the fifth of six half-terms"),
                ("summer 2", "the sixth of six half-terms"),
            ),
        ),
        Column("first_day", Kind.DATE, "The first day of the term."),
        Column("last_day", Kind.DATE, "The last day of the term."),
        Column("source", Kind.TEXT, "Where the dates come from.", required=False),
    ),
    key=("authority", "school", "academic_year", "term"),
)
