"""The table that every analysis of a cluster randomised trial takes: one row for each school, or school and follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array

NUMBERS = ("count", "exposure", "pupils", "baseline_count", "baseline_pupils", "free_school_meals")
COVARIATES = ("pupils", "baseline_count", "baseline_pupils", "free_school_meals")


@dataclass(frozen=True)
class LeftOut:
    """A school that was randomised and is not in the analysis, and why."""

    school: str
    reason: str


@dataclass(frozen=True, eq=False)
class TrialTable:
    """Counts and exposure of one outcome of a trial, with what was known of each school before the draw.

    One row for each school and follow-up; `follow_up` is None where there is one row a school. `intervention` is the arm that
    the school was allocated to, whatever it then did. `exposure` is in pupil-years unless `unit` says otherwise. An outcome
    that was not returned is NaN in `count`, and `missing_because` has its reason by school. Covariates may be left out (None).
    Nothing child-level is in it.
    """

    outcome: str
    schools: tuple[str, ...]
    authorities: tuple[str, ...]
    intervention: NDArray[np.bool_]
    count: Array
    exposure: Array
    pupils: Array | None = None
    baseline_count: Array | None = None
    baseline_pupils: Array | None = None
    free_school_meals: Array | None = None
    """Eligible pupils in per cent."""
    follow_up: tuple[str, ...] | None = None
    missing_because: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    """Randomised schools that an earlier step took out."""
    unit: str = "pupil-years"

    def __post_init__(self) -> None:
        for name in NUMBERS:
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        object.__setattr__(self, "intervention", np.asarray(self.intervention, dtype=bool))
        self._refuse(self._wrong_shapes())
        self._refuse(self._wrong_values())
        self._refuse(self._contradictions())

    def _refuse(self, problems: list[str]) -> None:
        if problems:
            raise NotEstimable(f"{self.outcome}: " + "; ".join(problems) + ".")

    def _wrong_shapes(self) -> list[str]:
        rows = len(self.schools)
        columns = {name: getattr(self, name) for name in NUMBERS if getattr(self, name) is not None}
        columns |= {"intervention": self.intervention}
        wrong = [f"{name} needs {rows} values, one a row" for name, value in columns.items() if value.shape != (rows,)]
        if len(self.authorities) != rows:
            wrong.append("every row needs an authority")
        if self.follow_up is not None and len(self.follow_up) != rows:
            wrong.append("every row needs a follow-up, or none")
        return wrong if rows else ["there are no rows"]

    def _wrong_values(self) -> list[str]:
        wrong = []
        returned = np.isfinite(self.count)
        if np.isinf(self.count).any() or (self.count[returned] < 0).any():
            wrong.append(f"a count is negative or infinite ({self._where(np.isinf(self.count) | (self.count < 0))})")
        without = returned & ~(np.isfinite(self.exposure) & (self.exposure > 0))
        if without.any():
            wrong.append(f"an outcome has no exposure ({self._where(without)})")
        for name in COVARIATES:
            value = getattr(self, name)
            if value is None:
                continue
            bad = ~np.isfinite(value) | (value < 0) | ((value == 0) & (name in ("pupils", "baseline_pupils")))
            if bad.any():
                wrong.append(f"{name} is missing, negative or nought where it cannot be ({self._where(bad)})")
        if self.free_school_meals is not None and (self.free_school_meals > 100).any():
            wrong.append(f"free_school_meals is above 100 per cent ({self._where(self.free_school_meals > 100)})")
        return wrong

    def _contradictions(self) -> list[str]:
        wrong = []
        keys = list(zip(self.schools, self.follow_up or ("",) * len(self.schools), strict=True))
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            wrong.append(f"{' '.join(twice).strip()} appears twice")
        for name, values in (("authority", self.authorities), ("arm", tuple(self.intervention.tolist()))):
            pairs = set(zip(self.schools, values, strict=True))
            if len(pairs) > len(set(self.schools)):
                wrong.append(f"a school has more than one {name}")
        undeclared = np.array([name not in self.missing_because for name in self.schools]) & np.isnan(self.count)
        if undeclared.any():
            wrong.append(f"no outcome and no reason in missing_because ({self._where(undeclared)})")
        if (self.baseline_count is None) != (self.baseline_pupils is None):
            wrong.append("baseline_count and baseline_pupils come together")
        return wrong

    def _where(self, rows: NDArray[np.bool_]) -> str:
        names = list(dict.fromkeys(self.schools[i] for i in np.flatnonzero(rows)))
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    def __repr__(self) -> str:
        arm = self.arm_of_school
        return (
            f"TrialTable({self.outcome}: {int(arm.sum())} schools with a social worker, {int((~arm).sum())} without, "
            f"{len(set(self.authorities))} authorities; {np.nansum(self.count):,.0f} counted)"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The schools, each once, in the order in which they first appear: the columns of an array of allocations."""
        return tuple(dict.fromkeys(self.schools))

    @property
    def school_of_row(self) -> NDArray[np.intp]:
        """For each row the position of its school in `names`."""
        position = {name: number for number, name in enumerate(self.names)}
        return np.array([position[name] for name in self.schools])

    @property
    def authority_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.authorities))

    @property
    def authority_of_row(self) -> NDArray[np.intp]:
        """For each row the position of its authority in `authority_names`."""
        position = {name: number for number, name in enumerate(self.authority_names)}
        return np.array([position[name] for name in self.authorities])

    @property
    def first_row(self) -> NDArray[np.intp]:
        """For each school its first row."""
        return np.unique(self.school_of_row, return_index=True)[1]

    @property
    def arm_of_school(self) -> NDArray[np.bool_]:
        return self.intervention[self.first_row]

    @property
    def authority_of_school(self) -> NDArray[np.intp]:
        return self.authority_of_row[self.first_row]

    @property
    def covariates(self) -> dict[str, Array]:
        """What the default analysis adjusts for, by name: the columns that are known, each centred."""
        found: dict[str, Array] = {}
        if self.baseline_count is not None and self.baseline_pupils is not None:
            found["log baseline rate"] = np.log((self.baseline_count + 0.5) / self.baseline_pupils)
        if self.pupils is not None:
            found["log pupils"] = np.log(self.pupils)
        if self.free_school_meals is not None:
            found["free school meals, %"] = self.free_school_meals
        return {name: value - value.mean() for name, value in found.items() if np.ptp(value) > 0}

    def keep_rows(self, keep: NDArray[np.bool_], *, reason: str) -> TrialTable:
        """The same table with only the rows in `keep`; schools that lose every row are carried as left out."""
        rows = np.flatnonzero(keep)
        if not len(rows):
            raise NotEstimable(f"{self.outcome}: no school is left ({reason}).")
        kept = {self.schools[i] for i in rows}
        gone = tuple(LeftOut(name, self.missing_because.get(name, reason)) for name in self.names if name not in kept)
        columns = {name: getattr(self, name)[rows] for name in NUMBERS if getattr(self, name) is not None}
        return replace(
            self,
            schools=tuple(self.schools[i] for i in rows),
            authorities=tuple(self.authorities[i] for i in rows),
            intervention=self.intervention[rows],
            follow_up=None if self.follow_up is None else tuple(self.follow_up[i] for i in rows),
            left_out=self.left_out + gone,
            **columns,
        )

    @property
    def returned(self) -> TrialTable:
        """The rows whose outcome was returned; schools without any are in `left_out`."""
        has = np.isfinite(self.count)
        return self if has.all() else self.keep_rows(has, reason="no outcome returned")

    def reallocated(self, arm_of_school: NDArray[np.bool_]) -> TrialTable:
        """The same outcomes had the schools (in the order of `names`) been allocated otherwise."""
        return replace(self, intervention=np.asarray(arm_of_school, dtype=bool)[self.school_of_row])
