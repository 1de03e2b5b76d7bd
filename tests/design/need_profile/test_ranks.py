"""Ranks against exhaustive enumeration and closed form; regression to the mean against what happens."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy import special, stats

from swis.design.need_profile.next_period import (
    expect_next,
    expected_fall,
    highest_counts,
    persistence_of_period,
)
from swis.design.need_profile.ranks import rank_probabilities
from swis.design.need_profile.shrinkage import shrink_rates
from swis.errors import SettingError


def test_ranks_are_those_of_every_combination_of_values() -> None:
    values = [np.array([1.0, 4.0, 6.0]), np.array([2.0, 3.0]), np.array([0.5, 5.0, 7.0, 2.5]), np.array([2.2, 4.5])]
    every = np.array(list(product(*values)))
    got = rank_probabilities(every, top=2)
    expected = np.zeros((4, 4))
    for row in every:
        # By its definition: the rank of a school is one more than the schools above it.
        for school in range(4):
            expected[school, sum(other > row[school] for other in row)] += 1 / len(every)
    np.testing.assert_allclose(got.of_rank, expected, atol=1e-12)
    np.testing.assert_allclose(got.in_top, expected[:, :2].sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(got.in_top.sum(), 2)
    above = np.mean(every[:, 0] > every[:, 2])
    assert got.above[0, 2] == pytest.approx(above)
    assert got.expected_rank.sum() == pytest.approx(10)


def test_ranks_of_gamma_posteriors_are_those_of_integrals_over_every_order() -> None:
    shapes, inverse = np.array([3.0, 5.0, 9.0]), np.array([2.0, 2.5, 3.0])
    draws = np.random.default_rng(3).gamma(shapes, 1 / inverse, (200_000, 3))
    got = rank_probabilities(draws, top=1)
    # Of two gammas the first is the greater with a regularised incomplete beta function.
    share = inverse[1] / (inverse[0] + inverse[1])
    assert got.above[0, 1] == pytest.approx(special.betainc(shapes[1], shapes[0], share), abs=0.005)
    grid = np.linspace(1e-6, 14, 30_001)
    for order in permutations(range(3)):
        # P(first > second > third), by integrating from the lowest upwards.
        inside = np.ones_like(grid)
        for school in reversed(order):
            density = stats.gamma.pdf(grid, shapes[school], scale=1 / inverse[school])
            below = np.concatenate(
                [[0], np.cumsum((density * inside)[1:] + (density * inside)[:-1]) / 2 * np.diff(grid)]
            )
            inside = below
        happened = np.mean((draws[:, order[0]] > draws[:, order[1]]) & (draws[:, order[1]] > draws[:, order[2]]))
        assert happened == pytest.approx(inside[-1], abs=0.005)
    wins = rank_probabilities(draws, top=1).in_top
    density = [stats.gamma.pdf(grid, a, scale=1 / b) for a, b in zip(shapes, inverse, strict=True)]
    below = [stats.gamma.cdf(grid, a, scale=1 / b) for a, b in zip(shapes, inverse, strict=True)]
    exact = [np.trapezoid(density[i] * below[(i + 1) % 3] * below[(i + 2) % 3], grid) for i in range(3)]
    np.testing.assert_allclose(wins, exact, atol=0.005)


def test_schools_with_the_same_few_events_cannot_be_told_apart_and_those_far_off_can() -> None:
    count = np.array([60.0, 9.0, 8.0, 7.0, 8.0, 9.0, 7.0, 1.0])
    ranks = rank_probabilities(shrink_rates(count, np.full(8, 900.0), seed=1).draws, top=2)
    assert ranks.apart[0].sum() == 7
    assert not ranks.apart[1:7, 1:7].any()
    assert ranks.surely_in.tolist() == [True] + [False] * 7
    assert ranks.at_the_edge[1:7].all()


@pytest.mark.parametrize("top", [0, 6])
def test_more_schools_than_there_are_cannot_be_first(top: int) -> None:
    with pytest.raises(SettingError, match="Ask for 1 to 5"):
        rank_probabilities(np.ones((10, 5)), top=top)


def test_the_period_keeps_more_of_its_place_than_a_term() -> None:
    assert persistence_of_period(0.5, 1) == 0.5
    assert persistence_of_period(0.5, 3) == pytest.approx(0.75)
    assert persistence_of_period(1.0, 3) == 1
    assert persistence_of_period(0.0, 3) == 0
    with pytest.raises(SettingError):
        persistence_of_period(1.2, 3)


def test_a_school_with_the_highest_count_is_expected_to_have_fewer_and_one_with_the_lowest_more() -> None:
    count, pupils = np.array([12.0, 7.0, 6.0, 5.0, 8.0, 4.0, 2.0]), np.full(7, 900.0)
    shrunk = shrink_rates(count, pupils, seed=1)
    following = expect_next(shrunk)
    assert 7 < following.expected[0] < 12
    assert following.expected[6] > 2
    # Rates that do not all stay fall further.
    assert expect_next(shrunk, persistence=0.5).expected[0] < following.expected[0]
    all_new = expect_next(shrunk, persistence=0.0).expected
    np.testing.assert_allclose(all_new, all_new[0])
    np.testing.assert_allclose(following.draws.mean(axis=0), following.expected, rtol=0.02)
    assert (following.low < following.expected).all()
    with pytest.raises(SettingError):
        expect_next(shrunk, persistence=-0.1)


@pytest.mark.parametrize(("persistence", "k"), [(1.0, 0.5), (0.6, 0.5), (1.0, 0.0)])
def test_the_fall_that_is_quoted_is_the_fall_that_happens(persistence: float, k: float) -> None:
    """Two periods without any programme; the four schools with the most in the first are followed into the second."""
    generator = np.random.default_rng([11, int(10 * persistence), int(10 * k)])
    counted, quoted, happened, inside = 0.0, 0.0, 0.0, []
    for trial in range(250):
        pupils = generator.integers(400, 1400, 16).astype(float)

        def rates() -> np.ndarray:
            return 0.008 * (generator.gamma(1 / k**2, k**2, 16) if k else np.ones(16))

        now = rates()
        later = np.where(generator.random(16) < persistence, now, rates())
        count = generator.poisson(now * pupils).astype(float)
        after = generator.poisson(later * pupils)
        following = expect_next(shrink_rates(count, pupils, seed=trial, draws=1000), persistence=persistence)
        chosen = highest_counts(count, 4)
        fall = expected_fall(following, chosen)
        counted, quoted, happened = counted + fall.count, quoted + fall.expected, happened + after[chosen].sum()
        inside.append(fall.low <= after[chosen].sum() <= fall.high)
    assert happened < 0.97 * counted
    # 250 trials know the mean to about 1%; where schools do not differ at all, the prior of k keeps a little of their excess.
    assert quoted / happened == pytest.approx(1, abs=0.03 if k else 0.08)
    assert np.mean(inside) > 0.92


def test_schools_without_events_cannot_fall() -> None:
    following = expect_next(shrink_rates(np.array([3.0, 2.0, 4.0, 0.0, 1.0]), np.full(5, 300.0), seed=1))
    with pytest.raises(SettingError, match="nothing can fall"):
        expected_fall(following, np.array([3]))
