"""`school_terms.csv`: the counts of one outcome, school by school and term by term."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

SCHOOL_TERMS = Table(
    name="school_terms",
    file="school_terms.csv",
    description="One row for each outcome, school and term: how many were counted, among how many pupils.",
    counted="What began or was spent in the term, for pupils on the roll of the school. An outcome counts the schools "
    "that have rows for it here: the schools may differ from outcome to outcome.",
    not_counted="Children themselves: no row is about one child. School-terms that are not here are taken as not "
    "observed, never as zero.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome, as in study.toml."),
        Column(
            "school",
            Kind.LABEL,
            "The school, by the label that the source prints.",
            caveat="One school may be printed under several labels; study.toml says which belong together.",
        ),
        Column(
            "arm",
            Kind.CODE,
            "The heading that the school is printed under.",
            codes=(
                ("intervention", "with a social worker"),
                ("control", "without; the word of the source"),
                ("comparison", "without"),
            ),
            caveat="What was printed. The arm that counts is the one in study.toml; a contradiction is a finding.",
        ),
        Column("term", Kind.LABEL, "The term, as named in study.toml."),
        Column(
            "count",
            Kind.WHOLE_NUMBER,
            "How many were counted in the term.",
            minimum=0,
            caveat="A suppressed count is not zero and is refused. Days in care are not independent events.",
        ),
        Column(
            "pupils",
            Kind.WHOLE_NUMBER,
            "Pupils on the roll in the term.",
            minimum=0,
            caveat="Sources differ in whether pupils who live in another authority are in it.",
        ),
        Column(
            "printed_rate",
            Kind.PRINTED,
            "The rate that the source prints beside the count, with its digits (0.50 is not 0.5).",
            required=False,
        ),
        Column(
            "rate_per_pupils",
            Kind.WHOLE_NUMBER,
            "The number of pupils that the source says its rate is per.",
            required=False,
            minimum=1,
        ),
        Column("source", Kind.TEXT, "Where the figures are printed.", required=False),
    ),
    key=("outcome", "school", "term"),
)
