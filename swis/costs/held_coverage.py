"""How often do the intervals hold the truth? Simulated at 16, 40, 120 and 268 schools, stored, and told with every result.

`coverage.csv` holds, for each method and each quantity, the share of 95% intervals that held the truth; `bench/money_coverage.py`
makes it anew from a fixed seed. A method is taken to hold its level at a number of schools if no coverage there is below 93.5%.
Between two simulated numbers the worse of both decides; below the smallest nothing is claimed.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

STORED = Path(__file__).parent / "coverage.csv"
LOWEST = 0.935

Method: TypeAlias = Literal[
    "regressions, HC3, t", "regressions, one variance, t", "bootstrap, percentile", "bootstrap, normal"
]
Quantity: TypeAlias = Literal["cost", "averted", "net benefit", "cost per outcome (Fieller)"]


@dataclass(frozen=True)
class SimulatedCoverage:
    """One simulated setting: how many of the trials' 95% intervals held the truth."""

    method: str
    quantity: str
    schools: int
    scene: str
    trials: int
    held: float
    seed: int


@dataclass(frozen=True)
class HeldCoverage:
    """The least simulated coverage of a method's 95% intervals for a quantity near a number of schools; None: not simulated."""

    method: str
    quantity: str
    schools: int
    coverage: float | None
    at: tuple[int, ...]

    @property
    def held(self) -> bool | None:
        """Whether it holds its 95%; None where that is not known."""
        return None if self.coverage is None else self.coverage >= LOWEST

    def __str__(self) -> str:
        if self.coverage is None:
            return f"{self.method}, {self.quantity}: not simulated for {self.schools} schools; nothing is claimed"
        told = f"{self.method}, {self.quantity}: 95% intervals held the truth in at least {self.coverage:.1%} of simulated trials"
        return told if self.held else f"DOES NOT HOLD ITS LEVEL with {self.schools} schools. {told}"


@cache
def simulated_coverages() -> tuple[SimulatedCoverage, ...]:
    """Every stored setting."""
    with STORED.open(encoding="utf-8", newline="") as file:
        return tuple(
            SimulatedCoverage(
                method=row["method"],
                quantity=row["quantity"],
                schools=int(row["schools"]),
                scene=row["scene"],
                trials=int(row["trials"]),
                held=float(row["held"]),
                seed=int(row["seed"]),
            )
            for row in csv.DictReader(file)
        )


def held_coverage(method: Method, quantity: Quantity, *, schools: int) -> HeldCoverage:
    """The least coverage that was simulated beside that number of schools."""
    lines = [line for line in simulated_coverages() if (line.method, line.quantity) == (method, quantity)]
    simulated = sorted({line.schools for line in lines})
    if not simulated or schools < simulated[0]:
        return HeldCoverage(method, quantity, schools, None, ())
    below = simulated[bisect_right(simulated, schools) - 1]
    above = simulated[min(bisect_left(simulated, schools), len(simulated) - 1)]
    at = tuple(sorted({below, above}))
    return HeldCoverage(method, quantity, schools, min(line.held for line in lines if line.schools in at), at)
