"""One reading in a process of its own, so that its peak memory is its own: `python -m bench.reader TOOL KIND PATH`.

Prints the counts and the seconds from the call to the last row, without the imports.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter


def main() -> None:
    """Read, print."""
    tool, kind, path = sys.argv[1:]
    read = getattr(import_module(f"bench.readers.of_{tool}"), kind)
    began = perf_counter()
    counts = read(Path(path))
    print(json.dumps({"seconds": perf_counter() - began, "counts": counts}))


if __name__ == "__main__":
    main()
