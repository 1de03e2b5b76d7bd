"""How many schools, how many terms, or how large an effect: by formula, then checked by simulation.

Where the simulation finds another power than was wanted, the formula is aimed that much higher or lower and asked again, so
that what comes out holds for the planned analysis and not only for the formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, nan
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from swis.design.power.assumptions import MOST_TERMS, Array, Assumptions
from swis.design.power.formula import (
    Direction,
    check_number,
    detectable_ratio,
    formula_power,
    least_that,
    schools_needed,
)
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.simulate import TRIALS, PowerAt, Progress, SimulatedPower, simulate_power
from swis.design.power.trials import Analyse
from swis.errors import NotEstimable

What = Literal["schools", "ratio", "terms"]
MOST_STEPS = 5
NEAR = 0.005
"""A difference in power that no planning turns on."""


@dataclass(frozen=True)
class Step:
    """One thing tried: its value, the ratio that was to be found, and how the planned analysis did there."""

    value: float
    ratio: float
    simulated: SimulatedPower

    @property
    def there(self) -> PowerAt:
        """The power at the ratio that was to be found."""
        return self.simulated.at(self.ratio)


@dataclass(frozen=True)
class Found:
    """What was looked for. The first step is the formula's answer, the last the answer as simulated.

    `reached` is False where the search ended without coming near the wanted power; the steps then say how near.
    """

    what: What
    power: float
    steps: tuple[Step, ...]
    reached: bool

    def __repr__(self) -> str:
        return f"Found({self.what} {self.answer.value:g}; {self.formula.value:g} by formula; power {self.answer.there.power:.1%})"

    @property
    def formula(self) -> Step:
        """The formula's answer, with what simulation says of it."""
        return self.steps[0]

    @property
    def answer(self) -> Step:
        """The answer as simulated."""
        return self.steps[-1]


@dataclass(frozen=True)
class Simulation:
    """How to simulate: the seed, how many trials, and the planned analysis."""

    seed: int
    trials: int = TRIALS
    analyse: Analyse = robust_poisson


def find(
    what: What,
    assumptions: Assumptions,
    *,
    ratio: float,
    simulation: Simulation,
    power: float = 0.8,
    progress: Progress | None = None,
) -> Found:
    """The schools, the terms, or the rate ratio nearest to 1, that give `power`.

    What `assumptions` say of the thing that is looked for is not used. With `what="ratio"` the given `ratio` says only on
    which side of 1 to look. Terms are whole. Schools are at least two for every authority. Raises NotEstimable where the
    formula knows no answer.
    """
    check_number("rate ratio", ratio, above=0)
    check_number("power", power, above=0.05, below=1)
    steps: list[Step] = []
    aim, reached = power, False
    for _ in range(MOST_STEPS):
        try:
            value, planned, effect = _solve(what, assumptions, ratio, aim)
        except NotEstimable:
            if not steps:
                raise
            break
        if any(value == step.value for step in steps):
            break
        simulated = simulate_power(
            planned,
            [effect],
            seed=simulation.seed,
            trials=simulation.trials,
            analyse=simulation.analyse,
            progress=progress,
        )
        steps.append(Step(value, effect, simulated))
        got = steps[-1].there.power
        reached = abs(got - power) <= max(2 * steps[-1].there.monte_carlo_error, NEAR)
        if reached or not 0 < got < 1:
            break
        aim = float(ndtr(ndtri(aim) + ndtri(power) - ndtri(got)))
    enough = reached or (what != "ratio" and steps[-1].there.power >= power)
    return Found(what, power, tuple(steps), enough)


def _solve(what: What, assumptions: Assumptions, ratio: float, power: float) -> tuple[float, Assumptions, float]:
    """The formula's value, the trial that has it, and the ratio to find in it."""
    if what == "ratio":
        direction: Direction = "increase" if ratio > 1 else "reduction"
        found = detectable_ratio(assumptions.setting(), schools=assumptions.schools, power=power, direction=direction)
        return found, assumptions, found
    if what == "terms":
        terms = terms_needed(assumptions, ratio, power=power)
        return terms, replace(assumptions, terms=terms), ratio
    schools = max(schools_needed(assumptions.setting(), ratio, power=power), 2 * assumptions.authorities, 4)
    return schools, replace(assumptions, schools=schools, sizes=None), ratio


def terms_needed(assumptions: Assumptions, ratio: float, *, power: float = 0.8) -> int:
    """Whole terms of follow-up that find `ratio` by formula. Raises NotEstimable where none is enough."""
    if ratio == 1:
        raise NotEstimable("A rate ratio of 1 is no effect: no number of terms finds it.")
    why = (
        f"{assumptions.schools:,} schools cannot find a rate ratio of {ratio:g} in {MOST_TERMS} terms: what schools differ by "
        f"(k {assumptions.k_after_baseline:.2g}) stays however long they are followed. Take more schools, or adjust for "
        "terms before the start."
    )
    needed = least_that(
        lambda terms: (
            formula_power(
                replace(assumptions, terms=min(terms, MOST_TERMS)).setting(), ratio, schools=assumptions.schools
            )
            >= power
        ),
        start=1.0,
        why=why,
    )
    if needed > MOST_TERMS:
        raise NotEstimable(why)
    return max(ceil(needed - 1e-5), 1)


@dataclass(frozen=True)
class DetectableCurve:
    """The rate ratio that is found with `power`, by formula, for each number of schools; NaN where none is."""

    label: str
    power: float
    schools: tuple[int, ...]
    ratios: tuple[float, ...]


def detectable_curve(
    assumptions: Assumptions, schools: Sequence[int], *, label: str = "", power: float = 0.8
) -> DetectableCurve:
    """The minimum detectable reduction over numbers of schools, every school weighing the same."""
    ratios = []
    for number in schools:
        try:
            ratios.append(detectable_ratio(assumptions.setting(), schools=number, power=power))
        except NotEstimable:
            ratios.append(nan)
    return DetectableCurve(label, power, tuple(schools), tuple(ratios))


@dataclass(frozen=True, eq=False)
class PowerSurface:
    """Power over numbers of schools and rate ratios, simulated and by formula: arrays of shape (schools, ratios).

    `sizes` is the simulated size at each number of schools.
    """

    schools: tuple[int, ...]
    ratios: tuple[float, ...]
    simulated: Array
    formula: Array
    sizes: Array
    trials: int
    seed: int

    def __repr__(self) -> str:
        return f"PowerSurface({len(self.schools)} numbers of schools x {len(self.ratios)} ratios; {self.trials:,} trials each)"


def power_surface(
    assumptions: Assumptions,
    *,
    schools: Sequence[int],
    ratios: Sequence[float],
    simulation: Simulation,
    progress: Progress | None = None,
) -> PowerSurface:
    """The power of the planned analysis for every number of schools and rate ratio. Sizes are drawn anew, not given."""
    ordered, effects = tuple(sorted(set(schools))), tuple(sorted({float(ratio) for ratio in ratios}))
    rows, by_formula, sizes = [], [], []
    for done, number in enumerate(ordered):
        if progress is not None:
            progress("Simulating the surface", done, len(ordered))
        trial = replace(assumptions, schools=number, sizes=None)
        curve = simulate_power(
            trial, effects, seed=simulation.seed, trials=simulation.trials, analyse=simulation.analyse
        )
        rows.append([curve.at(ratio).power for ratio in effects])
        by_formula.append([formula_power(trial.setting(), ratio, schools=number) for ratio in effects])
        sizes.append(curve.size.power)
    return PowerSurface(
        ordered, effects, np.array(rows), np.array(by_formula), np.array(sizes), simulation.trials, simulation.seed
    )
