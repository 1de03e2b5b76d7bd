"""The estimator: Poisson difference-in-differences with an effect for every school and term, clustered by school.

Warm calls, from a long table in memory to coefficient and standard error; ours includes the way from the long table to the
grid. Every tool scales the sandwich by G/(G-1) and nothing else. Peak memory is that of the process, with the table in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from bench.machine import version_of
from bench.measure import run_python
from bench.panels import Shape
from bench.result import OURS, Line

JOB = "Poisson DiD, long table to answer"
COEFFICIENT_TOLERANCE = 1e-6
ERROR_TOLERANCE = 1e-3
"""Peers stop their iterations earlier than we do, and some take standard errors from the weights of the step before."""

SIZES: tuple[tuple[Shape, tuple[str, ...], float], ...] = (
    (Shape(268, 7), ("fereg", "pyfixest", "statsmodels"), 4.0),
    (Shape(2_400, 30), ("fereg", "pyfixest"), 6.0),
    (Shape(24_000, 30), ("fereg", "pyfixest"), 10.0),
    (Shape(24_000, 30, 14), ("fereg",), 25.0),
)
QUICK = SIZES[:2]


def time_estimator(*, quick: bool) -> Iterator[Line]:
    """Ours and each peer at each size; raises if a peer's numbers are not ours."""
    for shape, peers, budget in QUICK if quick else SIZES:
        ours = None
        for tool in (OURS, *peers):
            line, numbers = _time(tool, shape, 1.0 if quick else budget)
            ours = ours or numbers
            if numbers is not None and ours is not None:
                _hold_against(ours, numbers, f"{tool} at {shape}")
            yield line


def _time(tool: str, shape: Shape, budget: float) -> tuple[Line, tuple[float, float] | None]:
    if version_of(tool) == "not installed":
        return Line(JOB, str(shape), tool, None, note="not installed"), None
    sizes = [str(size) for size in (shape.schools, shape.terms, shape.year_groups)]
    measured = run_python("-m", "bench.worker", tool, *sizes, str(budget))
    answer = measured.answer
    if answer is None:
        return Line(JOB, str(shape), tool, None, note=measured.error[:80]), None
    note = f"log ratio {answer['coefficient']:.9f}, SE {answer['error']:.9f}; first call {answer['first']:.2g} s"
    line = Line(JOB, str(shape), tool, answer["seconds"], measured.megabytes, shape.cells, note)
    return line, (answer["coefficient"], answer["error"])


def _hold_against(ours: tuple[float, float], theirs: tuple[float, float], where: str) -> None:
    if abs(ours[0] - theirs[0]) > COEFFICIENT_TOLERANCE or not isclose(ours[1], theirs[1], rel_tol=ERROR_TOLERANCE):
        raise SystemExit(f"{where} gives {theirs}, ours is {ours}: the times are not of the same thing.")
