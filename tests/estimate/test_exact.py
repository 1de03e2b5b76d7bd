from __future__ import annotations

import math
from itertools import product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.exact import _plug_in, _three_terms, exact
from swis.estimate.separation import find_separation
from tests.estimate.drawn import add_empty_school, few, fewer, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load

EVENTS = [name for name in (*PANELS, PRINTED) if "days" not in name]


@pytest.mark.parametrize("name", EVENTS)
def test_the_exact_distribution_is_that_of_r(name: str) -> None:
    result, r = exact(comparison(name)), load("exact")[name]
    r = r["plug_in" if result.plug_in else "full"]
    # The roots of R are found to 1e-13, from weights that it multiplies out event by event; plugged-in term effects come
    # from a glm and carry its 1e-9.
    near = {"rel": 1e-7, "abs": 1e-12}
    assert (result.events, [result.least, result.most]) == (r["observed"], r["support"])
    assert result.expected == pytest.approx(r["expected"], **near)
    assert result.ratio == pytest.approx(r["cmle"], **near)
    assert [result.low, result.high] == pytest.approx(r["interval"], **near)
    assert [result.mid_p_low, result.mid_p_high] == pytest.approx(r["interval_mid_p"], **near)
    assert result.p == pytest.approx(r["p_central"], **near)
    assert result.mid_p == pytest.approx(r["p_mid"], **near)
    assert result.median_unbiased == (
        None if r["median_unbiased_at_edge"] is None else pytest.approx(r["median_unbiased_at_edge"], **near)
    )
    if result.events == result.least:
        assert result.bound == pytest.approx(r["upper_bound_one_sided"], **near)


@pytest.mark.parametrize("name", EVENTS)
def test_two_terms_alone_are_fishers_noncentral_distribution_of_r(name: str) -> None:
    table_, r = comparison(name), load("exact")[name]["last_two_terms"]
    two = table_.keep_terms((table_.reference, table_.after[0]), reference=table_.reference, after=table_.after)
    try:
        result = exact(two)
    except NotEstimable:
        assert r["support"][0] == r["support"][1]
        return
    # The term effect is plugged in here and has no part in R; in two terms it cancels.
    assert [result.low, result.high] == pytest.approx(r["interval"], rel=1e-6)
    assert result.p == pytest.approx(r["p_central"], rel=1e-6)


@few
@given(
    st.lists(st.integers(0, 2), min_size=9, max_size=9),
    st.lists(st.integers(50, 400), min_size=9, max_size=9),
)
def test_three_terms_are_the_brute_force_over_all_tables_with_these_totals(
    counts: list[int], pupils: list[int]
) -> None:
    drawn = table(np.reshape(counts, (3, 3)), intervention=[1, 0, 0], pupils=np.reshape(pupils, (3, 3)))
    assume(drawn.count[0].sum() > 0 and drawn.count[:, 2].sum() > 0)
    weights = _brute_force(drawn)
    ours = _three_terms(drawn)
    log_ratio = 0.7
    theirs = np.array([weights.get(t, 0.0) * math.exp(log_ratio * t) for t in range(ours.least, ours.most + 1)])
    assert {t for t, weight in weights.items() if weight > 0} <= set(range(ours.least, ours.most + 1))
    np.testing.assert_allclose(ours.probabilities(log_ratio), theirs / theirs.sum(), atol=1e-11)
    assert ours.probabilities(log_ratio).sum() == pytest.approx(1.0, abs=1e-12)


def _brute_force(drawn: Comparison) -> dict[int, float]:
    """Weight of each treated count in the last term: every table with these totals of schools and terms, multinomially."""
    totals = drawn.count.sum(axis=1).astype(int)
    by_term = drawn.count.sum(axis=0)
    rows = []
    for school, total in enumerate(totals):
        share = drawn.pupils[school] / drawn.pupils[school].sum()
        splits = [(a, b, total - a - b) for a in range(total + 1) for b in range(total + 1 - a)]
        rows.append(
            [
                (split, factorial(total) * prod(share[t] ** split[t] / factorial(split[t]) for t in range(3)))
                for split in splits
            ]
        )
    weights: dict[int, float] = {}
    for choice in product(*rows):
        if (np.sum([split for split, _ in choice], axis=0) == by_term).all():
            treated = choice[0][0][2]
            weights[treated] = weights.get(treated, 0.0) + prod(weight for _, weight in choice)
    return weights


def test_two_schools_and_two_terms_with_constant_pupils_are_fishers_exact_test() -> None:
    drawn = table([[6, 1], [3, 5]], intervention=[1, 0])
    result = exact(drawn)
    hypergeometric = {t: comb(7, t) * comb(8, 6 - t) for t in range(7)}
    total = sum(hypergeometric.values())
    lower = sum(weight for t, weight in hypergeometric.items() if t <= 1) / total
    assert (result.least, result.most) == (0, 6)
    assert result.p == pytest.approx(2 * lower, rel=1e-10)


@few
@given(tables(schools=(2, 5), rates=(0.003, 0.01), unobserved=0.15))
def test_the_interval_holds_the_estimate_and_its_edges_are_those_of_the_linear_programme(drawn: Comparison) -> None:
    try:
        result = exact(drawn)
    except NotEstimable:
        return
    assert result.least <= result.events <= result.most
    assert result.low <= result.mid_p_low <= result.ratio <= result.mid_p_high <= result.high
    assert 0 < result.mid_p <= result.p <= 1
    separation = find_separation(drawn)
    if not result.plug_in and not drawn.without_events.any() and not separation.cells.all(axis=0).any():
        assert (result.ratio in (0.0, math.inf)) == (separation.direction != 0)


@few
@given(tables(schools=(2, 5), rates=(0.003, 0.01)))
def test_swapping_the_arms_inverts_everything(drawn: Comparison) -> None:
    try:
        one, two = exact(drawn), exact(swap_arms(drawn))
    except NotEstimable:
        return
    assert two.p == pytest.approx(one.p, abs=1e-8)
    assert _log(two.low) == pytest.approx(-_log(one.high), abs=1e-5)
    assert _log(two.high) == pytest.approx(-_log(one.low), abs=1e-5)
    assert _log(two.ratio) == pytest.approx(-_log(one.ratio), abs=1e-5)


def _log(ratio: float) -> float:
    return -math.inf if ratio == 0 else math.log(ratio)


@fewer
@given(tables(schools=(2, 4), terms=(3, 3), rates=(0.003, 0.01)))
def test_schools_without_events_or_without_pupils_change_nothing(drawn: Comparison) -> None:
    try:
        one = exact(drawn)
    except NotEstimable:
        return
    more = add_empty_school(drawn, intervention=True)
    assert exact(more).high == pytest.approx(one.high, rel=1e-9)
    more.pupils[-1] = 0.0
    assert exact(more).high == pytest.approx(one.high, rel=1e-9)


def test_a_school_that_was_only_there_after_the_start_adds_what_it_must() -> None:
    # Two of the treated events are certain to lie after the start: the school had no term before it.
    drawn = table([[3, 2], [0, 2], [4, 3]], intervention=[1, 1, 0], pupils=[[300, 300], [0, 300], [300, 300]])
    distribution = _plug_in(drawn)
    assert (distribution.least, distribution.most) == (2, 7)
    assert math.isfinite(exact(drawn).high)


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (table([[3.5, 2, 1], [1, 2, 2]], intervention=[1, 0]), "whole counts"),
        (table([[366, 122, 1], [1, 2, 2]], intervention=[1, 0], unit_of_count=122.0), "days are not events"),
        (table([[3, 2, 1], [1, 2, 2]], intervention=[1, 0], after=2), "one term after the start; there are 2"),
        (table([[3, 2, 1], [1, 2, 2]], intervention=[1, 1]), "one arm has no schools"),
        (table([[3, 2, 1], [1, 2, 2]], intervention=[0, 0]), "one arm has no schools"),
        (table([[3, 2, 1]], intervention=[1]), "one arm has no schools"),
        (table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0]), "no events"),
        (table([[3, 2, 0], [1, 2, 0]], intervention=[1, 0]), "no events"),
        (table([[3, 2, 1], [0, 0, 0]], intervention=[1, 0]), "no other outcome"),
    ],
)
def test_what_has_no_exact_distribution_is_refused_in_words(drawn: Comparison, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        exact(drawn)
