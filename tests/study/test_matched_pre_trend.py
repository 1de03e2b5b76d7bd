from __future__ import annotations

from math import exp

import numpy as np
import pytest

from swis.design.matching import MatchOptions, match_schools
from swis.errors import NotEstimable
from swis.estimate.event_study import EQUIVALENCE_QUANTILE
from swis.study.matched_pre_trend import matched_comparison, matched_pre_trend
from tests.design.drawn import simulated_panel, small_panel


def test_the_comparison_holds_the_matched_schools_once_with_their_year_groups_added_up() -> None:
    rates = {"T1": [[1, 3], [2, 2]], "T2": [[1, 3], [2, 2]], "A": [[2, 4], [1, 1]], "B": [[9, 1], [9, 1]]}
    panel = small_panel(rates, treated=["T1", "T2"])
    comparison = matched_comparison(panel, match_schools(panel, MatchOptions(k=1)))
    assert comparison.schools == ("T1", "T2", "A")
    assert comparison.count.tolist() == [[3, 5], [3, 5], [3, 5]]
    assert comparison.pupils.tolist() == [[200, 200]] * 3
    assert comparison.intervention.tolist() == [True, True, False]


def test_the_bound_of_two_terms_follows_from_the_four_totals() -> None:
    # Pooled over schools that move alike, the log ratio is that of the four totals, its error that of Poisson counts.
    rates = {"T1": [[10, 20]], "T2": [[10, 20]], "A1": [[10, 16]], "A2": [[10, 16]], "B": [[90, 1]]}
    panel = small_panel(rates, treated=["T1", "T2"], pupils=1000)
    matching = match_schools(panel)
    assert matched_comparison(panel, matching).schools == ("T1", "T2", "A1", "A2")
    found = matched_pre_trend(panel, matching, seed=1)
    error = np.sqrt(1 / 200 + 1 / 400 + 1 / 200 + 1 / 320)
    assert found.bound == pytest.approx(exp(np.log(20 / 16) + EQUIVALENCE_QUANTILE * error), rel=1e-6)


def test_a_match_on_noise_passes_the_test_with_a_wide_bound() -> None:
    panel = simulated_panel(seed=4, pupils=60)
    found = matched_pre_trend(panel, match_schools(panel), seed=1)
    assert found.bound is not None
    assert found.bound > 1.5


def test_nobody_matched_is_said() -> None:
    panel = small_panel({"T": [[1, 1]], "A": [[1, 1]]}, treated=["T"])
    with pytest.raises(NotEstimable, match="no school was matched"):
        matched_pre_trend(panel, match_schools(panel), seed=1)
