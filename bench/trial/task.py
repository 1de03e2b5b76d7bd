"""What every tool is given, and how it is timed: all at once, or one fit after the other for as long as the budget lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bench.measure import fastest_seconds
from bench.trial_size import SCENES, simulate
from swis.estimate.comparison import Array
from swis.estimate.trial.allocations import draw_within_authorities
from swis.estimate.trial.model import build_model
from swis.estimate.trial.trial_table import TrialTable

Work = Literal["refit", "score", "robust", "negative_binomial", "intercepts", "nested", "signs"]
WORKS: tuple[Work, ...] = get_args(Work)
REDRAWN: tuple[Work, ...] = ("refit", "score")
SIMULATED: tuple[Work, ...] = ("robust", "negative_binomial", "intercepts")
SEED = 1
EFFECTS = (0.8, 0.7, 0.75, 0.85, 0.87, 0.9, 0.95, 1.0, 1.05, 1.1)
MOST_AT_ONCE = 10_000
COMPARED = 5
"""How many fits of each tool are held against ours."""

Numbers = dict[str, list[float]]
"""What a tool found, by name: one value for each of the fits that are compared."""


@dataclass(frozen=True, eq=False)
class Task:
    """One trial, and what is to be done with it `number` times.

    Re-draws have `arms` (draws, schools) and the counts of the table; simulated trials have a row of `arms` and of `counts` each.
    """

    work: Work
    table: TrialTable
    number: int
    arms: NDArray[np.bool_]
    counts: NDArray[np.int32]

    @property
    def columns(self) -> Array:
        """The design matrix of the table: arm, covariates, an indicator for each authority."""
        return build_model(self.table).columns

    def trial(self, place: int) -> TrialTable:
        """One of the trials, or the trial under one of the re-draws."""
        counts = self.counts[place if len(self.counts) > 1 else 0]
        arms = self.arms[place if len(self.arms) > 1 else 0]
        return replace(self.table, count=counts.astype(float), intervention=arms)


def draw_task(work: Work, schools: int, number: int) -> Task:
    """A trial with a true effect, or as many as are wanted, from 20,000 on with several effects. The same for every tool."""
    if work not in WORKS:
        raise SystemExit(f"The bench knows no work {work!r}; there are {', '.join(WORKS)}.")
    if work in SIMULATED:
        blocks = max(1, number // MOST_AT_ONCE)
        trials = [simulate(schools, SCENES[0], ratio, number // blocks) for ratio in EFFECTS[:blocks]]
        counts = np.concatenate([each.counts.astype(np.int32) for each in trials])
        arms = np.concatenate([each.arms for each in trials])
        return Task(work, trials[0].tables()[0] if number == 1 else trials[0].table, number, arms, counts)
    one = simulate(schools, SCENES[0], 0.9, 1)
    table = one.tables()[0]
    arms = draw_within_authorities(table, number, SEED) if work in REDRAWN else one.arms
    return Task(work, table, number, arms, one.counts.astype(np.int32))


@dataclass(frozen=True)
class Whole:
    """All of a task in one call; gives the numbers that are compared. `fits`: how many it does, if not all."""

    run: Callable[[], Numbers]
    fits: int | None = None


@dataclass(frozen=True)
class Each:
    """One fit at a time, by its place; gives one value for each name."""

    run: Callable[[int], dict[str, float]]


@dataclass(frozen=True)
class Timed:
    """Seconds for the whole task, from how many fits, and the numbers of the first."""

    seconds: float
    fits: int
    numbers: Numbers


def time_task(ready: Whole | Each, task: Task, budget: float) -> Timed:
    """A whole task by its fastest call; single fits until the budget is spent, but those that are compared, multiplied up."""
    if isinstance(ready, Whole):
        numbers = ready.run()
        fits = ready.fits or task.number
        return Timed(fastest_seconds(ready.run, budget=budget) * task.number / fits, fits, numbers)
    if task.number == 1:
        return Timed(fastest_seconds(lambda: ready.run(0), budget=budget), 1, _gather([ready.run(0)]))
    ready.run(0)
    found: list[dict[str, float]] = []
    began = perf_counter()
    while len(found) < task.number and (len(found) < COMPARED or perf_counter() - began < budget):
        found.append(ready.run(len(found)))
    return Timed((perf_counter() - began) / len(found) * task.number, len(found), _gather(found[:COMPARED]))


def _gather(found: list[dict[str, float]]) -> Numbers:
    return {name: [one[name] for one in found] for name in found[0]}
