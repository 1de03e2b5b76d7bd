"""Are the comparison schools like the schools with a social worker? Standardised differences of means, and overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.school_measures import school_measures
from swis.design.year_group_panel import Array, Index, YearGroupPanel

LIKE = 0.1
"""Standardised differences up to this are commonly taken as balanced (Stuart 2010); with few schools, few are."""


@dataclass(frozen=True)
class MeasureBalance:
    """One measure: means and standardised differences, before (all candidates) and after (weighted), and overlap.

    Before: candidates of a phase count alike, and each phase as much as it does among the schools with a social worker. The
    standardised difference is that of the means over the standard deviation of all schools of these phases; the same divisor
    before and after, so that it cannot shrink by the divisor. `inside` is the share of schools with a social worker that lie
    between the least and the largest candidate of their phase. NaN where there is no spread.
    """

    measure: str
    with_worker: float
    all_candidates: float
    weighted: float
    difference_before: float
    difference_after: float
    inside: float


@dataclass(frozen=True, eq=False)
class Balance:
    """The balance of every measure, with what is drawn: the values of each school, shape (schools, measures)."""

    rows: tuple[MeasureBalance, ...]
    effective_number: float
    treated: Index
    candidates: Index
    weights: Array
    values: Array

    def __repr__(self) -> str:
        return (
            f"Balance(largest standardised difference {self.largest_before:.2f} before, {self.largest_after:.2f} after; "
            f"worth {self.effective_number:.1f} schools)"
        )

    @property
    def largest_before(self) -> float:
        """The largest absolute standardised difference with all candidates equal; NaN where no measure has spread."""
        return _largest([row.difference_before for row in self.rows])

    @property
    def largest_after(self) -> float:
        """The largest absolute standardised difference with the weights; NaN where no measure has spread."""
        return _largest([row.difference_after for row in self.rows])


def _largest(values: list[float]) -> float:
    known = [abs(value) for value in values if np.isfinite(value)]
    return max(known, default=float("nan"))


def measure_balance(panel: YearGroupPanel, weights: Array, *, treated: Index | None = None) -> Balance:
    """Balance of level, size, free school meals and past changes under weights of the candidates, shape (candidates,).

    `treated` are the schools with a social worker that the weights are for (default: all). Compared are candidates of their
    phases; a school that lacks a measure is left out of that measure.
    """
    treated = panel.treated if treated is None else treated
    phases = {panel.phase[i] for i in treated}
    columns = np.flatnonzero([panel.phase[i] in phases for i in panel.candidates])
    candidates, weights = panel.candidates[columns], np.asarray(weights, dtype=float)[columns]
    measures = school_measures(panel)
    rows = tuple(
        _measure(panel, name, measures.values[:, place], treated, candidates, weights)
        for place, name in enumerate(measures.names)
    )
    squares = float((weights**2).sum())
    number = float(weights.sum()) ** 2 / squares if squares else 0.0
    return Balance(rows, number, treated, candidates, weights, measures.values)


def _measure(
    panel: YearGroupPanel, name: str, values: Array, treated: Index, candidates: Index, weights: Array
) -> MeasureBalance:
    ours, theirs = values[treated], values[candidates]
    known = np.isfinite(theirs)
    every = np.concatenate([ours, theirs])
    every = every[np.isfinite(every)]
    spread = float(every.std(ddof=1)) if every.size > 1 else 0.0
    mean, plain = _mean(ours, np.ones(ours.size)), _mean(theirs, _alike(panel, treated, candidates))
    weighted = _mean(theirs, weights)
    divisor = spread if every.size and spread > 1e-9 * max(float(np.abs(every).max()), 1e-300) else float("nan")
    inside = [_is_inside(panel, value, i, values, candidates[known]) for i, value in zip(treated, ours, strict=True)]
    return MeasureBalance(
        measure=name,
        with_worker=mean,
        all_candidates=plain,
        weighted=weighted,
        difference_before=(mean - plain) / divisor,
        difference_after=(mean - weighted) / divisor,
        inside=float(np.mean(inside)) if inside else float("nan"),
    )


def _alike(panel: YearGroupPanel, treated: Index, candidates: Index) -> Array:
    """Equal weights within each phase, phases as among the schools with a social worker."""
    number = {phase: panel.of_phase(treated, phase).size / max(panel.of_phase(candidates, phase).size, 1) for phase in
              {panel.phase[i] for i in treated}}  # fmt: skip
    return np.array([number[panel.phase[i]] for i in candidates])


def _mean(values: Array, weights: Array) -> float:
    known = np.isfinite(values)
    total = float(weights[known].sum())
    return float((weights[known] * values[known]).sum()) / total if total > 0 else float("nan")


def _is_inside(panel: YearGroupPanel, value: float, school: int, values: Array, candidates: Index) -> bool:
    same = values[panel.of_phase(candidates, panel.phase[school])]
    return bool(same.size and same.min() <= value <= same.max())
