"""One thing that a dashboard shows: a figure with its table, or a table by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.pages.figures import Figure
from service.pages.tables import Table


@dataclass(frozen=True)
class Exhibit:
    """`key` is its name in an address. `table` is what is downloaded, and shown where there is no figure."""

    key: str
    table: Table
    figure: Figure | None = None

    @classmethod
    def of(cls, key: str, figure: Figure) -> Exhibit:
        """A figure, with its own table and the note below it; the table alone where there is nothing to draw."""
        return cls(key, replace(figure.table, note=figure.note), figure if figure.labels else None)

    @property
    def title(self) -> str:
        return self.figure.title if self.figure is not None else self.table.caption
