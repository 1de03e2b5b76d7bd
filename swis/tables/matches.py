"""`matches.csv`: the comparison schools that were chosen, and what was not matched."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

PAIR_SCORES_FILE = "pair_scores.csv"
"""Stands beside matches.csv with the score of every pair; nothing reads it."""

MATCHES = Table(
    name="matches",
    file="matches.csv",
    description="One row for each outcome, school (or cluster) with a social worker and comparison school that was chosen or "
    "turned down, and one row for each school that was left without a match. Written by `swis match`.",
    counted="Every choice that was accepted, every choice that the stability check turned down, every school or cluster "
    "without a match.",
    not_counted="Pairs that were never chosen: they are in pair_scores.csv.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome whose trends were matched."),
        Column(
            "intervention_unit",
            Kind.LABEL,
            "The school with a social worker, or the cluster of such schools.",
        ),
        Column(
            "comparison_school",
            Kind.LABEL,
            "The school that it is compared with.",
            required=False,
            caveat="Empty: the unit was left without a match, and leaves the analysis of this outcome.",
        ),
        Column(
            "rank", Kind.WHOLE_NUMBER, "Its place in the order of preference; 1 is nearest.", required=False, minimum=1
        ),
        Column(
            "score",
            Kind.NUMBER,
            "Mean standardised distance over the year groups; 0 is identical.",
            required=False,
            minimum=0,
        ),
        Column(
            "weight",
            Kind.NUMBER,
            "How often it was chosen by this unit (1), or its weight where all candidates are weighted.",
            required=False,
            minimum=0,
            caveat="A school that several units chose has a row for each; it enters a comparison once.",
        ),
        Column("accepted", Kind.CODE, "Whether it is used.", codes=(("yes", "it is used"), ("no", "it is not"))),
        Column("why_not", Kind.TEXT, "Why it is not used.", required=False),
        Column("method", Kind.TEXT, "How the distance was taken and how schools were chosen."),
        Column("inputs_sha256", Kind.LABEL, "The hash of the tables that were matched."),
        Column("swis_version", Kind.LABEL, "The version that matched them."),
    ),
    key=("outcome", "intervention_unit", "comparison_school"),
)
