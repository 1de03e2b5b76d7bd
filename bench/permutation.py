"""Permutation inference: random reassignments of a 268-school difference-in-differences panel.

Ours scores each reassignment by Rao's statistic from one fit; the peers refit the model for each, which is what one does
without it. Refits are timed for a few and multiplied up. The refits of statsmodels and ours are held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from bench.measure import fastest_seconds
from bench.panels import Shape, draw_comparison, draw_long
from bench.peers.of_statsmodels import design
from bench.result import OURS, Line
from swis.estimate.comparison import Comparison
from swis.estimate.permutation import permutation_test
from swis.estimate.poisson import fit_comparison

JOB = "randomisation test, 268 schools x 7 terms"
SHAPE = Shape(268, 7)
DRAWS = (10_000, 100_000)
TOLERANCE = 1e-6


def time_permutation(*, quick: bool) -> Iterator[Line]:
    """Ours by score, ours by refit, statsmodels by refit."""
    comparison = draw_comparison(SHAPE)
    refits = 5 if quick else 50
    assignments = _reassignments(comparison, refits)
    began = perf_counter()
    ours = [float(fit_comparison(replace(comparison, intervention=chosen)).programme[0]) for chosen in assignments]
    per_refit = (perf_counter() - began) / refits
    columns = design(draw_long(SHAPE))
    began = perf_counter()
    theirs = [_refit(comparison, chosen, columns) for chosen in assignments]
    per_statsmodels = (perf_counter() - began) / refits
    if np.abs(np.array(ours) - theirs).max() > TOLERANCE:
        raise SystemExit(
            "Refits of reassignments differ from those of statsmodels: the times are not of the same thing."
        )
    for draws in DRAWS:
        size = f"{draws:,} draws"
        budget = 1.0 if quick else 5.0
        test = permutation_test(comparison, seed=1, draws=draws)
        seconds = fastest_seconds(lambda draws=draws: permutation_test(comparison, seed=1, draws=draws), budget=budget)  # type: ignore[misc]
        yield Line(JOB, size, OURS, seconds, cells=draws, note=f"by score statistic; p {test.p:.4g}")
        yield Line(JOB, size, "swis, refits", per_refit * draws, cells=draws, note=f"from {refits} refits")
        yield Line(JOB, size, "statsmodels, refits", per_statsmodels * draws, cells=draws, note=f"from {refits} refits")


def _reassignments(comparison: Comparison, number: int) -> list[NDArray[np.bool_]]:
    rng = np.random.default_rng(1)
    return [rng.permutation(comparison.intervention) for _ in range(number)]


def _refit(comparison: Comparison, chosen: NDArray[np.bool_], columns: NDArray[np.float64]) -> float:
    columns[:, -1] = np.outer(chosen, comparison.after_mask).reshape(-1)
    offset = np.log(comparison.pupils).reshape(-1)
    model = sm.GLM(comparison.count.reshape(-1), columns, family=sm.families.Poisson(), offset=offset)
    return float(model.fit().params[-1])
