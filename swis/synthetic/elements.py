"""Rows as elements of XML, by the declared shape of a return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from swis.tables.returns.shape import Element
from swis.tables.table import Table

Node: TypeAlias = Mapping[str, Any]
"""A row by the declared names of its columns, and the rows in it by the names of their tables; texts where an element repeats."""


def write_elements(shape: Element, root: Node, *, leave_out: Iterable[str] = ()) -> Iterator[str]:
    """The document line by line. `leave_out` names elements that the year of the return does not have."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield from _write(shape, root, None, frozenset(leave_out), 0)


def _write(element: Element, node: Node, table: Table | None, leave_out: frozenset[str], depth: int) -> Iterator[str]:
    if element.repeated and element.table is not None:
        for text in node.get(element.table.name, ()):
            yield _leaf(element.name, text, depth)
    elif element.table is not None:
        for row in node.get(element.table.name, ()):
            yield from _write_branch(element, row, element.table, leave_out, depth)
    else:
        yield from _write_branch(element, node, table, leave_out, depth)


def _write_branch(
    element: Element, node: Node, table: Table | None, leave_out: frozenset[str], depth: int
) -> Iterator[str]:
    opened = False
    for line in _write_inside(element, node, table, leave_out, depth + 1):
        if not opened:
            opened = True
            yield f"{'  ' * depth}<{element.name}>\n"
        yield line
    if opened:
        yield f"{'  ' * depth}</{element.name}>\n"


def _write_inside(
    element: Element, node: Node, table: Table | None, leave_out: frozenset[str], depth: int
) -> Iterator[str]:
    for name in element.fills:
        value = None if name in leave_out or table is None else node.get(_column_of(table, name))
        if value is not None:
            yield _leaf(name, value, depth)
    for inner in element.elements:
        yield from _write(inner, node, table, leave_out, depth)


_COLUMNS: dict[tuple[str, str], str] = {}


def _column_of(table: Table, statutory: str) -> str:
    key = (table.name, statutory)
    if key not in _COLUMNS:
        _COLUMNS[key] = next(column.name for column in table.columns if statutory in column.statutory)
    return _COLUMNS[key]


def _leaf(name: str, value: object, depth: int) -> str:
    return f"{'  ' * depth}<{name}>{escape(str(value))}</{name}>\n"
