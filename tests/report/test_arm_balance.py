from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from swis.design.allocation.allocate import Allocation, allocate
from swis.design.allocation.plan import AllocationOptions, Method, plan_allocation
from swis.errors import OutputError
from swis.report.allocation import arm_differences
from swis.report.figures.arm_balance import ArmDifference, arm_balance_figure
from tests.design.allocation.drawn import drawn_nominations


def draw(folder: Path, method: Method = "simple") -> Allocation:
    return allocate(plan_allocation(drawn_nominations(folder, [9, 8]), AllocationOptions(method=method)), seed="x")


def test_every_measure_stands_in_the_figure_and_its_table(tmp_path: Path) -> None:
    rows = arm_differences(draw(tmp_path))
    figure = arm_balance_figure(rows, identifier="arm-balance")
    assert len(figure.data.rows) == len(rows) == 6
    assert "Section 47 enquiries per 100 pupils" in figure.alt
    assert all(f"{row.difference:+.2f}" in figure.alt for row in rows)


def test_the_range_of_simple_draws_is_that_of_the_arms_sizes(tmp_path: Path) -> None:
    for row in arm_differences(draw(tmp_path)):
        # About two standard errors of a difference of 17 schools in two arms, to each side.
        assert row.chance_high - row.chance_low == pytest.approx(4 * np.sqrt(1 / 8 + 1 / 9), rel=0.35)
        assert row.chance_low < 0 < row.chance_high


def test_measures_without_spread_cannot_be_drawn() -> None:
    row = ArmDifference("pupils", 1.0, 1.0, float("nan"), float("nan"), float("nan"))
    with pytest.raises(OutputError, match="nothing to show"):
        arm_balance_figure([row], identifier="b")
