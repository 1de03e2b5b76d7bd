"""How unlike two schools have moved: one score for each pair of a school with a social worker and a candidate.

The pilots' rule: the differences between the two schools' changes, year group by year group, are taken without sign, put on
one scale, and averaged. Where their report leaves a choice open, it is an option here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from swis.design.trends import Standardise, Window, chance_variance, trends
from swis.design.year_group_panel import Array, Index, LeftOut, Mask, YearGroupPanel
from swis.errors import NotEstimable

STANDARDISE: tuple[Standardise, ...] = ("sd_trend", "sd_absdiff", "mad", "poisson")
_CELLS_PER_BLOCK = 20_000  # below this a block of one pattern costs more in calls than in arithmetic
_ROUNDING = 1e-9  # a spread of this share of the largest change is rounding, not spread


@dataclass(frozen=True, eq=False)
class PairScores:
    """Scores of all pairs, shape (schools with a social worker, candidates); NaN where the pair cannot be scored.

    `treated` and `candidates` are positions in the panel. `have` and `has` say which year groups with information each of them
    has, shapes (schools with a social worker, year groups) and (candidates, year groups). `left_out` names year groups that
    carry none.
    """

    rule: str
    treated: Index
    candidates: Index
    scores: Array
    have: Mask
    has: Mask
    left_out: tuple[LeftOut, ...]

    def __repr__(self) -> str:
        scored = int(np.isfinite(self.scores).sum())
        return f"PairScores({self.rule}: {scored:,} of {self.scores.size:,} pairs scored)"

    @property
    def in_common(self) -> Array:
        """How many year groups with information both schools of each pair have, whatever their phases."""
        return self.have.astype(float) @ self.has.T.astype(float)


def score_pairs(
    panel: YearGroupPanel, *, window: Window, standardise: Standardise = "sd_trend", minimum_share: float = 0.5
) -> PairScores:
    """The score of each pair of a school with a social worker and a candidate of the same phase; 0 is identical.

    A year group counts for a pair if both schools have a change for it, and if it has spread: a year group in which the changes
    of all schools of the phase are equal, or of which fewer than two have one, is left out. A pair needs at least
    `minimum_share` of the remaining year groups that the school with a social worker has. Scales, taken over all usable schools
    of the phase: `sd_trend` the standard deviation of the changes; `sd_absdiff` that of the differences over all pairs; `mad`
    the median absolute deviation of the changes; `poisson` the chance standard error of each difference (a pair without any
    event has difference 0).
    """
    check_options(panel, standardise, minimum_share)
    change = trends(panel, window)
    chance = chance_variance(panel, window) if standardise == "poisson" else None
    have, has = (np.zeros((of.size, len(panel.year_groups)), dtype=bool) for of in (panel.treated, panel.candidates))
    scores: Array | None = None
    left_out: list[LeftOut] = []
    for phase in panel.phases:
        rows, columns = _of_phase(panel, panel.treated, phase), _of_phase(panel, panel.candidates, phase)
        block = _PhaseBlock(panel.treated[rows], panel.candidates[columns])
        scale, dropped = _scales(block, change, standardise)
        have[rows] = np.isfinite(change[block.treated]) & np.isfinite(scale)
        has[columns] = np.isfinite(change[block.candidates]) & np.isfinite(scale)
        scored = _score_phase(block, change, scale, chance=chance, minimum_share=minimum_share)
        if scored.shape == (panel.treated.size, panel.candidates.size):
            scores = scored  # one phase: no need to copy a matrix of millions
        else:
            scores = np.full((panel.treated.size, panel.candidates.size), np.nan) if scores is None else scores
            scores[np.ix_(rows, columns)] = scored
        left_out += [LeftOut(f"{phase}, year group {panel.year_groups[a]}", why) for a, why in dropped]
    if scores is None:
        raise NotEstimable(f"{panel.outcome}: no school with a social worker may be used.")
    rule = f"change {window[0]} to {window[1]}, scale {standardise}, at least {minimum_share:g} of year groups"
    return PairScores(rule, panel.treated, panel.candidates, scores, have, has, tuple(left_out))


def check_options(panel: YearGroupPanel, standardise: Standardise, minimum_share: float) -> None:
    """Raises NotEstimable where there is nothing to match, or an option is out of range."""
    if standardise not in STANDARDISE:
        raise NotEstimable(f"There is no scale {standardise!r}. Choose from: {', '.join(STANDARDISE)}.")
    if not 0 < minimum_share <= 1:
        raise NotEstimable("The share of year groups that a pair needs must be above 0 and at most 1.")
    check_schools(panel)


def check_schools(panel: YearGroupPanel) -> None:
    """Raises NotEstimable unless there is a school with a social worker and a candidate."""
    if not panel.treated.size:
        raise NotEstimable(f"{panel.outcome}: no school with a social worker may be used.")
    if not panel.candidates.size:
        raise NotEstimable(f"{panel.outcome}: no school could serve as a comparison.")


@dataclass(frozen=True, eq=False)
class _PhaseBlock:
    treated: Index
    candidates: Index

    @property
    def eligible(self) -> Index:
        return np.concatenate([self.treated, self.candidates])


def _of_phase(panel: YearGroupPanel, positions: Index, phase: str) -> Index:
    return np.flatnonzero([panel.phase[i] == phase for i in positions])


def _score_phase(
    block: _PhaseBlock, change: Array, scale: Array, *, chance: Array | None, minimum_share: float
) -> Array:
    keep = np.isfinite(scale)
    ours, theirs = change[block.treated][:, keep], change[block.candidates][:, keep]
    needed = np.maximum(np.ceil(minimum_share * np.isfinite(ours).sum(axis=1) - 1e-9), 1)
    if chance is not None:
        variances = chance[block.treated][:, keep], chance[block.candidates][:, keep]
        return _mean(_sum_by_chance(ours, theirs, *variances), ours, theirs, needed)
    ours, theirs = ours / scale[keep], theirs / scale[keep]
    blocks = list(_blocks(np.isfinite(ours), np.isfinite(theirs)))
    if len(blocks) * _CELLS_PER_BLOCK > max(ours.shape[0] * theirs.shape[0], 64 * _CELLS_PER_BLOCK):
        return _mean(_sum_by_year_group(ours, theirs), ours, theirs, needed)
    if len(blocks) == 1 and blocks[0][2].size == ours.shape[1] > 0:
        scores = cdist(ours, theirs, "cityblock")
        scores /= ours.shape[1]
        return scores
    return _mean_by_block(ours, theirs, blocks, needed)


def _mean_by_block(ours: Array, theirs: Array, blocks: list[tuple[Index, Index, Index]], needed: Array) -> Array:
    scores = np.full((ours.shape[0], theirs.shape[0]), np.nan)
    for rows, columns, both in blocks:
        if both.size >= needed[rows[0]]:
            distance = cdist(ours[np.ix_(rows, both)], theirs[np.ix_(columns, both)], "cityblock")
            distance /= both.size
            scores[np.ix_(rows, columns)] = distance
    return scores


def _mean(total: Array, ours: Array, theirs: Array, needed: Array) -> Array:
    common = np.isfinite(ours).astype(float) @ np.isfinite(theirs).T.astype(float)
    scores = np.full(common.shape, np.nan)
    np.divide(total, common, out=scores, where=common >= needed[:, np.newaxis])
    return scores


def _scales(block: _PhaseBlock, change: Array, standardise: Standardise) -> tuple[Array, list[tuple[int, str]]]:
    """One divisor for each year group, NaN where it is left out, with the reason; 1 under `poisson`."""
    values = change[block.eligible]
    known = np.isfinite(values).sum(axis=0)
    scale = np.full(values.shape[1], np.nan)
    dropped: list[tuple[int, str]] = []
    for a in range(values.shape[1]):
        if known[a] == 0:
            continue  # a year group that no school of this phase has is none of it
        if known[a] < 2:
            dropped.append((a, "fewer than two schools have a change"))
            continue
        here = values[np.isfinite(values[:, a]), a]
        spread = _spread(here, change[block.treated, a], change[block.candidates, a], standardise)
        if spread > _ROUNDING * max(float(np.abs(here).max()), 1e-300):
            scale[a] = spread
        else:
            dropped.append((a, "the changes of the schools have no spread"))
    return scale, dropped


def _spread(values: Array, ours: Array, theirs: Array, standardise: Standardise) -> float:
    if standardise == "mad":
        return float(np.median(np.abs(values - np.median(values))))
    if standardise == "sd_absdiff":
        pairs = np.abs(ours[:, np.newaxis] - theirs)
        known = pairs[np.isfinite(pairs)]
        return float(known.std(ddof=1)) if known.size > 1 else 0.0
    return float(values.std(ddof=1))


def _blocks(have: Mask, has: Mask) -> Iterator[tuple[Index, Index, Index]]:
    """Rows and columns that share one pattern of missing year groups each, and the year groups that both have."""
    powers = 1 << np.arange(have.shape[1], dtype=np.int64)
    ours, of_ours = np.unique(have @ powers, return_inverse=True)
    theirs, of_theirs = np.unique(has @ powers, return_inverse=True)
    columns = [np.flatnonzero(of_theirs == j) for j in range(theirs.size)]
    for i, pattern in enumerate(ours):
        rows = np.flatnonzero(of_ours == i)
        for j, other in enumerate(theirs):
            yield rows, columns[j], np.flatnonzero(powers & pattern & other)


def _sum_by_year_group(ours: Array, theirs: Array) -> Array:
    # With many patterns of missing year groups, blocks would be single pairs.
    total = np.zeros((ours.shape[0], theirs.shape[0]))
    for a in range(ours.shape[1]):
        total += np.nan_to_num(np.abs(ours[:, a, np.newaxis] - theirs[:, a]), copy=False)
    return total


def _sum_by_chance(ours: Array, theirs: Array, ours_chance: Array, theirs_chance: Array) -> Array:
    """Sum of |difference| over its chance standard error; a difference of two schools without any event counts 0."""
    total = np.zeros((ours.shape[0], theirs.shape[0]))
    for a in range(ours.shape[1]):
        difference = np.abs(ours[:, a, np.newaxis] - theirs[:, a])
        error = np.sqrt(ours_chance[:, a, np.newaxis] + theirs_chance[:, a])
        share = np.zeros(total.shape)
        np.divide(difference, error, out=share, where=error > 0)
        total += np.nan_to_num(share, copy=False)
    return total
