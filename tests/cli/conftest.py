from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.study.conftest import draw_study as draw_study  # the same drawn study as for reading

RunCommand = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_swis() -> RunCommand:
    """Runs the real command in a process of its own, 80 columns wide, no terminal."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "swis", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **environment},
            timeout=120,
        )

    return run
