"""What schools and pupils were like before the draw, by arm, at both levels (CONSORT for cluster trials, item 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["schools", "pupils"]


@dataclass(frozen=True)
class ArmSummary:
    """A measure in one arm: of how many schools it is known, its mean, and its standard deviation.

    At the level of schools every school counts alike; at that of pupils the mean is that of all pupils together, and has
    no standard deviation here, because nothing of one pupil is known. A number of schools or pupils is a `total`.
    """

    known: int
    total: float | None
    mean: float | None
    deviation: float | None


@dataclass(frozen=True)
class BaselineRow:
    """One measure. `difference` is that of the means in standard deviations of both arms together; no test is made."""

    measure: str
    level: Level
    unit: str
    intervention: ArmSummary
    comparison: ArmSummary
    difference: float | None


@dataclass(frozen=True)
class BaselineTable:
    """Every measure, schools first, then pupils."""

    rows: tuple[BaselineRow, ...]

    @property
    def largest_difference(self) -> float | None:
        """The largest standardised difference in absolute value; None where there is none."""
        return max((abs(row.difference) for row in self.rows if row.difference is not None), default=None)
