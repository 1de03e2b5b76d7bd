"""What running one outcome of a trial takes, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.trial.allocations import DrawAllocations
from swis.estimate.trial.attainment import SchoolScores
from swis.estimate.trial.intention_to_treat import TrialPlan
from swis.estimate.trial.trial_table import TrialTable
from swis.study.trial.build_flow import received_of
from swis.study.trial.evaluation import PlanState
from swis.study.trial.outcome_data import OutcomeData
from swis.study.trial.protocol import Subgroup
from swis.study.trial.trial import Trial


@dataclass(frozen=True, eq=False)
class OutcomeRun:
    """What running one outcome takes. `level` is what a p-value has to reach: 0.05, or less at an early look."""

    trial: Trial
    data: OutcomeData
    allocations: DrawAllocations | None
    level: float = 0.05

    @property
    def plan(self) -> TrialPlan:
        """The plan of the estimators, from the options of the protocol."""
        options = self.trial.protocol.options
        return TrialPlan(
            seed=options.seed,
            variance=options.variance,
            estimand=options.estimand,
            adjusted=bool(options.covariates),
            level=1 - self.level,
            draws=options.draws,
        )

    @property
    def state(self) -> PlanState:
        """How the outcome stands to the lock."""
        return self.trial.plan_status.of_outcome(self.data.outcome.code)

    def group_of_school(self, subgroup: Subgroup) -> dict[str, str]:
        """The group of each unit; a merged one is in that of the school whose name it has."""
        return {unit.name: unit.lead.groups[subgroup.column] for unit in self.trial.units.units}

    def took_worker(self, rows: TrialTable | SchoolScores) -> NDArray[np.bool_]:
        """For each row whether the school had a worker. Raises NotEstimable where that is not known of every school."""
        had = received_of(self.trial.schools)
        unknown = [name for name in rows.names if had[name] is None]
        if unknown:
            raise NotEstimable(f"{rows.outcome}: of {len(unknown)} schools it is not known whether they had a worker.")
        return np.array([bool(had[name]) for name in rows.schools])
