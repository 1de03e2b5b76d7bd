"""Weights of synthetic difference-in-differences: candidates whose weighted course runs parallel to that of the schools with a
social worker, and terms whose weighted level is that of the terms after (Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021,
American Economic Review 111, 4088-4118; algorithm 1).

Unit weights: least squares of the schools' mean course on the candidates' courses, with an intercept, weights not negative and
summing to one, and a ridge that spreads them. Time weights: the same the other way round, practically without a ridge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from swis.design.entropy_balancing import CandidateWeights
from swis.design.matching_scores import check_schools
from swis.design.school_measures import is_whole
from swis.design.year_group_panel import Array, LeftOut, YearGroupPanel
from swis.errors import NotEstimable

FEWEST_TERMS = 6
MOST_CANDIDATES = 3_000
TIME_RIDGE = 1e-6


@dataclass(frozen=True, eq=False)
class SyntheticDid:
    """Weights of candidates (sum 1) and of the terms before (sum 1; None where no term after was given), and the estimate.

    `fit` is the root mean square of what is left, before, between the two courses once they are set level.
    """

    unit_weights: Array
    time_weights: Array | None
    estimate: float | None
    ridge: float
    fit: float

    def __repr__(self) -> str:
        estimate = "no term after" if self.estimate is None else f"estimate {self.estimate:.4g}"
        return f"SyntheticDid({int((self.unit_weights > 1e-9).sum())} candidates used; {estimate})"


def synthetic_did(candidates: Array, treated: Array, *, before: int, terms_after: int | None = None) -> SyntheticDid:
    """Synthetic difference-in-differences of rates, shape (schools, terms); the first `before` terms lie before the start.

    With terms after, the time weights and the estimate (a difference of rates, not a ratio) are given. Without, `terms_after`
    says how many there will be, because the ridge of the unit weights hangs on it (default 1). Raises NotEstimable with fewer
    than six terms before, fewer than two candidates, or a rate that is missing.
    """
    _refuse(candidates, treated, before)
    after = candidates.shape[1] - before
    planned = after or terms_after or 1
    noise = float(np.diff(candidates[:, :before], axis=1).std(ddof=1))
    ridge = (len(treated) * planned) ** 0.25 * noise
    course = treated.mean(axis=0)
    units = weights_on_simplex(_level(candidates[:, :before].T), _level(course[:before]), penalty=ridge**2 * before)
    left = _level(course[:before]) - _level(candidates[:, :before].T) @ units
    fit = float(np.sqrt(np.mean(left**2)))
    if not after:
        return SyntheticDid(units, None, None, ridge, fit)
    later = candidates[:, before:].mean(axis=1)
    penalty = (TIME_RIDGE * noise) ** 2 * len(candidates)
    times = weights_on_simplex(_level(candidates[:, :before]), _level(later), penalty=penalty)
    moved = course[before:].mean() - course[:before] @ times
    moved_without = units @ (later - candidates[:, :before] @ times)
    return SyntheticDid(units, times, float(moved - moved_without), ridge, fit)


def _refuse(candidates: Array, treated: Array, before: int) -> None:
    if before < FEWEST_TERMS:
        raise NotEstimable(
            f"synthetic difference-in-differences needs {FEWEST_TERMS} terms before the start, not {before}"
        )
    if len(candidates) < 2 or not len(treated):
        raise NotEstimable("synthetic difference-in-differences needs two candidates and a school with a social worker")
    if len(candidates) > MOST_CANDIDATES:
        raise NotEstimable(
            f"synthetic difference-in-differences takes at most {MOST_CANDIDATES:,} candidates of a phase: choose authorities"
        )
    if not (np.isfinite(candidates).all() and np.isfinite(treated).all()):
        raise NotEstimable("synthetic difference-in-differences needs every rate of every school")


def _level(values: Array) -> Array:
    """Each column less its mean: what an intercept takes out."""
    level: Array = values - values.mean(axis=0)
    return level


def weights_on_simplex(columns: Array, target: Array, *, penalty: float) -> Array:
    """Weights w, none negative, summing to one, that minimise |columns w - target|^2 + penalty |w|^2.

    With the sum fixed, columns w - target is (columns - target) w, so w is the point of a hull nearest to the origin. That point
    is the solution of a least-squares problem without the constraint on the sum, up to its scale: adding (sum w - 1)^2 to the
    squared distance changes only the length of w. So one non-negative least-squares solution is exact.
    """
    hull = np.vstack([columns - target[:, np.newaxis], np.sqrt(penalty) * np.eye(columns.shape[1])])
    scale = float(np.sqrt((hull**2).sum(axis=0)).min()) or 1.0
    system = np.vstack([hull / scale, np.ones(columns.shape[1])])
    found, _ = nnls(system, np.append(np.zeros(len(hull)), 1.0))
    return found / found.sum()


def synthetic_weights(panel: YearGroupPanel, *, terms_after: int = 1) -> CandidateWeights:
    """Unit weights on the candidates from all terms of the panel, phase by phase; at least six terms, all before the start.

    Rates are those of whole schools. Schools that were not observed in every term are left out. Raises NotEstimable where no
    phase can be weighted.
    """
    check_schools(panel)
    count, pupils = panel.school_counts
    whole = is_whole(pupils > 0)
    rate = np.full(count.shape, np.nan)
    np.divide(100 * count, pupils, out=rate, where=pupils > 0)
    weights = np.zeros(panel.candidates.size)
    balanced: list[int] = []
    left_out = [
        LeftOut(panel.schools[i], "not observed in every term")
        for i in np.concatenate([panel.treated, panel.candidates])
        if not whole[i]
    ]
    why: list[str] = []
    for phase in panel.phases:
        rows = panel.of_phase(panel.treated, phase)
        rows = rows[whole[rows]]
        columns = np.flatnonzero([panel.phase[i] == phase and whole[i] for i in panel.candidates])
        try:
            found = synthetic_did(
                rate[panel.candidates[columns]], rate[rows], before=len(panel.terms), terms_after=terms_after
            )
        except NotEstimable as error:
            why.append(str(error))
            left_out += [LeftOut(panel.schools[i], str(error)) for i in rows]
            continue
        weights[columns] = found.unit_weights * rows.size
        balanced += rows.tolist()
    if not balanced:
        raise NotEstimable(f"{panel.outcome}: {'; '.join(dict.fromkeys(why))}.")
    return CandidateWeights(
        "synthetic difference-in-differences, unit weights",
        weights,
        np.array(balanced, dtype=np.intp),
        tuple(left_out),
    )
