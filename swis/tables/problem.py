"""What is wrong with a file: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROWS_NAMED = 10


@dataclass(frozen=True)
class Problem:
    """One thing that makes a file unusable as it stands. Rows count the heading as row 1."""

    file: str
    what: str
    what_to_do: str
    rows: tuple[int, ...] = ()
    column: str = ""

    def __str__(self) -> str:
        place = self.file + (f", column {self.column}" if self.column else "")
        where = f" ({name_rows(self.rows)})" if self.rows else ""
        return f"{place}: {self.what}{where}. {self.what_to_do}"


def name_rows(rows: Sequence[int]) -> str:
    """The rows in words: at most ten are named, the rest are counted."""
    named = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    more = f" and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {named}{more}"


def tell_problems(problems: Sequence[Problem]) -> str:
    """All problems as one message, a line each."""
    if len(problems) == 1:
        return str(problems[0])
    lines = "\n".join(f"- {problem}" for problem in problems)
    return f"{len(problems)} problems:\n{lines}"
