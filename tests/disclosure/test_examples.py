"""The examples of the how-to run, and print what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "publish-a-table.md"


def test_the_examples_of_the_how_to_run_and_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(code, str(HOW_TO), "exec"), names)
    (printed,) = re.findall(r"```\n(school,term.*?)```", text, flags=re.DOTALL)
    assert capsys.readouterr().out.strip() == printed.strip()
    assert names["later"].withheld is None
    assert names["by_term"].cell("Ashfield", "autumn").text == "[c]"
