"""The clustered bootstrap of costs and outcomes: 10,000 redrawn trials of 268 schools, and a loop that draws one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from bench.measure import fastest_seconds
from bench.money_coverage import SCENES, SIZES, draw_trial
from bench.result import OURS, Line
from swis.costs.resample import bootstrap_differences
from swis.costs.school_money import SchoolMoney

JOB = "costs and outcomes, bootstrap, B = 10,000"
DRAWS, LOOPED = 10_000, 100


def time_money(*, quick: bool) -> Iterator[Line]:
    """Ours, and the loop multiplied up from a hundred draws; their standard errors agree within chance."""
    table, _ = draw_trial(SCENES[0], SIZES[268], np.random.default_rng(1))
    size = f"{len(table.schools)} schools"
    seconds = fastest_seconds(lambda: bootstrap_differences(table, seed=1, draws=DRAWS), budget=1.0 if quick else 5.0)
    yield Line(JOB, size, OURS, seconds)
    start = perf_counter()
    _loop(table)
    looped = (perf_counter() - start) * DRAWS / LOOPED
    yield Line(JOB, size, "numpy, a loop", looped, note=f"{LOOPED} draws, multiplied up")


def _loop(table: SchoolMoney) -> list[float]:
    generator = np.random.default_rng(1)
    cells = [
        [np.flatnonzero((table.authority == place) & (table.intervention == arm)) for arm in (True, False)]
        for place in range(int(table.authority.max()) + 1)
    ]
    found = []
    for _ in range(LOOPED):
        apart, weights = [], []
        for pair in cells:
            first, second = (generator.choice(rows, len(rows) - 1) for rows in pair)
            apart.append(table.cost[first].mean() - table.cost[second].mean())
            weights.append(1 / (1 / len(pair[0]) + 1 / len(pair[1])))
        found.append(float(np.average(apart, weights=weights)))
    return found
