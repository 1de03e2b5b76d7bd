"""Scores beside Hedges' g: the randomisation test, subgroups, uptake, missing scores; against R, brute force, statsmodels."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.sandbox.regression.gmm import IV2SLS

from swis.errors import NotEstimable
from swis.estimate.trial.attainment import SchoolScores, effect_size, fit_scores, to_effect_sizes
from swis.estimate.trial.attainment_departures import (
    attainment_complier_average,
    attainment_missing,
    attainment_per_protocol,
)
from swis.estimate.trial.attainment_effects import attainment_randomisation, attainment_subgroups
from tests.estimate.trial.drawn import R
from tests.estimate.trial.test_against_r import stored_scores


def draw_scores(seed: int, *, schools: int = 24, effect: float = 0.0) -> SchoolScores:
    """Schools in pairs of arms, four to an authority, with a pre-test."""
    rng = np.random.default_rng(seed)
    arm = np.tile([True, False], schools // 2)
    pre = rng.normal(100, 5, schools)
    return SchoolScores(
        outcome="reading",
        schools=tuple(f"S{i}" for i in range(schools)),
        authorities=tuple(f"A{i // 4}" for i in range(schools)),
        intervention=arm,
        pupils=rng.integers(20, 80, schools).astype(float),
        mean=0.5 * pre + rng.normal(0, 2, schools) + effect * arm,
        deviation=rng.uniform(8, 12, schools),
        covariates={"pre-test": pre},
    )


def lacking(scores: SchoolScores, *rows: int) -> SchoolScores:
    gone = np.isin(np.arange(len(scores.schools)), rows)
    return replace(
        scores,
        mean=np.where(gone, np.nan, scores.mean),
        deviation=np.where(gone, np.nan, scores.deviation),
        missing_because={scores.schools[row]: "did not test" for row in rows},
    )


def test_groups_have_the_effects_that_r_gives_pupils() -> None:
    scores, r = stored_scores(), R["scores"]["groups"]
    pre = scores.covariates["pre-test"]
    group = {name: "high" if high else "low" for name, high in zip(scores.schools, pre > 100, strict=True)}
    found, scale = attainment_subgroups(scores, group, by="pre-test"), to_effect_sizes(scores)
    by_name = {each.name: each.g for each in found.groups}
    # lmer stops where its deviance changes by 1e-10 or so.
    assert (by_name["low"], by_name["high"]) == pytest.approx([value * scale for value in r["difference"]], rel=1e-4)
    covariance = np.array(r["covariance"])
    apart, spread = np.diff(r["difference"])[0], covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert found.df == (1, 60 - 9)
    assert found.difference is not None
    assert abs(found.difference[0]) == pytest.approx(abs(apart) * scale, rel=1e-4)
    from_r = 2 * t.sf(abs(apart) / np.sqrt(spread), 51)
    assert found.p == pytest.approx(from_r, rel=1e-3)


def test_more_than_two_groups_are_judged_together() -> None:
    scores = draw_scores(1)
    group = {name: "abc"[number % 3] for number, name in enumerate(scores.schools)}
    found = attainment_subgroups(scores, group, by="phase")
    assert (len(found.groups), found.difference, found.df[0]) == (3, None, 2)
    assert "Does the effect on reading differ by phase?" in str(found)


def test_a_group_that_is_a_set_of_authorities_needs_no_effect_of_its_own() -> None:
    scores = draw_scores(2)
    group = {
        name: "north" if int(own[1:]) < 3 else "south"
        for name, own in zip(scores.schools, scores.authorities, strict=True)
    }
    assert attainment_subgroups(scores, group, by="region").df == (1, 24 - 2 - 1 - 6)


def test_subgroups_that_cannot_be_are_refused() -> None:
    scores = draw_scores(3)
    with pytest.raises(NotEstimable, match="23 schools have no phase"):
        attainment_subgroups(scores, {"S0": "all"}, by="phase")
    with pytest.raises(NotEstimable, match="one group only"):
        attainment_subgroups(scores, dict.fromkeys(scores.schools, "all"), by="phase")


def test_equal_schools_of_one_authority_are_permuted_by_their_means() -> None:
    rng = np.random.default_rng(4)
    scores = SchoolScores(
        outcome="reading",
        schools=tuple("ABCDEFGH"),
        authorities=("North",) * 8,
        intervention=np.tile([True, False], 4),
        pupils=np.full(8, 30.0),
        mean=100 + rng.standard_normal(8) * 3,
        deviation=np.full(8, 15.0),
    )
    every = np.array([[school in chosen for school in range(8)] for chosen in combinations(range(8), 4)])
    found = attainment_randomisation(scores, allocations=every, seed=1)
    gaps = np.array([scores.mean[row].mean() - scores.mean[~row].mean() for row in every])
    real = scores.mean[::2].mean() - scores.mean[1::2].mean()
    # The real allocation is one of the 70, and counted once more.
    assert found.p == (1 + int((np.abs(gaps) >= abs(real) - 1e-9).sum())) / 71
    assert "attainment" in str(found.held)


@given(seed=st.integers(0, 500), scale=st.floats(0.01, 100), shift=st.floats(-100, 100))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_the_randomisation_test_does_not_care_for_the_scale(seed: int, scale: float, shift: float) -> None:
    first = draw_scores(seed)
    second = replace(first, mean=first.mean * scale + shift, deviation=first.deviation * scale)
    one, other = (attainment_randomisation(each, draws=199, seed=1) for each in (first, second))
    # The variances are found by search, to about 1e-5 of their ratio.
    assert other.observed == pytest.approx(one.observed, rel=1e-3, abs=1e-6)
    assert other.p == pytest.approx(one.p, abs=0.011)


def test_the_score_is_near_the_ratio_of_the_difference_to_its_error() -> None:
    # Large schools in number: Rao's score and Wald's ratio come together.
    scores = draw_scores(5, schools=200, effect=0.3)
    effect = effect_size(scores)
    found = attainment_randomisation(scores, draws=99, seed=1)
    assert found.observed == pytest.approx(effect.difference / effect.difference_error, abs=0.1)


def test_schools_without_scores_are_drawn_and_left_out() -> None:
    scores = lacking(draw_scores(6), 0, 7)
    allocations = np.tile(scores.intervention, (50, 1))
    found = attainment_randomisation(scores, allocations=allocations, seed=1)
    assert (found.schools, found.p) == (22, 1.0)
    with pytest.raises(NotEstimable, match=r"shape \(draws, 24\)"):
        attainment_randomisation(scores, allocations=allocations[:, :22], seed=1)


def test_the_complier_average_is_two_stage_least_squares() -> None:
    scores = draw_scores(7, effect=2.0)
    took = scores.intervention & (np.arange(24) % 6 > 0)
    found = attainment_complier_average(scores, took)
    fit = fit_scores(scores, {"arm": scores.intervention.astype(float)})
    root = np.sqrt(fit.weight)[:, None]
    regressors = fit.columns.copy()
    regressors[:, 0] = took
    theirs = IV2SLS(root[:, 0] * scores.mean, root * regressors, root * fit.columns).fit()
    assert found.effect.difference == pytest.approx(theirs.params[0], rel=1e-9)
    assert found.effect.p == effect_size(scores).p
    assert found.effect.g / found.effect.standard_error == pytest.approx(
        effect_size(scores).g / effect_size(scores).standard_error
    )
    assert found.uptake == pytest.approx(2 / 3, abs=0.05)
    assert "COMPLIER AVERAGE" in str(found)


def test_full_uptake_gives_the_intention_to_treat() -> None:
    scores = draw_scores(8, effect=1.0)
    found = attainment_complier_average(scores, scores.intervention)
    assert found.uptake == pytest.approx(1.0)
    assert found.effect.g == pytest.approx(effect_size(scores).g)


def test_uptake_that_cannot_be_is_refused() -> None:
    scores = draw_scores(9)
    with pytest.raises(NotEstimable, match="one-sided"):
        attainment_complier_average(scores, ~scores.intervention)
    with pytest.raises(NotEstimable, match="no school took"):
        attainment_complier_average(scores, np.zeros(24, dtype=bool))
    for analyse in (attainment_complier_average, attainment_per_protocol):
        with pytest.raises(NotEstimable, match="each of the 24 schools"):
            analyse(scores, np.zeros(3, dtype=bool))


def test_per_protocol_says_what_it_is_and_whom_it_left_out() -> None:
    scores = draw_scores(10)
    took = scores.intervention.copy()
    took[0] = False
    found = attainment_per_protocol(scores, took)
    assert found.schools_with == 11
    assert "PER PROTOCOL, not randomised" in str(found)
    assert "1 did not do what it was drawn for" in str(found)


def test_a_school_without_scores_needs_a_reason_and_is_left_out_with_it() -> None:
    scores = draw_scores(11)
    with pytest.raises(NotEstimable, match="needs a reason"):
        replace(lacking(scores, 3), missing_because={})
    with pytest.raises(NotEstimable, match="a value is missing"):
        replace(lacking(scores, 3), deviation=scores.deviation)
    found = effect_size(lacking(scores, 3))
    assert found.schools_with + found.schools_without == 23
    assert "1 did not test" in str(found)
    with pytest.raises(NotEstimable, match="no school is left"):
        effect_size(lacking(scores, *range(24)))


def test_missing_scores_move_the_effect_by_their_share() -> None:
    scores = lacking(draw_scores(12, effect=2.0), 0, 1, 4)
    found = attainment_missing(scores)
    with_worker = scores.pupils[[0, 4]].sum() / scores.pupils[scores.intervention].sum()
    assert found.share_with == pytest.approx(with_worker)
    lower = next(each for each in found.shifted if (each.shift_with, each.shift_without) == (-0.2, 0.0))
    assert lower.g == pytest.approx(found.all_tested.g - 0.2 * with_worker)
    assert lower.high - lower.low == pytest.approx(found.all_tested.high - found.all_tested.low)
    assert found.complete_authorities is not None
    assert found.complete_authorities.schools_with + found.complete_authorities.schools_without == 16
    assert "Complete authorities only: g" in str(found)


def test_at_the_tipping_shift_an_end_of_the_interval_is_nought() -> None:
    scores = lacking(draw_scores(13, effect=1.0), 0, 4, 8, 12)
    found = attainment_missing(scores)
    assert found.tipping is not None
    moved = attainment_missing(scores, shifts=((found.tipping, 0.0),)).shifted[0]
    assert min(abs(moved.low), abs(moved.high)) == pytest.approx(0.0, abs=1e-12)
    assert attainment_missing(lacking(draw_scores(13), 1)).tipping is None


def test_what_is_missing_must_be_missing_and_shifts_numbers() -> None:
    scores = draw_scores(14)
    with pytest.raises(NotEstimable, match="every school returned"):
        attainment_missing(scores)
    with pytest.raises(NotEstimable, match="number of standard deviations"):
        attainment_missing(lacking(scores, 2), shifts=((float("nan"), 0.0),))
    few = lacking(scores, *range(0, 24, 4))
    assert attainment_missing(few).complete_authorities is None
