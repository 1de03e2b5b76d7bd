"""Matching on what a school is rather than on how it moved: its level, its size and its free school meals.

Of use where trends are noise: levels are averages over all terms, so far less of them is chance (Stuart 2010, Statistical
Science 25, 1-21).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.linalg import LinAlgError, cholesky, solve_triangular
from scipy.spatial.distance import cdist

from swis.design.matching import Matching, MatchOptions, match_on_scores
from swis.design.matching_scores import PairScores, check_schools
from swis.design.school_measures import MATCHED_ON, is_whole, school_measures
from swis.design.year_group_panel import Array, LeftOut, YearGroupPanel
from swis.errors import NotEstimable

Distance = Literal["mahalanobis", "euclid"]
DISTANCES: tuple[Distance, ...] = ("mahalanobis", "euclid")


def match_on_level(
    panel: YearGroupPanel, options: MatchOptions | None = None, *, distance: Distance = "mahalanobis"
) -> Matching:
    """Comparison schools nearest in level, log of size and free school meals, within the phase.

    `mahalanobis` takes account of how the three go together; `euclid` divides each by its standard deviation. Spread and
    covariance are those of all usable schools of the phase. A measure without spread is left out, a school that lacks one is not
    scored; both are listed. Of the options, the unit, k and replacement apply. Raises NotEstimable where there is nothing to
    match or two measures say the same.
    """
    if distance not in DISTANCES:
        raise NotEstimable(f"There is no distance {distance!r}. Choose from: {', '.join(DISTANCES)}.")
    check_schools(panel)
    options = replace(options or MatchOptions(), gate="none")
    values = school_measures(panel).pick(MATCHED_ON)
    known = is_whole(np.isfinite(values))
    scores = np.full((panel.treated.size, panel.candidates.size), np.nan)
    left_out = [
        LeftOut(panel.schools[i], f"without {' and '.join(_lacking(values[i]))}")
        for i in np.concatenate([panel.treated, panel.candidates])
        if not known[i]
    ]
    for phase in panel.phases:
        rows = np.flatnonzero([panel.phase[i] == phase and known[i] for i in panel.treated])
        columns = np.flatnonzero([panel.phase[i] == phase and known[i] for i in panel.candidates])
        if not rows.size or not columns.size:
            continue
        ours, theirs = values[panel.treated[rows]], values[panel.candidates[columns]]
        spread = np.concatenate([ours, theirs]).std(axis=0, ddof=1)
        keep = spread > 1e-9 * np.maximum(np.abs(ours).max(axis=0), 1e-9)
        left_out += [
            LeftOut(f"{phase}, {name}", "all schools are alike") for name, kept in zip(MATCHED_ON, keep, strict=True) if not kept
        ]  # fmt: skip
        if keep.any():
            scores[np.ix_(rows, columns)] = _distances(
                ours[:, keep] / spread[keep], theirs[:, keep] / spread[keep], distance
            )
    have, has = (known[of][:, np.newaxis] for of in (panel.treated, panel.candidates))
    rule = f"level, size and free school meals, {distance}"
    pairs = PairScores(rule, panel.treated, panel.candidates, scores, have, has, tuple(left_out))
    return match_on_scores(panel, pairs, earlier=None, options=options)


def _lacking(values: Array) -> list[str]:
    return [name for name, value in zip(MATCHED_ON, values, strict=True) if not np.isfinite(value)]


def _distances(ours: Array, theirs: Array, distance: Distance) -> Array:
    if distance == "euclid" or ours.shape[1] == 1:
        return cdist(ours, theirs)
    covariance = np.cov(np.concatenate([ours, theirs]), rowvar=False)
    try:
        root = cholesky(covariance, lower=True)
    except LinAlgError:
        root = np.zeros((1, 1))
    if root.diagonal().min() < 1e-6:
        raise NotEstimable(
            "Level, size and free school meals say the same of these schools, so that their Mahalanobis distance has no value. "
            "Use the distance euclid, or more schools."
        )
    whiten = solve_triangular(root, np.concatenate([ours, theirs]).T, lower=True).T
    return cdist(whiten[: len(ours)], whiten[len(ours) :])
