"""The example of the how-to runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "plan-the-size.md"


def test_the_python_of_the_how_to_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(code, str(HOW_TO), "exec"), {})
    assert re.fullmatch(r"Found\(schools \d+; \d+ by formula; power \d\d\.\d%\)\n", capsys.readouterr().out)
