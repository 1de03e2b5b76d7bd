"""Attendance, attainment and clustering: rules and bad input. R is in `test_against_r.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.trial.attainment import SchoolScores, effect_size
from swis.estimate.trial.attendance import sessions_missed
from swis.estimate.trial.clustering import crude_k, session_icc, variation_between_schools
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import draw_trial, stored_follow_ups, stored_trial


def scores(**changes: Any) -> SchoolScores:
    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {
        "outcome": "reading",
        "schools": tuple("ABCDEFGH"),
        "authorities": ("N",) * 4 + ("S",) * 4,
        "intervention": [1, 1, 0, 0, 1, 1, 0, 0],
        "pupils": np.full(8, 30.0),
        "mean": 100 + rng.standard_normal(8),
        "deviation": np.full(8, 15.0),
    }
    return SchoolScores(**(columns | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pupils": np.full(7, 30.0)}, "needs 8 values"),
        ({"schools": tuple("ABCDEFGG")}, "appears twice"),
        ({"mean": np.full(8, np.nan)}, "missing"),
        ({"pupils": np.zeros(8)}, "no pupils"),
        ({"deviation": np.full(8, -1.0)}, "negative"),
    ],
)
def test_scores_that_cannot_be_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        scores(**changes)


def test_an_effect_size_does_not_care_for_the_scale() -> None:
    first = scores()
    second = replace(first, mean=first.mean * 3 + 7, deviation=first.deviation * 3)
    one, other = effect_size(first), effect_size(second)
    assert (other.g, other.low, other.high) == pytest.approx((one.g, one.low, one.high), rel=1e-6)
    assert "total standard deviation" in str(one)


def test_scores_without_scatter_or_without_freedom_are_refused() -> None:
    with pytest.raises(NotEstimable, match="cannot carry"):
        effect_size(scores(covariates={str(i): np.arange(8.0) ** i for i in range(1, 6)}))
    with pytest.raises(NotEstimable, match="cannot carry"):
        effect_size(scores(intervention=np.ones(8, dtype=bool)))


def sessions() -> TrialTable:
    table = draw_trial(51)
    possible = table.exposure * 190
    missed = np.random.default_rng(2).binomial(possible.astype(int), 0.07).astype(float)
    return replace(table, count=missed, exposure=possible)


def test_more_sessions_missed_than_possible_are_refused() -> None:
    table = sessions()
    with pytest.raises(NotEstimable, match="more sessions missed than possible in 1 schools"):
        sessions_missed(replace(table, count=np.where(np.arange(32) == 3, 1e9, table.count)))
    with pytest.raises(NotEstimable, match="one row a school"):
        sessions_missed(stored_follow_ups())


def test_absence_is_told_in_percentage_points() -> None:
    found = sessions_missed(sessions())
    assert found.with_worker == pytest.approx(7.0, abs=0.2)
    assert found.difference == pytest.approx(found.with_worker - found.without_worker)
    assert "Odds ratio" in str(found) and "percentage" not in str(found.estimate)
    # Binomial sessions of one school have no correlation; the dispersion is one but for chance.
    assert found.dispersion == pytest.approx(1.0, abs=0.7)
    assert session_icc(sessions()).value == pytest.approx(0.0, abs=1e-4)


def test_k_of_poisson_counts_is_nought_within_its_interval() -> None:
    table = draw_trial(52, authorities=10)
    flat = replace(table, count=np.random.default_rng(3).poisson(0.01 * table.exposure).astype(float))
    found = variation_between_schools(flat)
    assert found.low == 0.0
    assert found.value < 0.2


def test_k_is_found_where_it_was_put() -> None:
    # draw_trial varies by a gamma factor of shape 6: k = 0.408.
    found = variation_between_schools(draw_trial(53, authorities=60, events=40.0))
    assert found.value == pytest.approx(6**-0.5, abs=0.05)
    assert found.low < 6**-0.5 < found.high
    assert found.design_effect > 1


def test_crude_k_is_the_formula() -> None:
    count, exposure = np.array([10.0, 20.0, 30.0, 40.0]), np.array([1000.0, 1000.0, 1000.0, 1000.0])
    # Variance of rates 1.6667e-4, mean rate 0.025, counting 0.025 / 1000.
    assert crude_k(count, exposure) == pytest.approx(np.sqrt(1.6666667e-4 - 2.5e-5) / 0.025)
    assert crude_k(np.full(4, 10.0), exposure) == 0.0


def test_k_of_the_stored_trial_has_an_interval_around_it() -> None:
    found = variation_between_schools(stored_trial())
    assert found.low < found.value < found.high
    assert 0.35 < found.value < 0.45
    with pytest.raises(NotEstimable, match="one row a school"):
        variation_between_schools(stored_follow_ups())
