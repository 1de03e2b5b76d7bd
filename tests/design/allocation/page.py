"""The code that the explanation shows, as a reader would run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "allocation.md"


def code_of_the_page() -> dict[str, Any]:
    """What the Python of the page defines."""
    code = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    space: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), space)
    return space
