"""A statutory return: the tables that are read from it, and what of it is left unread."""

from __future__ import annotations

from dataclasses import dataclass

from swis.tables.table import Table


@dataclass(frozen=True)
class StatutoryReturn:
    """A return as declared. In its tables `file` is the element or file that a row comes from."""

    name: str
    title: str
    description: str
    form: str
    tables: tuple[Table, ...]
    not_read: tuple[tuple[str, str], ...] = ()

    def table(self, name: str) -> Table:
        """The declared table of that name."""
        return next(table for table in self.tables if table.name == name)
