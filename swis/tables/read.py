"""Reading a declared table from a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import TableError
from swis.tables.column import Column
from swis.tables.convert import DATA_TYPES, Unreadable, Value, convert_cell
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem, tell_problems
from swis.tables.table import Table
from swis.tables.text import FileText, read_bytes, read_text


@dataclass(frozen=True)
class Repair:
    """Something that was accepted although it was not written as declared: where, and what was made of it."""

    file: str
    what: str
    rows: tuple[int, ...] = ()
    column: str = ""


@dataclass(frozen=True, eq=False)
class LoadedTable:
    """A table as read: its frame, what was repaired, and the SHA-256 of the very bytes that were read."""

    table: Table
    frame: pl.DataFrame
    repairs: tuple[Repair, ...]
    sha256: str

    def __repr__(self) -> str:
        return f"LoadedTable({self.table.file}: {self.frame.height} rows, {len(self.repairs)} kinds of repair)"


def read_table(table: Table, path: Path) -> pl.DataFrame:
    """A declared table as a frame, one row for a row of the file, with its number in the column `row`.

    Counted: every row below the heading (which is row 1). Not counted: blank rows. Money and other numbers with
    decimals are Decimal; numbers kept as printed are text; an empty optional cell is null.

    Raises TableError with every problem of the file, each with its rows and what to do.
    """
    return load_table(table, path).frame


def load_table(table: Table, path: Path) -> LoadedTable:
    """As `read_table`, with what was repaired and the hash of the file. Raises TableError."""
    data = read_bytes(path)
    if isinstance(data, Problem):
        raise TableError(str(data))
    text = read_text(table.file, data)
    if isinstance(text, Problem):
        raise TableError(str(text))
    problems = _check_heading(table, text) or _check_widths(table, text)
    if problems:
        raise TableError(tell_problems(problems))
    return _convert(table, text)


def _check_heading(table: Table, text: FileText) -> list[Problem]:
    heading, known = text.heading, table.column_names
    if len(heading) == 1 and any(mark in heading[0] for mark in ";\t|"):
        return [Problem(table.file, "the columns are not separated by commas", 'Save it as "CSV (comma separated)".')]
    extra = [name for name in dict.fromkeys(heading) if name not in known]
    problems = [
        Problem(table.file, f"the column {name} is missing", _say_where(name, extra))
        for name in known
        if name not in heading and (table.column(name).required or did_you_mean(name, extra))
    ]
    problems += [
        Problem(
            table.file,
            f"the column {name[:60]!r} is not known" if name else "a column has no name",
            f"Take it out.{did_you_mean(name, known)}",
        )
        for name in extra
    ]
    return problems + [
        Problem(table.file, f"the column {name} is there {heading.count(name)} times", "Keep one.")
        for name in known
        if heading.count(name) > 1
    ]


def _say_where(name: str, extra: list[str]) -> str:
    near = did_you_mean(name, extra).replace(" Did you mean", "Rename").replace("?", f" to {name}.")
    return near or "Add it; names are written exactly so, in small letters."


def _check_widths(table: Table, text: FileText) -> list[Problem]:
    width = len(text.heading)
    ragged = tuple(number for number, row in text.rows if len(row) != width)
    if ragged:
        return [
            Problem(
                table.file,
                f"{len(ragged)} of {len(text.rows):,} rows do not have {width} cells",
                "Put a text that holds a comma between quotation marks, and add the cells that are missing.",
                ragged,
            )
        ]
    if not text.rows:
        return [Problem(table.file, "has a heading but no rows", "Add the rows.")]
    return []


def _convert(table: Table, text: FileText) -> LoadedTable:
    problems: list[Problem] = []
    repairs = _repairs_of_file(table, text)
    columns: dict[str, list[Value]] = {}
    for place, name in enumerate(text.heading):
        column = table.column(name)
        cells = [(number, row[place]) for number, row in text.rows]
        columns[name], repaired, wrong = _convert_column(table, column, cells)
        problems += wrong
        if repaired:
            what = f"{len(repaired)} of {len(cells):,} numbers had separators or signs that were taken off"
            repairs.append(Repair(table.file, what, repaired, name))
    numbers = [number for number, _ in text.rows]
    # A column that may be empty may as well not be there.
    columns |= {name: [None] * len(numbers) for name in table.column_names if name not in columns}
    if not problems:
        problems = _check_key(table, columns, numbers)
    if problems:
        raise TableError(tell_problems(problems))
    return LoadedTable(table, _frame(table, numbers, columns), tuple(repairs), text.sha256)


def _convert_column(
    table: Table, column: Column, cells: list[tuple[int, str]]
) -> tuple[list[Value], tuple[int, ...], list[Problem]]:
    values: list[Value] = []
    repaired: list[int] = []
    wrong: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, cell in cells:
        try:
            value, was_repaired = convert_cell(column, cell)
        except Unreadable as problem:
            wrong[problem.what, problem.what_to_do].append(number)
            continue
        values.append(value)
        if was_repaired:
            repaired.append(number)
    problems = [
        Problem(table.file, _say_how_many(len(rows), len(cells), what), to_do, tuple(rows), column.name)
        for (what, to_do), rows in wrong.items()
    ]
    return values, tuple(repaired), problems


def _say_how_many(wrong: int, of: int, what: str) -> str:
    return f"{wrong:,} of {of:,} values {'is' if wrong == 1 else 'are'} {what}"


def _check_key(table: Table, columns: Mapping[str, list[Value]], numbers: list[int]) -> list[Problem]:
    if not table.key:
        return []
    seen: dict[tuple[Value, ...], list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        seen[tuple(columns[name][place] for name in table.key)].append(number)
    return [
        Problem(
            table.file,
            f"the same {', '.join(table.key)} more than once: {', '.join(str(part) for part in key if part)}",
            "Keep one row.",
            tuple(rows),
        )
        for key, rows in seen.items()
        if len(rows) > 1
    ]


def _repairs_of_file(table: Table, text: FileText) -> list[Repair]:
    repairs = []
    if text.encoding != "utf-8":
        repairs.append(Repair(table.file, "not UTF-8; read as Windows-1252"))
    if text.blank_rows:
        repairs.append(Repair(table.file, f"{len(text.blank_rows)} blank rows left out", text.blank_rows))
    return repairs


def _frame(table: Table, numbers: list[int], columns: Mapping[str, list[Value]]) -> pl.DataFrame:
    series = [pl.Series("row", numbers, dtype=pl.Int64)]
    series += [
        pl.Series(column.name, columns[column.name], dtype=DATA_TYPES[column.kind], strict=True)
        for column in table.columns
    ]
    return pl.DataFrame(series)
