"""What one row of each table of a trial says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from swis.study.protocol import Arm


@dataclass(frozen=True)
class TrialSchool:
    """A school that was randomised. `arm` is the one that was drawn, whatever the school then did.

    `received` is None where it is not known. `groups` has the subgroup columns that are filled in, by column.
    """

    row: int
    school: str
    authority: str
    phase: str
    arm: Arm
    pupils: int
    free_school_meals_percent: Decimal | None
    received: bool | None
    months_with_worker: Decimal | None
    why_not_analysed: str
    replaces: str | None
    groups: Mapping[str, str]

    def __repr__(self) -> str:
        return f"TrialSchool({self.school}, {self.authority}: {self.arm})"


@dataclass(frozen=True)
class TrialCell:
    """One row of school_terms.csv: the count and the pupils of an outcome, school and term.

    `school` is the randomised school that the row counts for, `label` what the file calls it.
    """

    row: int
    outcome: str
    label: str
    school: str
    heading: Arm
    term: str
    count: int
    pupils: int


@dataclass(frozen=True)
class ScoreRow:
    """One row of school_scores.csv: pupils tested in a school, the mean of their scores and its standard deviation."""

    row: int
    outcome: str
    label: str
    school: str
    pupils: int
    mean: Decimal
    standard_deviation: Decimal
    baseline_mean: Decimal | None
