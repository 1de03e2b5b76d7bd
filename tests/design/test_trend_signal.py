"""Reliability, persistence, the placebo in time, and the answer; by small simulations with fixed seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from swis.design.match_placebo import match_placebo
from swis.design.matching import MatchOptions, match_schools
from swis.design.matching_scores import STANDARDISE, score_pairs
from swis.design.rank_stability import null_mean_counts, rank_stability, spearman
from swis.design.score_draws import cells_of_phase, score_draws
from swis.design.trend_answer import judge_trends
from swis.design.trend_reliability import trend_reliability
from swis.design.trends import Standardise
from swis.errors import NotEstimable
from tests.design.drawn import simulated_panel, small_panel

NAN = math.nan
LAST = ("Autumn 2017", "Autumn 2018")
STRONG = {"trend_sd": 0.8, "pupils": 2000.0}


def test_without_persistent_trends_reliability_is_near_nought() -> None:
    found = [trend_reliability(simulated_panel(seed=seed), LAST).reliability for seed in range(150)]
    # Standard deviation of one about 0.12, so 0.01 of the mean of 150; three of those.
    assert abs(np.mean(found)) < 0.03
    assert np.mean(np.array(found) < 0.3) > 0.98


def test_with_strong_trends_reliability_is_high() -> None:
    found = [trend_reliability(simulated_panel(seed=seed, **STRONG), LAST).reliability for seed in range(10)]
    assert min(found) > 0.8


def test_reliability_is_one_less_chance_over_spread() -> None:
    # 100 pupils: a change from 1 to 4 has the chance variance 5. Changes 3, 1, -1: chance 5, 3, 3 and variance 4.
    panel = small_panel({"T": [[1, 4]], "A": [[1, 2]], "B": [[2, 1]]}, treated=["T"])
    found = trend_reliability(panel, ("Autumn 2016", "Autumn 2017"))
    assert found.reliability == pytest.approx(1 - (11 / 3) / 4)
    assert not found.suffices


def test_reliability_needs_spread() -> None:
    panel = small_panel({"T": [[1, 2]], "A": [[1, 2]]}, treated=["T"])
    with pytest.raises(NotEstimable, match="no spread"):
        trend_reliability(panel, ("Autumn 2016", "Autumn 2017"))


def test_the_bootstrap_test_keeps_its_size_where_nothing_persists() -> None:
    found = np.array([rank_stability(simulated_panel(seed=seed), seed=seed, draws=99) for seed in range(200)])
    p = np.array([each.p for each in found])
    # 200 draws at 5%: 10 expected, 19 or more has probability 0.005.
    assert (p <= 0.05).sum() < 19
    assert 0.4 < np.median(p) < 0.6
    # The textbook null of a correlation of nought is wrong here: the shared term alone makes it positive.
    assert np.mean([each.correlation for each in found]) > 0.2
    assert np.mean([each.null_mean for each in found]) > 0.2


def test_the_bootstrap_test_finds_strong_trends() -> None:
    found = [rank_stability(simulated_panel(seed=seed, **STRONG), seed=seed, draws=99).persists for seed in range(10)]
    assert sum(found) >= 9


@pytest.mark.parametrize("standardise", STANDARDISE)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_many_panels_are_scored_as_one_is(standardise: Standardise, data: st.DataObject) -> None:
    cell = st.one_of(st.integers(0, 5).map(float), st.just(NAN))
    rates = {f"S{s}": [[data.draw(cell) for _ in range(3)] for _ in range(3)] for s in range(6)}
    panel = small_panel(rates, treated=["S0", "S1"])
    cells = cells_of_phase(panel, "primary")
    count = np.stack([cells.count, 2 * cells.count])
    for start, window in enumerate((("Autumn 2016", "Autumn 2017"), LAST)):
        drawn = score_draws(cells, count, start=start, standardise=standardise, minimum_share=0.5)
        one = score_pairs(panel, window=window, standardise=standardise, minimum_share=0.5).scores
        np.testing.assert_allclose(drawn[0], one, atol=1e-12)


def test_spearman_is_scipys_over_the_places_that_both_have() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 6, (2, 4, 20)).astype(float)
    first[0, 3] = second[1, 5] = NAN
    ours = spearman(first, second)
    for row in range(4):
        both = np.isfinite(first[row]) & np.isfinite(second[row])
        assert ours[row] == pytest.approx(spearmanr(first[row, both], second[row, both]).statistic)
    assert np.isnan(spearman(np.ones((1, 5)), np.arange(5.0)[np.newaxis]))[0]


def test_the_null_keeps_levels_and_the_common_course_and_every_total() -> None:
    panel = simulated_panel(seed=2)
    cells = cells_of_phase(panel, "primary")
    mean = null_mean_counts(cells)
    np.testing.assert_allclose(mean.sum(axis=2), cells.count.sum(axis=2))
    course = mean / cells.pupils
    np.testing.assert_allclose(course[3, 0] / course[3, 0, 0], course[9, 0] / course[9, 0, 0])


def test_the_same_seed_gives_the_same_p_value_in_two_phases() -> None:
    panel = simulated_panel(seed=1, treated=4, phases=2)
    first, second = (rank_stability(panel, seed=7, draws=99) for _ in range(2))
    assert first == second
    assert len(first.by_school) == 4
    assert rank_stability(panel, seed=8, draws=99).null_mean != first.null_mean


def test_of_many_schools_some_are_drawn_by_the_seed() -> None:
    panel = simulated_panel(seed=1, treated=40, candidates=700, year_groups=2)
    found = rank_stability(panel, seed=5, draws=19)
    assert (found.schools, found.candidates) == (30, 300)
    assert len(found.by_school) == 30
    assert found == rank_stability(panel, seed=5, draws=19)


def test_persistence_needs_three_terms_and_three_candidates() -> None:
    with pytest.raises(NotEstimable, match="three terms"):
        rank_stability(simulated_panel(seed=1, terms=2), seed=1)
    with pytest.raises(NotEstimable, match="three candidates"):
        rank_stability(simulated_panel(seed=1, candidates=2), seed=1)


def test_the_placebo_is_matched_on_the_earlier_window_and_judged_by_the_later() -> None:
    # A moves with T throughout; B and C move with T first but not later, or never.
    rates = {"T": [[5, 8, 12]], "A": [[5, 8, 12]], "B": [[5, 5, 5]], "C": [[5, 4, 1]], "D": [[9, 2, 0]]}
    found = match_placebo(small_panel(rates, treated=["T"]), MatchOptions(k=1), seed=1, sets=400)
    assert (found.matched_on, found.judged_on) == (("Autumn 2016", "Autumn 2017"), LAST)
    assert found.difference == pytest.approx(0)
    # One candidate in four is A.
    assert found.share_as_close == pytest.approx(0.25, abs=0.07)


def test_the_placebo_does_no_better_than_chance_where_nothing_persists() -> None:
    shares = [match_placebo(simulated_panel(seed=seed), seed=seed, sets=99).share_as_close for seed in range(100)]
    assert 0.38 < np.mean(shares) < 0.58


def test_the_placebo_says_why_there_is_none() -> None:
    with pytest.raises(NotEstimable, match="needs three terms"):
        match_placebo(simulated_panel(seed=1, terms=2), seed=1)
    unseen = small_panel({"T": [[NAN, 1, 2]], "A": [[1, 2, 3]], "B": [[1, 3, 3]]}, treated=["T"])
    with pytest.raises(NotEstimable, match="no school was matched"):
        match_placebo(unseen, seed=1)


def test_the_answer_is_no_where_trends_are_noise() -> None:
    panel = simulated_panel(seed=1)
    answer = judge_trends(panel, match_schools(panel), seed=1, draws=99)
    assert answer.can == "no"
    text = str(answer)
    assert "s47: these schools cannot be matched on trends." in text
    assert "below the 0.3 that matching needs" in text
    assert "it could not have given less than 0.33" in text


def test_the_answer_is_yes_where_trends_persist() -> None:
    panel = simulated_panel(seed=2, **STRONG)
    answer = judge_trends(panel, match_schools(panel), seed=1, draws=99)
    assert answer.can == "yes"
    assert answer.placebo is not None


def test_with_two_terms_persistence_is_not_known() -> None:
    panel = simulated_panel(seed=2, terms=2, **STRONG)
    answer = judge_trends(panel, match_schools(panel), seed=1, draws=99)
    assert answer.can == "not known"
    assert "needs scores in three terms" in str(answer)


def test_without_spread_the_answer_is_no_with_its_reason() -> None:
    panel = small_panel({"T": [[1, 2]], "A": [[1, 2]], "B": [[1, 2]]}, treated=["T"])
    answer = judge_trends(panel, match_schools(panel), seed=1)
    assert answer.can == "no"
    assert "no spread" in answer.not_estimable[0]
