from __future__ import annotations

from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pytest

from swis.design.allocation.allocate import allocate
from swis.design.allocation.constrained import ConstrainedSet, score_allocations
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from tests.design.allocation.drawn import drawn_nominations


def drawn_set(folder: Path, sizes: list[int], **options: object) -> ConstrainedSet:
    plan = plan_allocation(
        drawn_nominations(folder, sizes),
        AllocationOptions(method="constrained", **options),  # type: ignore[arg-type]
    )
    drawn = allocate(plan, seed="x").constrained
    assert drawn is not None
    return drawn


@pytest.mark.parametrize("criterion", ["sum_of_squares", "largest"])
def test_the_best_tenth_of_all_allocations_is_kept(tmp_path: Path, criterion: str) -> None:
    options = AllocationOptions(method="constrained", criterion=criterion)  # type: ignore[arg-type]
    plan = plan_allocation(drawn_nominations(tmp_path, [10]), options)
    drawn = allocate(plan, seed="x").constrained
    assert drawn is not None
    assert drawn.enumerated
    assert drawn.distinct == comb(10, 5) == 252
    every = np.array([[place in chosen for place in range(10)] for chosen in combinations(range(10), 5)])
    z = plan.standardised
    differences = np.array([z[row].mean(axis=0) - z[~row].mean(axis=0) for row in every])
    scores = np.abs(differences).max(axis=1) if criterion == "largest" else (differences**2).sum(axis=1)
    threshold = np.sort(scores)[26 - 1]
    assert {row.tobytes() for row in drawn.kept} == {row.tobytes() for row in every[scores <= threshold * (1 + 1e-9)]}


def test_an_allocation_and_its_mirror_image_are_both_kept_or_both_left(tmp_path: Path) -> None:
    drawn = drawn_set(tmp_path, [6, 4])
    kept = {row.tobytes() for row in drawn.kept}
    assert kept == {(~row).tobytes() for row in drawn.kept}
    assert np.allclose(drawn.kept.mean(axis=0), 0.5)


def test_a_set_too_narrow_to_draw_from_is_pointed_out(tmp_path: Path) -> None:
    drawn = drawn_set(tmp_path, [8], keep_percent=3)
    assert len(drawn.kept) == 4
    assert drawn.always_together > 0
    assert "only 4 allocations were kept" in drawn.over_constrained
    assert "never in one arm" in drawn.over_constrained


def test_two_schools_that_must_be_apart_do_not_count_as_never_together(tmp_path: Path) -> None:
    drawn = drawn_set(tmp_path, [2, 12], keep_percent=100)
    assert drawn.distinct == 2 * comb(12, 6)
    assert drawn.never_together == 0
    assert drawn.over_constrained == ""


def test_where_there_are_too_many_they_are_drawn_and_repeats_dropped(tmp_path: Path) -> None:
    drawn = drawn_set(tmp_path, [20], candidates=500)
    assert not drawn.enumerated
    assert drawn.looked_at == 500
    assert drawn.distinct <= 500
    assert len(drawn.kept) == pytest.approx(drawn.distinct / 10, abs=1)


def test_scores_of_many_schools_do_not_overflow(tmp_path: Path) -> None:
    plan = plan_allocation(drawn_nominations(tmp_path, [300, 300]), AllocationOptions(method="constrained"))
    worst = np.zeros((1, 600), dtype=bool)
    worst[0, np.argsort(plan.standardised.sum(axis=1))[300:]] = True
    (score,) = score_allocations(plan, worst)
    sums = zip(plan.standardised[worst[0]].sum(axis=0).tolist(), plan.standardised.sum(axis=0).tolist(), strict=True)
    exact = sum((600 * own - 300 * total) ** 2 for own, total in sums)
    assert score == exact
