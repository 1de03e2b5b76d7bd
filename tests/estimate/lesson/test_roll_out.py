from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import PRIORS, Prior, believe_pooled, believe_published, believe_with_prior
from swis.estimate.lesson.roll_out import YOURS, RollOut, value_by_size, value_trial
from tests.estimate.lesson.drawn import HONEST, ORACLE, PUBLISHED, ROLL_OUT, TRIAL


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.name)
def test_the_money_is_that_of_plain_sums_over_a_grid(prior: Prior) -> None:
    r = ORACLE["priors"][prior.name]["money"]
    value = value_trial(believe_with_prior(HONEST, prior), TRIAL, ROLL_OUT)
    # The stored sums end at six scales of the spread and step over a kink: a ten-thousandth of the whole.
    near = 2e-4 * max(abs(each) for each in r.values())
    assert value.expected_before == pytest.approx(r["expected_before"], abs=near)
    assert value.sample_information == pytest.approx(r["sample_information"], abs=near)
    assert value.perfect_information == pytest.approx(r["perfect_information"], abs=near)
    # A share of a grid with steps of a hundredth.
    assert value.probability_pays_before == pytest.approx(r["probability_pays"], abs=0.01)


def test_one_normal_belief_has_a_closed_form() -> None:
    # What is believed of the mean ratio after the trial is log-normal: the value of a call option on it.
    belief = believe_published(PUBLISHED)
    mean, sd = float(belief.mu.means[0]), float(belief.mu.sds[0])
    share = sd**2 / (sd**2 + TRIAL.standard_error**2)
    moving = sqrt(share) * sd
    centre = mean + sd**2 * (1 - share) / 2
    gain = ROLL_OUT.net_benefit(0.0)
    slope = gain - ROLL_OUT.net_benefit(1.0)
    d = (log(gain / slope) - centre) / moving
    option = gain * ndtr(d) - slope * exp(centre + moving**2 / 2) * ndtr(d - moving)
    value = value_trial(belief, TRIAL, ROLL_OUT)
    assert value.sample_information == pytest.approx(option - max(0.0, value.expected_before), rel=1e-6)


def test_the_value_agrees_with_trials_that_were_drawn() -> None:
    belief = believe_published(PUBLISHED)
    rng = np.random.default_rng(2)
    mu = rng.normal(belief.mu.means[0], belief.mu.sds[0], 2_000_000)
    seen = rng.normal(mu, TRIAL.standard_error)
    share = belief.mu.sds[0] ** 2 / (belief.mu.sds[0] ** 2 + TRIAL.standard_error**2)
    after = belief.mu.means[0] + share * (seen - belief.mu.means[0])
    believed = np.exp(after + belief.mu.sds[0] ** 2 * (1 - share) / 2)
    benefit = np.vectorize(ROLL_OUT.net_benefit)(np.array([0.0, 1.0]))
    gain, slope = benefit[0], benefit[0] - benefit[1]
    # Rolled out where it is believed to pay, and paid by what is true.
    paid = np.where(gain > slope * believed, gain - slope * np.exp(mu), 0.0).mean()
    value = value_trial(belief, TRIAL, ROLL_OUT)
    drawn = paid - max(0.0, value.expected_before)
    assert drawn == pytest.approx(value.sample_information, rel=0.02)


def test_information_is_worth_nothing_to_who_is_certain_and_never_more_than_knowing() -> None:
    certain = believe_with_prior(HONEST, Prior("certain", sd=0.0, between=0.0, mean=log(0.7)))
    value = value_trial(certain, TRIAL, ROLL_OUT)
    assert value.sample_information == pytest.approx(0, abs=1)
    assert value.perfect_information == pytest.approx(0, abs=1)
    for prior in PRIORS:
        open_minded = value_trial(believe_with_prior(HONEST, prior), TRIAL, ROLL_OUT)
        assert 0 <= open_minded.sample_information <= open_minded.perfect_information


def test_a_trial_of_everybody_is_worth_what_knowing_is() -> None:
    belief = believe_with_prior(HONEST, Prior("one effect", sd=0.5, between=0.0))
    value = value_trial(belief, TRIAL, ROLL_OUT)
    (most,) = value_by_size(belief, TRIAL, ROLL_OUT, [10_000_000])
    assert most == pytest.approx(value.perfect_information, rel=1e-3)


def test_larger_trials_are_worth_more() -> None:
    values = value_by_size(believe_with_prior(HONEST, PRIORS[1]), TRIAL, ROLL_OUT, [20, 80, 268, 1000])
    assert list(values) == sorted(values)
    assert values[2] == pytest.approx(
        value_trial(believe_with_prior(HONEST, PRIORS[1]), TRIAL, ROLL_OUT).sample_information
    )


def test_who_took_the_pilots_at_their_word_would_have_rolled_out_and_the_trial_kept_them_from_it() -> None:
    value = value_trial(believe_published(PUBLISHED), TRIAL, ROLL_OUT)
    assert value.rolls_out_before and not value.rolls_out_after
    assert value.gained == -value.expected_after > 0
    honest = value_trial(believe_with_prior(HONEST, PRIORS[1]), TRIAL, ROLL_OUT)
    assert not honest.rolls_out_before and honest.gained == 0
    assert repr(honest).startswith("TrialValue(weak prior: before do not, after do not; sample information £")


def test_a_roll_out_that_cannot_pay_needs_no_trial() -> None:
    dear = replace(ROLL_OUT, cost=1e6)
    assert dear.break_even_ratio < 0
    value = value_trial(believe_with_prior(HONEST, PRIORS[1]), TRIAL, dear)
    assert (value.sample_information, value.perfect_information, value.probability_pays_before) == (0, 0, 0)


def test_the_break_even_ratio_gains_and_loses_nothing() -> None:
    assert ROLL_OUT.net_benefit(ROLL_OUT.break_even_ratio) == pytest.approx(0, abs=1e-3)
    assert RollOut(10, 2, 1, 0, 1, discount_rate=0.035).school_years == pytest.approx(10 * (1 + 1 / 1.035))


def test_a_belief_whose_ratio_has_no_mean_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no finite mean"):
        value_trial(believe_pooled(HONEST), TRIAL, ROLL_OUT)
    with pytest.raises(NotEstimable, match="Take a prior"):
        value_by_size(believe_pooled(HONEST), TRIAL, ROLL_OUT, [100])


def test_figures_of_a_roll_out_are_checked_and_keep_their_source() -> None:
    with pytest.raises(NotEstimable, match="see cost, schools"):
        replace(ROLL_OUT, schools=0.0, cost=-1.0)
    with pytest.raises(NotEstimable, match="no figure of a roll-out: price"):
        replace(ROLL_OUT, sources=(("price", "a list"),))
    sourced = replace(ROLL_OUT, sources=(("cost", "claims of the pilots"),))
    assert sourced.source_of("cost") == "claims of the pilots"
    assert sourced.source_of("value") == YOURS
