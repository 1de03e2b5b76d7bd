"""What was counted in each arm as a whole: the only counts that the report shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.estimate.trial.trial_table import TrialTable


@dataclass(frozen=True)
class ArmSums:
    """What was counted in the schools of one arm that returned it, and the mean and spread of the rates of its schools."""

    schools: int
    count: float
    exposure: float
    mean_rate: float
    deviation: float


def arm_sums(table: TrialTable, *, intervention: bool) -> ArmSums:
    """Sums over the schools of an arm; rates are per unit of exposure, each school's follow-ups taken together."""
    rows = np.isfinite(table.count) & (table.intervention == intervention)
    schools = table.school_of_row[rows]
    count = np.bincount(schools, table.count[rows])
    exposure = np.bincount(schools, table.exposure[rows])
    known = exposure > 0
    rates = count[known] / exposure[known]
    return ArmSums(
        schools=len(rates),
        count=float(count.sum()),
        exposure=float(exposure.sum()),
        mean_rate=float(rates.mean()) if len(rates) else float("nan"),
        deviation=float(rates.std(ddof=1)) if len(rates) > 1 else float("nan"),
    )
