from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from swis.ingest.cin_census import read_cin_census
from swis.ingest.finding import Matter
from tests.ingest.drawn_returns import write_cin_census

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "read-returns.md"
ROOMS = ("cin_census", "ssda903", "school_roll", "schools_register", "term_calendar", "side_by_side")


def test_every_finding_is_explained_in_the_how_to() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    assert [matter.value for matter in Matter if f"\n| {matter.value} | " not in text] == []


def test_every_reader_of_the_how_to_is_there_and_every_reader_is_in_it() -> None:
    named = set(re.findall(r"`(read_\w+)\(", HOW_TO.read_text(encoding="utf-8")))
    there = {
        name
        for room in ROOMS
        for name in vars(import_module(f"swis.ingest.{room}"))
        if re.match(r"read_(?!table|elements|frames)", name)
    }
    assert named == there


def test_the_example_of_the_how_to_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL)
    write_cin_census(tmp_path / "cin_2022.xml", 3)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "read-returns.md", "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("3\ncin_2022.xml\n")
    assert str(read_cin_census(tmp_path / "cin_2022.xml").collect().quality) in said
