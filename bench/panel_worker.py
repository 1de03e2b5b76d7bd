"""One count in a process of its own, so that its peak memory is its own: `python -m bench.panel_worker MODULE TOOL FOLDER`.

Prints what it counted, and the seconds and the time of processors of the call, without imports and what was got ready before.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time


def main() -> None:
    """Get ready, count, print."""
    module, tool, folder = sys.argv[1:]
    ready = getattr(import_module(f"bench.{module}"), tool)(Path(folder))
    began, used = perf_counter(), process_time()
    counts = ready()
    print(json.dumps({"seconds": perf_counter() - began, "processor": process_time() - used, "counts": counts}))


if __name__ == "__main__":
    main()
