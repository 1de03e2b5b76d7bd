"""The example of the how-to runs, and its tables are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swis.design.read_panel import read_matching_tables
from tests.design.folders import write_folder

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "match-schools.md"


def test_the_python_of_the_how_to_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "studies" / "mine"
    folder.mkdir(parents=True)
    write_folder(folder)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(code, str(HOW_TO), "exec"), {})
    assert "cannot be matched on trends" in capsys.readouterr().out


def test_the_tables_of_the_how_to_are_read(tmp_path: Path) -> None:
    schools, cells = re.findall(
        r"```\n((?:school|outcome),.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    (tmp_path / "candidate_schools.csv").write_text(schools, encoding="utf-8")
    (tmp_path / "year_group_terms.csv").write_text(cells, encoding="utf-8")
    assert read_matching_tables(tmp_path).outcomes == ("s47",)
