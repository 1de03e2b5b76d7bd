"""Boundaries of looks, and conditional power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from swis.errors import NotEstimable
from swis.estimate.trial.sequential import conditional_power, spend_error


def test_two_looks_have_the_boundaries_that_are_published() -> None:
    looks = spend_error([0.5, 1.0])
    assert looks.boundaries == pytest.approx([2.962588, 1.968596], abs=1e-6)


def test_one_look_is_the_plain_test() -> None:
    assert spend_error([1.0], level=0.05).boundaries == pytest.approx([norm.ppf(0.95)], abs=1e-9)


def test_the_boundaries_are_passed_as_often_as_was_spent() -> None:
    shares = np.array([0.3, 0.6, 1.0])
    looks = spend_error(shares.tolist())
    correlation = np.sqrt(np.minimum.outer(shares, shares) / np.maximum.outer(shares, shares))
    for number in (1, 2, 3):
        stay = multivariate_normal.cdf(
            looks.boundaries[:number], cov=correlation[:number, :number], abseps=1e-9, releps=1e-9
        )
        # SciPy integrates three dimensions by quasi-random points, to about 1e-6.
        assert 1 - stay == pytest.approx(looks.spent[number - 1], abs=5e-6)


@pytest.mark.parametrize("shares", [[0.5], [], [0.5, 0.4, 1.0], [0.0, 1.0], [0.5, 1.2]])
def test_information_rises_to_one(shares: list[float]) -> None:
    with pytest.raises(NotEstimable, match="rise"):
        spend_error(shares)


def test_a_level_is_a_share() -> None:
    with pytest.raises(NotEstimable, match="one-sided level"):
        spend_error([1.0], level=0.6)


def test_conditional_power_is_that_of_simulated_ends() -> None:
    rng = np.random.default_rng(1)
    found = conditional_power(1.0, information=0.5, planned_drift=2.8, boundary=1.968596)
    end = 1.0 * np.sqrt(0.5) + 2.8 * 0.5 + np.sqrt(0.5) * rng.standard_normal(400_000)
    assert found.planned == pytest.approx((end > 1.968596).mean(), abs=0.003)
    assert found.seen < found.planned
    assert not found.futile
    assert conditional_power(-1.5, information=0.6, planned_drift=2.8, boundary=1.97).futile
    with pytest.raises(NotEstimable, match="before the end"):
        conditional_power(1.0, information=1.0, planned_drift=2.8, boundary=1.97)
