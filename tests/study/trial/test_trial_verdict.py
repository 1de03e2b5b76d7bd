"""One rule gives the verdict: it is never kinder than the interval, and cries wolf no more often than it may."""

from __future__ import annotations

from dataclasses import replace
from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from swis.estimate.trial.intention_to_treat import TrialPlan, analyse_trial
from swis.estimate.trial.randomisation import Randomisation, randomisation_interval
from swis.study.trial.verdict import Evidence, judge_trial, log_bounds, smallest_p
from tests.estimate.trial.drawn import draw_trial

PUBLISHED = Evidence(
    estimate=log(1.055),
    standard_error=0.0515,
    df=244,
    low=log(0.955),
    high=log(1.166),
    p=0.296,
    smallest_p=0.0001,
    worthwhile=log(0.8),
    scale="ratio",
)

evidences = st.builds(
    lambda estimate, error, p, worthwhile, df: Evidence(
        estimate, error, df, estimate - 2 * error, estimate + 2 * error, p, 0.001, worthwhile, "ratio"
    ),
    st.floats(-1.5, 1.5),
    st.floats(0.01, 1.5),
    st.floats(0, 1),
    st.sampled_from([log(0.5), log(0.8), log(1.25)]),
    st.one_of(st.none(), st.integers(1, 300)),
)


def test_a_trial_like_the_published_one_rules_out_an_effect_worth_having() -> None:
    verdict = judge_trial(PUBLISHED)
    assert verdict.kind == "not supported"
    assert verdict.rules_out_worthwhile
    assert not verdict.room_for_harm
    assert verdict.power > 0.98


@given(evidences)
def test_supported_needs_the_test_and_the_interval(evidence: Evidence) -> None:
    verdict = judge_trial(evidence)
    both = evidence.p <= 0.05 and not evidence.low <= 0 <= evidence.high
    assert (verdict.kind == "supported") is both


@given(evidences)
def test_cannot_tell_only_where_a_worthwhile_effect_was_missed_easily_and_is_possible(evidence: Evidence) -> None:
    verdict = judge_trial(evidence)
    if verdict.kind == "cannot tell":
        assert not verdict.rules_out_worthwhile
        assert verdict.power < 0.8
    if verdict.kind == "not supported":
        assert verdict.rules_out_worthwhile or verdict.power >= 0.8


@given(evidences)
def test_the_smallest_effect_found_is_found_in_four_of_five(evidence: Evidence) -> None:
    verdict = judge_trial(evidence)
    df = inf if evidence.df is None else evidence.df
    limit = stats.t.ppf(0.975, df)
    drift = abs(log(verdict.smallest_found)) / evidence.standard_error
    assert stats.t.cdf(drift - limit, df) == pytest.approx(0.8)


@given(evidences)
def test_the_verdict_does_not_depend_on_which_direction_is_wanted(evidence: Evidence) -> None:
    mirrored = replace(
        evidence,
        estimate=-evidence.estimate,
        low=-evidence.high,
        high=-evidence.low,
        worthwhile=-evidence.worthwhile,
    )
    one, other = judge_trial(evidence), judge_trial(mirrored)
    assert (one.kind, one.rules_out_worthwhile, one.room_for_harm) == (
        other.kind,
        other.rules_out_worthwhile,
        other.room_for_harm,
    )
    assert one.power == other.power


def test_a_test_that_could_not_reject_cannot_tell() -> None:
    verdict = judge_trial(replace(PUBLISHED, low=log(0.7), smallest_p=0.33))
    assert verdict.kind == "cannot tell"
    assert "so few ways" in verdict.reasons[0]


def test_an_effect_the_other_way_is_said_to_be_one() -> None:
    verdict = judge_trial(replace(PUBLISHED, estimate=log(1.5), low=log(1.2), high=log(1.9), p=0.001))
    assert verdict.kind == "supported"
    assert "the other way" in verdict.reasons[0]
    assert verdict.room_for_harm


def test_an_open_interval_rules_nothing_out() -> None:
    low, high = log_bounds(0.0, inf)
    verdict = judge_trial(replace(PUBLISHED, low=low, high=high))
    assert (verdict.low, verdict.high) == (0.0, inf)
    assert not verdict.rules_out_worthwhile


def test_the_least_p_value_is_that_of_the_most_extreme_draw() -> None:
    values = np.array([3.0, -3.0, 1.0, 0.5] * 5)
    test = Randomisation(0.5, 1.0, 20, "score", "drawn", 8, 1, values)
    assert smallest_p(test) == pytest.approx(11 / 21)


def test_without_an_effect_it_is_supported_in_no_more_than_one_of_twenty() -> None:
    supported = 0
    draws = 120
    for seed in range(draws):
        table = draw_trial(seed, authorities=2, each=8)
        result = analyse_trial(table, TrialPlan(seed=seed, draws=199))
        bounds = log_bounds(*randomisation_interval(table, draws=199, seed=seed))
        own = log_bounds(result.estimate.low, result.estimate.high)
        evidence = Evidence(
            estimate=result.estimate.log_ratio,
            standard_error=result.estimate.standard_error,
            df=result.estimate.df,
            low=min(bounds[0], own[0]),
            high=max(bounds[1], own[1]),
            p=result.p,
            smallest_p=smallest_p(result.randomisation),
            worthwhile=log(0.8),
            scale="ratio",
        )
        supported += judge_trial(evidence).kind == "supported"
    # 12 of 120 is the 99th percentile of a share of one in twenty.
    assert supported <= stats.binom.ppf(0.99, draws, 0.05)
