from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import forkserver, get_context
from pathlib import Path

import pytest

from tests.cli.typed import type_command
from tests.study.conftest import draw_study as draw_study  # the same drawn study as for reading

RunCommand = Callable[..., "subprocess.CompletedProcess[str]"]
PATIENCE = 120  # seconds


@pytest.fixture(scope="session")
def _swis_is_loaded() -> None:
    """Start the process to fork from before any test goes to another folder: it finds its modules in this one."""
    get_context("forkserver").set_forkserver_preload(["tests.cli.loaded"])
    forkserver.ensure_running()


@pytest.fixture
def run_swis(_swis_is_loaded: None, tmp_path_factory: pytest.TempPathFactory) -> RunCommand:
    """Runs the real command in a process of its own, 80 columns wide, no terminal.

    The process is forked from one that has loaded everything; one with a setting of Python begins from nothing.
    """

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        typed = list(map(str, arguments))
        here = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **environment}
        if any(name.startswith("PYTHON") for name in environment):
            return run_from_nothing(typed, here)
        return run_forked(typed, here, tmp_path_factory.mktemp("said"))

    return run


def run_from_nothing(typed: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "swis", *typed],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=PATIENCE,
    )


def run_forked(typed: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    said, told = folder / "out", folder / "err"
    arguments = (typed, environment, str(Path.cwd()), said, told)
    process = get_context("forkserver").Process(target=type_command, args=arguments)
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        raise subprocess.TimeoutExpired(typed, PATIENCE)
    code = process.exitcode
    process.close()
    return subprocess.CompletedProcess(typed, code, said.read_text("utf-8"), told.read_text("utf-8"))
