from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate.multiplicity import benjamini_hochberg, holm
from tests.estimate.drawn import few
from tests.oracles.load import load_whole

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_the_adjusted_published_p_values_are_those_of_r() -> None:
    stored = load_whole("pooling")["multiplicity"]
    # A few multiplications on each side, of fifteen stored digits.
    np.testing.assert_allclose(holm(stored["p"]), stored["holm"], rtol=1e-13)
    np.testing.assert_allclose(benjamini_hochberg(stored["p"]), stored["benjamini_hochberg"], rtol=1e-13)


@few
@given(p_values)
def test_an_adjusted_p_is_never_smaller_and_never_above_one(p: list[float]) -> None:
    for adjusted in (holm(p), benjamini_hochberg(p)):
        assert (adjusted >= np.array(p) * (1 - 1e-15)).all()
        assert (adjusted <= 1).all()


@few
@given(p_values)
def test_the_order_of_claims_is_kept_and_false_discovery_is_the_milder(p: list[float]) -> None:
    order = np.argsort(p, kind="stable")
    for adjusted in (holm(p), benjamini_hochberg(p)):
        assert (np.diff(adjusted[order]) >= 0).all()
    assert (benjamini_hochberg(p) <= holm(p) * (1 + 1e-15)).all()


@few
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_each_claim_keeps_its_adjustment_wherever_it_stands(p: list[float], random: object) -> None:
    shuffled = list(range(len(p)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for adjust in (holm, benjamini_hochberg):
        np.testing.assert_array_equal(adjust([p[i] for i in shuffled]), adjust(p)[shuffled])


def test_one_claim_alone_needs_no_adjustment() -> None:
    assert holm([0.03]).tolist() == benjamini_hochberg([0.03]).tolist() == [0.03]


def test_no_claims_give_no_adjustments() -> None:
    assert holm([]).tolist() == benjamini_hochberg([]).tolist() == []


@pytest.mark.parametrize("wrong", [float("nan"), -0.1, 1.1])
def test_what_is_not_a_p_value_is_refused_in_words(wrong: float) -> None:
    for adjust in (holm, benjamini_hochberg):
        with pytest.raises(NotEstimable, match="between 0 and 1"):
            adjust([0.2, wrong])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_equal_claims_are_adjusted_alike(adjust: object) -> None:
    assert len(set(adjust([0.02, 0.02, 0.02]).tolist())) == 1  # type: ignore[operator]
