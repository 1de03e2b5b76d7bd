"""What the tables of a folder hold, column by column, from the declarations of the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swis.tables.column import Column
from swis.tables.declared import TABLES
from swis.tables.table import Table


def write_dictionary(files: Iterable[str]) -> str:
    """A page in Markdown on the declared tables among these files."""
    there = set(files)
    lines = ["# What the tables of this folder hold"]
    for table in TABLES:
        if table.file in there:
            lines += _write_table(table)
    return "\n".join(lines) + "\n"


def _write_table(table: Table) -> Iterator[str]:
    yield from ("", f"## {table.file}", "", table.description, "")
    yield f"Counted: {table.counted} Not counted: {table.not_counted}"
    yield f"One row for each {', '.join(table.key)}." if table.key else ""
    yield from ("", "| column | what it holds |", "| --- | --- |")
    yield from (f"| {column.name} | {_describe(column)} |" for column in table.columns)


def _describe(column: Column) -> str:
    codes = "; ".join(f"`{code}`: {meaning}" for code, meaning in column.codes)
    parts = [column.description, f"One of {codes}." if codes else "", column.caveat]
    return " ".join(part for part in parts if part).replace("|", "/")
