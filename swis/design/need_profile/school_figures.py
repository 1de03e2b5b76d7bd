"""What is known of each school before a choice: counts with what they are counted among, pupils, and who must be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from swis.design.need_profile.shrinkage import Array
from swis.errors import TableError
from swis.tables.nearest import did_you_mean

Kind = Literal["events", "children", "days", "sessions", "pupils"]

PUPILS = "pupils"
FREE_SCHOOL_MEALS = "free_school_meals_percent"
KNOWN = {PUPILS: "pupils", FREE_SCHOOL_MEALS: "free school meals (per cent)"}
"""Measures that are known as they are: no chance is taken out of them."""


@dataclass(frozen=True)
class Measure:
    """One measure of need. `among` says what it is counted among; `independent` why so many counts are one event.

    `unit` counts are taken as one independent event when rates are shrunken; `most` is what one child can add, which the
    policy that hides small numbers is about.
    """

    code: str
    name: str
    kind: Kind
    among: Literal["pupils", "sessions possible"] = "pupils"
    unit: float = 1.0
    independent: str = ""
    most: float = 1.0
    source: str = ""

    @property
    def per(self) -> int:
        """Rates are told by so many pupils; of sessions and of pupils as shares of a hundred."""
        return 100 if self.kind in ("sessions", "pupils") else 1000


@dataclass(frozen=True, eq=False, repr=False)
class MeasuredSchools:
    """Counts and exposures of one measure, a number a school; nan where it is not known, and `why_not` says why.

    `persistence` is the correlation of true rates of this period with the next, by authority and phase; absent: not known.
    """

    measure: Measure
    count: Array
    exposure: Array
    why_not: tuple[str, ...]
    persistence: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def known(self) -> Array:
        """Where there is a count, and pupils among whom it was counted."""
        return np.asarray(np.isfinite(self.count) & (self.exposure > 0))

    def __repr__(self) -> str:
        return f"MeasuredSchools({self.measure.code}: known of {int(self.known.sum())} of {len(self.count)} schools)"


@dataclass(frozen=True, eq=False, repr=False)
class SchoolFigures:
    """Schools with all their measures. `excluded` is the reason why one must not be chosen, empty if it may be.

    `period` says when it was counted; `terms` is 0 where that is not known in terms. `hashes` are SHA-256 by file.
    """

    schools: tuple[str, ...]
    names: tuple[str, ...]
    authority: tuple[str, ...]
    phase: tuple[str, ...]
    pupils: Array
    free_school_meals: Array
    measured: tuple[MeasuredSchools, ...]
    feeders: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    period: str
    terms: int
    notes: tuple[str, ...]
    hashes: Mapping[str, str]

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Authorities and phases that there are, sorted: schools are compared within these alone."""
        return tuple(sorted(set(zip(self.authority, self.phase, strict=True))))

    def known(self, code: str) -> Array:
        """Pupils or free school meals of each school; nan where not known."""
        return {PUPILS: self.pupils, FREE_SCHOOL_MEALS: self.free_school_meals}[code]

    def of(self, code: str) -> MeasuredSchools:
        """The counts of one measure. Raises TableError where there is none of that code."""
        found = next((each for each in self.measured if each.measure.code == code), None)
        if found is None:
            there = ", ".join([each.measure.code for each in self.measured] + list(KNOWN))
            raise TableError(f"There is no measure {code!r}; there are: {there}.")
        return found

    def __repr__(self) -> str:
        return f"SchoolFigures({len(self.schools)} schools, {len(self.measured)} measures, {self.period})"


def keep_schools(figures: SchoolFigures, *, phase: str | None = None, authority: str | None = None) -> SchoolFigures:
    """The figures of the schools of one phase, of one authority, or both. Raises TableError where there are none."""
    for what, name, there in (("phase", phase, figures.phase), ("authority", authority, figures.authority)):
        if name is not None and name not in there:
            known = sorted(set(there))
            raise TableError(f"There is no {what} {name!r}; there are: {', '.join(known)}.{did_you_mean(name, known)}")
    rows = [
        i
        for i, pair in enumerate(zip(figures.phase, figures.authority, strict=True))
        if phase in (None, pair[0]) and authority in (None, pair[1])
    ]
    if not rows:
        raise TableError(f"{authority} has no {phase} schools.")

    def pick(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(values[i] for i in rows)

    return replace(
        figures,
        schools=pick(figures.schools),
        names=pick(figures.names),
        authority=pick(figures.authority),
        phase=pick(figures.phase),
        feeders=pick(figures.feeders),
        excluded=pick(figures.excluded),
        pupils=figures.pupils[rows],
        free_school_meals=figures.free_school_meals[rows],
        measured=tuple(
            replace(each, count=each.count[rows], exposure=each.exposure[rows], why_not=pick(each.why_not))
            for each in figures.measured
        ),
    )
