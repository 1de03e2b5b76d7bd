"""At which numbers of schools does an analysis hold its level? Simulated, stored, and told with every result.

`size.csv` holds the share of simulated trials without any effect in which each analysis claims one at 5%, and the share of 95%
intervals that hold the truth, at 16, 40, 120 and 268 schools. `bench/trial_size.py` makes it anew from a fixed seed.

An analysis holds its level at a number of schools if no simulated size there is above 6.5%, which is what 5% may show by chance
in so many settings, and no coverage is below 93.5%. Between two simulated numbers the worse of both decides; below the
smallest one nothing is claimed.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from swis.errors import NotEstimable

STORED = Path(__file__).parent / "size.csv"
HIGHEST = 0.065
LOWEST_COVERAGE = 0.935


@dataclass(frozen=True)
class SimulatedSize:
    """One simulated setting: schools, scene, the true rate ratio, and how often the analysis claimed, covered or had no answer.

    `claimed` at a true ratio of 1 is the size. `covered` is None for what gives no interval.
    """

    analysis: str
    schools: int
    scene: str
    true_ratio: float
    draws: int
    usable: int
    claimed: float
    covered: float | None
    seed: int


@dataclass(frozen=True)
class HeldLevel:
    """Whether an analysis holds its 5% at a number of schools, by simulation.

    `held` is None where that was not simulated. `size` is the largest simulated share of false claims and `coverage` the
    smallest share of intervals that held the truth, at the simulated numbers of schools in `at`.
    """

    analysis: str
    schools: int
    held: bool | None
    size: float | None
    coverage: float | None
    at: tuple[int, ...]
    draws: int

    def __str__(self) -> str:
        if self.size is None:
            return f"Simulated size of {self.analysis}: none for {self.schools} schools; nothing is claimed"
        where = " and ".join(f"{number}" for number in self.at)
        covered = "" if self.coverage is None else f", intervals that hold the truth at least {self.coverage:.1%}"
        settings = f"({where} schools, {self.draws:,} draws a setting)"
        told = f"Simulated size of {self.analysis}: at most {self.size:.1%} for a nominal 5%{covered} {settings}"
        return told if self.held else f"DOES NOT HOLD ITS LEVEL with {self.schools} schools. {told}"


@cache
def simulated_sizes(file: Path = STORED) -> tuple[SimulatedSize, ...]:
    """Every stored setting."""
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(_read(row) for row in csv.DictReader(lines))


def _read(row: dict[str, str]) -> SimulatedSize:
    return SimulatedSize(
        analysis=row["analysis"],
        schools=int(row["schools"]),
        scene=row["scene"],
        true_ratio=float(row["true_ratio"]),
        draws=int(row["draws"]),
        usable=int(row["usable"]),
        claimed=float(row["claimed"]),
        covered=float(row["covered"]) if row["covered"] else None,
        seed=int(row["seed"]),
    )


def simulated_analyses() -> tuple[str, ...]:
    """The names of the analyses whose size is known."""
    return tuple(dict.fromkeys(line.analysis for line in simulated_sizes()))


def held_level(analysis: str, schools: int) -> HeldLevel:
    """Whether an analysis of that many schools holds its 5%. Raises NotEstimable for a name that was never simulated."""
    lines = [line for line in simulated_sizes() if line.analysis == analysis]
    if not lines:
        raise NotEstimable(f"The size of {analysis!r} was not simulated. Simulated: {', '.join(simulated_analyses())}.")
    at = _beside(sorted({line.schools for line in lines}), schools)
    beside = [line for line in lines if line.schools in at]
    if not beside:
        return HeldLevel(analysis, schools, None, None, None, (), 0)
    size = max(line.claimed for line in beside if line.true_ratio == 1)
    covered = [line.covered for line in beside if line.covered is not None]
    return HeldLevel(
        analysis=analysis,
        schools=schools,
        held=size <= HIGHEST and min(covered, default=1.0) >= LOWEST_COVERAGE,
        size=size,
        coverage=min(covered, default=None),
        at=at,
        draws=min(line.draws for line in beside),
    )


def _beside(simulated: list[int], schools: int) -> tuple[int, ...]:
    """The simulated numbers on both sides; beyond the largest, that one; below the smallest, none."""
    if schools < simulated[0]:
        return ()
    below = simulated[bisect_right(simulated, schools) - 1]
    above = simulated[min(bisect_left(simulated, schools), len(simulated) - 1)]
    return tuple(sorted({below, above}))
