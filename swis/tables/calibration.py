"""`calibration.csv`: how often each method would claim an effect in tables shaped like those of the study."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

CALIBRATION = Table(
    name="calibration",
    file="calibration.csv",
    description="One row for each outcome, setting and method: what `swis calibrate` found in simulated tables.",
    counted="Tables drawn for the schools, terms and pupils of the outcome, with a stated true rate ratio.",
    not_counted="Real counts: everything here is drawn. At a true ratio of 1 every claim is a false one.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome, as in study.toml."),
        Column("method", Kind.TEXT, "The method that was asked whether there is an effect."),
        Column(
            "scatter",
            Kind.CODE,
            "How the counts were drawn.",
            codes=(
                ("poisson", "independent events; days in lots of the outcome's unit of count"),
                ("overdispersed", "as scattered as the study's own table, if that is more"),
            ),
        ),
        Column("true_ratio", Kind.NUMBER, "The rate ratio that was put in."),
        Column("times_as_many_schools", Kind.WHOLE_NUMBER, "How many copies there were of every school.", minimum=1),
        Column("draws", Kind.WHOLE_NUMBER, "How many tables were drawn.", minimum=1),
        Column(
            "usable",
            Kind.WHOLE_NUMBER,
            "For how many of them the method had an answer.",
            minimum=0,
            caveat="The verdict always has one: a table that it cannot judge is no claim.",
        ),
        Column("claimed", Kind.NUMBER, "Share of usable tables in which it declared an effect.", required=False),
        Column(
            "covered",
            Kind.NUMBER,
            "Share of tables in which the verdict's interval held the true ratio.",
            required=False,
            caveat="Only for the verdict.",
        ),
        Column("seed", Kind.WHOLE_NUMBER, "The seed of the draws.", minimum=0),
        Column("table_sha256", Kind.LABEL, "The hash of the table that the draws were shaped like."),
        Column("swis_version", Kind.LABEL, "The version that drew them."),
    ),
    key=("outcome", "method", "scatter", "true_ratio", "times_as_many_schools"),
)
