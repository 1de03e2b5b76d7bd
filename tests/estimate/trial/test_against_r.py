"""Every analysis of a trial against R, on the stored trial (tests/oracles/trial)."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy.special import stdtrit

from swis.estimate.trial.attainment import SchoolScores, effect_size, hedges_2007, hedges_factor, total_deviation
from swis.estimate.trial.attendance import sessions_missed
from swis.estimate.trial.clustering import score_icc
from swis.estimate.trial.effects import follow_up_effects, subgroup_effect
from swis.estimate.trial.intention_to_treat import TrialPlan, analyse_trial, compare_estimands, estimate_ratio
from swis.estimate.trial.mixed import Intercepts, poisson_mixed
from swis.estimate.trial.model import build_model, fit_model
from swis.estimate.trial.negative_binomial import negative_binomial
from swis.estimate.trial.robust import Variance, robust_covariance
from swis.estimate.trial.standardise import standardise_rates
from swis.estimate.trial.two_stage import two_stage
from tests.estimate.trial.drawn import R, stored_follow_ups, stored_trial

PLAN = TrialPlan(seed=268)
KINDS: tuple[Variance, ...] = ("HC0", "HC1", "HC2", "HC3")


def test_every_package_is_named_with_its_version() -> None:
    assert set(R["versions"]) == {"R", "MASS", "sandwich", "clubSandwich", "lme4"}
    assert all(R["versions"].values())


def test_the_default_is_that_of_r() -> None:
    result = analyse_trial(stored_trial(), PLAN)
    estimate, r = result.estimate, R["poisson"]
    # Both fits stop at 1e-12 or less of the linear predictor.
    assert estimate.log_ratio == pytest.approx(r["arm"], abs=1e-9)
    assert estimate.standard_error == pytest.approx(r["HC3"], rel=1e-8)
    assert (estimate.df, result.dispersion) == (r["df"], pytest.approx(r["phi"], rel=1e-8))
    # The values that were computed before, by another implementation.
    assert estimate.ratio == pytest.approx(0.974204, abs=1e-6)
    assert (estimate.low, estimate.high) == pytest.approx((0.867473, 1.094067), abs=1e-6)
    assert estimate.p == pytest.approx(0.657695, abs=1e-6)
    assert result.rates.with_worker == pytest.approx(16.845276, abs=1e-6)
    assert result.rates.without_worker == pytest.approx(17.291320, abs=1e-6)
    assert result.rates.difference == pytest.approx(-0.446045, abs=1e-6)
    assert result.rates.standard_error == pytest.approx(1.005054, abs=1e-6)


@pytest.mark.parametrize("adjusted", [True, False])
def test_robust_errors_are_those_of_sandwich(adjusted: bool) -> None:
    fit = fit_model(build_model(stored_trial(), adjusted=adjusted))
    r = R["poisson" if adjusted else "unadjusted"]
    assert fit.coefficients[0] == pytest.approx(r["arm"], abs=1e-9)
    for kind in KINDS:
        assert np.sqrt(robust_covariance(fit, kind)[0, 0]) == pytest.approx(r[kind], rel=1e-8)


@pytest.mark.parametrize("kind", ["HC1", "HC3"])
def test_rates_are_standardised_as_in_r(kind: Variance) -> None:
    fit, r = fit_model(build_model(stored_trial())), R["poisson"][f"rates_{kind}"]
    rates = standardise_rates(fit, robust_covariance(fit, kind), quantile=float(stdtrit(243, 0.975)))
    assert (rates.with_worker, rates.without_worker) == pytest.approx((r["with"], r["without"]), rel=1e-9)
    assert rates.standard_error == pytest.approx(r["se"], rel=1e-8)


def test_school_and_authority_averages_are_weighted_fits() -> None:
    found = compare_estimands(stored_trial(), PLAN)
    for name, estimate in (("school_average", found.school), ("authority_average", found.authority)):
        assert estimate.log_ratio == pytest.approx(R[name]["arm"], abs=1e-9)
        assert estimate.standard_error == pytest.approx(R[name]["HC3"], rel=1e-8)
    assert log(found.school_against_participant) == pytest.approx(
        R["school_average"]["arm"] - R["poisson"]["arm"], abs=1e-9
    )
    assert "every school counts alike" in str(found)


def test_an_interaction_is_that_of_r() -> None:
    table = stored_trial()
    assert table.free_school_meals is not None
    poor = {
        name: "more" if meals > 25 else "fewer"
        for name, meals in zip(table.schools, table.free_school_meals, strict=True)
    }
    found = subgroup_effect(table, poor, PLAN, by="free school meals")
    assert found.ratio_of_ratios is not None
    ratio, low, high = found.ratio_of_ratios
    # R contrasts more with fewer; ours the second group met with the first.
    sign = 1 if found.groups[1].name == "more" else -1
    r, df = R["interaction"], R["interaction"]["df"]
    assert log(ratio) == pytest.approx(sign * r["interaction"], abs=1e-9)
    assert (log(high) - log(low)) / 2 == pytest.approx(float(stdtrit(df, 0.975)) * r["HC3"], rel=1e-8)
    assert found.df == (1, df)


def test_the_negative_binomial_is_that_of_mass() -> None:
    found, r = negative_binomial(stored_trial()), R["negative_binomial"]
    # glm.nb alternates between shape and coefficients and stops at about 1e-8 of either.
    assert found.estimate.log_ratio == pytest.approx(r["arm"], abs=1e-7)
    assert found.model_error == pytest.approx(r["se"], rel=1e-7)
    assert found.estimate.standard_error == pytest.approx(r["HC3"], rel=1e-6)
    assert found.shape == pytest.approx(r["theta"], rel=1e-6)
    assert found.log_likelihood == pytest.approx(r["log_likelihood"], abs=1e-6)


def test_the_two_stage_analysis_is_that_of_r() -> None:
    found, r = two_stage(stored_trial()).estimate, R["two_stage"]
    assert (found.log_ratio, found.standard_error) == pytest.approx((r["arm"], r["se"]), rel=1e-9)
    assert found.df == 243


@pytest.mark.parametrize(
    ("name", "intercepts", "nodes"),
    [
        ("school", "school", 1),
        ("school_15", "school", 15),
        ("authority", "authority", 1),
        ("authority_9", "authority", 9),
        ("nested", "school within authority", 1),
    ],
)
def test_mixed_models_are_those_of_lme4(name: str, intercepts: Intercepts, nodes: int) -> None:
    found, r = poisson_mixed(stored_trial(), intercepts=intercepts, nodes=nodes), R["mixed"][name]
    # lme4 solves for the intercepts to 1e-7 of its deviance in every step, and takes its errors from differences: what it gives
    # is good to about four digits. Ours is at least as likely.
    assert found.estimate.log_ratio == pytest.approx(r["arm"], abs=1e-5)
    assert found.estimate.standard_error == pytest.approx(r["se"], rel=2e-3)
    deviations = [found.school_deviation, found.authority_deviation]
    expected = [r["sd"].get("school"), r["sd"].get("la")]
    assert deviations == [None if value is None else pytest.approx(value, rel=5e-4) for value in expected]
    if nodes == 1:  # with quadrature lme4 leaves a constant out of its likelihood
        assert found.log_likelihood == pytest.approx(r["log_likelihood"], abs=2e-3)
        assert found.log_likelihood > r["log_likelihood"] - 1e-6


def test_several_follow_ups_are_clustered_as_in_clubsandwich() -> None:
    fit, r = fit_model(build_model(stored_follow_ups())), R["follow_ups"]
    assert fit.coefficients[0] == pytest.approx(r["arm"], abs=1e-9)
    for kind, name in zip(KINDS, ("CR0", "CR1S", "CR2", "CR3"), strict=True):
        assert np.sqrt(robust_covariance(fit, kind)[0, 0]) == pytest.approx(r[name], rel=1e-7)
    assert fit.degrees_of_freedom == 268 - 26


def test_effects_by_follow_up_are_those_of_r() -> None:
    found, r = follow_up_effects(stored_follow_ups(), PLAN), R["follow_ups"]
    assert [log(group.ratio) for group in found.groups] == pytest.approx(r["by_follow_up"], abs=1e-9)
    quantile = float(stdtrit(found.df[1], 0.975))
    errors = [log(group.high / group.ratio) / quantile for group in found.groups]
    assert errors == pytest.approx(r["by_follow_up_se"], rel=1e-7)
    assert found.ratio_of_ratios is not None
    spread = sum(error**2 for error in r["by_follow_up_se"]) - 2 * r["by_follow_up_cov"]
    assert log(found.ratio_of_ratios[2] / found.ratio_of_ratios[0]) == pytest.approx(quantile * spread**0.5, rel=1e-7)


def test_sessions_are_those_of_r() -> None:
    r = R["sessions"]
    table = replace(stored_trial(), count=np.array(r["missed"]), exposure=np.array(r["possible"]))
    for kind, name in (*((kind, kind) for kind in KINDS), ("quasi", "scaled")):
        found = sessions_missed(table, variance=kind)
        assert found.estimate.log_ratio == pytest.approx(r["arm"], abs=1e-9)
        assert found.estimate.standard_error == pytest.approx(r[name], rel=1e-7)
        assert found.dispersion == pytest.approx(r["phi"], rel=1e-8)


def stored_scores() -> SchoolScores:
    r = R["scores"]
    return SchoolScores(
        outcome="attainment",
        schools=tuple(f"S{i}" for i in range(len(r["n"]))),
        authorities=tuple(str(each) for each in r["authority"]),
        intervention=np.array(r["arm"]) == 1,
        pupils=np.array(r["n"]),
        mean=np.array(r["mean"]),
        deviation=np.array(r["sd"]),
        covariates={"pre-test": np.array(r["pretest"])},
    )


def test_schools_summaries_give_the_multilevel_model_of_pupils() -> None:
    found, r = effect_size(stored_scores()), R["scores"]
    # lmer stops where its deviance changes by 1e-10 or so.
    assert (found.difference, found.difference_error) == pytest.approx((r["difference"], r["se"]), rel=1e-5)
    assert found.icc == pytest.approx(r["icc"], rel=1e-4)
    assert total_deviation(stored_scores()) == pytest.approx((r["total"], sum(r["n"]) - 2), rel=1e-12)
    assert found.g == pytest.approx(r["difference"] / r["total"] * hedges_factor(sum(r["n"]) - 2), rel=1e-5)


def test_the_icc_is_that_of_the_analysis_of_variance() -> None:
    scores, r = stored_scores(), R["scores"]
    found = score_icc(scores)
    sizes = sum(
        (scores.pupils[arm] ** 2).sum() / scores.pupils[arm].sum()
        for arm in (scores.intervention, ~scores.intervention)
    )
    size = (scores.pupils.sum() - sizes) / 58
    between, within = r["mean_square_between"], r["mean_square_within"]
    assert found.value == pytest.approx((between - within) / (between + (size - 1) * within), rel=1e-9)
    assert found.low < found.value < found.high


def test_hedges_formula_with_no_clustering_is_the_plain_one() -> None:
    g, variance = hedges_2007(2.0, 10.0, pupils=(100, 100), per_school=20, icc=0.0)
    assert g == pytest.approx(0.2)
    assert variance == pytest.approx(0.02 + 0.2**2 / (2 * 198))
    # Ten schools of 20, ICC 0.1, by hand: d = 0.2 sqrt(1 - 3.8/198); 0.02 x 2.9 + d^2 x 168.2 / (2 x 198 x 194.2).
    g, variance = hedges_2007(2.0, 10.0, pupils=(100, 100), per_school=20, icc=0.1)
    assert g == pytest.approx(0.2 * (1 - 3.8 / 198) ** 0.5)
    shape = 198 * 0.81 + 20 * 160 * 0.01 + 2 * 160 * 0.09
    assert variance == pytest.approx(0.058 + g**2 * shape / (2 * 198 * 194.2))


def test_hedges_factor_is_the_approximation_to_four_digits() -> None:
    assert hedges_factor(50) == pytest.approx(1 - 3 / (4 * 50 - 1), abs=2e-5)


def test_the_plan_without_covariates_keeps_authorities() -> None:
    found = estimate_ratio(stored_trial(), replace(PLAN, adjusted=False))
    assert found.log_ratio == pytest.approx(R["unadjusted"]["arm"], abs=1e-9)
    assert found.analysis == "Poisson, HC3, unadjusted"
