"""The whole pilot report: three studies to verdicts and a report in three formats, as `make run` does it.

Cold: the first run after an installation, every module compiled anew. Warm: any later one. Both are whole processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Measured, run_python, several
from bench.result import OURS, Line, say_time

JOB = "three pilots, report in three formats"
STUDIES = tuple(str(Path("studies") / name) for name in ("southampton", "stockport", "lambeth"))


def time_report(*, quick: bool) -> Iterator[Line]:
    """Cold once; warm, the fastest of three; and without the report, to see what that costs."""
    with TemporaryDirectory() as folder:
        everything = ("-m", "swis", "evaluate", *STUDIES, "--out", folder)
        cold = run_python(*everything, PYTHONPYCACHEPREFIX=str(Path(folder) / "none"))
        yield _line("cold", cold)
        yield _line("warm", several(lambda: run_python(*everything), 1 if quick else 3))
        verdicts = ("-m", "swis", "evaluate", *STUDIES, "--formats", "none")
        yield _line("warm, verdicts only", several(lambda: run_python(*verdicts), 1 if quick else 3))


def _line(size: str, measured: Measured) -> Line:
    seconds = None if measured.error else measured.seconds
    return Line(
        JOB,
        size,
        OURS,
        seconds,
        measured.megabytes,
        note=measured.error[:80] or f"{say_time(measured.processor)} of processor",
    )
