from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.design.matching import Matching, MatchOptions, match_schools
from swis.design.matching_choice import Replacement
from swis.design.year_group_panel import YearGroupPanel
from swis.errors import NotEstimable
from tests.design.drawn import simulated_panel, small_panel

NAN = math.nan
FLAT = [[1.0, 1.0]]


def moved(*changes: float) -> list[list[float]]:
    """One year group that starts at 10 and moves by the changes."""
    return [list(itertools.accumulate(changes, initial=10.0))]


def chosen(matching: Matching) -> dict[str, list[str]]:
    return {name: [match.school for match in matching.accepted if match.unit == name] for name in matching.units.names}


def test_each_school_gets_the_two_whose_changes_are_nearest() -> None:
    rates = {"T": moved(2), "far": moved(9), "near": moved(2.5), "nearer": moved(1.8), "other": moved(5)}
    matching = match_schools(small_panel(rates, treated=["T"]))
    assert [(m.school, m.rank, m.accepted) for m in matching.matches] == [("nearer", 1, True), ("near", 2, True)]
    assert not matching.unmatched


def test_tied_candidates_are_taken_by_size_then_by_label() -> None:
    rates = {"T": moved(2), "big": moved(3), "b": moved(3), "a": moved(1), "x": moved(9)}
    panel = small_panel(rates, treated=["T"], roll={"T": 100, "big": 400, "b": 120, "a": 120})
    assert chosen(match_schools(panel, MatchOptions(k=3))) == {"T": ["a", "b", "big"]}


def test_rounding_does_not_break_a_tie() -> None:
    # Both differ from T by 0.1, which no binary fraction is.
    rates = {"T": moved(0.2), "larger": moved(0.3), "same": moved(0.1), "x": moved(5)}
    panel = small_panel(rates, treated=["T"], roll={"larger": 900})
    assert chosen(match_schools(panel, MatchOptions(k=1))) == {"T": ["same"]}


def test_with_replacement_two_schools_may_share_a_comparison_which_enters_once() -> None:
    rates = {"T1": moved(2), "T2": moved(2.1), "A": moved(2), "B": moved(8)}
    matching = match_schools(small_panel(rates, treated=["T1", "T2"]), MatchOptions(k=1))
    assert chosen(matching) == {"T1": ["A"], "T2": ["A"]}
    assert matching.comparison_schools == ("A",)
    assert matching.times_matched == {"A": 2}


def test_greedy_takes_the_nearest_pair_first_and_optimal_the_least_total() -> None:
    rates = {"T1": moved(0), "T2": moved(1), "A": moved(0.6), "B": moved(10)}
    panel = small_panel(rates, treated=["T1", "T2"])
    assert chosen(match_schools(panel, MatchOptions(k=1, replacement="greedy"))) == {"T1": ["B"], "T2": ["A"]}
    rates |= {"A": moved(0.9), "B": moved(-6)}
    panel = small_panel(rates, treated=["T1", "T2"])
    assert chosen(match_schools(panel, MatchOptions(k=1, replacement="optimal"))) == {"T1": ["B"], "T2": ["A"]}


def test_a_school_that_loses_its_candidate_to_another_is_listed() -> None:
    panel = small_panel({"T1": moved(0), "T2": moved(1), "A": moved(0.9)}, treated=["T1", "T2"])
    matching = match_schools(panel, MatchOptions(k=2, replacement="greedy"))
    assert [(left.what, left.why) for left in matching.unmatched] == [
        ("T1", "every school that it could be compared with went to another, or was turned down")
    ]
    assert [left.what for left in matching.short] == ["T2"]


def test_optimal_serves_every_unit_before_it_serves_one_twice() -> None:
    rates = {"T1": moved(0), "T2": moved(9), "A": moved(0), "B": moved(0.1)}
    panel = small_panel(rates, treated=["T1", "T2"])
    assert chosen(match_schools(panel, MatchOptions(k=2, replacement="optimal"))) == {"T1": ["A"], "T2": ["B"]}


@given(seed=st.integers(0, 10_000), k=st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_optimal_has_the_least_total_of_all_choices(seed: int, k: int) -> None:
    panel = simulated_panel(seed=seed, treated=2, candidates=6, year_groups=2)
    matching = match_schools(panel, MatchOptions(k=k, replacement="optimal"))
    scores = matching.units.scores
    least = min(
        scores[0, list(first)].sum() + scores[1, list(second)].sum()
        for first in itertools.combinations(range(6), k)
        for second in itertools.combinations(set(range(6)) - set(first), k)
    )
    assert sum(match.score for match in matching.accepted) == pytest.approx(least)


@given(seed=st.integers(0, 10_000), replacement=st.sampled_from(["greedy", "optimal"]))
@settings(max_examples=20, deadline=None)
def test_without_replacement_no_school_is_used_twice(seed: int, replacement: Replacement) -> None:
    panel = simulated_panel(seed=seed, treated=4, candidates=6, year_groups=2)
    matching = match_schools(panel, MatchOptions(k=2, replacement=replacement))
    assert all(times == 1 for times in matching.times_matched.values())
    assert len(matching.accepted) == 6
    assert replacement == "greedy" or len({match.unit for match in matching.accepted}) == 4


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_schools_changes_nothing(seed: int) -> None:
    panel = simulated_panel(seed=seed, treated=3, candidates=12, year_groups=3, pupils=20)
    order = np.random.default_rng(seed).permutation(len(panel.schools))
    assert chosen(match_schools(panel)) == dict(sorted(chosen(match_schools(reordered(panel, order))).items()))


def reordered(panel: YearGroupPanel, order: np.ndarray) -> YearGroupPanel:
    return YearGroupPanel(
        outcome=panel.outcome,
        schools=tuple(panel.schools[i] for i in order),
        phase=tuple(panel.phase[i] for i in order),
        year_groups=panel.year_groups,
        terms=panel.terms,
        count=panel.count[order],
        pupils=panel.pupils[order],
        intervention=panel.intervention[order],
        roll=panel.roll[order],
        free_school_meals=panel.free_school_meals[order],
        cluster=tuple(panel.cluster[i] for i in order),
        excluded=tuple(panel.excluded[i] for i in order),
    )


def test_the_first_choices_are_the_head_of_the_whole_order() -> None:
    panel = simulated_panel(seed=5, treated=2, candidates=200, year_groups=2, pupils=15)
    units = match_schools(panel).units
    for unit in range(2):
        whole = units.nearest(unit, 200)
        assert units.nearest(unit, 7).tolist() == whole[:7].tolist()
        assert list(units.ranks(unit, whole[:7]).values()) == list(range(1, 8))


def test_a_cluster_is_matched_by_the_mean_over_its_schools() -> None:
    rates = {"T1": moved(0), "T2": moved(4), "A": moved(2.1), "B": moved(0), "C": moved(7)}
    panel = small_panel(rates, treated=["T1", "T2"], cluster={"T1": "North", "T2": "North"})
    matching = match_schools(panel, MatchOptions(unit="cluster", k=1))
    assert chosen(matching) == {"North": ["A"]}
    assert matching.matched_treated(panel).tolist() == [True, True]


def test_a_cluster_of_two_phases_is_matched_phase_by_phase() -> None:
    rates = {"T1": moved(0), "T2": moved(4), "A": moved(2), "B": moved(0), "C": moved(7), "D": moved(1)}
    phase = {"T2": "secondary", "C": "secondary", "A": "secondary"}
    panel = small_panel(rates, treated=["T1", "T2"], cluster={"T1": "North", "T2": "North"}, phase=phase)
    matching = match_schools(panel, MatchOptions(unit="cluster", k=1))
    assert chosen(matching) == {"North (primary)": ["B"], "North (secondary)": ["A"]}


def test_a_school_without_a_trend_in_a_cluster_is_told() -> None:
    rates = {"T1": moved(0), "T2": [[NAN, 4.0]], "A": moved(2.1), "B": moved(0)}
    panel = small_panel(rates, treated=["T1", "T2"], cluster={"T1": "North", "T2": "North"})
    matching = match_schools(panel, MatchOptions(unit="cluster", k=1))
    assert [(left.what, left.why) for left in matching.short] == [
        ("T2", "no score of its own; it follows its cluster North")
    ]


def test_schools_left_without_a_match_are_listed_each_with_its_reason() -> None:
    rates = {
        "alone": moved(1),
        "gone": moved(1),
        "unseen": [[NAN, NAN]],
        "T": moved(1),
        "A": moved(2),
        "B": moved(4),
    }
    panel = small_panel(
        rates, treated=["alone", "gone", "unseen", "T"], phase={"alone": "special"}, excluded={"gone": "closed in 2018"}
    )
    assert {left.what: left.why for left in match_schools(panel).unmatched} == {
        "gone": "excluded: closed in 2018",
        "alone": "no candidate of the phase special",
        "unseen": "no year group with information in common with any candidate",
    }


def test_too_few_year_groups_in_common_is_a_reason() -> None:
    rates = {"T": [[1, 2], [1, 3]], "A": [[1, 2], [NAN, NAN]], "B": [[1, 5], [NAN, NAN]], "T2": [[1, 2], [1, 4]]}
    panel = small_panel(rates, treated=["T", "T2"])
    matching = match_schools(panel, MatchOptions(minimum_share=1.0))
    assert {left.why for left in matching.unmatched} == {"too few year groups in common with every candidate"}


def test_the_published_gate_cannot_reject_two_matches() -> None:
    # The order of the candidates is turned round from one window to the next: nothing persists at all.
    rates = {"T": moved(0, 0)} | {f"C{i:02d}": moved(30 - i, i) for i in range(31)}
    matching = match_schools(small_panel(rates, treated=["T"]))
    assert chosen(matching) == {"T": ["C00", "C01"]}
    assert matching.checks[0].earlier_ranks == (31.0, 30.0)
    assert matching.checks[0].p_c == pytest.approx(1 / 3)


def test_with_four_matches_the_gate_can_reject_and_the_next_preference_is_taken() -> None:
    rates = {"T": moved(0, 0)} | {f"C{i:02d}": moved(30 - i, i) for i in range(31)}
    panel = small_panel(rates, treated=["T"])
    gated = match_schools(panel, MatchOptions(k=4))
    turned_down = [match for match in gated.matches if not match.accepted]
    assert turned_down[0].school == "C00"
    assert "Mann-Whitney p 0.029, below 0.05" in turned_down[0].why_not
    assert not any(check.rejects for check in gated.checks)
    assert [match.rank for match in match_schools(panel, MatchOptions(k=4, gate="none")).accepted] == [1, 2, 3, 4]


def test_two_terms_match_but_cannot_be_checked() -> None:
    matching = match_schools(small_panel({"T": moved(1), "A": moved(2), "B": moved(4)}, treated=["T"]))
    assert matching.checks == ()
    assert matching.accepted


def test_the_same_panel_has_the_same_hash_and_another_another() -> None:
    first, again = simulated_panel(seed=1), simulated_panel(seed=1)
    assert match_schools(first).inputs_sha256 == match_schools(again).inputs_sha256
    assert match_schools(first).inputs_sha256 != match_schools(simulated_panel(seed=2)).inputs_sha256


def test_wrong_options_are_refused_all_at_once() -> None:
    with pytest.raises(NotEstimable, match=r"unit is school or cluster.*k must be 1"):
        MatchOptions(unit="class", k=0)  # type: ignore[arg-type]
    with pytest.raises(NotEstimable, match=r"replacement is one of.*gate is"):
        MatchOptions(replacement="no", gate="maybe")  # type: ignore[arg-type]


def test_a_matching_tells_itself_in_a_line() -> None:
    matching = match_schools(simulated_panel(seed=1))
    assert repr(matching).startswith("Matching(s47: 3 of 3 units matched with")
    assert "990 of 990" not in repr(matching.pairs)
    assert "90 of 90 pairs scored" in repr(matching.pairs)
