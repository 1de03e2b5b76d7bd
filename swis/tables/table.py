"""A declared table: one file of a study folder, with what is counted in it and what is not."""

from __future__ import annotations

from dataclasses import dataclass

from swis.tables.column import Column


@dataclass(frozen=True)
class Table:
    """A table as declared. The columns named in `key` together must differ from row to row.

    A file of a return is known by its required columns and by those in `marks`, whose cells may be empty. `may_be_empty`:
    a heading without rows says that there is nothing.
    """

    name: str
    file: str
    description: str
    counted: str
    not_counted: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    may_be_empty: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the declared order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The declared column of that name."""
        return next(column for column in self.columns if column.name == name)
