"""The negative binomial model where counts vary little beyond Poisson's, and its slope against exact sums."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import inf

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.estimate.trial.model import build_model, fit_model
from swis.estimate.trial.negative_binomial import _below, _slope, negative_binomial
from tests.estimate.trial.drawn import draw_trial


@given(count=st.integers(0, 400), inverse=st.floats(1e-9, 2.0))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_sum_over_lower_counts_is_exact(count: int, inverse: float) -> None:
    a = Fraction(inverse)
    exact = sum((j / (1 + a * j) for j in range(count)), Fraction(0))
    # Euler and Maclaurin's next term is at most 4e-11 for one count.
    assert _below(np.array([float(count)]), inverse)[0] == pytest.approx(float(exact), rel=1e-8, abs=1e-9)


def test_the_slope_at_nought_is_what_the_squares_have_beyond_poisson() -> None:
    y, mu = np.array([0.0, 3.0, 11.0]), np.array([1.5, 4.0, 8.0])
    assert _slope(y, mu, 0.0) == pytest.approx(((y - mu) ** 2 - y).sum() / 2)


@given(seed=st.integers(0, 3_000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_it_settles_for_counts_that_are_nearly_poisson(seed: int) -> None:
    table = draw_trial(seed, events=4.0)
    rng = np.random.default_rng(seed)
    mean = 4 * table.exposure / table.exposure.mean() * rng.gamma(300, 1 / 300, len(table.count))
    near = replace(table, count=rng.poisson(mean).astype(float))
    found = negative_binomial(near)
    plain = fit_model(build_model(near))
    if found.shape == inf:
        # What the squares have beyond Poisson's is nothing: the fit is Poisson's.
        assert ((near.count - plain.expected) ** 2 - near.count).sum() <= 0
        assert found.estimate.log_ratio == pytest.approx(plain.coefficients[0], abs=1e-9)
    else:
        theirs = sm.GLM(
            near.count,
            build_model(near).columns,
            family=sm.families.NegativeBinomial(alpha=1 / found.shape),
            offset=np.log(near.exposure),
        ).fit(tol=1e-13)
        assert found.estimate.log_ratio == pytest.approx(theirs.params[0], abs=1e-7)
        # No shape beside it is more likely.
        poisson = (near.count * np.log(plain.expected) - plain.expected).sum()
        assert found.log_likelihood >= poisson - _factorials(near.count) - 1e-9


def _factorials(count: np.ndarray) -> float:
    return float(sum(np.log(np.arange(1, int(each) + 1)).sum() for each in count))


def test_the_shape_is_the_most_likely_one() -> None:
    table = draw_trial(7, events=12.0)
    found = negative_binomial(table)
    X = build_model(table).columns

    def likelihood(shape: float) -> float:
        family = sm.families.NegativeBinomial(alpha=1 / shape)
        return float(sm.GLM(table.count, X, family=family, offset=np.log(table.exposure)).fit(tol=1e-13).llf)

    best = likelihood(found.shape)
    assert found.log_likelihood == pytest.approx(best, abs=1e-6)
    assert best > likelihood(found.shape * 1.02) and best > likelihood(found.shape / 1.02)


def test_counts_without_scatter_have_no_shape() -> None:
    table = draw_trial(5)
    smooth = replace(table, count=np.round(table.exposure * 0.01))
    found = negative_binomial(smooth)
    assert (found.shape, found.k) == (inf, 0.0)
