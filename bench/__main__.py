"""Run the bench: `python -m bench [--quick]`. Prints as it goes, and writes bench/results/latest.md unless quick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.allocation import time_allocation
from bench.bootstrap import time_bootstrap
from bench.machine import describe_machine
from bench.matching import time_matching
from bench.money import time_money
from bench.panel import time_panel
from bench.permutation import time_permutation
from bench.poisson import COEFFICIENT_TOLERANCE, ERROR_TOLERANCE, time_estimator
from bench.power import time_power
from bench.report import time_report
from bench.result import Line, as_table, say_time
from bench.returns import time_returns
from bench.small import time_small
from bench.trial.jobs import time_trial

LATEST = Path(__file__).parent / "results" / "latest.md"
JOBS = {
    "report": time_report,
    "small": time_small,
    "estimator": time_estimator,
    "permutation": time_permutation,
    "bootstrap": time_bootstrap,
    "money": time_money,
    "power": time_power,
    "trial": time_trial,
    "matching": time_matching,
    "allocation": time_allocation,
    "returns": time_returns,
    "panel": time_panel,
}
WHAT = """\
"against swis" says how many times as long a tool takes as ours for the same job; "growth" compares with the next smaller size
of the same tool. Estimates of every tool are held against ours, and the bench stops if they differ. Linear algebra has one
thread in every tool; fereg has its own threads besides. Each time is the fastest of several, which other work on the machine
disturbs least; whole processes say how much of it they kept a processor busy.

- **three pilots**: `swis evaluate` on the three study folders, the whole process. Cold: every module is compiled anew, as on the
  first run after an installation. Warm: any later run.
- **one DiD**: start a process, read a CSV of 15 schools by 7 terms, print the log rate ratio and its clustered standard error.
- **Poisson DiD**: warm calls, from a long table in memory to coefficient and clustered standard error, an effect for every
  school and term (and year group). Ours includes the way from the long table to the grid. Peak memory is the process's,
  with the table in it. Every tool scales the sandwich by G/(G-1) and nothing else; coefficients agree within {coefficient:g},
  standard errors within {error:g} of their size (peers stop their iterations earlier than we do).
- **randomisation test**: ours scores each reassignment from one fit; refits are timed for a few and multiplied up.
- **score wild bootstrap**: no peer offers it for Poisson regression in Python; the loop draws one pattern of signs at a time.
- **costs and outcomes, bootstrap**: schools drawn anew within authority and arm, cost and count together; the loop draws
  costs only, a few hundred times, multiplied up.
- **power by simulation**: 10,000 trials for each of ten effects, drawn and analysed; statsmodels fits a few of the same trials,
  multiplied up. `swis, with a baseline` adjusts for the rate before the start.
- **trial**, **simulated trials**, **one mixed model**: schools in authorities, three covariates; re-draws with their drawing.
  `each` is the time of one fit or draw. Peers fit for a few seconds, multiplied up. Log rate ratios agree within 1e-6 (1e-4
  of NB2, 1e-3 of mixed models, since glmer stops early), standard errors within 1e-4 of their size, p-values within chance.
  What the note names is of the first fit. R's clustered bootstrap draws pairs; it is another test.
- **matching**: scores of every pair and the two lowest for each school; ranks for the check that was published.
- **re-draws**: allocations for a randomisation test by the method of the trial; the loop draws one at a time.
- **CIN census, SSDA903, register, roll**: from the file to typed, checked and counted rows; peers give names and texts (XML) or a
  table with typed dates (CSV), without checks. Each in a process of its own, imports not counted; all find the same numbers of
  rows. Peak memory of ten files is that of one of the processes.
- **days in care, panel of an authority, pupils at risk**: counts inside the engine, each in a process of its own; `of processor`
  is that of the call, which other work on the machine disturbs less than its time. Ours takes the latest of rows that tell one
  thing twice and follows all rules of a build; the SQL of the others serves data as clean as these. All count the same.
"""


def main() -> None:
    """Run the jobs that were asked for and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than a minute: fewer repeats, smaller sizes")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS), help="only these")
    asked = parser.parse_args()
    machine = describe_machine()
    lines: list[Line] = []
    for name in asked.jobs:
        for line in JOBS[name](quick=asked.quick):
            lines.append(line)
            done = "not run" if line.seconds is None else say_time(line.seconds)
            print(f"{line.job}, {line.size}, {line.tool}: {done} {line.note}", file=sys.stderr, flush=True)
    text = _page(lines, " ".join(["python -m bench", *sys.argv[1:]]), machine)
    print(text)
    if not asked.quick and asked.jobs == list(JOBS):
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(text + "\n", encoding="utf-8")


def _page(lines: list[Line], command: str, machine: list[str]) -> str:
    what = WHAT.format(coefficient=COEFFICIENT_TOLERANCE, error=ERROR_TOLERANCE)
    facts = "\n".join(f"- {fact}" for fact in machine)
    return "\n\n".join(["# Bench", f"Command: `{command}`", facts, what.strip(), as_table(lines)])


if __name__ == "__main__":
    main()
