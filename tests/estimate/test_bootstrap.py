from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given

from swis.errors import NotEstimable
from swis.estimate.bootstrap import efficient_scores, score_bootstrap
from swis.estimate.comparison import Comparison
from swis.estimate.permutation import permutation_test
from tests.estimate.drawn import draw_table, few, has_estimate, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load


@pytest.mark.parametrize("name", (*PANELS, PRINTED))
def test_the_scores_and_the_p_value_are_those_of_r(name: str) -> None:
    table_, r = comparison(name), load("wild_score")[name]
    scores = dict(zip(table_.schools, efficient_scores(table_), strict=True))
    for school, score in r["scores"].items():
        # A score is a difference of counts: days in care, of the order of 1000, keep ten digits.
        assert scores[school] == pytest.approx(score, rel=1e-7, abs=1e-7)
    result = score_bootstrap(table_, seed=1)
    assert result.replicates == r["patterns"]
    # Counted patterns: the same number on both sides, or the test fails.
    assert result.p == pytest.approx(r["p"], abs=1e-15)
    assert result.smallest_p == pytest.approx(r["smallest_p"], abs=1e-15)


@few
@given(tables(schools=(2, 7)))
def test_the_enumeration_is_every_pattern_of_signs(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    result = score_bootstrap(drawn, seed=1)
    statistics = [_studentised(np.array(signs) * result.scores) for signs in product((1, -1), repeat=result.schools)]
    observed = _studentised(result.scores)
    assert result.p == sum(value >= observed - 1e-9 for value in statistics) / len(statistics)
    assert result.smallest_p <= result.p <= 1


def _studentised(scores: np.ndarray) -> float:
    spread = (scores**2).sum() - scores.sum() ** 2 / len(scores)
    return abs(scores.sum()) / np.sqrt(spread) if spread > 0 else np.inf


@few
@given(tables())
def test_swapping_the_arms_changes_the_signs_of_the_scores_and_not_p(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    np.testing.assert_allclose(efficient_scores(swap_arms(drawn)), -efficient_scores(drawn), atol=1e-7)
    assert score_bootstrap(swap_arms(drawn), seed=1).p == pytest.approx(score_bootstrap(drawn, seed=1).p, abs=1e-15)


@few
@given(tables())
def test_the_scores_add_up_to_that_of_the_randomisation_test(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    observed = permutation_test(drawn, seed=1).score
    # The same score, there divided by the root of its information.
    assume(abs(observed) > 1e-6)
    assert np.sign(observed) == np.sign(efficient_scores(drawn).sum())


def test_more_than_twelve_schools_are_drawn_with_a_seed_and_come_close_to_enumeration() -> None:
    drawn = draw_table(11, schools=14, terms=3, rate=0.01)
    one, again, other = (score_bootstrap(drawn, seed=seed) for seed in (1, 1, 2))
    assert one.seed == 1
    assert one.p == again.p
    assert one.smallest_p == 1 / 100_000
    bits = (np.arange(2**14)[:, None] >> np.arange(14)) & 1
    patterns = (1.0 - 2.0 * bits) * one.scores
    every = np.array([_studentised(row) for row in patterns])
    exact = float((every >= _studentised(one.scores) - 1e-9).mean())
    # Four Monte Carlo standard errors of 99,999 draws.
    assert abs(one.p - exact) < 4 * np.sqrt(exact * (1 - exact) / 99_999)
    assert abs(other.p - exact) < 4 * np.sqrt(exact * (1 - exact) / 99_999)


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (table([[0, 0], [0, 0]], intervention=[1, 0]), "no events|fewer than two"),
        (table([[3, 4]], intervention=[1]), "fewer than two"),
        (table([[3, 4], [1, 2]], intervention=[1, 1]), "fewer than two"),
        (table([[3, 0, 4], [1, 0, 2]], intervention=[1, 0]), "a term has no events"),
    ],
)
def test_what_cannot_be_bootstrapped_is_refused_in_words(drawn: Comparison, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        score_bootstrap(drawn, seed=1)
