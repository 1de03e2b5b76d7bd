"""Scores of many drawn panels at once, by the same rule as `score_pairs` scores one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.trends import Standardise
from swis.design.year_group_panel import Array, Index, Mask, YearGroupPanel

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class PhaseCells:
    """The schools of one phase over three terms: pupils and counts of shape (schools, year groups, 3).

    The first `treated` schools are those with a social worker. `count` is in independent events.
    """

    schools: Index
    treated: int
    count: Array
    pupils: Array

    def trend_known(self, start: int) -> Mask:
        """Which changes from term `start` to the next exist, shape (schools, year groups)."""
        known: Mask = (self.pupils[:, :, start] > 0) & (self.pupils[:, :, start + 1] > 0)
        return known


def cells_of_phase(panel: YearGroupPanel, phase: str) -> PhaseCells:
    """The usable schools of a phase over the panel's last three terms."""
    treated, candidates = panel.of_phase(panel.treated, phase), panel.of_phase(panel.candidates, phase)
    schools = np.concatenate([treated, candidates])
    pupils = panel.pupils[schools][:, :, -3:]
    count = np.where(pupils > 0, panel.count[schools][:, :, -3:], 0.0) / panel.unit_of_count
    return PhaseCells(schools, treated.size, count, pupils)


def score_draws(
    cells: PhaseCells, count: Array, *, start: int, standardise: Standardise, minimum_share: float
) -> Array:
    """Scores of shape (draws, with a social worker, candidates) on the change from term `start` to the next.

    `count` has the shape (draws, schools, year groups, 3). NaN where a pair cannot be scored in a draw.
    """
    known = cells.trend_known(start)
    pupils = np.where(known[:, :, np.newaxis], cells.pupils[:, :, start : start + 2], 1.0)
    rate = count[:, :, :, start : start + 2] / pupils
    change = rate[..., 1] - rate[..., 0]
    chance = (rate / pupils).sum(axis=-1) if standardise == "poisson" else np.zeros(change.shape)
    n = cells.treated
    shape = (count.shape[0], n, known.shape[0] - n)
    total, common = np.zeros(shape), np.zeros(shape)
    has_informative = np.zeros(shape[:2])
    for a in range(known.shape[1]):
        here = np.flatnonzero(known[:, a])
        if here.size < 2:
            continue
        ours, theirs = here[here < n], here[here >= n]
        difference = np.abs(change[:, ours, a, np.newaxis] - change[:, np.newaxis, theirs, a])
        scale = _scale(change[:, here, a], difference, standardise)
        informative = scale > _ROUNDING * np.abs(change[:, here, a]).max(axis=1)
        if standardise == "poisson":
            divisor = np.sqrt(chance[:, ours, a, np.newaxis] + chance[:, np.newaxis, theirs, a])
        else:
            divisor = np.broadcast_to(scale[:, np.newaxis, np.newaxis], difference.shape)
        usable = (divisor > 0) & informative[:, np.newaxis, np.newaxis]
        part = np.divide(difference, divisor, out=np.zeros(difference.shape), where=usable)
        place = np.ix_(np.arange(shape[0]), ours, theirs - n)
        total[place] += part
        common[place] += informative[:, np.newaxis, np.newaxis]
        has_informative[:, ours] += informative[:, np.newaxis]
    needed = np.maximum(np.ceil(minimum_share * has_informative - 1e-9), 1)[:, :, np.newaxis]
    scores = np.full(shape, np.nan)
    np.divide(total, common, out=scores, where=common >= needed)
    return scores


def _scale(change: Array, difference: Array, standardise: Standardise) -> Array:
    if standardise == "mad":
        middle = np.median(change, axis=1, keepdims=True)
        return np.median(np.abs(change - middle), axis=1)
    if standardise == "sd_absdiff":
        flat = difference.reshape(difference.shape[0], -1)
        return flat.std(axis=1, ddof=1) if flat.shape[1] > 1 else np.zeros(flat.shape[0])
    return change.std(axis=1, ddof=1)
