"""One tool, one work, in a process of its own: `python -m bench.trial.worker TOOL WORK SCHOOLS NUMBER BUDGET`.

Prints the seconds of the whole work, of how many fits, and the numbers of the first, as JSON.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from importlib import import_module
from typing import cast

from bench.trial.task import Timed, Work, draw_task, time_task


def run_work(tool: str, work: Work, *, schools: int, number: int, budget: float) -> Timed:
    """Draw the trial, make the tool ready, and time it."""
    task = draw_task(work, schools, number)
    ready = import_module(f"bench.trial.of_{tool.replace('-', '_')}").READY[work](task)
    return time_task(ready, task, budget)


def main() -> None:
    """What was asked for on the command line."""
    warnings.simplefilter("ignore")
    tool, work, schools, number, budget = sys.argv[1:]
    found = run_work(tool, cast(Work, work), schools=int(schools), number=int(number), budget=float(budget))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
