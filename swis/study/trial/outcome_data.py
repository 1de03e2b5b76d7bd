"""The data of one outcome of a trial, added up and ready to be analysed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.trial.attainment import SchoolScores
from swis.estimate.trial.model import with_events
from swis.estimate.trial.trial_table import LeftOut, TrialTable
from swis.study.trial.aggregate import build_scores, build_table
from swis.study.trial.protocol import TrialOutcome
from swis.study.trial.trial import Trial


@dataclass(frozen=True, eq=False)
class OutcomeData:
    """The table of counts or sessions, or the scores; both None where there are none, and `why_not` says why.

    `left_out` are the randomised schools that have no row in the analysis, each with its reason.
    """

    outcome: TrialOutcome
    table: TrialTable | None
    scores: SchoolScores | None
    left_out: tuple[LeftOut, ...]
    analysed: frozenset[str] = frozenset()
    """The names of the units that have a row in it."""
    why_not: str = ""


def gather_outcome(trial: Trial, outcome: TrialOutcome) -> OutcomeData:
    """The data of one outcome over the main follow-up."""
    try:
        if outcome.kind == "scores":
            scores = build_scores(trial, trial.units, outcome)
            tested = scores.tested
            return OutcomeData(outcome, None, scores, tested.left_out, frozenset(tested.schools))
        table = build_table(trial, trial.units, outcome)
        kept = _analysed_rows(table)
    except NotEstimable as reason:
        return OutcomeData(outcome, None, None, (), why_not=str(reason))
    return OutcomeData(outcome, table, None, kept.left_out, frozenset(kept.schools))


def _analysed_rows(table: TrialTable) -> TrialTable:
    """The rows that the estimators keep; where nothing was counted anywhere, those that were returned."""
    return with_events(table) if np.nansum(table.count) > 0 else table.returned
