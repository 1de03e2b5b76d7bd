"""The two-stage analysis of schools' summaries (Hayes and Moulton 2017, Cluster Randomised Trials, chapter 10).

First the counts are fitted without the arm (authorities and covariates); then the log of observed over expected, one
number for each school, is compared between the arms within authorities, with t. Robust with few schools, and every school
counts alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.trial.model import build_model, fit_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

TWO_STAGE = "two-stage cluster summary"


@dataclass(frozen=True)
class TwoStage:
    """`residual_deviation` is the standard deviation of the schools' log ratios of observed to expected, within arm and
    authority."""

    estimate: TrialEstimate
    residual_deviation: float

    def __repr__(self) -> str:
        return f"TwoStage({self.estimate!r})"

    def __str__(self) -> str:
        return str(self.estimate)


def two_stage(table: TrialTable, *, adjusted: bool = True, level: float = 0.95) -> TwoStage:
    """The rate ratio of schools' summaries. Several follow-ups are added up first; half an event keeps the logs finite."""
    kept = with_events(table)
    first = fit_model(build_model(kept, effects={}, adjusted=adjusted))
    schools = len(kept.names)
    observed, expected = (
        np.bincount(first.model.school, weights=values, minlength=schools) for values in (kept.count, first.expected)
    )
    summary = np.log((observed + 0.5) / (expected + 0.5))
    arm, authority = kept.arm_of_school.astype(float), kept.authority_of_school
    size = np.bincount(authority)
    centred = [values - (np.bincount(authority, weights=values) / size)[authority] for values in (summary, arm)]
    between = float(centred[1] @ centred[1])
    if between <= 0:
        raise NotEstimable(f"{table.outcome}: no authority has schools of both arms.")
    log_ratio = float(centred[0] @ centred[1]) / between
    # The first stage spent its parameters as well as the arm.
    df = schools - first.model.columns.shape[1] - 1
    if df < 1:
        raise NotEstimable(f"{table.outcome}: no degrees of freedom are left after the first stage.")
    squares = float(((centred[0] - log_ratio * centred[1]) ** 2).sum())
    # The spread of summaries has authorities and the arm taken out; the covariates were taken out of the counts.
    spread = squares / df
    found = Found(TWO_STAGE, log_ratio, sqrt(spread / between), df, "school")
    return TwoStage(estimate_of(kept, found, level=level), sqrt(spread))
