"""One fit in a process of its own, so that its peak memory is its own: `python -m bench.worker TOOL SCHOOLS TERMS GROUPS BUDGET`.

Prints the coefficient, its standard error, the seconds of the fastest call after the first, and the seconds of the first. The
budget of 0 times the first call alone.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib import import_module
from time import perf_counter

from bench.measure import fastest_seconds
from bench.panels import Shape, draw_long


def main() -> None:
    """Draw the panel, fit it, print."""
    warnings.simplefilter("ignore")
    tool, *numbers, budget = sys.argv[1:]
    shape = Shape(*map(int, numbers))
    peer = import_module(f"bench.peers.of_{tool}")
    table = peer.prepare(draw_long(shape))
    grouped = shape.year_groups > 1
    began = perf_counter()
    coefficient, error = peer.fit(table, year_groups=grouped)
    first = perf_counter() - began
    seconds = first
    if float(budget) > 0:
        seconds = fastest_seconds(lambda: peer.fit(table, year_groups=grouped), budget=float(budget))
    print(json.dumps({"coefficient": coefficient, "error": error, "seconds": seconds, "first": first}))


if __name__ == "__main__":
    main()
