"""Simulated trials: drawn as assumed, power as the formula says where its assumptions hold, size at its level."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.design.power.adjusted_poisson import baseline_adjusted_poisson
from swis.design.power.assumptions import Assumptions
from swis.design.power.formula import Setting, formula_power
from swis.design.power.randomisation import randomisation_poisson
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.side_by_side import hold_against_formula
from swis.design.power.simulate import simulate_power
from swis.design.power.trials import Judgements, SimulatedTrials, draw_trials, place_schools
from swis.errors import NotEstimable

TRIAL = Assumptions(rate=0.005, k=0.37, schools=120, pupils=1000, terms=6)


def within_chance(found: float, expected: float, trials: int) -> bool:
    return abs(found - expected) <= 3 * sqrt(expected * (1 - expected) / trials)


@given(st.integers(4, 60), st.integers(1, 12), st.floats(0.3, 0.7))
def test_every_authority_has_both_arms_and_the_trial_the_wanted_share(
    schools: int, authorities: int, share: float
) -> None:
    if schools < 2 * authorities:
        return
    stratum, intervention = place_schools(replace(TRIAL, schools=schools, authorities=authorities, share=share))
    assert len(stratum) == schools
    sizes = np.bincount(stratum)
    assert sizes.max() - sizes.min() <= 1
    for authority in range(authorities):
        assert 0 < intervention[stratum == authority].sum() < sizes[authority]
    if sizes.min() * min(share, 1 - share) >= 1:  # no authority forces an arm on itself
        assert abs(intervention.sum() - schools * share) <= 0.5 + 1e-9


def test_odd_authorities_take_turns() -> None:
    stratum, intervention = place_schools(replace(TRIAL, schools=15, authorities=3))
    assert [int(intervention[stratum == place].sum()) for place in range(3)] == [3, 2, 3]


@pytest.mark.parametrize("scatter", ["gamma", "lognormal"])
def test_trials_have_the_rate_the_scatter_and_the_autocorrelation_that_were_assumed(scatter: str) -> None:
    assumed = Assumptions(
        rate=0.01,
        k=0.5,
        schools=40,
        pupils=5000,
        terms=4,
        baseline_terms=2,
        autocorrelation=0.6,
        scatter=scatter,  # type: ignore[arg-type]
    )
    blocks = list(draw_trials(assumed, (1.0,), trials=5000, seed=1))
    count = np.hstack([block.count for block in blocks]).ravel() / (5000 * 4)
    before = np.hstack([block.baseline for block in blocks if block.baseline is not None]).ravel() / (5000 * 2)
    assert count.mean() == pytest.approx(0.01, rel=0.01)
    # Of the rates over the periods: k^2 (r + (1 - r) / terms), and chance, 1 / events.
    assert count.var() / 0.01**2 == pytest.approx(0.25 * (0.6 + 0.4 / 4) + 1 / 200, rel=0.04)
    assert before.var() / 0.01**2 == pytest.approx(0.25 * (0.6 + 0.4 / 2) + 1 / 100, rel=0.04)
    assert np.cov(count, before)[0, 1] / 0.01**2 == pytest.approx(0.25 * 0.6, rel=0.05)
    assert assumed.k_of_follow_up**2 == pytest.approx(0.25 * (0.6 + 0.4 / 4))


def test_effects_share_their_schools_and_only_add_events() -> None:
    first, second = draw_trials(TRIAL, (0.8, 1.2), trials=50, seed=3)
    assert (first.count[~first.intervention] == second.count[~second.intervention]).all()
    assert (first.count <= second.count).all()
    assert second.count[second.intervention].sum() / first.count[first.intervention].sum() == pytest.approx(
        1.5, rel=0.02
    )


def test_given_sizes_stay_in_their_authority_and_change_places_there() -> None:
    sizes = (100.0, 200.0, 300.0, 1000.0, 2000.0, 3000.0)
    given_sizes = Assumptions(rate=0.01, k=0.3, schools=6, authorities=2, sizes=sizes, terms=1)
    (block,) = draw_trials(given_sizes, (1.0,), trials=400, seed=5)
    assert (np.sort(block.exposure[:3], axis=0) == np.array([[100], [200], [300]])).all()
    assert block.exposure[:3].mean(axis=1) == pytest.approx([200, 200, 200], rel=0.07)
    assert given_sizes.pupils == 1100


@pytest.mark.parametrize(
    "trial",
    [
        TRIAL,
        replace(TRIAL, schools=268, k=0.25, terms=9),
        replace(TRIAL, schools=200, share=0.4, scatter="lognormal"),
        replace(TRIAL, schools=40, k=0.2),
    ],
    ids=["120 schools", "268 schools", "unequal arms", "40 schools"],
)
def test_the_formula_and_the_simulation_agree_where_its_assumptions_hold(trial: Assumptions) -> None:
    # Schools of one size, many events, one stratum, effects of 60% to 90% power.
    ratios = {120: 0.8, 268: 0.9, 200: 0.85, 40: 0.75}
    ratio = ratios[trial.schools]
    curve = simulate_power(trial, [ratio], seed=11, trials=3000)
    expected = formula_power(trial.setting(), ratio, schools=trial.schools)
    assert 0.5 < expected < 0.95
    assert within_chance(curve.at(ratio).power, expected, 3000)
    assert not hold_against_formula(curve, ratio).reasons


def test_weighing_pupils_the_formula_agrees_for_schools_of_unequal_size_too() -> None:
    uneven = replace(TRIAL, pupils_cv=0.5)
    curve = simulate_power(uneven, [0.8], seed=12, trials=10_000)
    side = hold_against_formula(curve, 0.8)
    # Over 40,000 trials they are half a point apart, as far as a formula for large samples goes; the rest is chance.
    assert abs(curve.at(0.8).power - side.by_pupils) <= 0.005 + 3 * curve.at(0.8).monte_carlo_error
    assert side.by_school - side.by_pupils > 0.03
    assert any("Weighing pupils, the formula gives" in reason for reason in side.reasons)


def test_the_gain_of_a_baseline_is_that_of_the_formula() -> None:
    with_baseline = replace(TRIAL, baseline_terms=6, autocorrelation=0.8)
    curve = simulate_power(with_baseline, [0.85], seed=13, trials=2000, analyse=baseline_adjusted_poisson)
    side = hold_against_formula(curve, 0.85)
    # The formula takes the best linear use of a baseline, the analysis its logarithm: the same within two points.
    assert curve.at(0.85).power == pytest.approx(side.by_school, abs=0.03)
    without = formula_power(TRIAL.setting(), 0.85, schools=120)
    assert side.by_school > without + 0.1


def test_an_analysis_that_ignores_the_baseline_is_found_out() -> None:
    with_baseline = replace(TRIAL, baseline_terms=6, autocorrelation=0.8)
    side = hold_against_formula(simulate_power(with_baseline, [0.85], seed=13, trials=1000), 0.85)
    assert any("little or no use of the terms before" in reason for reason in side.reasons)


@pytest.mark.parametrize(("schools", "authorities"), [(16, 1), (16, 4), (40, 5), (120, 10), (268, 21)])
@pytest.mark.parametrize("analyse", [robust_poisson, randomisation_poisson, baseline_adjusted_poisson])
def test_no_analysis_claims_more_than_five_per_cent_where_there_is_nothing(
    analyse: type, schools: int, authorities: int
) -> None:
    trial = replace(
        TRIAL, schools=schools, authorities=authorities, pupils_cv=0.4, baseline_terms=3, autocorrelation=0.8
    )
    curve = simulate_power(trial, [], seed=schools, trials=2000, analyse=analyse)
    assert curve.holds_its_level
    assert curve.size.coverage >= 0.95 - 3 * curve.size.coverage_error


@pytest.mark.parametrize(("schools", "authorities"), [(16, 1), (40, 1), (120, 10), (268, 21)])
def test_the_randomisation_test_claims_five_per_cent_and_not_less(schools: int, authorities: int) -> None:
    trial = replace(TRIAL, schools=schools, authorities=authorities)
    curve = simulate_power(trial, [], seed=schools, trials=3000, analyse=randomisation_poisson)
    assert within_chance(curve.size.power, 0.05, 3000)


def test_pairs_make_robust_errors_cautious_and_the_tool_says_so() -> None:
    pairs = replace(TRIAL, schools=40, authorities=20)
    curve = simulate_power(pairs, [0.7], seed=1, trials=1000)
    assert curve.is_cautious
    assert any(
        "cautious with 2 schools to an authority" in reason for reason in hold_against_formula(curve, 0.7).reasons
    )
    test = simulate_power(pairs, [0.7], seed=1, trials=1000, analyse=randomisation_poisson)
    assert test.at(0.7).power > curve.at(0.7).power + 0.2


def test_robust_errors_of_few_very_different_schools_do_not_hold_their_level_and_the_tool_says_so() -> None:
    hard = replace(TRIAL, schools=16, k=1.0, pupils_cv=0.8, scatter="lognormal")
    curve = simulate_power(hard, [0.5], seed=2, trials=20_000)
    assert not curve.holds_its_level
    assert any("does not hold its level" in warning for warning in hold_against_formula(curve, 0.5).warnings)
    test = simulate_power(hard, [], seed=2, trials=20_000, analyse=randomisation_poisson)
    assert test.holds_its_level


def claims_often(trials: SimulatedTrials) -> Judgements:
    """Poisson errors, as if schools did not differ: what the trial must not be planned with."""
    log_ratio = robust_poisson(trials).log_ratio
    totals = [trials.count[arm].sum(axis=0) for arm in (trials.intervention, ~trials.intervention)]
    se = np.sqrt(1 / totals[0] + 1 / totals[1])
    p = np.where(np.abs(log_ratio) > 1.96 * se, 0.01, 0.5)
    return Judgements(log_ratio, log_ratio - 1.96 * se, log_ratio + 1.96 * se, p)


def test_an_analysis_that_does_not_hold_its_level_is_called_so() -> None:
    curve = simulate_power(TRIAL, [0.9], seed=1, trials=500, analyse=claims_often)
    assert curve.size.power > 0.2
    assert not curve.holds_its_level
    side = hold_against_formula(curve, 0.9)
    assert any("does not hold its level" in warning for warning in side.warnings)
    assert any("hold the true ratio in only" in warning for warning in side.warnings)
    assert any("claims too much" in reason for reason in side.reasons)


def test_trials_without_an_answer_are_counted_and_claim_nothing() -> None:
    rare = Assumptions(rate=0.0005, k=0.3, schools=8, pupils=200, terms=2)
    curve = simulate_power(rare, [0.5], seed=1, trials=500)
    assert curve.size.not_estimable > 100
    assert curve.size.power <= 1 - curve.size.not_estimable / 500
    assert any("have no answer" in warning for warning in hold_against_formula(curve, 0.5).warnings)
    assert any(
        "events are expected in the smaller arm" in reason for reason in hold_against_formula(curve, 0.5).reasons
    )


def test_the_same_seed_gives_the_same_numbers_and_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    first = simulate_power(TRIAL, [0.8, 0.9], seed=7, trials=1500, progress=lambda *step: told.append(step))
    assert first == simulate_power(TRIAL, [0.9, 0.8], seed=7, trials=1500)
    assert first != simulate_power(TRIAL, [0.8, 0.9], seed=8, trials=1500)
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2] - 1


@given(st.floats(0.5, 0.95), st.integers(0, 1000))
def test_larger_effects_are_found_more_often_with_shared_random_numbers(ratio: float, seed: int) -> None:
    curve = simulate_power(replace(TRIAL, schools=40), [ratio, ratio * 0.85], seed=seed, trials=200)
    assert curve.at(ratio * 0.85).power >= curve.at(ratio).power - 0.02


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rate": 15}, "more than one event for every pupil"),
        ({"k": -1}, "k is a number at least 0"),
        ({"schools": 3}, "number of schools is a number at least 4"),
        ({"schools": 20_000}, "more than 10,000 schools"),
        ({"schools": 10, "authorities": 6}, "10 schools in 6 authorities leave one without a school in each arm"),
        ({"terms": 0}, "number of terms is a number above 0"),
        ({"terms": 1000}, "more than 300 terms"),
        ({"pupils": float("nan")}, "number of pupils"),
        ({"autocorrelation": 1.2}, "autocorrelation is at most 1"),
        ({"baseline_terms": -1}, "terms before the start"),
        ({"share": 0}, "share of schools"),
        ({"sizes": (100.0, 0.0, 100.0, 50.0)}, "Sizes of schools"),
        ({"scatter": "normal"}, "gamma or a lognormal"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(change: dict[str, float], says: str) -> None:
    with pytest.raises(NotEstimable, match=says):
        replace(TRIAL, **change)  # type: ignore[arg-type]


def test_a_simulation_that_cannot_be_is_refused() -> None:
    with pytest.raises(NotEstimable, match="number of trials"):
        simulate_power(TRIAL, [0.8], seed=1, trials=0)
    with pytest.raises(NotEstimable, match="At most 1,000,000"):
        simulate_power(TRIAL, [0.8], seed=1, trials=10_000_000)
    with pytest.raises(NotEstimable, match="rate ratio"):
        simulate_power(TRIAL, [-0.8], seed=1)
    with pytest.raises(NotEstimable, match="was not simulated"):
        simulate_power(TRIAL, [0.8], seed=1, trials=10).at(0.7)
    with pytest.raises(NotEstimable, match="it owes one for each"):
        nothing = np.zeros(1)
        simulate_power(
            TRIAL, [0.8], seed=1, trials=10, analyse=lambda t: Judgements(nothing, nothing, nothing, nothing)
        )


def test_setting_takes_sizes_as_each_formula_weighs_them() -> None:
    uneven = replace(TRIAL, pupils_cv=0.5)
    assert uneven.setting() == Setting(rate=0.005, exposure=6 * 1000 / 1.25, k=0.37)
    assert uneven.setting("pupils") == Setting(rate=0.005, exposure=6000, k=0.37 * sqrt(1.25))
