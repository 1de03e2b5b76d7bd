from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import (
    NORMAL_95,
    PRIORS,
    Belief,
    PilotEvidence,
    Prior,
    believe_pooled,
    believe_published,
    believe_with_prior,
)
from swis.estimate.lesson.mixture import NormalMixture
from swis.estimate.lesson.prediction import TrialFinding, predict_trial, predictive, schools_needed, update_belief
from tests.estimate.lesson.drawn import HONEST, ORACLE, PUBLISHED, TRIAL

SHARES = ("significant_fall", "at_or_above_one", "rules_out_worthwhile", "all_of_it", "at_least_as_high")


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.name)
def test_what_was_foretold_and_what_followed_are_those_of_brute_force(prior: Prior) -> None:
    r = ORACLE["priors"][prior.name]
    belief = believe_with_prior(HONEST, prior)
    foretold = predict_trial(belief, TRIAL)
    assert [getattr(foretold, name) for name in SHARES] == pytest.approx([r[name] for name in SHARES], abs=1e-8)
    assert foretold.no_significant_fall == pytest.approx(1 - r["significant_fall"], abs=1e-8)
    after = update_belief(belief, TRIAL).mu
    assert after.mean_ratio == pytest.approx(r["after"]["mean_ratio"], rel=1e-7)
    assert after.weights @ after.means == pytest.approx(r["after"]["mean_log"], abs=1e-8)
    assert after.weights @ (after.means**2 + after.sds**2) == pytest.approx(r["after"]["square_log"], abs=1e-8)


@pytest.mark.parametrize("place", range(3))
def test_a_t_distribution_foretells_as_its_integral_does(place: int) -> None:
    r = ORACLE["pooled"][place]
    belief = believe_pooled([replace(HONEST[0], name=str(i)) for i in range(r["df"] + 1)])
    sds = belief.mu.sds / _scale(belief, r["df"]) * r["scale"]
    mu = NormalMixture(belief.mu.weights, np.full(len(sds), r["mean"]), sds)
    drawn = Belief("t", mu, np.full(len(sds), r["tau"]), has_mean=False)
    foretold = predict_trial(drawn, TRIAL)
    assert drawn.below(1) == pytest.approx(r["below_one"], abs=1e-9)
    for name in ("significant_fall", "at_or_above_one", "at_least_as_high"):
        assert getattr(foretold, name) == pytest.approx(r[name], abs=1e-8)


def _scale(belief: Belief, df: int) -> float:
    """The scale of a t distribution: half the width of the central half, over its quantile."""
    quarter = {1: 1.0, 2: 0.816496580927726, 7: 0.711141778081786}[df]
    return (belief.mu.quantile(0.75) - belief.mu.quantile(0.25)) / 2 / quarter


def test_one_normal_belief_foretells_in_closed_form() -> None:
    belief = believe_published(PUBLISHED)
    mean, sd = float(belief.mu.means[0]), float(belief.mu.sds[0])
    spread, half = sqrt(sd**2 + TRIAL.standard_error**2), NORMAL_95 * TRIAL.standard_error
    foretold = predict_trial(belief, TRIAL)
    assert foretold.significant_fall == pytest.approx(ndtr((-half - mean) / spread))
    assert foretold.rules_out_worthwhile == pytest.approx(ndtr((mean - log(0.8) - half) / spread))
    assert (foretold.low, foretold.high) == pytest.approx(
        (exp(mean - NORMAL_95 * spread), exp(mean + NORMAL_95 * spread))
    )
    weight = sd**2 / spread**2
    after = update_belief(belief, TRIAL)
    assert after.interval()[0] == pytest.approx(exp(mean + weight * (TRIAL.log_ratio - mean)))
    assert float(after.mu.sds[0]) == pytest.approx(sqrt(1 / (1 / sd**2 + 1 / TRIAL.standard_error**2)))


def test_what_was_foretold_is_how_often_it_happens() -> None:
    belief = believe_with_prior(HONEST, PRIORS[1])
    rng = np.random.default_rng(1)
    part = rng.choice(len(belief.between), p=belief.mu.weights, size=400_000)
    mu = rng.normal(belief.mu.means[part], belief.mu.sds[part])
    own = rng.normal(mu, belief.between[part] / sqrt(TRIAL.authorities))
    low = rng.normal(own, TRIAL.standard_error) - NORMAL_95 * TRIAL.standard_error
    foretold = predict_trial(belief, TRIAL)
    # 400,000 draws: a probability is good to 0.0008, and three times that is allowed.
    assert (low > log(0.8)).mean() == pytest.approx(foretold.rules_out_worthwhile, abs=0.0024)
    half = 2 * NORMAL_95 * TRIAL.standard_error
    assert (low + half >= 0).mean() == pytest.approx(foretold.no_significant_fall, abs=0.0024)


def test_beliefs_foretold_by_their_own_lights_are_neither_too_high_nor_too_low() -> None:
    # Averaged over what the trial may find, the belief after it is the belief before it.
    belief = believe_with_prior(HONEST, PRIORS[1])
    places = np.linspace(-4, 4, 801)
    weight = predictive(belief, TRIAL).density(places)
    after = [
        update_belief(belief, replace(TRIAL, ratio=exp(y), low=exp(y) * 0.9, high=exp(y) / 0.9)).below(0.8)
        for y in places
    ]
    same_error = replace(TRIAL, ratio=1.0, low=0.9, high=1 / 0.9)
    weight = predictive(belief, same_error).density(places)
    assert np.trapezoid(after * weight, places) == pytest.approx(belief.below(0.8), abs=1e-5)


def test_a_certain_belief_is_not_moved_by_any_trial() -> None:
    certain = believe_with_prior([], Prior("no effect", sd=0.0, between=0.0))
    foretold = predict_trial(certain, TRIAL)
    assert foretold.significant_fall == pytest.approx(0.025)
    assert foretold.at_or_above_one == pytest.approx(0.5)
    assert update_belief(certain, TRIAL).interval() == (1, 1, 1)


def test_with_nothing_believed_before_the_trial_speaks_alone() -> None:
    open_minded = believe_with_prior([], Prior("open", sd=1e4, between=0.0))
    assert update_belief(open_minded, TRIAL).interval() == pytest.approx((1.055, 0.95485, 1.16566), rel=1e-4)


def test_a_smaller_trial_is_less_likely_to_rule_a_worthwhile_fall_out() -> None:
    small = TRIAL.of_size(20)
    assert small.standard_error == pytest.approx(TRIAL.standard_error * sqrt(268 / 20))
    assert small.authorities == 2
    belief = believe_with_prior(HONEST, PRIORS[1])
    assert predict_trial(belief, small).rules_out_worthwhile < predict_trial(belief, TRIAL).rules_out_worthwhile


def test_the_standard_error_of_the_published_trial() -> None:
    assert TRIAL.standard_error == pytest.approx(0.0509, abs=5e-5)


def test_a_fall_of_a_fifth_takes_fewer_schools_than_the_trial_had() -> None:
    assert schools_needed(TRIAL) == 110
    # At the detectable ratio of the trial itself it takes the trial.
    detectable = exp(-(NORMAL_95 + 0.8416212) * TRIAL.standard_error)
    assert schools_needed(TRIAL, worthwhile=detectable) in (268, 269)


@pytest.mark.parametrize(
    "bad",
    [{"low": 0.0}, {"high": inf}, {"ratio": 2.0}, {"schools": 1}, {"authorities": 0}, {"low": 1.055, "high": 1.055}],
)
def test_a_trial_that_cannot_be_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(NotEstimable, match="A trial needs"):
        replace(TRIAL, **bad)


def test_a_worthwhile_fall_that_is_none_is_refused() -> None:
    for wrong in (0.0, 1.0, 1.2):
        with pytest.raises(NotEstimable, match="worthwhile"):
            predict_trial(believe_published(PUBLISHED), TRIAL, worthwhile=wrong)
    with pytest.raises(NotEstimable, match="power"):
        schools_needed(TRIAL, power=1.0)


def test_a_prediction_is_told_in_one_line() -> None:
    foretold = predict_trial(believe_published(PUBLISHED), TRIAL)
    assert repr(foretold).startswith("Prediction(published intervals at their word: estimate 0.74, 95% between")
    assert isinstance(TRIAL.of_size(500), TrialFinding)


def test_what_a_prior_foretells_of_a_trial_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    prior, errors, held, draws = PRIORS[1], (0.4, 0.5, 0.9), 0, 400
    for _ in range(draws):
        mu, tau = rng.normal(0, prior.sd), abs(rng.normal(0, prior.between))
        pilots = [PilotEvidence(str(error), rng.normal(mu, sqrt(tau**2 + error**2)), error) for error in errors]
        found = rng.normal(mu, sqrt(tau**2 / TRIAL.authorities + TRIAL.standard_error**2))
        foretold = predict_trial(believe_with_prior(pilots, prior), TRIAL)
        held += foretold.low <= exp(found) <= foretold.high
    # 400 draws: 95% is seen as 92.8% to 97.2% in 95 of 100 such simulations; three standard errors are allowed.
    assert held / draws == pytest.approx(0.95, abs=0.033)


def test_the_pooled_belief_holds_the_mean_at_least_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held, draws = 0, 400
    for _ in range(draws):
        pilots = [
            PilotEvidence(str(error), rng.normal(0.1, sqrt(0.3**2 + error**2)), error) for error in (0.4, 0.5, 0.9)
        ]
        _, low, high = believe_pooled(pilots).interval()
        held += low <= exp(0.1) <= high
    # The factor of Hartung and Knapp is not let below 1, so that with three pilots the interval is wider than it need be.
    assert held / draws >= 0.95 - 0.033
