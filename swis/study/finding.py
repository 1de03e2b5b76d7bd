"""What reading a study found: not wrong enough to stop, too important to keep silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from swis.tables.problem import name_rows

Severity: TypeAlias = Literal["warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing to know about a study. A `warning` bears on a number in the report, a `note` does not.

    `code` is a stable short name; rows count the heading of the file as row 1. An empty field does not apply.
    """

    severity: Severity
    code: str
    file: str
    what: str
    what_to_do: str
    rows: tuple[int, ...] = ()
    column: str = ""
    outcome: str = ""
    school: str = ""
    term: str = ""

    def __str__(self) -> str:
        place = self.file + (f", column {self.column}" if self.column else "")
        where = f" ({name_rows(self.rows)})" if self.rows else ""
        return f"{self.severity}: {place}: {self.what}{where}. {self.what_to_do}"
