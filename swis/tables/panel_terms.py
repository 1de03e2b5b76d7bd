"""`terms.csv` of a panel: which days count towards which term."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

PANEL_TERMS = Table(
    name="panel_terms",
    file="terms.csv",
    description="One row for each term of each term calendar of a panel.",
    counted="Every term that has rows in panel.csv.",
    not_counted="Terms of a calendar before the first and after the last term of the panel.",
    columns=(
        Column("authority", Kind.LABEL, "The local authority."),
        Column("calendar", Kind.LABEL, "The label of the calendar: the authority, or a school with dates of its own."),
        Column("order", Kind.WHOLE_NUMBER, "The place of the term, from 0.", minimum=0),
        Column("term", Kind.LABEL, "The term, as `autumn 2019`."),
        Column("academic_year", Kind.WHOLE_NUMBER, "The academic year by the year in which it begins.", minimum=1900),
        Column("first_day", Kind.DATE, "The first day of the term."),
        Column("last_day", Kind.DATE, "The last day of the term."),
        Column(
            "counts_from",
            Kind.DATE,
            "The first day that counts towards the term.",
            caveat="Earlier than the first day where the holiday before counts towards it.",
        ),
        Column("counts_to", Kind.DATE, "The last day that counts towards the term."),
        Column(
            "census_day",
            Kind.DATE,
            "The day on which pupils are counted.",
            required=False,
            caveat="Empty: no school census was given for the term.",
        ),
    ),
    key=("authority", "calendar", "term"),
)
