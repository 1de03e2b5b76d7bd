"""The bench of the service at its smallest, so that a page that has moved is seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.service.__main__ import PAGES, TITLE, write_section
from bench.service.asking import Waits
from tests.service.operations.deployment import ROOT


@pytest.mark.slow
def test_every_page_of_the_bench_answers_and_a_contact_is_saved(tmp_path: Path) -> None:
    command = ["-m", "bench.service", "--contacts", "30", "--schools", "2", "--people", "1", "--times", "1"]
    subprocess.run([sys.executable, *command, "--out", str(tmp_path)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    rows = [line for line in (tmp_path / "service.md").read_text(encoding="utf-8").splitlines() if " ms | " in line]
    assert len(rows) == len(PAGES) + 1


def test_waits_are_told_by_share() -> None:
    waits = Waits(tuple(float(number) for number in range(1, 101)), 10.0)
    assert (waits.at(0.5), waits.at(0.95), waits.at(0.99), waits.a_second) == (51.0, 96.0, 100.0, 10.0)


def test_the_times_of_the_other_engine_stay(tmp_path: Path) -> None:
    path = tmp_path / "service.md"
    for engine, lines in (("SQLite", ["| a |"]), ("PostgreSQL", ["| b |"]), ("SQLite", ["| c |"])):
        write_section(path, engine, lines, machine=[])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(TITLE.splitlines()[0])
    assert text.index("## PostgreSQL") < text.index("| b |") < text.index("## SQLite") < text.index("| c |")
    assert "| a |" not in text
