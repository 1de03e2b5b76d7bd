"""`trial_schools.csv`: the schools of a trial, the arm that each was drawn for, and what then became of it."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table
from swis.tables.year_group_terms import PHASES

_THIRDS = (("lowest", "the lowest third"), ("middle", "the middle third"), ("highest", "the highest third"))
_BEFORE = "As it was before the draw."

SUBGROUP_COLUMNS = ("phase", "deprivation_third", "size_third", "need_third", "region", "rurality", "earlier_programme")
"""The columns that a subgroup may be named by: each is known before the draw and of both arms."""

TRIAL_SCHOOLS = Table(
    name="trial_schools",
    file="trial_schools.csv",
    description="One row for each school that was randomised, by the name it had in the draw.",
    counted="Every randomised school, those that closed, merged, withdrew or returned nothing among them.",
    not_counted="Schools that were nominated and not drawn: they are in nominations.csv. Children.",
    columns=(
        Column("school", Kind.LABEL, "The school, by the label it had in the draw."),
        Column("authority", Kind.LABEL, "The local authority, as in trial.toml."),
        Column("phase", Kind.CODE, "The phase.", codes=PHASES),
        Column(
            "arm",
            Kind.CODE,
            "The arm that was drawn.",
            codes=(("intervention", "drawn for a social worker"), ("comparison", "drawn for none")),
            caveat="What the draw gave, whatever the school then did; that goes under `received`.",
        ),
        Column("pupils", Kind.WHOLE_NUMBER, "Pupils on the roll before the draw.", above=0),
        Column(
            "free_school_meals_percent",
            Kind.NUMBER,
            "Per cent of pupils who were eligible for free school meals before the draw.",
            required=False,
            minimum=0,
        ),
        Column(
            "received",
            Kind.YES_NO,
            "Whether the school had a social worker.",
            required=False,
            caveat="Empty: not known; in a school that was drawn for none: no, if the column is filled in elsewhere.",
        ),
        Column(
            "months_with_worker",
            Kind.NUMBER,
            "Months in which the school had a social worker.",
            required=False,
            minimum=0,
        ),
        Column(
            "why_not_analysed",
            Kind.TEXT,
            "Why no outcome of the school is to be had; empty if there is one.",
            required=False,
            caveat="For example: the authority returned nothing. What is missing without a reason is pointed out.",
        ),
        Column(
            "replaces",
            Kind.LABEL,
            "The drawn school whose arm this one took over from the reserve.",
            required=False,
            caveat="Only before arms were told. A school that withdrew afterwards keeps its arm, and nobody stands in.",
        ),
        Column("deprivation_third", Kind.CODE, f"Its third by deprivation. {_BEFORE}", required=False, codes=_THIRDS),
        Column("size_third", Kind.CODE, f"Its third by pupils. {_BEFORE}", required=False, codes=_THIRDS),
        Column(
            "need_third",
            Kind.CODE,
            f"Its third by the rate of the primary outcome. {_BEFORE}",
            required=False,
            codes=_THIRDS,
        ),
        Column("region", Kind.LABEL, "The region.", required=False),
        Column("rurality", Kind.LABEL, "Urban or rural, in the words of the source.", required=False),
        Column(
            "earlier_programme",
            Kind.LABEL,
            "What like it the school had before, such as a pilot's social worker; `none` if nothing.",
            required=False,
        ),
        Column(
            "implementation",
            Kind.CODE,
            "How far the programme was carried out.",
            required=False,
            codes=(("full", "as planned"), ("partial", "in part"), ("none", "not at all")),
            caveat="Known after the draw and of one arm: it describes, and is no subgroup.",
        ),
    ),
    key=("school",),
)
