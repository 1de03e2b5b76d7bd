"""The works of a trial at two or three sizes, each tool in a process of its own, their numbers held against ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose, sqrt
from typing import Any

from bench.machine import version_of
from bench.measure import Measured, run_python
from bench.result import OURS, Line, say_time
from bench.trial.of_r import run_r
from bench.trial.task import Numbers, Work, draw_task

LOOP = "loop"
TOOLS = {LOOP: "statsmodels, a loop", "R": "R"}
"""What the table calls a tool whose name it does not have."""


@dataclass(frozen=True)
class Job:
    """One work, its peers and its sizes (schools, number), and how near the numbers of peers are to ours.

    `tolerance` is that of log rate ratios. Peers stop their iterations earlier than we do.
    """

    work: Work
    name: str
    unit: str
    peers: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    tolerance: float


REDRAWS = ((40, 10_000), (268, 10_000), (268, 100_000))
FITS = ((40, 10_000), (268, 10_000), (268, 100_000))
ONE = ((40, 1), (120, 1), (268, 1))
JOBS = (
    Job("refit", "trial, randomisation test by refit", "re-draws", ("edi-kernels", "R", "statsmodels"), REDRAWS, 1e-6),
    Job("score", "trial, randomisation test by score", "re-draws", ("statsmodels",), REDRAWS, 1e-6),
    Job("robust", "simulated trials, Poisson, HC3", "trials", ("edi-kernels", "R", "statsmodels"), FITS, 1e-6),
    Job(
        "negative_binomial",
        "simulated trials, NB2",
        "trials",
        ("glmm", "R", "statsmodels"),
        ((40, 1_000), (268, 1_000)),
        1e-4,
    ),
    Job("intercepts", "simulated trials, school intercepts", "trials", ("glmm", "R"), FITS, 1e-3),
    Job("intercepts", "one mixed model, school intercepts", "fit", ("glmm", "R"), ONE, 1e-3),
    Job("nested", "one mixed model, schools within authorities", "fit", ("glmm", "R"), ONE, 1e-3),
    Job(
        "signs",
        "trial, score wild bootstrap",
        "patterns",
        (LOOP, "R"),
        ((40, 99_999), (120, 99_999), (268, 99_999)),
        1e-6,
    ),
)
ERROR_TOLERANCE = 1e-4
"""For what is computed at a maximum: R's glm stops where the deviance no longer moves, not where the score is nought."""
FAR = 4.0
"""Monte Carlo standard errors from which p-values are not the same."""


def time_trial(*, quick: bool) -> Iterator[Line]:
    """Ours and each peer at each size; stops if a peer's numbers are not ours."""
    for job in JOBS:
        for schools, number in job.sizes[:1] if quick else job.sizes:
            yield from time_job(job, schools, number, budget=0.5 if quick else 4.0)


def time_job(job: Job, schools: int, number: int, *, budget: float) -> Iterator[Line]:
    """One size of a job."""
    ours: Numbers = {}
    for tool in (OURS, *job.peers):
        measured = _measure(tool, job.work, (schools, number), budget)
        line = _line(job, schools, number, tool, measured)
        if line.seconds is not None:
            numbers: Numbers = measured.answer["numbers"]
            ours = ours or numbers
            hold_against(ours, numbers, job, measured.answer["fits"])
        yield line


def _measure(tool: str, work: Work, size: tuple[int, int], budget: float) -> Measured:
    if tool == "R":
        return run_r(draw_task(work, *size), budget)
    if tool != LOOP and version_of(tool) == "not installed":
        return Measured(0.0, 0.0, 0.0, "", "not installed")
    return run_python("-m", "bench.trial.worker", tool, work, *map(str, size), str(budget))


def _line(job: Job, schools: int, number: int, tool: str, measured: Measured) -> Line:
    size = f"{schools} schools, {number:,} {job.unit}"
    name = TOOLS.get(tool, tool)
    if measured.error:
        return Line(job.name, size, name, None, note=measured.error[:80])
    answer: dict[str, Any] = measured.answer
    each = f"{say_time(answer['seconds'] / number)} each"
    few = "" if answer["fits"] == number else f"; from {answer['fits']:,}"
    said = "; pairs of schools, another bootstrap" if (job.work, tool) == ("signs", "R") else ""
    note = "; ".join([each, *(_say(answer["numbers"]))]) + few + said
    return Line(job.name, size, name, answer["seconds"], measured.megabytes, cells=schools * number, note=note)


def _say(numbers: Numbers) -> Iterator[str]:
    for name, values in numbers.items():
        yield f"{name.replace('_', ' ')} {values[0]:.6g}"


def hold_against(ours: Numbers, theirs: Numbers, job: Job, fits: int) -> None:
    """Stop the bench if numbers of one name are further apart than the tolerance; p-values, than chance leaves them."""
    for name in ours.keys() & theirs.keys():
        for one, two in zip(ours[name], theirs[name], strict=False):
            near = job.tolerance if name == "log_ratio" else max(job.tolerance, ERROR_TOLERANCE)
            chance = FAR * sqrt(one * (1 - one) / fits) + 2 / fits if name == "p" else 0.0
            if not isclose(one, two, rel_tol=near, abs_tol=max(near, chance)):
                raise SystemExit(f"{job.name}: {name} is {two!r}, ours {one!r}: the times are not of the same thing.")
