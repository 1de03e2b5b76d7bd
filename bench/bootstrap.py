"""The score wild bootstrap with 268 clusters and 99,999 replicates. No peer offers it for Poisson regression in Python."""

from __future__ import annotations

from collections.abc import Iterator

from bench.measure import fastest_seconds
from bench.panels import Shape, draw_comparison
from bench.result import OURS, Line
from swis.estimate.bootstrap import score_bootstrap

JOB = "score wild bootstrap, B = 99,999"


def time_bootstrap(*, quick: bool) -> Iterator[Line]:
    """Ours alone."""
    shape = Shape(268, 7)
    comparison = draw_comparison(shape)
    result = score_bootstrap(comparison, seed=1)
    seconds = fastest_seconds(lambda: score_bootstrap(comparison, seed=1), budget=1.0 if quick else 5.0)
    yield Line(JOB, str(shape), OURS, seconds, note=f"p {result.p:.4g}; {result.schools} schools; no peer offers it")
