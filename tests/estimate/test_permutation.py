from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate import permutation
from swis.estimate.comparison import Comparison
from swis.estimate.permutation import (
    joint_permutation_p,
    permutation_interval,
    permutation_tails,
    permutation_test,
    ratios_of_every_choice,
)
from swis.estimate.poisson import fit_comparison
from tests.estimate.drawn import (
    add_empty_school,
    draw_table,
    few,
    fewer,
    has_estimate,
    reorder,
    swap_arms,
    table,
    tables,
)
from tests.oracles.load import PANELS, PRINTED, comparison, load

EVERY = (*PANELS, PRINTED)


@pytest.mark.parametrize("name", EVERY)
def test_every_assignment_scores_as_in_r(name: str) -> None:
    table_, r = comparison(name), load("permutation")[name]
    result = permutation_test(table_, seed=1)
    assert result.assignments == result.scored == r["assignments"]
    # The null fit of R stops at the tolerance of glm; the score is of first order in its error.
    assert result.score == pytest.approx(r["observed_z"], rel=1e-7)
    assert np.abs(result.scores).max() == pytest.approx(r["z_largest"], rel=1e-7)
    assert result.scores.mean() == pytest.approx(r["z_mean"], abs=1e-7)
    assert (result.scores**2).mean() == pytest.approx(r["z_mean_square"], rel=1e-7)
    if r["z"] is not None:
        np.testing.assert_allclose(np.sort(result.scores), r["z"], rtol=1e-6, atol=1e-8)
    # Shares of counted assignments: exact, or one of them is on the wrong side.
    assert result.p == pytest.approx(r["p"], abs=1e-14)
    assert result.smallest_p == pytest.approx(r["smallest_p_by_design"], abs=1e-14)
    assert result.smallest_p_here == pytest.approx(r["smallest_p_attained"], abs=1e-14)
    assert permutation_tails(table_, 0.0, seed=1) == pytest.approx((r["p_lower"], r["p_upper"]), abs=1e-14)


def test_in_stockport_six_of_495_choices_are_equally_extreme() -> None:
    result = permutation_test(comparison("Stockport/s47"), seed=1)
    assert result.smallest_p == pytest.approx(1 / 495)
    assert result.smallest_p_here == pytest.approx(6 / 495)
    assert int((result.scores == 0).sum()) == load("permutation")["Stockport/s47"]["assignments_without_information"]


@pytest.mark.parametrize(
    "name", [name for name in EVERY if "Stockport/s47" not in name and "Stockport/days" not in name]
)
def test_every_choice_refitted_gives_the_ratio_of_r(name: str) -> None:
    betas = np.exp(np.array(load("permutation")[name]["beta"], dtype=float))
    ours = np.array(ratios_of_every_choice(comparison(name)))
    np.testing.assert_allclose(ours, betas[np.isfinite(betas) | (betas == np.inf)], rtol=1e-7)


@few
@given(tables(schools=(2, 6)))
def test_the_score_is_raos_for_every_choice(drawn: Comparison) -> None:
    """By another way: the gradient and the information at no effect, of the fit with that choice."""
    assume(has_estimate(drawn))
    treated = int(drawn.intervention.sum())
    result = permutation_test(drawn, seed=1)
    others = combinations(range(len(drawn.schools)), treated)
    for score, chosen in zip(result.scores, others, strict=True):
        other = replace(drawn, intervention=np.isin(np.arange(len(drawn.schools)), chosen))
        assert score == pytest.approx(_rao(other), abs=1e-6)


def _rao(drawn: Comparison) -> float:
    null = fit_comparison(drawn, interactions=np.zeros((len(drawn.terms), 0)))
    used = ~drawn.without_events
    school, term = np.nonzero((drawn.pupils > 0) & used[:, None])
    columns = np.column_stack(
        [school == i for i in np.flatnonzero(used)]
        + [term == t for t in range(1, len(drawn.terms))]
        + [drawn.intervention[school] & drawn.after_mask[term]]
    ).astype(float)
    mu = null.expected[school, term]
    information = columns.T @ (mu[:, None] * columns)
    own = information[-1, -1] - information[-1, :-1] @ np.linalg.solve(information[:-1, :-1], information[:-1, -1])
    if own < 1e-9 * mu.sum():
        return 0.0
    return float(columns[:, -1] @ (drawn.count[school, term] - mu)) / math.sqrt(own)


@few
@given(tables())
def test_p_is_a_share_of_choices_and_no_less_than_what_is_in_reach(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    result = permutation_test(drawn, seed=1)
    assert result.assignments == comb(len(drawn.schools), int(drawn.intervention.sum()))
    assert (result.p * result.assignments) == pytest.approx(round(result.p * result.assignments), abs=1e-9)
    assert result.smallest_p <= result.smallest_p_here + 1e-12 <= result.p + 2e-12 <= 1 + 3e-12


@few
@given(tables(), st.integers(0, 1000))
def test_the_order_of_schools_and_terms_does_not_matter(drawn: Comparison, seed: int) -> None:
    assume(has_estimate(drawn))
    rng = np.random.default_rng(seed)
    other = reorder(drawn, rng.permutation(len(drawn.schools)), rng.permutation(len(drawn.terms)))
    assert permutation_test(other, seed=1).p == pytest.approx(permutation_test(drawn, seed=1).p, abs=1e-14)


@few
@given(tables())
def test_swapping_the_arms_turns_the_scores_over_and_keeps_p(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    one, two = permutation_test(drawn, seed=1), permutation_test(swap_arms(drawn), seed=1)
    assert two.score == pytest.approx(-one.score, abs=1e-7)
    assert two.p == pytest.approx(one.p, abs=1e-14)
    if 2 * drawn.intervention.sum() == len(drawn.schools):
        np.testing.assert_allclose(np.sort(one.scores), np.sort(-one.scores), atol=1e-7)
        assert one.smallest_p == pytest.approx(2 / one.assignments)


def test_a_school_without_events_adds_choices_and_changes_no_score() -> None:
    drawn = comparison("Stockport/s17")
    more = add_empty_school(drawn, intervention=False)
    one, two = permutation_test(drawn, seed=1), permutation_test(more, seed=1)
    assert two.score == pytest.approx(one.score, abs=1e-10)
    assert (one.assignments, two.assignments) == (6, 10)


def test_strata_restrict_the_choices_to_a_product() -> None:
    drawn = replace(
        draw_table(3, schools=7, terms=3, rate=0.02),
        intervention=np.array([1, 0, 0, 1, 1, 0, 0], dtype=bool),
        stratum=("a", "a", "a", "b", "b", "b", "b"),
    )
    result = permutation_test(drawn, seed=1)
    assert result.assignments == comb(3, 1) * comb(4, 2) == len(result.scores)
    assert result.smallest_p == pytest.approx(1 / 18)
    free = permutation_test(replace(drawn, stratum=None), seed=1)
    assert {round(score, 9) for score in result.scores} < {round(score, 9) for score in free.scores}


def test_strata_split_in_half_have_a_mirror_image() -> None:
    drawn = replace(
        draw_table(3, schools=6, terms=3, rate=0.02),
        intervention=np.array([1, 0, 1, 1, 0, 0], dtype=bool),
        stratum=("a", "a", "b", "b", "b", "b"),
    )
    result = permutation_test(drawn, seed=1)
    assert result.smallest_p == pytest.approx(2 / 12)
    np.testing.assert_allclose(np.sort(result.scores), np.sort(-result.scores), atol=1e-9)


def test_clusters_move_as_one() -> None:
    drawn = replace(
        draw_table(5, schools=6, terms=3, rate=0.02),
        intervention=np.array([1, 1, 0, 0, 0, 0], dtype=bool),
        cluster=("x", "x", "y", "y", "z", "z"),
    )
    result = permutation_test(drawn, unit="cluster", seed=1)
    assert (result.assignments, result.unit) == (3, "cluster")
    pairs = [replace(drawn, intervention=np.isin(np.arange(6), pair)) for pair in ((0, 1), (2, 3), (4, 5))]
    np.testing.assert_allclose(result.scores, [_rao(pair) for pair in pairs], atol=1e-8)
    assert result.score == permutation_test(drawn, seed=1).score


def test_a_cluster_with_schools_of_both_arms_is_refused() -> None:
    drawn = table([[3, 2], [5, 1], [2, 2]], intervention=[1, 0, 0], cluster=("x", "x", "y"))
    with pytest.raises(NotEstimable, match="a cluster has schools of both arms; use schools as the unit"):
        permutation_test(drawn, unit="cluster", seed=1)
    with pytest.raises(NotEstimable, match="clusters of the schools are not given"):
        permutation_test(replace(drawn, cluster=None), unit="cluster", seed=1)


def test_a_cluster_that_lies_in_two_strata_is_refused() -> None:
    drawn = table([[3, 2], [5, 1], [2, 2]], intervention=[1, 1, 0], cluster=("x", "x", "y"), stratum=("a", "b", "b"))
    with pytest.raises(NotEstimable, match="strata"):
        permutation_test(drawn, unit="cluster", seed=1)


def test_drawn_choices_agree_with_all_of_them_and_follow_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw_table(21, schools=10, terms=3, rate=0.02)
    every = permutation_test(drawn, seed=1)
    monkeypatch.setattr(permutation, "MOST_ENUMERATED", 10)
    one, again = permutation_test(drawn, seed=1), permutation_test(drawn, seed=1)
    assert not one.enumerated
    assert (one.p, one.seed, one.scored) == (again.p, 1, 10_000)
    assert one.smallest_p == 1 / 10_000
    # Four Monte Carlo standard errors, and the real choice that is always counted.
    assert abs(one.p - every.p) < 4 * math.sqrt(every.p * (1 - every.p) / 9_999) + 1e-4


def test_drawn_choices_keep_the_number_in_every_stratum(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = replace(
        draw_table(3, schools=9, terms=3, rate=0.02),
        intervention=np.array([1, 0, 0, 1, 1, 0, 0, 1, 1], dtype=bool),
        stratum=("a",) * 3 + ("b",) * 4 + ("c",) * 2,
    )
    every = permutation_test(drawn, seed=1)
    monkeypatch.setattr(permutation, "MOST_ENUMERATED", 1)
    result = permutation_test(drawn, seed=1)
    assert {round(score, 8) for score in result.scores} == {round(score, 8) for score in every.scores}


@fewer
@given(tables(schools=(8, 8), terms=(2, 3), rates=(0.02, 0.05)))
def test_the_interval_holds_the_estimate_and_ends_where_the_test_flips(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and 2 < drawn.intervention.sum() < 6)
    low, high = permutation_interval(drawn, seed=1)
    assert low <= math.exp(fit_comparison(drawn).programme[0]) <= high
    if low > 0:
        assert permutation_tails(drawn, math.log(low) - 1e-6, seed=1)[1] <= 0.025
        assert permutation_tails(drawn, math.log(low) + 1e-6, seed=1)[1] > 0.025
    if high < math.inf:
        assert permutation_tails(drawn, math.log(high) + 1e-6, seed=1)[0] <= 0.025
        assert permutation_tails(drawn, math.log(high) - 1e-6, seed=1)[0] > 0.025


def test_swapping_the_arms_inverts_the_interval() -> None:
    drawn = comparison("Stockport/s47")
    low, high = permutation_interval(drawn, seed=1)
    other_low, other_high = permutation_interval(swap_arms(drawn), seed=1)
    # The last step is halved 24 times, and its bisection starts from the other side.
    assert (other_low, other_high) == pytest.approx((1 / high, 1 / low), rel=1e-5)


@pytest.mark.parametrize("name", [name for name in PANELS if load("permutation")[name]["assignments"] < 40])
def test_with_fewer_than_forty_choices_the_interval_is_the_whole_line(name: str) -> None:
    assert permutation_interval(comparison(name), seed=1) == (0.0, math.inf)


def test_joint_patterns_of_one_column_are_the_square_of_the_single_score() -> None:
    drawn = comparison("Stockport/s17")
    p, choices = joint_permutation_p(drawn, drawn.after_mask.astype(float)[:, None], seed=1)
    assert (p, choices) == (pytest.approx(permutation_test(drawn, seed=1).p), 6)


@pytest.mark.parametrize(
    "drawn",
    [
        table([[0, 0], [0, 0]], intervention=[1, 0]),
        table([[3, 0, 4], [5, 0, 1]], intervention=[1, 0]),
        table([[3, 5, 0], [5, 2, 0]], intervention=[1, 0]),
    ],
    ids=["all zero", "a term without events", "nothing after"],
)
def test_terms_that_cannot_be_compared_are_refused_in_words(drawn: Comparison) -> None:
    with pytest.raises(NotEstimable, match="a term has no events at all"):
        permutation_test(drawn, seed=1)
    with pytest.raises(NotEstimable, match="a term has no events at all"):
        permutation_interval(drawn, seed=1)


@pytest.mark.parametrize("intervention", [[1, 1, 1], [0, 0, 0]])
def test_one_arm_alone_leaves_one_choice_and_no_finding(intervention: list[int]) -> None:
    result = permutation_test(table([[3, 4], [5, 1], [2, 2]], intervention=intervention), seed=1)
    assert (result.assignments, result.p, result.smallest_p) == (1, 1.0, 1.0)
    assert not result.can_reach(0.05)
