"""What the bench ran on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "swis",
    "numpy",
    "scipy",
    "polars",
    "pandas",
    "duckdb",
    "lxml",
    "statsmodels",
    "fereg",
    "pyfixest",
    "glmm",
    "edi-kernels",
)


def describe_machine() -> list[str]:
    """Date, processor, cores, memory, Python and the versions of everything that is compared."""
    return [
        f"Date: {datetime.now(UTC):%Y-%m-%d}",
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.machine()}",
        f"Load of the machine when the bench began: {os.getloadavg()[0]:.1f} (times drift with it; trust ratios within one run)",
        f"Python {platform.python_version()}; {', '.join(f'{name} {version_of(name)}' for name in PACKAGES)}",
    ]


def version_of(name: str) -> str:
    """The installed version of a package, or that it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (ValueError, OSError, AttributeError):
        return "unknown memory"
