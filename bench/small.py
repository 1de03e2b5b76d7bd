"""One difference-in-differences as a person meets it: start a process, read a CSV, print the answer. Mostly imports.

Fifteen schools over seven terms. Every tool prints the log rate ratio and a standard error clustered by school and scaled
by G/(G-1) alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.machine import version_of
from bench.measure import Measured, run_process, run_python, several
from bench.panels import Shape, draw_long, write_csv
from bench.result import OURS, Line, say_time

JOB = "one DiD, CSV to printed answer, whole process"
SCRIPTS = Path(__file__).parent / "whole"
PEERS = ("fereg", "statsmodels", "pyfixest")
TOLERANCE = 1e-5


def time_small(*, quick: bool) -> Iterator[Line]:
    """Ours, each Python peer, and R where it is installed."""
    shape = Shape(15, 7)
    times = 3 if quick else 7
    ours: list[float] | None = None
    with TemporaryDirectory() as folder:
        table = Path(folder) / "panel.csv"
        write_csv(draw_long(shape), table)
        for tool in (OURS, *PEERS, "R"):
            measured = _measure(tool, table, times)
            if isinstance(measured, str) or measured.error:
                why = measured if isinstance(measured, str) else measured.error[:80]
                yield Line(JOB, str(shape), tool, None, note=why)
                continue
            numbers = measured.answer
            ours = ours or numbers
            if not all(isclose(one, two, rel_tol=TOLERANCE) for one, two in zip(ours, numbers, strict=True)):
                raise SystemExit(f"{tool} gives {numbers}, ours is {ours}: the times are not of the same thing.")
            processor = f"{say_time(measured.processor)} of processor"
            note = f"log ratio {numbers[0]:.9f}, SE {numbers[1]:.9f}; {processor}; fastest of {times}"
            yield Line(JOB, str(shape), tool, measured.seconds, measured.megabytes, note=note)


def _measure(tool: str, table: Path, times: int) -> Measured | str:
    if tool == "R":
        script = shutil.which("Rscript")
        if script is None:
            return "R is not installed"
        return several(lambda: run_process([script, str(SCRIPTS / "did.R"), str(table)]), times)
    if version_of(tool) == "not installed":
        return "not installed"
    return several(lambda: run_python(str(SCRIPTS / f"did_{tool}.py"), str(table)), times)
