from __future__ import annotations

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.trial.intention_to_treat import TrialPlan, estimate_ratio
from swis.estimate.trial.trial_table import TrialTable


def test_as_many_coefficients_as_schools_leave_nothing_to_judge_scatter_by() -> None:
    table = TrialTable(
        outcome="section_47_enquiries",
        schools=("a", "b"),
        authorities=("x", "x"),
        intervention=np.array([True, False]),
        count=np.array([3.0, 5.0]),
        exposure=np.array([100.0, 100.0]),
    )
    with pytest.raises(NotEstimable, match="none is left to judge the scatter by"):
        estimate_ratio(table, TrialPlan(seed=1, variance="HC1", adjusted=False))
