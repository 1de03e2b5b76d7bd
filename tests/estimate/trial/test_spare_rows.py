from __future__ import annotations

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.trial.intention_to_treat import TrialPlan, compare_estimands, estimate_ratio
from swis.estimate.trial.result import bounded_exp
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


def test_with_one_degree_of_freedom_an_interval_may_be_infinite_and_is_no_error() -> None:
    table = TrialTable(
        outcome="section_47_enquiries",
        schools=("a", "b", "c"),
        authorities=("x", "x", "x"),
        intervention=np.array([True, False, False]),
        count=np.array([9.0, 1.0, 40.0]),
        exposure=np.array([1e9, 1e-2, 10.0]),
    )
    found = compare_estimands(table, TrialPlan(seed=1, variance="HC1", adjusted=False))
    assert 0 <= found.low < found.high
    assert bounded_exp(800.0) == np.inf
    two = TrialTable(
        outcome="section_47_enquiries",
        schools=("a", "b"),
        authorities=("x", "x"),
        intervention=np.array([True, False]),
        count=np.array([3.0, 5.0]),
        exposure=np.array([100.0, 100.0]),
    )
    with pytest.raises(NotEstimable, match="no degrees of freedom"):
        compare_estimands(two, TrialPlan(seed=1, adjusted=False))
