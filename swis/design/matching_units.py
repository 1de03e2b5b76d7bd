"""Whom comparison schools are chosen for, a school or a cluster of schools, and in which order each would choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from swis.design.matching_scores import PairScores
from swis.design.year_group_panel import Array, Index, YearGroupPanel

Unit = Literal["school", "cluster"]
TIE = 1e-12


@dataclass(frozen=True, eq=False)
class UnitScores:
    """Scores of all pairs of a unit and a candidate, shape (units, candidates); NaN where there is none.

    `members` are positions of schools in the panel. Two scores that differ by less than 1e-12 are tied: the candidate nearer in
    size comes first (|log| of the ratio of rolls, averaged over the members), then the one whose label sorts first.
    """

    names: tuple[str, ...]
    members: tuple[Index, ...]
    candidates: Index
    scores: Array
    log_roll: Array
    label_order: Index

    def size_gap(self, unit: int, columns: Index) -> Array:
        """How far the candidates are from the unit in size."""
        ours = self.log_roll[self.members[unit]][:, np.newaxis]
        gap: Array = np.abs(ours - self.log_roll[self.candidates[columns]]).mean(axis=0)
        return gap

    def order(self, unit: int, columns: Index) -> Index:
        """The columns, all of them scored, in the unit's order of preference."""
        by_score = columns[np.argsort(self.scores[unit, columns], kind="stable")]
        steps = np.diff(self.scores[unit, by_score], prepend=self.scores[unit, by_score[:1]]) >= TIE
        keys = (self.label_order[by_score], self.size_gap(unit, by_score), np.cumsum(steps))
        return by_score[np.lexsort(keys)]

    def nearest(self, unit: int, most: int) -> Index:
        """The first `most` columns in the unit's order of preference, or as many as have a score."""
        row = self.scores[unit]
        scored = np.count_nonzero(np.isfinite(row))
        if not scored:
            return np.zeros(0, dtype=np.intp)
        place = min(most, int(scored)) - 1
        last = np.partition(row, place)[place]  # NaN sorts to the end
        return self.order(unit, np.flatnonzero(row < last + TIE))[:most]

    def ranks(self, unit: int, columns: Index) -> dict[int, int]:
        """The places of scored columns in the unit's order of preference, from 1."""
        if not columns.size:
            return {}
        row = self.scores[unit]
        ahead = self.order(unit, np.flatnonzero(row < row[columns].max() + TIE)).tolist()
        return {int(column): ahead.index(int(column)) + 1 for column in columns}

    def without(self, pairs: list[tuple[int, int]]) -> UnitScores:
        """The same scores with some pairs struck out."""
        scores = self.scores.copy()
        for unit, column in pairs:
            scores[unit, column] = np.nan
        return replace(self, scores=scores)


def gather_units(panel: YearGroupPanel, pairs: PairScores, unit: Unit) -> UnitScores:
    """Scores by unit. A cluster's score is the mean over its schools that have one; its phases are units of their own."""
    groups: dict[str, list[int]] = {}
    for row, school in enumerate(pairs.treated):
        groups.setdefault(_name_unit(panel, int(school), unit), []).append(row)
    labels = [panel.schools[i] for i in pairs.candidates]
    return UnitScores(
        names=tuple(groups),
        members=tuple(pairs.treated[rows] for rows in groups.values()),
        candidates=pairs.candidates,
        scores=pairs.scores if unit == "school" else np.array([_mean(pairs.scores[rows]) for rows in groups.values()]),
        log_roll=np.log(panel.roll),
        label_order=np.argsort(np.argsort(np.array(labels))),
    )


def _name_unit(panel: YearGroupPanel, school: int, unit: Unit) -> str:
    if unit == "school":
        return panel.schools[school]
    cluster = panel.cluster[school]
    phases = {panel.phase[i] for i in panel.treated if panel.cluster[i] == cluster}
    return f"{cluster} ({panel.phase[school]})" if len(phases) > 1 else cluster


def _mean(rows: Array) -> Array:
    known = np.isfinite(rows)
    total = np.where(known, rows, 0.0).sum(axis=0)
    mean = np.full(rows.shape[1], np.nan)
    np.divide(total, known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean
