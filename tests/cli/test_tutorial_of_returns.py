"""The tutorial from returns to a verdict: every command is run, and prints what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "from-returns-to-a-verdict.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def list_commands() -> list[tuple[str, str]]:
    """Every command of the page with what it shows below it."""
    commands = []
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            commands.append((command, answer))
    return commands


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()


@pytest.mark.slow
def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "COLUMNS": "80", "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    (tmp_path / "out").mkdir()
    commands = list_commands()
    assert len(commands) == 7
    for command, answer in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )
        assert done.returncode == 0, (command, done.stderr)
        assert tidy(done.stdout) == tidy(answer), command
