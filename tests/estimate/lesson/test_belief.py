from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import (
    FLAT,
    PRIORS,
    SCEPTICAL,
    WEAK,
    Belief,
    PilotEvidence,
    Prior,
    believe_pooled,
    believe_published,
    believe_with_prior,
)
from swis.estimate.pooling import pool_authorities
from tests.estimate.drawn import few
from tests.estimate.lesson.drawn import HONEST, ORACLE, PUBLISHED

some_pilots = st.lists(
    st.builds(PilotEvidence, st.just("A"), st.floats(-2, 2), st.floats(0.05, 2)), min_size=2, max_size=5
)


def moments(belief: Belief) -> tuple[float, float]:
    mean = float(belief.mu.weights @ belief.mu.means)
    return mean, float(belief.mu.weights @ (belief.mu.means**2 + belief.mu.sds**2))


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.name)
def test_the_posterior_is_that_of_brute_force_over_mean_and_spread(prior: Prior) -> None:
    r = ORACLE["priors"][prior.name]
    assert (prior.sd, prior.between) == (r["sd"], r["between"])
    belief = believe_with_prior(HONEST, prior)
    # Both sides integrate to about 1e-9.
    assert moments(belief) == pytest.approx((r["mean_log"], r["square_log"]), abs=1e-8)
    assert belief.below(1) == pytest.approx(r["below_one"], abs=1e-8)
    assert belief.mu.mean_ratio == pytest.approx(r["mean_ratio"], rel=1e-7)


def test_intervals_taken_at_their_word_are_pooled_as_one_effect() -> None:
    names = [each.name for each in PUBLISHED]
    line = pool_authorities(
        names, [each.log_ratio for each in PUBLISHED], [each.standard_error for each in PUBLISHED]
    ).fixed_effect
    assert believe_published(PUBLISHED).interval() == pytest.approx((line.ratio, line.low, line.high), rel=1e-9)
    one = believe_published(PUBLISHED[:1])
    assert one.interval() == pytest.approx((0.65, 0.65 * sqrt(0.45 / 0.94), 0.65 * sqrt(0.94 / 0.45)), rel=1e-9)


@few
@given(some_pilots)
def test_the_pooled_belief_has_the_interval_that_was_pooled(pilots: list[PilotEvidence]) -> None:
    line = pool_authorities(
        [each.name for each in pilots],
        [each.log_ratio for each in pilots],
        [each.standard_error for each in pilots],
    ).random_effects
    belief = believe_pooled(pilots)
    logs = [log(each) for each in belief.interval()]
    assert logs == pytest.approx([log(line.ratio), log(line.low), log(line.high)], abs=1e-6)
    assert belief.between.max() == pytest.approx(sqrt(line.tau_squared))
    assert not belief.has_mean


@pytest.mark.parametrize("pilots", [2, 3, 5, 12])
def test_a_mixture_of_normals_is_a_t_distribution(pilots: int) -> None:
    belief = believe_pooled([PilotEvidence(str(i), 0.1 * i, 0.4) for i in range(pilots)])
    scale = log(belief.interval()[2] / belief.interval()[0]) / float(-np.asarray(_t_quantile(0.025, pilots - 1)))
    for x in (-8.0, -2.0, -0.5, 0.3, 1.0, 4.0):
        at = log(belief.interval()[0]) + x * scale
        assert belief.mu.below(at) == pytest.approx(float(stdtr(pilots - 1, x)), abs=1e-9)


def _t_quantile(share: float, df: int) -> float:
    low, high = -1e3, 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if stdtr(df, middle) < share else (low, middle)
    return low


def test_a_certain_prior_cannot_be_moved_and_a_flat_one_gives_way() -> None:
    certain = believe_with_prior(HONEST, Prior("certain", sd=0.0, between=0.0, mean=log(0.9)))
    assert certain.interval() == pytest.approx((0.9, 0.9, 0.9))
    assert certain.below(0.9) == 1 and certain.below(0.89) == 0
    flat_one_effect = believe_with_prior(HONEST, Prior("flat", sd=inf, between=0.0))
    assert flat_one_effect.interval() == pytest.approx(believe_published(HONEST).interval(), rel=1e-9)


@few
@given(some_pilots)
def test_a_very_wide_prior_is_a_flat_one(pilots: list[PilotEvidence]) -> None:
    wide = believe_with_prior(pilots, Prior("wide", sd=1e5, between=0.5))
    flat = believe_with_prior(pilots, Prior("flat", sd=inf, between=0.5))
    assert moments(wide) == pytest.approx(moments(flat), rel=1e-6, abs=1e-6)


def test_without_pilots_the_belief_is_the_prior() -> None:
    belief = believe_with_prior([], WEAK)
    assert belief.interval() == pytest.approx((1, exp(-0.5 * 1.959964), exp(0.5 * 1.959964)), rel=1e-6)
    # The mean of a half-normal spread.
    assert belief.mu.weights @ belief.between == pytest.approx(0.35 * sqrt(2 / np.pi), rel=1e-9)


@few
@given(some_pilots)
def test_a_sceptic_stays_nearer_to_no_effect(pilots: list[PilotEvidence]) -> None:
    sceptic, open_minded = believe_with_prior(pilots, SCEPTICAL), believe_with_prior(pilots, replace(SCEPTICAL, sd=1.0))
    assert abs(moments(sceptic)[0]) <= abs(moments(open_minded)[0]) + 1e-9


def test_a_posterior_agrees_with_draws_from_the_model() -> None:
    rng = np.random.default_rng(20200501)
    mu, tau = rng.normal(0, 0.5, 4_000_000), np.abs(rng.normal(0, 0.35, 4_000_000))
    log_weight = sum(
        -0.5 * (each.log_ratio - mu) ** 2 / (each.standard_error**2 + tau**2)
        - 0.5 * np.log(each.standard_error**2 + tau**2)
        for each in HONEST
    )
    weight = np.exp(log_weight - np.max(log_weight))
    # 4 million weighted draws: a probability is good to about 0.0005.
    assert believe_with_prior(HONEST, WEAK).below(0.8) == pytest.approx(
        weight[mu < log(0.8)].sum() / weight.sum(), abs=0.002
    )


@pytest.mark.parametrize(("effect", "error"), [(nan, 1.0), (-inf, 1.0), (0.1, 0.0), (0.1, inf), (0.1, -1.0)])
def test_a_pilot_without_an_estimate_is_refused(effect: float, error: float) -> None:
    with pytest.raises(NotEstimable, match="Lambeth: a pilot needs a finite"):
        PilotEvidence("Lambeth", effect, error)


def test_what_cannot_be_believed_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no pilot"):
        believe_published([])
    with pytest.raises(NotEstimable, match="at least two"):
        believe_pooled(HONEST[:1])
    with pytest.raises(NotEstimable, match="flat prior needs at least two"):
        believe_with_prior(HONEST[:1], FLAT)
    for bad in ({"sd": -1.0}, {"between": inf}, {"mean": nan}):
        with pytest.raises(NotEstimable, match="needs standard deviations"):
            replace(WEAK, **bad)


def test_a_belief_is_told_in_one_line() -> None:
    assert (
        repr(believe_published(PUBLISHED[:1]))
        == "Belief(published intervals at their word: rate ratio 0.65, 95% interval 0.45 to 0.939)"
    )
