"""Re-draws of a trial of 268 schools in 21 authorities, as a randomisation test needs them.

Ours draws many side by side, by the method of the trial. The loop is what an analyst writes: one draw at a time, one
authority after the other, by NumPy's permutation; timed for a few draws and multiplied up. Both must keep the numbers of every
authority, or the bench stops. It stands beside the simple draw only; nobody offers the other methods for many draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bench.measure import fastest_seconds
from bench.result import OURS, Line
from swis.design.allocation.allocate import allocate
from swis.design.allocation.nominations import Nominations, read_nominations
from swis.design.allocation.plan import METHODS, AllocationOptions, AllocationPlan, plan_allocation
from swis.design.allocation.redraws import draw_allocations

SIZES = (13,) * 16 + (12,) * 5
DRAWS = (10_000, 100_000)
JOB = "re-draws, 268 schools in 21 authorities"


def time_allocation(*, quick: bool) -> Iterator[Line]:
    """Every method at both numbers of draws, and the loop beside the simple one; then one draw of each with its certificate."""
    nominations = _nominations()
    budget = 1.0 if quick else 5.0
    for method in METHODS:
        plan = plan_allocation(nominations, AllocationOptions(method=method))
        for draws in DRAWS:
            _check(plan, draw_allocations(plan, 1_000, seed=1))
            seconds = fastest_seconds(
                lambda plan=plan, draws=draws: draw_allocations(plan, draws, seed=1),  # type: ignore[misc]
                budget=budget,
            )
            yield Line(f"{JOB}, {method}", f"{draws:,} draws", OURS, seconds, cells=draws)
            if method == "simple":
                each = _time_loop(plan, 50 if quick else 500)
                note = "one draw at a time, multiplied up"
                yield Line(f"{JOB}, {method}", f"{draws:,} draws", "numpy loop", each * draws, cells=draws, note=note)
    for method in METHODS:
        plan = plan_allocation(nominations, AllocationOptions(method=method))
        seconds = fastest_seconds(lambda plan=plan: allocate(plan, seed="bench"), budget=budget)  # type: ignore[misc]
        yield Line(f"one verifiable draw, {method}", "268 schools", OURS, seconds, note="SHA-256 in Python's integers")


def _nominations() -> Nominations:
    rng = np.random.default_rng(1)
    lines = ["school,authority,phase,pupils,referrals,section_47_enquiries,free_school_meals_percent"]
    for authority, size in enumerate(SIZES):
        for school in range(size):
            pupils = int(rng.integers(400, 2000))
            referrals, enquiries = rng.poisson([pupils * 0.03, pupils * 0.01])
            meals = round(float(rng.uniform(3, 60)), 1)
            lines.append(
                f"{authority:02d}-{school:02d},{authority:02d},secondary,{pupils},{referrals},{enquiries},{meals}"
            )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nominations.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_nominations(path)


def _time_loop(plan: AllocationPlan, draws: int) -> float:
    rng = np.random.default_rng(1)
    began = perf_counter()
    every = np.array([_one(plan, rng) for _ in range(draws)])
    seconds = perf_counter() - began
    _check(plan, every)
    return seconds / draws


def _one(plan: AllocationPlan, rng: np.random.Generator) -> NDArray[np.bool_]:
    result = np.zeros(len(plan.schools), dtype=bool)
    for members in plan.members:
        number = members.size // 2 + int(members.size % 2 and rng.random() < 0.5)
        result[rng.permutation(members)[:number]] = True
    return result


def _check(plan: AllocationPlan, draws: NDArray[np.bool_]) -> None:
    for members in plan.members:
        if (np.abs(draws[:, members].sum(axis=1) - members.size / 2) > 0.5).any():
            raise SystemExit(
                "A re-draw does not keep the numbers of an authority: the times are not of the same thing."
            )
