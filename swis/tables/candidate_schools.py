"""`candidate_schools.csv`: the schools with a social worker, and those that could be compared with them."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.year_group_terms import PHASES

CANDIDATE_SCHOOLS = Table(
    name="candidate_schools",
    file="candidate_schools.csv",
    description="One row for each school that takes part in matching, with what is known of the school as a whole.",
    counted="Schools with a social worker, schools that could be compared with them, and schools kept out by name.",
    not_counted="Children.",
    columns=(
        Column("school", Kind.LABEL, "The school, by one label throughout the folder."),
        Column("phase", Kind.CODE, "The phase; only schools of one phase are compared.", codes=PHASES),
        Column("pupils", Kind.WHOLE_NUMBER, "Pupils on the roll before the start.", above=0),
        Column(
            "free_school_meals_percent",
            Kind.NUMBER,
            "Per cent of pupils who are eligible for free school meals.",
            required=False,
            minimum=0,
            caveat="A school without it can be matched on trends, not on level, size and free school meals.",
        ),
        Column("authority", Kind.LABEL, "The local authority."),
        Column(
            "cluster",
            Kind.LABEL,
            "The group of schools that was given a social worker together.",
            required=False,
            caveat="Empty: the school stands for itself.",
        ),
        Column(
            "intervention",
            Kind.CODE,
            "Whether the school has a social worker.",
            codes=(("yes", "it has one"), ("no", "it has none and could be compared")),
        ),
        Column(
            "excluded",
            Kind.TEXT,
            "Why the school must not be used; empty if it may.",
            required=False,
            caveat="For example: a feeder of a school with a social worker, closed, in another programme.",
        ),
    ),
    key=("school",),
)
