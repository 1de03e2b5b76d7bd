"""One fit without an effect, and the score that any allocation would have had by it.

The score of an allocation is the sum of its intervention schools' residuals, over the root of its information once
authorities and covariates are allowed for (Rao). All allocations share one fit; the statistic exists where the estimate does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from swis.estimate.comparison import Array
from swis.estimate.trial.model import Estimand, build_model, fit_model
from swis.estimate.trial.trial_table import TrialTable

NO_INFORMATION = 1e-10


@dataclass(frozen=True, eq=False)
class NullScore:
    """What the scores need: by school the residual and the information, and what an arm shares with the other columns.

    `residual` and `own` have one value for each school, `shared` one row for each school and one column for each nuisance column.
    """

    residual: Array
    own: Array
    shared: Array
    inverse: Array

    def scores(self, allocations: Array) -> Array:
        """Rao's signed statistic for each row of `allocations` (allocations, schools); 0 where one has no information."""
        arms = np.asarray(allocations, dtype=float)
        shared = arms @ self.shared
        information = arms @ self.own - np.einsum("bp,bp->b", shared @ self.inverse, shared)
        usable = information > NO_INFORMATION * self.own.sum()
        surplus = arms @ self.residual
        return np.divide(surplus, np.sqrt(np.where(usable, information, 1.0)), out=np.zeros_like(surplus), where=usable)


def null_score(table: TrialTable, *, log_ratio: float = 0.0, estimand: Estimand = "participant") -> NullScore:
    """The score at this log rate ratio, for a table whose outcomes are all returned."""
    known = np.exp(log_ratio * table.intervention)
    fit = fit_model(build_model(replace(table, exposure=table.exposure * known), effects={}, estimand=estimand))
    model = fit.model
    expected = model.weight * fit.expected
    schools = len(table.names)
    shared = np.zeros((schools, model.columns.shape[1]))
    np.add.at(shared, model.school, expected[:, None] * model.columns)
    return NullScore(
        residual=_by_school(model.school, model.weight * fit.residual),
        own=_by_school(model.school, expected),
        shared=shared,
        inverse=fit.inverse,
    )


def _by_school(school: NDArray[np.intp], values: Array) -> Array:
    summed = np.zeros(int(school.max()) + 1)
    np.add.at(summed, school, values)
    return summed
