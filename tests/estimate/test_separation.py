from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.separation import find_separation, without_separated
from tests.estimate.drawn import few, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load


@pytest.mark.parametrize("name", (*PANELS, PRINTED))
def test_separation_is_found_where_r_finds_it(name: str) -> None:
    assert bool(find_separation(comparison(name))) == load("poisson")[name]["separated"]


def test_in_lambeth_the_three_treated_school_terms_after_the_start_are_fitted_as_zero() -> None:
    lambeth = comparison("Lambeth/s47")
    separation = find_separation(lambeth)
    assert separation.direction == -1
    assert np.array_equal(separation.cells, lambeth.intervention[:, None] & lambeth.after_mask)
    assert repr(separation) == "Separation(3 school-terms fitted as zero; rate ratio 0)"


@few
@given(tables(rates=(0.001, 0.003, 0.01), unobserved=0.1))
def test_the_linear_programme_finds_what_newton_runs_away_from(drawn: Comparison) -> None:
    assert bool(find_separation(drawn)) == (not fit_comparison(drawn).converged)


@few
@given(tables(rates=(0.001, 0.003)))
def test_the_direction_is_where_newton_goes_and_swapping_arms_turns_it(drawn: Comparison) -> None:
    separation = find_separation(drawn)
    assume(separation.direction != 0)
    assert np.sign(fit_comparison(drawn).programme[0]) == separation.direction
    assert find_separation(swap_arms(drawn)).direction == -separation.direction


@few
@given(tables(rates=(0.001, 0.003)))
def test_only_school_terms_without_a_count_are_ever_fitted_as_zero(drawn: Comparison) -> None:
    assert not (find_separation(drawn).cells & (drawn.count > 0)).any()


@pytest.mark.parametrize(
    ("count", "direction"),
    [
        ([[3, 2, 0], [2, 4, 3]], -1),
        ([[3, 2, 4], [2, 4, 0]], 1),
        ([[0, 0, 4], [2, 4, 3]], 1),
        ([[3, 2, 4], [0, 0, 3]], -1),
    ],
    ids=["none after, with", "none after, without", "none before, with", "none before, without"],
)
def test_the_four_ways_in_which_an_arm_can_lack_events(count: list[list[int]], direction: int) -> None:
    separation = find_separation(table(count, intervention=[1, 0]))
    assert separation.direction == direction
    assert separation.identified


@pytest.mark.parametrize(
    ("count", "intervention"),
    [
        ([[0, 0], [0, 0]], [1, 0]),
        ([[3, 4], [0, 0]], [1, 0]),
        ([[3, 4], [0, 0]], [0, 1]),
        ([[3, 4], [1, 2]], [1, 1]),
        ([[3, 4], [1, 2]], [0, 0]),
        ([[3, 0], [1, 0]], [1, 0]),
    ],
)
def test_where_the_data_say_nothing_the_effect_is_not_identified(
    count: list[list[int]], intervention: list[int]
) -> None:
    separation = find_separation(table(count, intervention=intervention))
    assert not separation.identified
    assert separation
    assert separation.direction == 0


def test_a_term_without_events_is_separated_and_the_effect_stays_finite() -> None:
    drawn = table([[3, 0, 4, 2], [5, 0, 1, 3]], intervention=[1, 0])
    separation = find_separation(drawn)
    assert separation.direction == 0
    assert separation.identified
    assert separation.cells[:, 1].all()
    assert without_separated(drawn, separation).pupils[:, 1].sum() == 0


def test_a_finite_table_keeps_every_school_term() -> None:
    drawn = table([[3, 2], [5, 1]], intervention=[1, 0])
    assert not find_separation(drawn)
    assert without_separated(drawn, find_separation(drawn)).pupils.tolist() == drawn.pupils.tolist()
