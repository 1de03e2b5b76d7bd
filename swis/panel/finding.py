"""What building a panel found: not wrong enough to stop, too important to keep silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["warning", "note"]


@dataclass(frozen=True)
class PanelFinding:
    """One thing to know about a panel. A `warning` bears on a number in it, a `note` does not.

    `code` is a stable short name, `count` how often it was found. An empty field does not apply; `authority` is filled in
    by the panel. Never a child's value.
    """

    severity: Severity
    code: str
    what: str
    what_to_do: str
    count: int = 1
    file: str = ""
    outcome: str = ""
    school: str = ""
    term: str = ""
    authority: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.outcome, self.school, self.term) if part)
        return f"{self.severity}: {place + ': ' if place else ''}{self.what}. {self.what_to_do}"
