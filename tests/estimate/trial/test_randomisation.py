"""Re-drawn allocations: the test, its interval, the sign bootstrap and the step-down of several outcomes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from swis.errors import NotEstimable
from swis.estimate.trial.allocations import draw_within_authorities
from swis.estimate.trial.model import build_model, fit_model
from swis.estimate.trial.null_score import null_score
from swis.estimate.trial.randomisation import randomisation_interval, randomisation_test
from swis.estimate.trial.sign_bootstrap import sign_bootstrap
from swis.estimate.trial.step_down import adjust_family, family_of_tests, romano_wolf
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import draw_trial, stored_follow_ups, stored_trial


def test_draws_keep_the_number_of_each_authority() -> None:
    table = stored_trial()
    drawn = draw_within_authorities(table, 500, seed=3)
    for each in range(21):
        schools = table.authority_of_school == each
        assert (drawn[:, schools].sum(axis=1) == table.arm_of_school[schools].sum()).all()
    assert drawn.mean(axis=0) == pytest.approx(np.full(268, 0.5), abs=0.12)


def test_the_score_of_an_allocation_is_raos_by_the_regression() -> None:
    table = draw_trial(4)
    other = draw_within_authorities(table, 3, seed=1)
    null = fit_model(build_model(table, effects={}))
    for arm, score in zip(other, null_score(table).scores(other.astype(float)), strict=True):
        X = np.column_stack([arm, null.model.columns])
        information = X.T @ (null.expected[:, None] * X)
        gradient = X.T @ null.residual
        # Rao's statistic of the full model; at the null fit every other element of its gradient is nought.
        assert score**2 == pytest.approx(gradient @ np.linalg.solve(information, gradient), rel=1e-6)
        assert np.sign(score) == np.sign(gradient[0])


def test_score_and_refit_tell_alike() -> None:
    table = stored_trial()
    score, refit = (randomisation_test(table, statistic=name, draws=2_000, seed=7) for name in ("score", "refit"))
    assert refit.observed == pytest.approx(-0.02613441, abs=1e-8)
    assert np.corrcoef(score.values, refit.values)[0, 1] > 0.999
    assert score.p == pytest.approx(refit.p, abs=0.02)
    assert score.smallest_p == 1 / 2_001


def test_an_array_and_a_function_of_draws_are_the_same_test() -> None:
    table = draw_trial(6)
    drawn = draw_within_authorities(table, 400, seed=2)
    by_array = randomisation_test(table, allocations=drawn, seed=2)
    by_function = randomisation_test(table, allocations=lambda draws, seed: drawn[:draws], draws=400, seed=2)
    own = randomisation_test(table, draws=400, seed=2)
    assert by_array.p == by_function.p == own.p
    assert (by_array.seed, own.seed) == (None, 2)
    assert "method that drew" in by_array.redrawn


def test_schools_without_outcome_are_cut_out_after_the_draw() -> None:
    table = draw_trial(8)
    count = table.count.copy()
    count[[2, 9]] = np.nan
    missing = replace(table, count=count, missing_because={"S2": "closed", "S9": "withdrew"})
    drawn = draw_within_authorities(table, 300, seed=4)
    kept = np.isfinite(count)
    whole = randomisation_test(missing, allocations=drawn, seed=4)
    cut = randomisation_test(missing.returned, allocations=drawn[:, kept], seed=4)
    assert whole.p == cut.p


def test_every_allocation_of_a_small_trial_gives_the_exact_p() -> None:
    table = draw_trial(11, authorities=3, each=4, ratio=0.4)
    pairs = [np.array(each, dtype=bool) for each in product([0, 1], repeat=4) if sum(each) == 2]
    every = np.array([np.concatenate(each) for each in product(pairs, repeat=3)])
    plain = replace(table, pupils=None, baseline_count=None, baseline_pupils=None, free_school_meals=None)
    test = randomisation_test(plain, allocations=every, seed=1)
    scores = np.abs(null_score(plain).scores(every.astype(float)))
    own = abs(null_score(plain).scores(plain.arm_of_school[None].astype(float))[0])
    exact = (scores >= own - 1e-9).mean()
    assert test.p == pytest.approx((1 + exact * 216) / 217)


@pytest.mark.parametrize(
    ("allocations", "words"),
    [
        (np.zeros((5, 3), dtype=bool), "shape"),
        (np.full((5, 32), 2), "true or false"),
        (np.zeros((0, 32), dtype=bool), "shape"),
        (lambda draws, seed: np.zeros(32, dtype=bool), "shape"),
    ],
)
def test_draws_of_another_shape_are_refused(allocations: Any, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        randomisation_test(draw_trial(1), allocations=allocations, seed=1)


def test_the_interval_ends_where_the_test_of_a_known_ratio_turns() -> None:
    table = draw_trial(12, ratio=0.8)
    low, high = randomisation_interval(table, draws=999, seed=5)
    drawn = draw_within_authorities(table, 999, seed=5).astype(float)
    estimate = float(np.exp(fit_model(build_model(table)).coefficients[0]))
    assert low < estimate < high
    for end, sign in ((low, 1), (high, -1)):
        for at, kept in ((np.log(end) + sign * 0.005, True), (np.log(end) - sign * 0.005, False)):
            scorer = null_score(table, log_ratio=float(at))
            own = scorer.scores(table.arm_of_school[None].astype(float))[0]
            tail = (1 + (sign * scorer.scores(drawn) >= sign * own - 1e-9).sum()) / 1000
            assert (tail > 0.025) == kept


def test_several_follow_ups_are_drawn_by_school() -> None:
    once, twice = (randomisation_test(table, draws=500, seed=3) for table in (stored_trial(), stored_follow_ups()))
    # The two halves of the exposure have the same effects, so that the sum of the rows is the one row.
    assert twice.observed == pytest.approx(once.observed, rel=1e-6)
    assert twice.p == once.p


def _by_least_squares(table: TrialTable, patterns: np.ndarray) -> tuple[float, np.ndarray]:
    """The statistic, and that of every pattern of signs, by weighted regressions of statsmodels on the working residuals."""
    fit = fit_model(build_model(table, effects={}))
    X, mu = fit.model.columns, fit.expected
    with_arm = np.column_stack([table.intervention, X])
    purged = sm.WLS(table.intervention.astype(float), X, weights=mu).fit().resid

    def statistic(surprise: np.ndarray) -> float:
        after = sm.WLS(surprise / mu, with_arm, weights=mu).fit()
        return abs(after.params[0]) * (mu * purged**2).sum() / np.sqrt(((purged * mu * after.resid) ** 2).sum())

    jackknifed = np.empty(len(mu))
    for left in range(len(mu)):
        others = np.arange(len(mu)) != left
        without = sm.WLS((fit.residual / mu)[others], X[others], weights=mu[others]).fit()
        jackknifed[left] = fit.residual[left] - mu[left] * X[left] @ without.params
    return statistic(fit.residual), np.array([statistic(signs * jackknifed) for signs in patterns])


def test_the_sign_bootstrap_is_the_sum_over_all_patterns() -> None:
    table = draw_trial(13, authorities=2, each=6)
    patterns = np.array(list(product([1, -1], repeat=12)), dtype=float)
    # A pattern and its mirror image have the same statistic.
    real, values = _by_least_squares(table, patterns[:2048])
    found = sign_bootstrap(table, draws=99_999, seed=1)
    assert found.statistic == pytest.approx(real)
    # 4,096 patterns, sampled 99,999 times: a standard error of at most 0.0016.
    assert found.p == pytest.approx((values >= real - 1e-9).mean(), abs=0.007)


def test_the_sign_bootstrap_of_several_follow_ups_gives_each_school_one_sign() -> None:
    once, twice = (sign_bootstrap(table, draws=4_999, seed=3) for table in (stored_trial(), stored_follow_ups()))
    assert twice.schools == once.schools
    # The two halves of the exposure have the same effects, so that the sum of a school's rows is its one row.
    assert twice.statistic == pytest.approx(once.statistic, rel=1e-6)
    assert twice.p == once.p


def test_the_sign_bootstrap_does_not_depend_on_which_arm_is_called_the_intervention() -> None:
    table = draw_trial(13, authorities=2, each=6)
    swapped = replace(table, intervention=~table.intervention)
    assert sign_bootstrap(swapped, draws=999, seed=1).p == sign_bootstrap(table, draws=999, seed=1).p


def test_identical_outcomes_cost_nothing() -> None:
    table = draw_trial(14)
    family = adjust_family([table, replace(table, outcome="again")], draws=500, seed=1)
    np.testing.assert_array_equal(family.step_down, family.p)
    np.testing.assert_allclose(family.holm, np.minimum(2 * family.p, 1))


def test_independent_outcomes_cost_what_sidak_says() -> None:
    rng = np.random.default_rng(1)
    values = np.abs(rng.standard_normal((200_000, 3)))
    adjusted = romano_wolf(np.array([2.5, 1.0, 0.2]), values)
    single = np.array([(values[:, 0] >= 2.5).mean(), (values[:, 1] >= 1.0).mean(), (values[:, 2] >= 0.2).mean()])
    expected = [1 - (1 - single[0]) ** 3, 1 - (1 - single[1]) ** 2, single[2]]
    assert adjusted == pytest.approx(expected, abs=0.004)


def test_step_down_never_falls_and_never_passes_holm_by_more_than_the_draws() -> None:
    tables = [replace(draw_trial(20), outcome=f"o{seed}", count=draw_trial(seed).count) for seed in (20, 21, 22)]
    family = adjust_family(tables, draws=999, seed=2)
    order = np.argsort(family.p)
    assert (np.diff(family.step_down[order]) >= 0).all()
    assert (family.step_down >= family.p - 1e-12).all()
    assert (family.step_down <= family.holm + 0.01).all()


def test_the_scale_of_an_outcome_does_not_matter_to_the_family() -> None:
    table, other = draw_trial(20), replace(draw_trial(21), outcome="other")
    drawn = draw_within_authorities(table, 999, seed=4)
    tests = {each.outcome: randomisation_test(each, allocations=drawn, seed=4) for each in (table, other)}
    scattered = tests["other"]
    hundredfold = replace(scattered, observed=100 * scattered.observed, values=100 * scattered.values)
    one, same = family_of_tests(tests), family_of_tests(tests | {"other": hundredfold})
    np.testing.assert_allclose(one.step_down, same.step_down)
    assert (one.step_down <= one.holm + 0.02).all()


def test_a_draw_without_a_statistic_counts_as_extreme_in_the_family() -> None:
    test = randomisation_test(draw_trial(20), draws=199, seed=4)
    holed = replace(test, values=np.where(np.arange(199) < 50, np.nan, test.values))
    assert family_of_tests({"one": holed, "two": test}).step_down.min() > 0.25


def test_a_family_of_other_schools_is_refused() -> None:
    with pytest.raises(NotEstimable, match="same schools"):
        adjust_family([draw_trial(1), draw_trial(1, each=6)], seed=1)
    with pytest.raises(NotEstimable, match="at least one"):
        adjust_family([], seed=1)
    with pytest.raises(NotEstimable, match="comes twice"):
        adjust_family([draw_trial(1), draw_trial(1)], seed=1)


def test_a_family_of_tests_already_made_is_the_same_family() -> None:
    tables = [replace(draw_trial(20), outcome=f"o{seed}", count=draw_trial(seed).count) for seed in (20, 21)]
    drawn = draw_within_authorities(tables[0], 300, seed=4)
    made = {table.outcome: randomisation_test(table, allocations=drawn, seed=4) for table in tables}
    one, other = family_of_tests(made), adjust_family(tables, allocations=drawn, seed=4)
    np.testing.assert_array_equal(one.step_down, other.step_down)
    np.testing.assert_array_equal(one.holm, other.holm)
    with pytest.raises(NotEstimable, match="same draws"):
        family_of_tests(made | {"o3": randomisation_test(tables[0], draws=99, seed=4)})
    with pytest.raises(NotEstimable, match="at least one"):
        family_of_tests({})
