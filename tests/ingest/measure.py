"""Runs a statement in a process of its own and gives its peak memory, so that other tests do not count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# VmHWM and not ru_maxrss: a process that was forked from a large one begins with the large one's maximum.
_REPORT = """
import pathlib, re, sys
status = pathlib.Path("/proc/self/status").read_text()
sys.stderr.write(str(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024))
"""


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
