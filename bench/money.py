"""The clustered bootstrap of costs and outcomes: 10,000 redrawn trials, and a loop that draws one at a time.

The loop draws costs only, a few hundred times, multiplied up. Standard errors are ours within chance, or the bench stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import sqrt
from time import perf_counter

import numpy as np

from bench.measure import fastest_seconds
from bench.money_coverage import SCENES, SIZES, draw_trial
from bench.result import OURS, Line
from swis.costs.resample import bootstrap_differences
from swis.costs.school_money import SchoolMoney

JOB = "costs and outcomes, bootstrap, B = 10,000"
SCHOOLS = (40, 120, 268)
DRAWS, LOOPED = 10_000, 200
FAR = 4.0
"""Monte Carlo standard errors from which standard errors are not the same."""


def time_money(*, quick: bool) -> Iterator[Line]:
    """Ours and the loop at each size."""
    for schools in SCHOOLS[:1] if quick else SCHOOLS:
        table, _ = draw_trial(SCENES[0], SIZES[schools], np.random.default_rng(1))
        ours = float(bootstrap_differences(table, seed=1, draws=DRAWS).cost.std())
        draw = partial(bootstrap_differences, table, seed=1, draws=DRAWS)
        seconds = fastest_seconds(draw, budget=1.0 if quick else 5.0)
        size = f"{schools} schools"
        yield Line(JOB, size, OURS, seconds, cells=schools, note=f"SE of the cost {ours:.4g}")
        began = perf_counter()
        theirs = float(np.std(_loop(table)))
        looped = (perf_counter() - began) * DRAWS / LOOPED
        if abs(theirs / ours - 1) > FAR / sqrt(2 * LOOPED):
            raise SystemExit("The loop has another standard error: the times are not of the same thing.")
        note = f"SE of the cost {theirs:.4g}; costs only; from {LOOPED} draws"
        yield Line(JOB, size, "numpy loop", looped, cells=schools, note=note)


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
