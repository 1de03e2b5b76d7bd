from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate.pooling import Pooled, PooledLine, pool_authorities
from tests.estimate.drawn import few
from tests.oracles.load import load

effects = st.lists(st.floats(-3, 3), min_size=2, max_size=6)


def pool(log_ratios: list[float], errors: list[float] | None = None) -> Pooled:
    return pool_authorities([f"A{i}" for i in log_ratios], log_ratios, errors or [0.3] * len(log_ratios))


@pytest.mark.parametrize("outcome", sorted(load("pooling")))
def test_the_pooled_ratios_are_those_of_metafor(outcome: str) -> None:
    r = load("pooling")[outcome]
    result = pool(r["input"]["beta"], r["input"]["se"])

    def agrees(line: PooledLine, stored: dict[str, object], near: float) -> None:
        assert math.log(line.ratio) == pytest.approx(stored["beta"], abs=near)
        assert [line.low, line.high] == pytest.approx(stored["interval"], rel=near)

    # Closed forms agree to rounding. Paule and Mandel's variance is a root that metafor finds to 1e-12.
    agrees(result.fixed_effect, r["fixed"], 1e-11)
    agrees(result.dersimonian_laird, r["dersimonian_laird"], 1e-11)
    agrees(result.paule_mandel, r["paule_mandel"], 1e-9)
    agrees(result.random_effects, r["paule_mandel_hksj_at_least_one"], 1e-9)
    agrees(result.random_effects, r["paule_mandel_adhoc"], 1e-9)
    assert result.dersimonian_laird.tau_squared == pytest.approx(r["dersimonian_laird"]["tau2"], abs=1e-11)
    assert result.paule_mandel.tau_squared == pytest.approx(r["paule_mandel"]["tau2"], abs=1e-9)
    assert result.heterogeneity == pytest.approx(r["fixed"]["q"], rel=1e-11)
    assert result.heterogeneity_p == pytest.approx(r["fixed"]["q_p"], rel=1e-10)
    assert result.i_squared == pytest.approx(r["fixed"]["i2"], abs=1e-11)


@few
@given(st.floats(-3, 3), st.integers(2, 6))
def test_authorities_that_agree_are_pooled_as_one_effect(effect: float, number: int) -> None:
    result = pool([effect] * number)
    for line in (result.dersimonian_laird, result.paule_mandel):
        assert line.tau_squared == 0
        assert (line.ratio, line.low, line.high) == pytest.approx(
            (result.fixed_effect.ratio, result.fixed_effect.low, result.fixed_effect.high), rel=1e-12
        )
    # Never narrower than the fixed effect, however well the authorities agree.
    assert result.random_effects.low <= result.fixed_effect.low
    assert result.i_squared == pytest.approx(0, abs=1e-12)


@few
@given(effects)
def test_at_the_root_the_weighted_squares_are_their_degrees_of_freedom(log_ratios: list[float]) -> None:
    result = pool(log_ratios)
    tau = result.paule_mandel.tau_squared
    weights = 1 / (0.09 + tau)
    squares = weights * ((np.array(log_ratios) - np.mean(log_ratios)) ** 2).sum()
    assert squares == pytest.approx(len(log_ratios) - 1, rel=1e-6) if tau > 0 else squares <= len(log_ratios) - 1 + 1e-9


@few
@given(effects)
def test_turning_the_ratios_over_turns_everything_over(log_ratios: list[float]) -> None:
    one, two = pool(log_ratios), pool([-effect for effect in log_ratios])
    assert two.random_effects.ratio == pytest.approx(1 / one.random_effects.ratio, rel=1e-8)
    assert two.random_effects.low == pytest.approx(1 / one.random_effects.high, rel=1e-6)
    assert two.prediction[0] == pytest.approx(1 / one.prediction[1] if one.prediction[1] < math.inf else 0.0, rel=1e-6)


@few
@given(effects)
def test_a_further_authority_is_less_certain_than_the_mean(log_ratios: list[float]) -> None:
    result = pool(log_ratios)
    assert result.prediction[0] <= result.paule_mandel.low * (1 + 1e-12)
    assert result.prediction[1] >= result.paule_mandel.high * (1 - 1e-12)


def test_two_authorities_predict_nothing() -> None:
    assert pool([0.1, 0.3]).prediction == (0.0, math.inf)


@pytest.mark.parametrize(
    ("log_ratios", "errors", "words"),
    [
        ([0.1], [0.2], "at least two"),
        ([], [], "at least two"),
        ([0.1, -math.inf], [0.2, 0.2], "finite"),
        ([0.1, math.nan], [0.2, 0.2], "finite"),
        ([0.1, 0.2], [0.2, 0.0], "finite"),
        ([0.1, 0.2], [0.2, -1.0], "finite"),
        ([0.1, 0.2], [0.2, math.inf], "finite"),
        ([0.1, 0.2, 0.3], [0.2, 0.2], "one log rate ratio and one standard error"),
    ],
)
def test_what_cannot_be_pooled_is_refused_in_words(log_ratios: list[float], errors: list[float], words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        pool_authorities([f"A{i}" for i in range(len(log_ratios))], log_ratios, errors)
