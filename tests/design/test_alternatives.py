"""Matching on level, entropy balancing and synthetic difference-in-differences: rules, bad input, and independent software."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from swis.design.balance import measure_balance
from swis.design.entropy_balancing import balance_by_entropy, entropy_weights
from swis.design.level_matching import match_on_level
from swis.design.matching import MatchOptions
from swis.design.school_measures import LEVEL, school_measures
from swis.design.synthetic_did import synthetic_did, synthetic_weights, weights_on_simplex
from swis.errors import NotEstimable
from tests.design.drawn import simulated_panel, small_panel

NAN = math.nan
ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "design" / "weights.json").read_text(encoding="utf-8")
)


def flat(rate: float) -> list[list[float]]:
    return [[rate, rate]]


def test_measures_are_level_size_meals_and_the_last_changes() -> None:
    panel = small_panel({"T": [[1, 2, 4], [3, NAN, 2]], "A": [[1, 1, 1], [1, 1, 1]]}, treated=["T"], meals={"T": 31})
    measures = school_measures(panel)
    assert measures.names[0] == LEVEL
    assert measures.names[3:] == ("change Autumn 2017 to Autumn 2018", "change Autumn 2016 to Autumn 2017")
    # 12 events among 500 pupils; rates of the terms 4/200, 2/100, 6/200.
    np.testing.assert_allclose(measures.values[0], [2.4, math.log(300), 31, 1.0, 0.0])


def test_level_matching_takes_the_school_that_is_alike_not_the_one_that_moved_alike() -> None:
    rates = {"T": [[2.0, 4.0]], "moved": [[9.0, 11.0]], "alike": [[3.1, 2.9]], "other": [[6.0, 6.0]]}
    roll = {"T": 300, "moved": 900, "alike": 310, "other": 500}
    meals = {"T": 20, "moved": 60, "alike": 22, "other": 35}
    panel = small_panel(rates, treated=["T"], roll=roll, meals=meals)
    for distance in ("mahalanobis", "euclid"):
        found = match_on_level(panel, MatchOptions(k=1), distance=distance)  # type: ignore[arg-type]
        assert [match.school for match in found.accepted] == ["alike"]
        assert found.checks == ()


@given(seed=st.integers(0, 10_000), shear=st.floats(0.2, 5))
@settings(max_examples=15, deadline=None)
def test_mahalanobis_does_not_care_for_units(seed: int, shear: float) -> None:
    panel = simulated_panel(seed=seed, candidates=12)
    object.__setattr__(panel, "free_school_meals", panel.free_school_meals * 0.5)
    first = match_on_level(panel).pairs.scores
    object.__setattr__(panel, "free_school_meals", panel.free_school_meals * shear)
    np.testing.assert_allclose(match_on_level(panel).pairs.scores, first, rtol=1e-6)


def test_a_school_without_meals_is_left_out_with_its_reason_and_a_flat_measure_too() -> None:
    rates = {"T": flat(2), "A": flat(3), "B": flat(2.5), "C": flat(6)}
    panel = small_panel(rates, treated=["T"], meals={"A": NAN}, roll={"T": 100, "B": 180, "C": 90})
    found = match_on_level(panel)
    assert {left.what: left.why for left in found.left_out} == {
        "A": "without free school meals",
        "primary, free school meals": "all schools are alike",
    }
    assert "A" not in found.comparison_schools


def test_measures_that_say_the_same_are_refused_by_mahalanobis_only() -> None:
    rates = {name: flat(rate) for name, rate in {"T": 2, "A": 3, "B": 4, "C": 6}.items()}
    meals = {"T": 20, "A": 30, "B": 40, "C": 60}
    panel = small_panel(rates, treated=["T"], meals=meals)
    with pytest.raises(NotEstimable, match="say the same"):
        match_on_level(panel)
    assert match_on_level(panel, distance="euclid").accepted
    with pytest.raises(NotEstimable, match="no distance 'cosine'"):
        match_on_level(panel, distance="cosine")  # type: ignore[arg-type]


def test_entropy_weights_are_those_of_the_ebal_package() -> None:
    stored = ORACLE["entropy"]
    values, treated = np.array(stored["measures"]), np.array(stored["treated"]) == 1
    ours = entropy_weights(values[~treated], values[treated].mean(axis=0))
    # ebal stopped where the moments were within 1e-10 of their totals of up to 150.
    np.testing.assert_allclose(ours, stored["weights"], atol=1e-9)


def test_entropy_weights_solved_by_hand() -> None:
    # Weights on 0 and 1 with the mean 0.8; on 0, 1 and 2 with the mean 1 they stay equal.
    np.testing.assert_allclose(entropy_weights(np.array([[0.0], [1.0]]), np.array([0.8])), [0.2, 0.8], atol=1e-7)
    np.testing.assert_allclose(entropy_weights(np.array([[0.0], [1.0], [2.0]]), np.array([1.0])), [1 / 3] * 3)


@given(seed=st.integers(0, 10_000), measures=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_entropy_weights_balance_exactly_and_are_exponential_in_the_measures(seed: int, measures: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(25, measures)) * 10.0 ** rng.integers(-3, 4, measures)
    target = rng.dirichlet(np.ones(25) * 3) @ values
    share = entropy_weights(values, target)
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose((share @ values - target) / values.std(axis=0), 0, atol=1e-7)
    design = np.column_stack([np.ones(25), values / values.std(axis=0)])
    residual = np.log(share) - design @ np.linalg.lstsq(design, np.log(share), rcond=None)[0]
    np.testing.assert_allclose(residual, 0, atol=1e-6)


def test_means_that_no_weights_reach_are_refused() -> None:
    with pytest.raises(NotEstimable, match="outside"):
        entropy_weights(np.array([[0.0], [1.0]]), np.array([1.5]))
    with pytest.raises(NotEstimable, match="outside"):
        entropy_weights(np.array([[2.0], [2.0]]), np.array([2.5]))


def test_a_mean_on_the_edge_takes_the_weights_of_the_edge() -> None:
    np.testing.assert_allclose(entropy_weights(np.array([[0.0], [1.0]]), np.array([1.0])), [0, 1], atol=1e-8)


def test_weights_that_were_not_found_are_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swis.design.entropy_balancing.MOST_STEPS", 1)
    with pytest.raises(NotEstimable, match="not found"):
        entropy_weights(np.array([[0.0], [1.0], [5.0]]), np.array([4.0]))


def test_entropy_balancing_balances_each_phase_and_lists_those_that_it_cannot() -> None:
    panel = simulated_panel(seed=3, treated=4, candidates=60, phases=2)
    found = balance_by_entropy(panel)
    assert found.weights.sum() == pytest.approx(4)
    balance = measure_balance(panel, found.weights, treated=found.balanced)
    assert max(abs(row.difference_after) for row in balance.rows[:3]) < 1e-6
    assert 1 < found.effective_number <= 60
    object.__setattr__(panel, "free_school_meals", np.where(panel.intervention & (np.arange(64) % 2 == 1), 99.0, 20.0))
    partly = balance_by_entropy(panel)
    assert {left.what for left in partly.left_out} == {"School 001", "School 003"}
    assert "outside" in partly.left_out[0].why
    assert partly.weights.sum() == pytest.approx(2)


def test_where_no_phase_can_be_balanced_that_is_said() -> None:
    panel = small_panel({"T": flat(9), "A": flat(1), "B": flat(2)}, treated=["T"])
    with pytest.raises(NotEstimable, match="in any phase"):
        balance_by_entropy(panel)


def test_synthetic_did_is_that_of_the_synthdid_package() -> None:
    stored = ORACLE["synthetic"]
    rates = np.array(stored["rates"])
    ours = synthetic_did(rates[:15], rates[15:], before=8)
    assert ours.ridge == pytest.approx(stored["ridge"])
    assert ours.time_weights is not None
    # Frank-Wolfe nears its optimum by steps that shrink; a million of them leave this much.
    np.testing.assert_allclose(ours.unit_weights, stored["unit_weights"], atol=2e-5)
    np.testing.assert_allclose(ours.time_weights, stored["time_weights"], atol=2e-5)
    assert ours.estimate == pytest.approx(stored["estimate"], abs=1e-5)


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 8), columns=st.integers(2, 8), penalty=st.floats(0, 3))
@settings(max_examples=40, deadline=None)
def test_simplex_weights_meet_the_conditions_of_the_optimum(seed: int, rows: int, columns: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    matrix, target = rng.normal(size=(rows, columns)), rng.normal(size=rows)
    weights = weights_on_simplex(matrix, target, penalty=penalty)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    slope = matrix.T @ (matrix @ weights - target) + penalty * weights
    # No weight can be moved to the best place with a gain.
    assert weights @ slope <= slope.min() + 1e-7


def test_simplex_weights_are_those_of_a_general_solver() -> None:
    rng = np.random.default_rng(3)
    matrix, target = rng.normal(size=(6, 5)), rng.normal(size=6)
    found = minimize(
        lambda w: ((matrix @ w - target) ** 2).sum() + 0.2 * (w**2).sum(),
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    np.testing.assert_allclose(weights_on_simplex(matrix, target, penalty=0.2), found.x, atol=1e-6)


def test_without_terms_after_there_are_unit_weights_only() -> None:
    rates = np.array(ORACLE["synthetic"]["rates"])
    planned = synthetic_did(rates[:15, :8], rates[15:, :8], before=8, terms_after=2)
    assert planned.time_weights is None
    assert planned.estimate is None
    np.testing.assert_allclose(planned.unit_weights, synthetic_did(rates[:15], rates[15:], before=8).unit_weights)


def test_synthetic_did_says_what_it_lacks() -> None:
    with pytest.raises(NotEstimable, match="needs 6 terms before the start, not 5"):
        synthetic_did(np.zeros((3, 5)), np.zeros((1, 5)), before=5)
    with pytest.raises(NotEstimable, match="two candidates"):
        synthetic_did(np.zeros((1, 6)), np.zeros((1, 6)), before=6)
    with pytest.raises(NotEstimable, match="every rate"):
        synthetic_did(np.full((3, 6), NAN), np.zeros((1, 6)), before=6)
    with pytest.raises(NotEstimable, match="at most 3,000"):
        synthetic_did(np.zeros((3001, 6)), np.zeros((1, 6)), before=6)


def test_synthetic_weights_of_a_panel_follow_the_course_and_list_the_unobserved() -> None:
    rates = {
        "T": [[1, 3, 2, 5, 4, 6]],
        "same": [[3, 5, 4, 7, 6, 8]],
        "against": [[6, 4, 5, 2, 3, 1]],
        "flat": [[3, 3, 3, 3, 3, 3]],
        "gap": [[1, 3, NAN, 5, 4, 6]],
    }
    found = synthetic_weights(small_panel(rates, treated=["T"]))
    assert found.weights[0] == max(found.weights)
    assert [(left.what, left.why) for left in found.left_out] == [("gap", "not observed in every term")]
    with pytest.raises(NotEstimable, match="needs 6 terms"):
        synthetic_weights(simulated_panel(seed=1))


def test_balance_is_the_difference_of_means_over_the_spread_of_all_schools() -> None:
    panel = small_panel({"T": flat(4), "A": flat(2), "B": flat(6)}, treated=["T"])
    balance = measure_balance(panel, np.array([0.0, 1.0]))
    level = balance.rows[0]
    assert (level.with_worker, level.all_candidates, level.weighted) == (4, 4, 6)
    assert level.difference_before == 0
    assert level.difference_after == pytest.approx((4 - 6) / 2)
    assert level.inside == 1
    assert math.isnan(balance.rows[2].difference_after)
    assert balance.effective_number == 1


def test_balance_before_counts_each_phase_as_it_counts_among_the_schools_with_a_social_worker() -> None:
    rates = {"T": flat(4), "S": flat(9), "A": flat(2), "B": flat(2), "C": flat(2), "D": flat(8)}
    panel = small_panel(rates, treated=["T", "S"], phase={"S": "secondary", "D": "secondary"})
    balance = measure_balance(panel, np.array([1.0, 0, 0, 1.0]))
    assert balance.rows[0].all_candidates == pytest.approx(5)
    assert balance.rows[0].inside == 0


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_effective_numbers_lie_between_one_and_the_candidates(seed: int) -> None:
    panel = simulated_panel(seed=seed, candidates=10)
    weights = np.random.default_rng(seed).random(10)
    assert 1 <= measure_balance(panel, weights).effective_number <= 10 + 1e-9
    first, second = (measure_balance(panel, scale * weights).effective_number for scale in (1.0, 7.0))
    assert all(a == pytest.approx(b) for a, b in pairwise([first, second]))
