"""Shrunken rates against closed form and against brute force, and what they promise against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from swis.design.need_profile.shrinkage import SCALE_OF_K, shrink_rates, weigh_hyperparameters
from swis.errors import NotEstimable

COUNT = np.array([0.0, 2.0, 3.0, 5.0, 12.0, 4.0, 1.0])
PUPILS = np.array([300.0, 500.0, 900.0, 700.0, 800.0, 1200.0, 250.0])


def brute_force(count: np.ndarray, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior mean and variance of each rate from a plain grid of mean, k and the rate itself; scipy's gamma and Poisson.

    Nothing of it is in closed form: the rate of a school is integrated out by adding up.
    """
    crude = count.sum() / exposure.sum()
    k = np.linspace(0.02, 3.5, 160)
    means = np.exp(np.linspace(np.log(crude) - 3, np.log(crude) + 3, 160))
    log_rates = np.linspace(np.log(crude) - 9, np.log(crude) + 4, 1200)
    rates = np.exp(log_rates)
    step = log_rates[1] - log_rates[0]
    poisson = stats.poisson.pmf(count[:, None], exposure[:, None] * rates)
    weight = np.zeros((len(k), len(means)))
    moments = np.zeros((2, len(count), len(k), len(means)))
    for i, one in enumerate(k):
        for j, mean in enumerate(means):
            prior = stats.gamma.pdf(rates, 1 / one**2, scale=mean * one**2) * rates * step
            own = poisson @ prior
            weight[i, j] = np.exp(np.log(own).sum() - (one / SCALE_OF_K) ** 2 / 2)
            moments[0, :, i, j] = (poisson @ (prior * rates)) / own
            moments[1, :, i, j] = (poisson @ (prior * rates**2)) / own
    # The first value of k stands for all from 0 to half way to the next; narrower gammas fall between the rates.
    weight[0] *= (k[0] + (k[1] - k[0]) / 2) / (k[1] - k[0])
    weight /= weight.sum()
    first, second = (moments * weight).sum(axis=(2, 3))
    return first, second - first**2, np.array([(weight.sum(axis=1) * k).sum()])


def test_rates_agree_with_a_brute_force_posterior() -> None:
    mean, variance, k = brute_force(COUNT, PUPILS)
    shrunk = shrink_rates(COUNT, PUPILS, seed=1, draws=200_000)
    # The grid of the brute force has steps of 0.02 in k.
    np.testing.assert_allclose(shrunk.rate, mean, rtol=0.004)
    np.testing.assert_allclose(shrunk.draws.mean(axis=0), mean, rtol=0.01)
    np.testing.assert_allclose(shrunk.draws.var(axis=0), variance, rtol=0.04)
    pairs = weigh_hyperparameters(COUNT, PUPILS)
    np.testing.assert_allclose(pairs.weight @ pairs.k, k[0], rtol=0.004)


def test_with_many_schools_rates_are_those_of_the_closed_form_at_the_true_parameters() -> None:
    generator = np.random.default_rng(5)
    exposure = generator.integers(300, 1500, 4000).astype(float)
    shape, inverse = 4.0, 400.0
    rates = generator.gamma(shape, 1 / inverse, 4000)
    count = generator.poisson(rates * exposure).astype(float)
    shrunk = shrink_rates(count, exposure, seed=1, draws=200)
    # 4,000 schools know the mean to 1% and k to 2%.
    np.testing.assert_allclose(shrunk.rate, (shape + count) / (inverse + exposure), rtol=0.03)
    np.testing.assert_allclose(shrunk.own_weight, exposure / (inverse + exposure), rtol=0.06)
    assert shrunk.k == pytest.approx(0.5, abs=0.03)
    assert shrunk.by_moments.k == pytest.approx(shrunk.k, abs=0.05)


def test_a_small_school_is_drawn_further_to_the_mean_than_a_large_one_of_the_same_rate() -> None:
    count, pupils = np.array([4.0, 40.0, 6.0, 9.0, 3.0, 12.0]), np.array([100.0, 1000.0, 500.0, 700.0, 400.0, 900.0])
    shrunk = shrink_rates(count, pupils, seed=1)
    assert shrunk.crude[0] == shrunk.crude[1] > shrunk.mean
    assert shrunk.mean < shrunk.rate[0] < shrunk.rate[1] < shrunk.crude[1]
    assert shrunk.own_weight[0] < shrunk.own_weight[1]


def test_schools_that_differ_by_less_than_chance_still_have_intervals() -> None:
    shrunk = shrink_rates(np.full(8, 5.0), np.full(8, 600.0), seed=1)
    assert shrunk.by_moments.k == 0
    assert shrunk.k_low < 0.05 < shrunk.k_high
    assert ((shrunk.high - shrunk.low) * 600 > 2).all()


def test_days_of_one_child_are_one_event_however_many_they_are() -> None:
    count, pupils = np.array([1.0, 0.0, 3.0, 2.0, 6.0]), np.full(5, 700.0)
    events = shrink_rates(count, pupils, seed=1)
    days = shrink_rates(count * 122, pupils, unit=122, seed=1)
    np.testing.assert_allclose(days.rate, events.rate * 122)
    np.testing.assert_allclose(days.draws, events.draws * 122)
    naive = shrink_rates(count * 122, pupils, seed=1)
    assert (naive.own_weight > 0.98).all()
    assert (days.own_weight < 0.8).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(20, 3000)), min_size=5, max_size=12).filter(
        lambda rows: sum(count for count, _ in rows) > 0
    )
)
def test_a_rate_lies_between_the_schools_own_and_that_of_the_others(rows: list[tuple[int, int]]) -> None:
    count, pupils = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    shrunk = shrink_rates(count, pupils, seed=1, draws=500)
    assert ((shrunk.own_weight > 0) & (shrunk.own_weight < 1)).all()
    assert (shrunk.rate > 0).all()
    assert (shrunk.low < shrunk.high).all()
    assert shrunk.rate.max() <= shrunk.crude.max() * (1 + 1e-9)


@pytest.mark.parametrize(
    ("count", "pupils", "says"),
    [
        ([1.0] * 4, [100.0] * 4, "too few to tell chance from need"),
        ([0.0] * 6, [100.0] * 6, "There are no events"),
        ([1.0] * 6, [100.0] * 5 + [0.0], "pupils above 0"),
        ([1.0] * 5 + [-1.0], [100.0] * 6, "counts of 0 or more"),
        ([1.0] * 6, [100.0] * 5, "one count and one exposure"),
    ],
)
def test_counts_that_cannot_carry_a_rate_are_refused(count: list[float], pupils: list[float], says: str) -> None:
    with pytest.raises(NotEstimable, match=says):
        shrink_rates(np.array(count), np.array(pupils), seed=1)


@pytest.mark.parametrize(("schools", "k", "rate"), [(12, 0.5, 0.006), (12, 0.0, 0.003), (40, 0.8, 0.003)])
def test_intervals_hold_the_true_rate_as_often_as_they_say(schools: int, k: float, rate: float) -> None:
    generator = np.random.default_rng([7, schools, int(10 * k)])
    held = []
    for trial in range(120):
        pupils = generator.integers(300, 1500, schools).astype(float)
        factor = generator.gamma(1 / k**2, k**2, schools) if k else np.ones(schools)
        count = generator.poisson(rate * factor * pupils).astype(float)
        shrunk = shrink_rates(count, pupils, seed=trial, draws=2000)
        held.append(((shrunk.low <= rate * factor) & (rate * factor <= shrunk.high)).mean())
    # Over 400 to 800 trials each: 93% to 94.5% at 12 schools that differ, 99% where they do not, 95% at 100 schools.
    # 120 trials know it to 0.8%.
    assert np.mean(held) > (0.915 if k else 0.97)
    if k:
        assert np.mean(held) < 0.975


def test_over_schools_as_the_prior_has_them_intervals_hold_the_true_rate_in_95_of_100() -> None:
    """What a calibrated posterior must do, whatever the size: k is drawn from its prior, rates and counts from the model."""
    generator = np.random.default_rng(29)
    held, below = [], []
    while len(held) < 200:
        k = abs(generator.normal()) * SCALE_OF_K
        if not 0.01 < k < 3:
            continue
        pupils = generator.integers(300, 1500, 10).astype(float)
        rates = 0.01 * generator.gamma(1 / k**2, k**2, 10)
        count = generator.poisson(rates * pupils).astype(float)
        if not count.sum():
            continue
        shrunk = shrink_rates(count, pupils, seed=len(held), draws=2000)
        held.append(((shrunk.low <= rates) & (rates <= shrunk.high)).mean())
        pairs = weigh_hyperparameters(count, pupils)
        below.append(pairs.weight[pairs.k < k].sum())
    # Monte Carlo errors of 0.6% and, for a uniform share, of 2%.
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)
    assert np.mean(below) == pytest.approx(0.5, abs=0.05)
