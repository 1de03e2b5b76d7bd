"""What matching works on: counts and pupils of one outcome, per school, year group and term, before the programme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]
MOST_YEAR_GROUPS = 60


@dataclass(frozen=True)
class LeftOut:
    """Something that is not used, and why: a school, a year group of a phase, a pair."""

    what: str
    why: str


@dataclass(frozen=True, eq=False)
class YearGroupPanel:
    """Counts and pupils of one outcome, shape (schools, year groups, terms), with what is known of each school.

    A cell that was not observed has 0 pupils; its count is not looked at. `excluded` gives a reason for each school that
    must not be used, "" for the others. `free_school_meals` is per cent, NaN where it is not known.
    """

    outcome: str
    schools: tuple[str, ...]
    phase: tuple[str, ...]
    year_groups: tuple[str, ...]
    terms: tuple[str, ...]
    count: Array
    pupils: Array
    intervention: Mask
    roll: Array
    free_school_meals: Array
    cluster: tuple[str, ...]
    """The group that was given a social worker together; a school of no group stands for itself."""
    excluded: tuple[str, ...]
    unit_of_count: float = 1.0
    """How many counts make one independent event: 1 for enquiries, a term's days for days in care."""

    def __post_init__(self) -> None:
        shape = (len(self.schools), len(self.year_groups), len(self.terms))
        per_school = (self.phase, self.cluster, self.excluded, self.intervention, self.roll, self.free_school_meals)
        problems = [
            (self.count.shape != shape or self.pupils.shape != shape, f"counts and pupils need the shape {shape}"),
            (any(len(values) != shape[0] for values in per_school), "every school needs a value of each kind"),
            (len(set(self.schools)) < shape[0], "a school appears twice"),
            (not bool((self.roll > 0).all()), "every school needs pupils on its roll"),
            (
                len(self.year_groups) > MOST_YEAR_GROUPS,
                f"there are more than {MOST_YEAR_GROUPS} year groups; are they?",
            ),
            (not self.unit_of_count > 0, "the unit of count must be above 0"),
            (not bool((self.pupils >= 0).all()), "numbers of pupils cannot be negative or missing"),
        ]
        found = [what for wrong, what in problems if wrong]
        if found:
            raise NotEstimable(f"{self.outcome}: " + "; ".join(found) + ".")
        if not bool((self.count[self.pupils > 0] >= 0).all()):
            raise NotEstimable(f"{self.outcome}: counts cannot be negative or missing where there are pupils.")

    def __repr__(self) -> str:
        return (
            f"YearGroupPanel({self.outcome}: {int(self.intervention.sum())} schools with a social worker, "
            f"{self.candidates.size} that could be compared; {len(self.year_groups)} year groups, {len(self.terms)} terms)"
        )

    @cached_property
    def usable(self) -> Mask:
        """Schools that are not excluded, shape (schools,)."""
        return np.array([not reason for reason in self.excluded], dtype=bool)

    @cached_property
    def treated(self) -> Index:
        """Positions of the schools with a social worker that may be used."""
        return np.flatnonzero(self.intervention & self.usable)

    @cached_property
    def candidates(self) -> Index:
        """Positions of the schools that could be compared with them."""
        return np.flatnonzero(~self.intervention & self.usable)

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """The phases of the schools with a social worker, in the order of the schools."""
        return tuple(dict.fromkeys(self.phase[i] for i in self.treated))

    def of_phase(self, positions: Index, phase: str) -> Index:
        """Those of the positions whose school is of that phase."""
        return positions[[self.phase[i] == phase for i in positions]]

    @cached_property
    def observed(self) -> Mask:
        """Cells with pupils."""
        return self.pupils > 0

    @cached_property
    def rate(self) -> Array:
        """Counts per 100 pupils; NaN where not observed."""
        rate = np.full(self.count.shape, np.nan)
        np.divide(100.0 * self.count, self.pupils, out=rate, where=self.observed)
        return rate

    @property
    def school_counts(self) -> tuple[Array, Array]:
        """Counts and pupils per school and term, over the year groups that were observed."""
        return np.where(self.observed, self.count, 0.0).sum(axis=1), self.pupils.sum(axis=1)

    @cached_property
    def sha256(self) -> str:
        """One hash of everything in the panel that stands in the tables."""
        labels = (self.outcome, self.schools, self.phase, self.year_groups, self.terms, self.cluster, self.excluded)
        digest = sha256(repr(labels).encode())
        counts = np.where(self.observed, self.count, 0.0)
        for values in (counts, self.pupils, self.intervention, self.roll, self.free_school_meals):
            digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        return digest.hexdigest()
