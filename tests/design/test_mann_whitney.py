from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from swis.design.mann_whitney import mann_whitney_p, ranks_among, smallest_mann_whitney_p
from swis.design.matching import MatchOptions, match_schools
from swis.errors import NotEstimable
from tests.design.drawn import simulated_panel, small_panel


@given(seed=st.integers(0, 10_000), trend=st.sampled_from([0.0, 1.0]))
@settings(max_examples=20, deadline=None)
def test_reading_a_is_one_whatever_the_data(seed: int, trend: float) -> None:
    panel = simulated_panel(seed=seed, trend_sd=trend)
    matching = match_schools(panel)
    for unit in range(3):
        now = np.argsort(np.argsort(matching.units.scores[unit])) + 1
        before = np.random.default_rng(seed).permutation(now)
        assert mannwhitneyu(now, before).pvalue == 1.0
    assert {check.p_a for check in matching.checks} == {1.0}
    assert {check.smallest_p_a for check in matching.checks} == {1.0}


@pytest.mark.parametrize(("k", "smallest"), [(1, 1.0), (2, 1 / 3), (3, 0.1), (4, 2 / 70), (8, 2 / 12870)])
def test_k_against_k_numbers_have_a_smallest_p_value(k: int, smallest: float) -> None:
    assert smallest_mann_whitney_p(k) == pytest.approx(smallest)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_two_chosen_schools_can_never_be_turned_down(seed: int) -> None:
    panel = simulated_panel(seed=seed)
    for check in match_schools(panel, MatchOptions(k=2)).checks:
        assert check.p_c is not None
        assert check.p_c >= 1 / 3 - 1e-12
        assert not check.rejects


@given(values=st.lists(st.integers(0, 1000), min_size=2, max_size=8, unique=True), cut=st.integers(1, 7))
@settings(max_examples=50, deadline=None)
def test_without_ties_the_p_value_is_scipys_exact_one(values: list[int], cut: int) -> None:
    cut = min(cut, len(values) - 1)
    expected = mannwhitneyu(values[:cut], values[cut:], method="exact").pvalue
    assert mann_whitney_p(tuple(values[:cut]), tuple(values[cut:])) == pytest.approx(expected)


def test_for_many_numbers_the_p_value_is_scipys_normal_one() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 20, 12), rng.integers(3, 23, 15)
    expected = mannwhitneyu(first, second, method="asymptotic").pvalue
    assert mann_whitney_p(tuple(first), tuple(second)) == pytest.approx(expected)
    assert mann_whitney_p((1,) * 10, (1,) * 10) == 1.0


def test_ranks_are_counted_with_ties_at_their_mean() -> None:
    pool = np.array([3.0, 1.0, 3.0, 8.0])
    assert ranks_among(pool, np.array([3.0, 8.0, 1.0])).tolist() == [2.5, 4.0, 1.0]


def test_nearer_than_chance_is_one_where_the_order_is_kept_and_nought_where_it_is_turned() -> None:
    def share(earlier: dict[str, float]) -> float | None:
        rates = {"T": [[10.0, 10.0, 10.0]]}
        rates |= {f"C{i}": [[10.0, 10.0 + earlier[f"C{i}"], 10.0 + earlier[f"C{i}"] + i]] for i in range(9)}
        return match_schools(small_panel(rates, treated=["T"])).checks[0].nearer_than_chance

    assert share({f"C{i}": float(i) for i in range(9)}) == 1.0
    assert share({f"C{i}": 9.0 - i for i in range(9)}) == 0.0


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(NotEstimable, match="both samples"):
        mann_whitney_p((), (1.0,))
