"""The Bayesian option: against draws of the whole model by numpyro, and its rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import halfnorm, norm, poisson

from swis.errors import NotEstimable
from swis.estimate.bayes import Prior
from swis.estimate.trial.bayes import SCALES, bayes_trial
from swis.estimate.trial.mixed import poisson_mixed
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import STORED, draw_trial, stored_follow_ups, stored_trial

DRAWN = json.loads((STORED / "bayes.json").read_text(encoding="utf-8"))


def few() -> TrialTable:
    """Four schools of either arm of the first two authorities, as `bayes.py` beside the stored draws takes them."""
    table = stored_trial()
    rows: list[int] = []
    for authority in table.authority_names[:2]:
        own = [i for i, name in enumerate(table.authorities) if name == authority]
        for arm in (True, False):
            rows += [i for i in own if bool(table.intervention[i]) is arm][:4]
    assert table.pupils is not None and table.baseline_count is not None and table.free_school_meals is not None
    return TrialTable(
        outcome=table.outcome,
        schools=tuple(table.schools[i] for i in rows),
        authorities=tuple(table.authorities[i] for i in rows),
        intervention=table.intervention[rows],
        count=table.count[rows],
        exposure=table.exposure[rows],
        pupils=table.pupils[rows],
        baseline_count=table.baseline_count[rows],
        baseline_pupils=table.pupils[rows],
        free_school_meals=table.free_school_meals[rows],
    )


TABLES: dict[str, Callable[[], TrialTable]] = {"stored": stored_trial, "follow_ups": stored_follow_ups, "few": few}


@pytest.mark.parametrize("prior", list(SCALES))
@pytest.mark.parametrize("name", list(TABLES))
def test_it_is_the_posterior_that_sampling_gives(name: str, prior: Prior) -> None:
    found, drawn = bayes_trial(TABLES[name](), prior=prior), DRAWN["tables"][name][prior]
    assert DRAWN["scales"][prior] == list(SCALES[prior])
    assert drawn["rhat"] < 1.01
    low, median, high = drawn["log_ratio"]
    spread = (high - low) / 4
    # A sampled median is known to 1.25 spreads over the root of the effective draws, an outer quantile to about 2.7; three
    # such errors, and 2% of a spread for the approximation.
    errors = 3 * spread / np.sqrt(drawn["effective_draws"])
    assert log(found.ratio.median) == pytest.approx(median, abs=1.25 * errors + 0.02 * spread)
    for ours, theirs in ((found.ratio.low, low), (found.ratio.high, high)):
        assert log(ours) == pytest.approx(theirs, abs=2.7 * errors + 0.06 * spread)
    assert found.below_one == pytest.approx(drawn["probability_below_one"], abs=0.02)
    assert found.probability_below(0.9) == pytest.approx(drawn["probability_below_nine_tenths"], abs=0.02)
    for deviation, theirs in (
        (found.school_deviation, drawn["school_deviation"]),
        (found.authority_deviation, drawn["authority_deviation"]),
    ):
        # Deviations are read off a grid: 2% and 4% for its steps, beside the error of the draws.
        errors = 3 * (theirs[2] - theirs[0]) / 4 / np.sqrt(drawn["effective_draws"])
        assert deviation.median == pytest.approx(theirs[1], abs=1.25 * errors + 0.02 * theirs[1])
        assert deviation.high == pytest.approx(theirs[2], abs=2.7 * errors + 0.04 * theirs[2])


def test_one_school_pair_is_the_integral_by_brute_force() -> None:
    # One authority, one school of either arm, no covariates: six dimensions, four of them by plain sums here.
    table = TrialTable(
        outcome="two",
        schools=("Elm", "Ash"),
        authorities=("North", "North"),
        intervention=np.array([True, False]),
        count=np.array([30.0, 50.0]),
        exposure=np.array([1000.0, 1000.0]),
    )
    found = bayes_trial(table)
    rng = np.random.default_rng(1)
    size = 2_000_000
    effect = norm.rvs(0, 0.5, size, random_state=rng)
    deviations = halfnorm.rvs(scale=0.5, size=(2, size), random_state=rng)
    # The level is drawn near where the counts put it, and weighed back to its prior.
    near = norm(log(0.04), 1.0)
    level = near.rvs(size, random_state=rng)
    weight = np.exp(norm.logpdf(level, -5, 5) - near.logpdf(level))
    eta = level + deviations[1] * rng.standard_normal(size)
    schools = deviations[0] * rng.standard_normal((2, size))
    for arm, count, school in ((1, 30, schools[0]), (0, 50, schools[1])):
        weight *= poisson.pmf(count, 1000 * np.exp(eta + arm * effect + school))
    weight /= weight.sum()
    # The weight lies on hundreds of thousands of the draws.
    assert found.below_one == pytest.approx(weight[effect < 0].sum(), abs=0.005)
    order = np.argsort(effect)
    median = float(effect[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
    assert log(found.ratio.median) == pytest.approx(median, abs=0.01)


@given(seed=st.integers(0, 500))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_the_other_arm_has_the_inverse_ratio(seed: int) -> None:
    table = draw_trial(seed)
    one, other = bayes_trial(table), bayes_trial(replace(table, intervention=~table.intervention))
    assert log(one.ratio.median) == pytest.approx(-log(other.ratio.median), abs=0.01)
    assert one.below_one == pytest.approx(1 - other.below_one, abs=0.01)


def test_the_prior_draws_a_small_trial_in_and_lets_a_large_one_be() -> None:
    small, large = draw_trial(31, authorities=2, ratio=0.4), draw_trial(32, authorities=40, ratio=0.7, events=40.0)
    narrow, wide = (bayes_trial(small, prior=prior).ratio for prior in SCALES)
    assert abs(log(narrow.median)) < abs(log(wide.median))
    assert log(narrow.high / narrow.low) < log(wide.high / wide.low)
    found, mixed = bayes_trial(large), poisson_mixed(large)
    # 320 schools: the prior has a hundredth of the weight of the counts.
    assert log(found.ratio.median) == pytest.approx(mixed.estimate.log_ratio, abs=0.02)
    # draw_trial varies by a gamma factor of shape 6, whose log has a deviation of 0.43.
    assert found.school_deviation.low < 0.43 < found.school_deviation.high


def test_it_says_what_it_is_and_whom_it_left_out() -> None:
    table = draw_trial(33)
    gone = replace(
        table,
        count=np.where(np.arange(32) < 2, np.nan, table.count),
        missing_because={"S0": "closed in July 2022", "S1": "closed in July 2022"},
    )
    told = str(bayes_trial(gone))
    assert "Priors: log ratio normal with standard deviation 0.5" in told
    assert "An option" in told and "2 closed in July 2022" in told
    assert "30 schools" in repr(bayes_trial(gone))


def test_a_trial_whose_arm_has_no_events_has_a_finite_posterior() -> None:
    table = draw_trial(34, events=3.0)
    found = bayes_trial(replace(table, count=np.where(table.intervention, 0.0, table.count)))
    assert 0 < found.ratio.low < found.ratio.high < 1
    assert found.below_one > 0.99


def test_probabilities_rise_with_the_ratio_and_bad_input_is_refused() -> None:
    found = bayes_trial(draw_trial(35))
    values = [found.probability_below(exp(at)) for at in np.linspace(-2, 2, 21)]
    assert (np.diff(values) >= 0).all()
    with pytest.raises(NotEstimable, match="above nought"):
        found.probability_below(0.0)
    with pytest.raises(NotEstimable, match="no prior 'flat'"):
        bayes_trial(draw_trial(35), prior="flat")  # type: ignore[arg-type]
