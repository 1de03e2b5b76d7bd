"""The score wild bootstrap of a difference-in-differences with 99,999 sign patterns, and a loop that draws one at a time.

No peer offers it for Poisson regression in Python. The loop takes its scores from a fit of statsmodels with an indicator for
every school and term; a thousand patterns are timed and multiplied up, without the fit. Scores are ours, p-values within chance,
or the bench stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import sqrt
from time import perf_counter

import numpy as np
import statsmodels.api as sm

from bench.measure import fastest_seconds
from bench.panels import Shape, draw_comparison, draw_long
from bench.peers.of_statsmodels import design
from bench.result import OURS, Line
from swis.estimate.bootstrap import DRAWS, score_bootstrap
from swis.estimate.comparison import Array

JOB = "score wild bootstrap, B = 99,999"
SHAPES = (Shape(15, 7), Shape(60, 7), Shape(268, 7))
LOOPED = 1_000
TOLERANCE = 1e-6
FAR = 4.0
"""Monte Carlo standard errors from which p-values are not the same."""


def time_bootstrap(*, quick: bool) -> Iterator[Line]:
    """Ours and the loop at each size."""
    for shape in SHAPES[:1] if quick else SHAPES:
        comparison = draw_comparison(shape)
        result = score_bootstrap(comparison, seed=1)
        seconds = fastest_seconds(partial(score_bootstrap, comparison, seed=1), budget=1.0 if quick else 5.0)
        yield Line(JOB, str(shape), OURS, seconds, cells=shape.schools, note=f"p {result.p:.4g}")
        scores = _scores(shape)
        began = perf_counter()
        p = _loop(scores)
        looped = (perf_counter() - began) * DRAWS / LOOPED
        _refuse_difference(result.scores, scores, result.p, p)
        note = f"p {p:.4g}; from {LOOPED:,} patterns; without the fit"
        yield Line(JOB, str(shape), "numpy loop", looped, cells=shape.schools, note=note)


def _scores(shape: Shape) -> Array:
    """Each school's part of the score of the programme at no effect, purged of what schools and terms explain."""
    long = draw_long(shape)
    columns = design(long)
    nuisance, programme = columns[:, :-1], columns[:, -1]
    count = long["count"].astype(float)
    null = sm.GLM(count, nuisance, family=sm.families.Poisson(), offset=long["log_pupils"].astype(float)).fit(tol=1e-12)
    mu = np.asarray(null.fittedvalues)
    explained = np.linalg.solve(nuisance.T @ (mu[:, None] * nuisance), nuisance.T @ (mu * programme))
    cells = (count - mu) * (programme - nuisance @ explained)
    return cells.reshape(shape.schools, -1).sum(axis=1)


def _loop(scores: Array) -> float:
    generator = np.random.default_rng(1)
    observed = _studentised(scores)
    signed = (scores * generator.choice((-1.0, 1.0), len(scores)) for _ in range(LOOPED))
    return (1 + sum(_studentised(each) >= observed for each in signed)) / (1 + LOOPED)


def _studentised(scores: Array) -> float:
    total = float(scores.sum())
    return abs(total) / sqrt(float((scores**2).sum()) - total**2 / len(scores))


def _refuse_difference(ours: Array, theirs: Array, p: float, looped: float) -> None:
    apart = np.abs(np.sort(ours) - np.sort(theirs)).max()
    if apart > TOLERANCE * np.abs(ours).max() or abs(p - looped) > FAR * sqrt(p * (1 - p) / LOOPED) + 2 / LOOPED:
        raise SystemExit("Scores or p-values differ from those of the loop: the times are not of the same thing.")
