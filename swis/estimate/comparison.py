"""The table that every estimator of a programme takes: schools by terms, with and without a social worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable

Array = NDArray[np.floating[Any]]
"""An array of numbers, in every room that estimates."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Counts and pupils of one outcome, per school and term, for schools with and without a social worker.

    `count` and `pupils` have the shape (schools, terms). A school-term that was not observed has 0 pupils and
    0 count: to every estimator here that is the same as its absence.
    Nothing child-level is in it.
    """

    outcome: str
    schools: tuple[str, ...]
    terms: tuple[str, ...]
    count: Array
    pupils: Array
    intervention: NDArray[np.bool_]
    reference: str
    after: tuple[str, ...]
    cluster: tuple[str, ...] | None = None
    """The unit that the programme was given to, where that was a group of schools; None: the school."""
    stratum: tuple[str, ...] | None = None
    """Groups within which schools could have changed places: authority, matched set; None: all schools."""
    unit_of_count: float = 1.0
    """How many counts make one independent event: 1 for enquiries, a term's days for days in care."""

    def __post_init__(self) -> None:
        shape = (len(self.schools), len(self.terms))
        object.__setattr__(self, "count", np.asarray(self.count, dtype=np.float64))
        object.__setattr__(self, "pupils", np.asarray(self.pupils, dtype=np.float64))
        object.__setattr__(self, "intervention", np.asarray(self.intervention, dtype=bool))
        problems = [
            (
                self.count.shape != shape or self.pupils.shape != shape,
                f"counts and pupils need the shape {shape}",
            ),
            (self.intervention.shape != shape[:1], "every school needs an arm"),
            (self.reference not in self.terms, f"the reference term {self.reference} is not among the terms"),
            (not set(self.after) <= set(self.terms), "a term marked as after is not among the terms"),
            (self.reference in self.after, "the reference term cannot lie after the start"),
            (len(set(self.schools)) < shape[0], "a school appears twice"),
            (len(set(self.terms)) < shape[1], "a term appears twice"),
            (self.cluster is not None and len(self.cluster) != shape[0], "every school needs a cluster, or none"),
            (self.stratum is not None and len(self.stratum) != shape[0], "every school needs a stratum, or none"),
        ]
        self._refuse(problems)
        self._refuse(
            [
                (bool((self.count < 0).any()), "counts cannot be negative"),
                (bool((self.pupils < 0).any()), "numbers of pupils cannot be negative"),
                (
                    not bool(np.isfinite(self.count).all() and np.isfinite(self.pupils).all()),
                    "a value is missing",
                ),
                (
                    bool(((self.pupils <= 0) & (self.count > 0)).any()),
                    "a school-term has a count but no pupils",
                ),
            ]
        )

    def _refuse(self, problems: list[tuple[bool, str]]) -> None:
        found = [what for wrong, what in problems if wrong]
        if found:
            raise NotEstimable(f"{self.outcome}: " + "; ".join(found) + ".")

    def __repr__(self) -> str:
        treated = int(self.intervention.sum())
        return (
            f"Comparison({self.outcome}: {treated} schools with a social worker, {len(self.schools) - treated} "
            f"without; {len(self.terms)} terms; {self.count.sum():.0f} counted)"
        )

    @property
    def after_mask(self) -> NDArray[np.bool_]:
        """Which terms lie after the start, shape (terms,)."""
        return np.array([term in self.after for term in self.terms])

    @property
    def without_events(self) -> NDArray[np.bool_]:
        """Schools with a count of zero in every term: they carry no information on a rate ratio."""
        zero: NDArray[np.bool_] = self.count.sum(axis=1) == 0
        return zero

    def keep_schools(self, keep: NDArray[np.bool_]) -> Comparison:
        """The same comparison with only the schools in `keep` (shape (schools,))."""
        index = np.flatnonzero(keep)
        return replace(
            self,
            schools=tuple(self.schools[i] for i in index),
            count=self.count[index],
            pupils=self.pupils[index],
            intervention=self.intervention[index],
            cluster=None if self.cluster is None else tuple(self.cluster[i] for i in index),
            stratum=None if self.stratum is None else tuple(self.stratum[i] for i in index),
        )

    def keep_terms(self, terms: tuple[str, ...], *, reference: str, after: tuple[str, ...]) -> Comparison:
        """The same schools over fewer terms, with another reference and other terms called after (placebo in time)."""
        index = [self.terms.index(term) for term in terms]
        return replace(
            self,
            terms=terms,
            count=self.count[:, index],
            pupils=self.pupils[:, index],
            reference=reference,
            after=after,
        )
