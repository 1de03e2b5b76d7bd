"""From the declared shape of a return to what the element reader needs, and from its rows to frames of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from swis.ingest.elements import Branch, Leaf, Repeated, Row
from swis.tables.returns.shape import Element
from swis.tables.table import Table


@dataclass(frozen=True)
class Layout:
    """What the cells of a row are: first the numbers of the rows that it stands in, its own number, then text."""

    table: Table
    numbers: tuple[str, ...]
    texts: tuple[str, ...]

    def frame(self, rows: Sequence[Row]) -> pl.DataFrame:
        """Rows as a frame."""
        names = (*self.numbers, *self.texts)
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        types = [pl.Int64] * len(self.numbers) + [pl.String] * len(self.texts)
        return pl.DataFrame(
            [pl.Series(*parts) for parts in zip(names, columns, types, strict=True)],
        )


@dataclass
class Plan:
    """The root for the element reader, and the layout of every table's rows."""

    root: Branch
    layouts: dict[str, Layout] = field(default_factory=dict)


def plan_reading(shape: Element) -> Plan:
    """The plan for a return of that shape."""
    plan = Plan(Branch())
    plan.root.entries[shape.name] = _plan(shape, (), {}, plan.layouts)
    return plan


def _plan(
    element: Element, numbers: tuple[str, ...], places: Mapping[str, int], layouts: dict[str, Layout]
) -> Branch | Repeated:
    table = element.table
    if element.repeated and table is not None:
        texts = tuple(column.name for column in table.columns if element.name in column.statutory)
        layouts[table.name] = Layout(table, numbers, texts)
        return Repeated(table.name, len(numbers))
    if table is not None:
        numbers = (*numbers, _own_number(table, len(numbers)))
        texts = tuple(column.name for column in table.columns if set(column.statutory) & set(_names_within(element)))
        layouts[table.name] = layout = Layout(table, numbers, texts)
        places = {
            name: len(numbers) + texts.index(column.name)
            for column in table.columns
            if column.name in texts
            for name in column.statutory
        }
    branch = Branch({}, table.name, len(numbers) - 1, (None,) * len(layout.texts)) if table else Branch()
    branch.entries.update({name: Leaf(places[name]) for name in element.fills})
    branch.entries.update({inner.name: _plan(inner, numbers, places, layouts) for inner in element.elements})
    return branch


def _own_number(table: Table, above: int) -> str:
    """The declared column for the number of a row; a table that declares none gets one to itself."""
    declared = [column.name for column in table.columns if not column.statutory]
    return declared[above] if len(declared) > above else f"{table.name}_number"


def _names_within(element: Element) -> tuple[str, ...]:
    """The names that fill cells of the row of this element: its own, and those of elements that make no row."""
    inner = (_names_within(each) for each in element.elements if each.table is None)
    return (*element.fills, *(name for names in inner for name in names))
