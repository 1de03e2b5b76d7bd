"""The shape of a return in XML: which elements stand in which, and which rows and cells they make."""

from __future__ import annotations

from dataclasses import dataclass

from swis.tables.table import Table


@dataclass(frozen=True)
class Element:
    """An element. With a `table` it makes a row; `fills` names the elements in it that fill cells of the row that is open.

    A `repeated` element has only text, and makes a row of its own for each time that it comes.
    """

    name: str
    table: Table | None = None
    fills: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    repeated: bool = False


def names_of(table: Table, *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The statutory names of a table's columns, but for the columns named."""
    return tuple(name for column in table.columns if column.name not in without for name in column.statutory)
