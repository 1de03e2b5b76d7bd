"""Runs a statement in a process of its own and gives its peak memory, so that other tests do not count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_REPORT = "\nimport resource, sys\nsys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))\n"


def measure_peak_megabytes(program: str, folder: Path) -> tuple[str, int]:
    """What the program writes, and the most memory that it held, in megabytes."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{program}{_REPORT}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout, int(done.stderr.splitlines()[-1])
