"""`nominations.csv`: the schools that authorities put forward for a trial, with what was known of each before the draw."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.year_group_terms import PHASES

_SAME_YEAR = "In the year before the nominations, the same year for every school."

NOMINATIONS = Table(
    name="nominations",
    file="nominations.csv",
    description="One row for each school that was nominated, whether or not it may be drawn. The allocation is drawn from it.",
    counted="Schools in the draw, schools in reserve, and schools that were nominated and kept out, with the reason.",
    not_counted="Feeder primaries, which follow their secondary school and are named beside it. Children.",
    columns=(
        Column("school", Kind.LABEL, "The school, by one label throughout the trial."),
        Column("authority", Kind.LABEL, "The local authority."),
        Column("phase", Kind.CODE, "The phase.", codes=PHASES),
        Column("pupils", Kind.WHOLE_NUMBER, "Pupils on the roll.", required=False, above=0),
        Column(
            "referrals",
            Kind.WHOLE_NUMBER,
            f"Referrals to children's social care of pupils of the school. {_SAME_YEAR}",
            required=False,
            minimum=0,
            caveat="Counts of few children: take care who sees this file.",
        ),
        Column(
            "section_47_enquiries",
            Kind.WHOLE_NUMBER,
            f"Section 47 enquiries into pupils of the school. {_SAME_YEAR}",
            required=False,
            minimum=0,
            caveat="Counts of few children: take care who sees this file.",
        ),
        Column(
            "exclusions",
            Kind.WHOLE_NUMBER,
            f"Suspensions and permanent exclusions. {_SAME_YEAR}",
            required=False,
            minimum=0,
        ),
        Column(
            "persistent_absence_percent",
            Kind.NUMBER,
            "Per cent of pupils who are persistently absent.",
            required=False,
            minimum=0,
        ),
        Column(
            "free_school_meals_percent",
            Kind.NUMBER,
            "Per cent of pupils who are eligible for free school meals.",
            required=False,
            minimum=0,
        ),
        Column(
            "feeder_primaries",
            Kind.TEXT,
            "The primary schools that the social worker would serve too, with semicolons between.",
            required=False,
            caveat="They are not drawn: they follow the school. One that feeds two nominated schools is pointed out.",
        ),
        Column(
            "reserve",
            Kind.YES_NO,
            "Whether the school only stands in for another that withdraws before arms are told.",
            required=False,
            caveat="Empty: no. In which order reserves stand in is drawn with the allocation.",
        ),
        Column(
            "excluded",
            Kind.TEXT,
            "Why the school must not be drawn; empty if it may.",
            required=False,
            caveat="For example: about to close, in another trial. It stays in the file, so that the reader sees it.",
        ),
    ),
    key=("school",),
)
