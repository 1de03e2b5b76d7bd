"""A file of rows: which declared table it holds, and its rows typed, in a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import ReturnError
from swis.ingest.csv_rows import CsvRows
from swis.ingest.finding import Effect, Matter, Tally
from swis.ingest.limits import Limits
from swis.ingest.opening import WORKBOOK_MAGIC, OpenFile, WorkbookFile, read_start
from swis.ingest.reading import Progress
from swis.ingest.typed import ROW, type_rows
from swis.ingest.workbook_rows import WorkbookRows
from swis.tables.table import Table


@dataclass(frozen=True)
class Source:
    """How files are opened: what is accepted, who is told of progress, and where findings go."""

    limits: Limits
    progress: Progress
    tally: Tally


def open_rows(path: Path, source: Source) -> CsvRows | WorkbookRows:
    """The rows of a CSV file or of a workbook, by what the file is and not by its name. Raises ReturnError."""
    source.tally.begin_file(path.name)
    if read_start(path, len(WORKBOOK_MAGIC)) == WORKBOOK_MAGIC:
        return WorkbookRows(WorkbookFile(path, source.limits, source.progress), source.limits, source.tally)
    return CsvRows(OpenFile(path, source.limits, source.progress), source.limits, source.tally)


def find_columns(table: Table, heading: Sequence[str]) -> dict[int, str]:
    """The place of each declared column in a heading, whatever its case; where it has several names, the first counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(heading):
        places.setdefault(name.casefold(), place)
    found = {}
    for column in table.columns:
        known = [places[name.casefold()] for name in column.statutory if name.casefold() in places]
        if known:
            found[known[0]] = column.name
    return found


def find_missing(table: Table, heading: Sequence[str]) -> list[str]:
    """The statutory names of columns that a heading must have for the table and does not have."""
    found = set(find_columns(table, heading).values())
    return [
        " or ".join(column.statutory)
        for column in table.columns
        if (column.required or column.name in table.marks) and column.statutory and column.name not in found
    ]


def choose_table(name: str, tables: Sequence[Table], heading: Sequence[str]) -> Table:
    """The table of which a heading has every required column, and of several the one with the most columns.

    Raises ReturnError that says what the nearest one lacks.
    """
    whole = [table for table in tables if not find_missing(table, heading)]
    if whole:
        return max(whole, key=lambda table: (_count_required(table), len(find_columns(table, heading))))
    nearest = max(tables, key=lambda table: len(find_columns(table, heading)))
    lacks = ", ".join(find_missing(nearest, heading))
    what = " or ".join(table.name for table in tables)
    raise ReturnError(
        f"{name}: is not {what}: its heading lacks {lacks}. Is it the right file, and is row 1 its heading?"
    )


def _count_required(table: Table) -> int:
    return sum(column.required for column in table.columns)


def read_frames(
    rows: CsvRows | WorkbookRows, table: Table, source: Source, made: Mapping[str, str | None]
) -> Iterator[pl.DataFrame]:
    """The rows of a file as typed frames; `made` holds columns that the reader adds. Raises ReturnError.

    It stops when more rows had to be dropped than the limits allow: the file is then not what it is taken for.
    """
    tally, wanted = source.tally, find_columns(table, rows.heading)
    _note_columns(table, rows.heading, wanted, tally)
    read, kept = tally.rows_read.get(table.name, 0), tally.rows_kept.get(table.name, 0)
    for block in rows.blocks(wanted, table.name):
        extra = [pl.lit(value, dtype=pl.String).alias(name) for name, value in made.items()]
        yield type_rows(table, block.with_columns(extra), tally)
        seen = tally.rows_read[table.name] - read
        bad = seen - (tally.rows_kept[table.name] - kept)
        if bad > source.limits.bad_rows and bad > seen * source.limits.bad_share:
            raise ReturnError(
                f"{rows.file.name}: {bad:,} of the first {seen:,} rows cannot be read as {table.name}; reading stopped. "
                "Is it the right file?"
            )
    tally.sha256.append(rows.file.sha256)


def _note_columns(table: Table, heading: Sequence[str], wanted: Mapping[int, str], tally: Tally) -> None:
    twice = [
        column.name
        for column in table.columns
        if any([name.casefold() for name in heading].count(each.casefold()) > 1 for each in column.statutory)
    ]
    if twice:
        raise ReturnError(f"{tally.files[-1]}: the column for {twice[0]} is there more than once. Keep one.")
    tally.note((table.name, ""), Matter.COLUMN_NOT_READ, Effect.NOT_READ, [], len(heading) - len(wanted))
    for column in table.columns:
        if column.statutory and column.name not in wanted.values():
            tally.note((table.name, column.name), Matter.COLUMN_MISSING, Effect.NULL, [], 1)


def empty_frame(table: Table) -> pl.DataFrame:
    """A table without rows, as a reader gives it."""
    return type_rows(table, pl.DataFrame(schema={ROW: pl.Int64}), Tally())
