"""`school_scores.csv`: attainment in a trial, school by school, as number, mean and standard deviation."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

SCHOOL_SCORES = Table(
    name="school_scores",
    file="school_scores.csv",
    description="One row for each outcome and school: how many pupils were tested after the start, and what they scored.",
    counted="Pupils of the school with a score. Number, mean and standard deviation hold all that a model of schools needs.",
    not_counted="Scores of one pupil. Pupils without a score: a school without any has no row.",
    columns=(
        Column("outcome", Kind.LABEL, "The code of the outcome, as in trial.toml."),
        Column("school", Kind.LABEL, "The school, as in trial_schools.csv."),
        Column("pupils", Kind.WHOLE_NUMBER, "Pupils with a score.", above=0),
        Column("mean", Kind.NUMBER, "The mean of their scores."),
        Column(
            "standard_deviation",
            Kind.NUMBER,
            "The standard deviation of their scores, over the number less one; 0 for one pupil.",
            minimum=0,
            caveat="That of pupils, not the standard error of the mean.",
        ),
        Column(
            "baseline_mean",
            Kind.NUMBER,
            "The mean of a test before the draw.",
            required=False,
            caveat="Adjusted for if every school that has a score has it.",
        ),
        Column("source", Kind.TEXT, "Where the figures come from.", required=False),
    ),
    key=("outcome", "school"),
)
