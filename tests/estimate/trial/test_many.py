"""Many fits at once against one at a time, and against brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, stdtrit

from swis.design.power.adjusted_poisson import adjusted_poisson
from swis.design.power.trials import SimulatedTrials
from swis.errors import NotEstimable
from swis.estimate.trial.allocations import draw_within_authorities
from swis.estimate.trial.many import fit_many, many_design
from swis.estimate.trial.many_mixed import fit_many_mixed, mixed_design
from swis.estimate.trial.mixed import poisson_mixed
from swis.estimate.trial.model import build_model, fit_model
from swis.estimate.trial.random_intercept import group_likelihood
from swis.estimate.trial.robust import robust_covariance
from tests.estimate.trial.drawn import draw_trial, stored_follow_ups, stored_trial


def test_refits_of_many_allocations_are_those_of_statsmodels() -> None:
    table = stored_trial()
    drawn = draw_within_authorities(table, 300, seed=1)
    found = fit_many(many_design(table), table.count, drawn.astype(float))
    assert found.converged.all()
    X = build_model(table).columns.copy()
    for number in (0, 255, 256, 299):
        X[:, 0] = drawn[number]
        theirs = sm.GLM(table.count, X, family=sm.families.Poisson(), offset=np.log(table.exposure)).fit(tol=1e-14)
        # Both are at the maximum of the same likelihood to rounding.
        assert found.log_ratio[number] == pytest.approx(theirs.params[0], abs=1e-10)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_estimates_and_errors_of_many_are_those_of_one(seed: int) -> None:
    table = draw_trial(seed, events=6.0)
    fit = fit_model(build_model(table))
    found = fit_many(
        many_design(table), table.count, table.intervention.astype(float), errors=("HC0", "HC1", "HC2", "HC3", "quasi")
    )
    assert found.log_ratio[0] == pytest.approx(fit.coefficients[0], abs=1e-9)
    assert found.degrees_of_freedom == fit.degrees_of_freedom
    assert found.dispersion[0] == pytest.approx(fit.dispersion, rel=1e-8)
    for kind in ("HC0", "HC1", "HC2", "HC3", "quasi"):
        assert found.standard_error[kind][0] == pytest.approx(np.sqrt(robust_covariance(fit, kind)[0, 0]), rel=1e-7)


def test_a_simulated_trial_without_events_in_an_arm_has_no_estimate_and_spoils_no_other() -> None:
    table = draw_trial(3)
    counts = np.stack([table.count, table.count * table.intervention, table.count])
    found = fit_many(many_design(table), counts, table.intervention.astype(float), errors=("HC3",))
    assert np.isnan(found.log_ratio[1]) and np.isnan(found.standard_error["HC3"][1])
    assert (
        found.log_ratio[0]
        == found.log_ratio[2]
        == pytest.approx(fit_model(build_model(table)).coefficients[0], abs=1e-9)
    )


def test_columns_of_each_trial_and_columns_that_all_share_give_the_same_fits() -> None:
    table = draw_trial(6)
    counts = np.random.default_rng(2).poisson(np.tile(table.count + 1, (300, 1))).astype(float)
    shared = fit_many(many_design(table), counts, table.intervention.astype(float), errors=("HC3",))
    trials = SimulatedTrials(
        count=counts.T,
        exposure=np.tile(table.exposure[:, None], 300),
        intervention=table.intervention,
        stratum=table.authority_of_row,
        ratio=1.0,
    )
    own = adjusted_poisson(trials, np.stack([np.tile(each[:, None], 300) for each in table.covariates.values()]))
    np.testing.assert_allclose(own.log_ratio, shared.log_ratio, rtol=0, atol=1e-9)
    half = stdtrit(shared.degrees_of_freedom, 0.975) * shared.standard_error["HC3"]
    np.testing.assert_allclose(own.high - own.log_ratio, half, rtol=1e-8)


def test_many_fits_refuse_several_rows_a_school() -> None:
    with pytest.raises(NotEstimable, match="one row a school"):
        many_design(stored_follow_ups())


@pytest.mark.parametrize("events", [0.0, 3.0, 80.0])
@pytest.mark.parametrize("deviation", [0.05, 0.4, 1.2])
def test_the_likelihood_of_a_group_and_its_derivatives_are_right(events: float, deviation: float) -> None:
    y, a, s = np.array([[events]]), np.array([[np.log(12.0)]]), np.array([[np.log(deviation)]])

    def density(u: float) -> float:
        return float(np.exp(events * u - 12 * np.exp(u) - u**2 / (2 * deviation**2)) / (deviation * np.sqrt(2 * np.pi)))

    mode = float(group_likelihood(y, a, s).mode[0, 0])
    exact = np.log(quad(density, mode - 12 * deviation, mode + 12 * deviation, points=[mode], limit=500, epsabs=0)[0])
    assert group_likelihood(y, a, s, nodes=25).value[0, 0] == pytest.approx(exact, abs=1e-6)
    step = 1e-5
    for nodes, tolerance in ((1, 1e-6), (25, 1e-4)):
        at = group_likelihood(y, a, s, nodes=nodes)
        up, down = (group_likelihood(y, a + e, s, nodes=nodes) for e in (step, -step))
        wide, narrow = (group_likelihood(y, a, s + e, nodes=nodes) for e in (step, -step))
        pairs = [
            (at.by_a, (up.value - down.value) / (2 * step)),
            (at.by_s, (wide.value - narrow.value) / (2 * step)),
            (at.by_aa, (up.by_a - down.by_a) / (2 * step)),
            (at.by_as, (up.by_s - down.by_s) / (2 * step)),
            (at.by_ss, (wide.by_s - narrow.by_s) / (2 * step)),
        ]
        for ours, difference in pairs:
            # The derivative of a quadrature is the quadrature of the derivative only as far as the nodes go.
            np.testing.assert_allclose(ours, difference, rtol=tolerance * 10, atol=tolerance)


def test_batched_mixed_models_are_those_fitted_alone() -> None:
    tables = [draw_trial(seed, events=8.0) for seed in range(4)]
    first = tables[0]
    design = mixed_design(first, "school", authority_effects=True)
    counts = np.stack([table.count for table in tables])
    many = fit_many_mixed(design, counts, first.intervention.astype(float))
    assert many.converged.all()
    for number, table in enumerate(tables):
        alone = poisson_mixed(replace(first, count=table.count))
        assert many.log_ratio[number] == pytest.approx(alone.estimate.log_ratio, abs=1e-7)
        assert many.standard_error[number] == pytest.approx(alone.estimate.standard_error, rel=1e-6)


def test_without_variation_the_mixed_model_is_the_poisson_model() -> None:
    table = draw_trial(5)
    smooth = replace(table, count=np.round(table.exposure * 0.01 * np.where(table.intervention, 0.8, 1.0)))
    found = poisson_mixed(smooth)
    plain = fit_model(build_model(smooth))
    assert found.school_deviation == 0.0
    assert found.estimate.log_ratio == pytest.approx(plain.coefficients[0], abs=1e-5)
    assert found.estimate.standard_error == pytest.approx(np.sqrt(plain.inverse[0, 0]), rel=1e-5)
    likelihood = (smooth.count * np.log(plain.expected) - plain.expected - gammaln(smooth.count + 1)).sum()
    assert found.log_likelihood == pytest.approx(likelihood, abs=1e-4)


def test_two_levels_by_quadrature_are_refused() -> None:
    with pytest.raises(NotEstimable, match="Laplace"):
        poisson_mixed(draw_trial(1), intercepts="school within authority", nodes=9)
    with pytest.raises(NotEstimable, match="fixed and random"):
        mixed_design(draw_trial(1), "authority", authority_effects=True)
