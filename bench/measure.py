"""Measuring: a call within this process, or a whole process with its peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True)
class Measured:
    """One process: its wall time, the time of processors that it used, its peak memory in megabytes, and what it printed.

    `error` says why it has no answer.
    """

    seconds: float
    processor: float
    megabytes: float
    printed: str
    error: str = ""

    @property
    def answer(self) -> Any:
        """What it printed, as JSON; None if it failed."""
        return None if self.error else json.loads(self.printed.strip().splitlines()[-1])


def run_process(command: Sequence[str], **environment: str) -> Measured:
    """Run a command to its end. Hash randomisation is off: pyfixest's standard errors can depend on it."""
    with TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        done = subprocess.run(
            [sys.executable, "-S", "-E", str(LAUNCH), str(result), *command],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", **environment},
        )
        took = json.loads(result.read_text())
    error = ""
    if took["code"]:
        said = done.stderr.strip().splitlines()
        error = said[-1] if said else f"exit code {took['code']}"
    return Measured(took["seconds"], took["processor"], took["megabytes"], done.stdout, error)


def run_python(*arguments: str, **environment: str) -> Measured:
    """Run this Python with arguments."""
    return run_process([sys.executable, *arguments], **environment)


def several(run: Callable[[], Measured], times: int) -> Measured:
    """The fastest run out of several, which a busy machine has disturbed least; the first that failed, if one did."""
    runs = [run() for _ in range(times)]
    failed = next((one for one in runs if one.error), None)
    return failed or min(runs, key=lambda one: one.seconds)


def fastest_seconds(call: Callable[[], object], *, budget: float, most: int = 15) -> float:
    """The fastest of several calls after a first: as many as the budget of seconds allows, and at least one."""
    call()
    times: list[float] = []
    while not times or (sum(times) + times[-1] < budget and len(times) < most):
        began = perf_counter()
        call()
        times.append(perf_counter() - began)
    return min(times)
