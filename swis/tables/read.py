"""Reading a declared table from a file."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl

from swis.errors import TableError
from swis.tables.convert import DATA_TYPES
from swis.tables.convert_column import ColumnConversion
from swis.tables.csv_blocks import CsvReading
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem, tell_problems
from swis.tables.table import Table
from swis.tables.text import find_encoding, read_table_bytes


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
    data = read_table_bytes(path)
    if isinstance(data, Problem):
        raise TableError(str(data))
    encoding = find_encoding(table.file, data)
    if isinstance(encoding, Problem):
        raise TableError(str(encoding))
    return _convert(table, CsvReading(table.file, data, encoding))


def _check_heading(table: Table, heading: tuple[str, ...]) -> list[Problem]:
    known = table.column_names
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


def _check_widths(table: Table, reading: CsvReading) -> list[Problem]:
    if reading.ragged:
        return [
            Problem(
                table.file,
                f"{len(reading.ragged)} of {reading.rows:,} rows do not have {len(reading.heading)} cells",
                "Put a text that holds a comma between quotation marks, and add the cells that are missing.",
                tuple(reading.ragged),
            )
        ]
    if not reading.rows and not table.may_be_empty:
        return [Problem(table.file, "has a heading but no rows", "Add the rows.")]
    return []


def _convert(table: Table, reading: CsvReading) -> LoadedTable:
    conversions: list[ColumnConversion] = []
    blocks: list[pl.DataFrame] = []
    for block in reading.blocks():
        if not reading.heading:
            continue
        if not conversions:
            _refuse(_check_heading(table, reading.heading))
            conversions = [ColumnConversion(table.column(name)) for name in reading.heading]
        columns = zip(conversions, block.cells.iter_columns(), strict=True)
        blocks.append(pl.DataFrame([block.numbers, *(each.convert(cells, block.numbers) for each, cells in columns)]))
    if reading.problem:
        raise TableError(str(reading.problem))
    _refuse(_check_widths(table, reading))
    _refuse([problem for each in conversions for problem in each.problems(table.file)])
    frame = _complete(table, pl.concat(blocks))
    _refuse(_check_key(table, frame))
    return LoadedTable(table, frame, _repairs(table, reading, conversions), sha256(reading.data).hexdigest())


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise TableError(tell_problems(problems))


def _complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    # A column that may be empty may as well not be there.
    there = set(frame.columns)
    return frame.select(
        "row",
        *(
            pl.col(column.name) if column.name in there else pl.lit(None, DATA_TYPES[column.kind]).alias(column.name)
            for column in table.columns
        ),
    )


def _check_key(table: Table, frame: pl.DataFrame) -> list[Problem]:
    if not table.key:
        return []
    again = frame.filter(frame.select(table.key).is_duplicated())
    groups = again.group_by(table.key, maintain_order=True).agg("row") if again.height else again.clear()
    return [
        Problem(
            table.file,
            f"the same {', '.join(table.key)} more than once: {', '.join(str(part) for part in key if part)}",
            "Keep one row.",
            tuple(rows),
        )
        for *key, rows in groups.select(*table.key, "row").iter_rows()
    ]


def _repairs(table: Table, reading: CsvReading, conversions: list[ColumnConversion]) -> tuple[Repair, ...]:
    repairs = []
    if reading.encoding != "utf-8":
        repairs.append(Repair(table.file, "not UTF-8; read as Windows-1252"))
    if reading.blank:
        repairs.append(Repair(table.file, f"{len(reading.blank)} blank rows left out", tuple(reading.blank)))
    for each in conversions:
        if each.repaired:
            what = f"{len(each.repaired)} of {each.cells:,} numbers had separators or signs that were taken off"
            repairs.append(Repair(table.file, what, tuple(each.repaired), each.column.name))
    return tuple(repairs)
