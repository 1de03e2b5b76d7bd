"""From the bytes of a CSV file to its cells, all of them still text, in blocks that keep memory bounded.

A block with quotation marks, blank lines or rows of uneven width is read by the csv module, which can say what is wrong
with it. A plain one is read by Polars, fifty times as fast, to the same cells.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

import numpy as np
import polars as pl

from swis.tables.problem import Problem

BLOCK = 8_000_000
MAX_ROWS = 20_000_000
"""Twice as many as a panel of every school in England over ten years has."""
MAX_BYTES_IN_QUOTES = 50_000_000
_LONGEST_LINE = 100_000
_NOT_PLAIN = (b'"', b"\x1c", b"\x1d", b"\x1e", b"\x1f")


@dataclass(frozen=True, eq=False)
class Block:
    """Rows of the width of the heading, each with its number in the file."""

    numbers: pl.Series
    cells: pl.DataFrame


@dataclass
class CsvReading:
    """A CSV file while its blocks are read: its heading, how many rows there were, and which were blank or uneven.

    Rows are numbered with the heading as row 1, blank rows included.
    """

    file: str
    data: bytes
    encoding: str
    heading: tuple[str, ...] = ()
    rows: int = 0
    blank: list[int] = field(default_factory=list)
    ragged: list[int] = field(default_factory=list)
    problem: Problem | None = None
    _number: int = 0
    _line: int = 0
    _last_filled: int = 0

    def blocks(self) -> Iterator[Block]:
        """The rows below the heading. It ends early where the file has a `problem`."""
        for start, end in self._cut():
            chunk = self.data[start:end]
            plain = bool(self.heading) and _is_plain(chunk, width=len(self.heading))
            block = self._read_plain(chunk) if plain else self._read_by_csv(chunk)
            if self._number > MAX_ROWS + 1:
                what = f"has more than {MAX_ROWS:,} rows"
                self.problem = self.problem or Problem(self.file, what, "Is it the right file?")
            if self.problem:
                return
            self.rows += block.numbers.len()
            yield block
        self.rows += len(self.ragged)
        self.blank = [number for number in self.blank if number < self._last_filled]
        if not self.heading:
            what = "is empty"
            self.problem = Problem(self.file, what, "It needs a heading with the names of the columns, and rows.")

    def _cut(self) -> Iterator[tuple[int, int]]:
        """Where blocks begin and end: at the end of a line that is not between quotation marks."""
        data = self.data
        start = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
        while start < len(data):
            end = (data.find(b"\n", start + BLOCK) + 1) or len(data)
            quotes = data.count(b'"', start, end)
            while quotes % 2 and end < len(data) and end - start < MAX_BYTES_IN_QUOTES:
                further = (data.find(b"\n", end) + 1) or len(data)
                quotes += data.count(b'"', end, further)
                end = further
            yield start, end
            start = end

    def _read_plain(self, chunk: bytes) -> Block:
        text = chunk if self.encoding == "utf-8" else chunk.decode(self.encoding).encode()
        names = [f"column_{place}" for place in range(len(self.heading))]
        cells = pl.read_csv(
            text,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            quote_char=None,
        ).select(pl.all().fill_null("").str.strip_chars())
        numbers = pl.Series("row", range(self._number + 1, self._number + 1 + cells.height), dtype=pl.Int64)
        self._number += cells.height
        self._line += cells.height
        empty = cells.select(pl.all_horizontal(pl.all() == "")).to_series()
        self.blank += numbers.filter(empty).to_list()
        numbers = numbers.filter(~empty)
        self._last_filled = numbers.max() or self._last_filled  # type: ignore[assignment]
        return Block(numbers, cells.filter(~empty))

    def _read_by_csv(self, chunk: bytes) -> Block:
        reader = csv.reader(StringIO(chunk.decode(self.encoding), newline=""), strict=True)
        numbers: list[int] = []
        rows: list[list[str]] = []
        try:
            for row in reader:
                self._number += 1
                if self._number > MAX_ROWS + 1:
                    break
                self._sort_in([cell.strip() for cell in row], numbers, rows)
        except csv.Error as error:
            self.problem = Problem(
                self.file,
                f"line {self._line + reader.line_num} is not well-formed CSV: {error}",
                "Look for a quotation mark that is not closed, or is inside a cell.",
            )
        self._line += reader.line_num
        names = {f"column_{place}": pl.String for place in range(len(self.heading))}
        return Block(pl.Series("row", numbers, dtype=pl.Int64), pl.DataFrame(rows, schema=names, orient="row"))

    def _sort_in(self, row: list[str], numbers: list[int], rows: list[list[str]]) -> None:
        if not any(row):
            self.blank.append(self._number)
            return
        self._last_filled = self._number
        if not self.heading:
            self.heading = tuple(row)
        elif len(row) != len(self.heading):
            self.ragged.append(self._number)
        else:
            numbers.append(self._number)
            rows.append(row)


def _is_plain(chunk: bytes, *, width: int) -> bool:
    """Whether every line is a row of that width, whoever reads it."""
    if width < 2 or any(mark in chunk for mark in _NOT_PLAIN) or chunk.count(b"\r") != chunk.count(b"\r\n"):
        return False
    marks = np.frombuffer(chunk, dtype=np.uint8)
    ends = np.flatnonzero(marks == ord("\n"))
    if not chunk.endswith(b"\n"):
        ends = np.append(ends, len(chunk))
    if np.diff(ends, prepend=-1).max() > _LONGEST_LINE:
        return False
    commas = np.searchsorted(np.flatnonzero(marks == ord(",")), ends)
    return bool((np.diff(commas, prepend=0) == width - 1).all())
