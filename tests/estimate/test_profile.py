from __future__ import annotations

import math

import pytest

from swis.estimate.profile import FARTHEST, interval_end


@pytest.mark.parametrize("end", [0.1, 1.0, 5.9, 6.1, 12.0, 29.0])
@pytest.mark.parametrize("centre", [-26.5, -25.0, -3.0, 0.0])
def test_an_end_is_found_wherever_it_lies_within_reach(centre: float, end: float) -> None:
    # A search that doubles its stride leaps over the last stretch before it gives up.
    assert math.log(interval_end(lambda at: at - end, centre, 1.0)) == pytest.approx(end, abs=1e-9)
    assert math.log(interval_end(lambda at: -at - end, -centre, -1.0)) == pytest.approx(-end, abs=1e-9)


def test_an_end_beyond_reach_is_open() -> None:
    assert interval_end(lambda at: at - FARTHEST - 1, 0.0, 1.0) == math.inf
    assert interval_end(lambda at: -at - FARTHEST - 1, 0.0, -1.0) == 0.0
