"""The rows of a CSV file as blocks of text, in a stream.

A block that holds one row a line goes to Polars as it is, once the commas of every line are counted: one without quotation
marks, or with no others than those around whole cells. From the first block with another on, Python's csv module reads the rest.
Both ways give the same rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

import numpy as np
import polars as pl

from swis.errors import ReturnError
from swis.ingest.finding import Effect, Matter, Tally
from swis.ingest.limits import Limits
from swis.ingest.opening import OpenFile
from swis.ingest.typed import ROW

_BLOCK = 4_000_000
_ROWS_IN_BLOCK = 50_000
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COMMA, _NEW_LINE, _RETURN, _QUOTE = b',\n\r"'


class CsvRows:
    """A CSV file: its heading, and its rows in blocks. The heading is row 1. Raises ReturnError."""

    def __init__(self, file: OpenFile, limits: Limits, tally: Tally) -> None:
        self.file = file
        self._limits = limits
        self._tally = tally
        self._row = 0
        self._rest = b""
        self._quoted: Iterator[list[str]] | None = None
        self._blocks = self._cut_blocks()
        self.heading = self._read_heading()
        self._row = 1

    def blocks(self, wanted: Mapping[int, str], table: str) -> Iterator[pl.DataFrame]:
        """The columns at those places under those names, as text, with `row`. Rows that do not fit are counted and left out."""
        if self._quoted is None:
            for block in self._all_blocks():
                if not _holds_a_row_a_line(block):
                    self._quoted = self._start_csv(block)
                    break
                yield from self._read_plain(block, wanted, table)
        if self._quoted is not None:
            yield from self._read_quoted(self._quoted, wanted, table)

    def _all_blocks(self) -> Iterator[bytes]:
        if self._rest:
            yield self._rest
        self._rest = b""
        yield from self._blocks

    def _cut_blocks(self) -> Iterator[bytes]:
        parts: list[bytes] = []
        size, old_mac = 0, False
        for number, chunk in enumerate(self.file.chunks()):
            if number == 0:
                chunk = self._check_start(chunk)
                old_mac = b"\r" in chunk and b"\n" not in chunk
            if b"\x00" in chunk:
                raise ReturnError(
                    f"{self.file.name}: holds NUL bytes after row {self._row:,}; it is no text. Export it anew."
                )
            parts.append(chunk.replace(b"\r", b"\n") if old_mac else chunk)
            size += len(chunk)
            if size >= _BLOCK:
                block, parts = self._cut(b"".join(parts))
                size = len(parts[0])
                yield block
        if any(parts):
            yield b"".join(parts)

    def _check_start(self, chunk: bytes) -> bytes:
        if chunk.startswith(_UTF_16_MARKS):
            raise ReturnError(f'{self.file.name}: is saved as UTF-16. Save it as "CSV UTF-8 (comma separated)".')
        return chunk.removeprefix(_UTF_8_MARK)

    def _cut(self, block: bytes) -> tuple[bytes, list[bytes]]:
        end = block.rfind(b"\n") + 1
        if len(block) - end > self._limits.bytes_in_row:
            raise ReturnError(
                f"{self.file.name}: has a row longer than {self._limits.bytes_in_row:,} bytes after row {self._row:,}. "
                "Is it a CSV file?"
            )
        return block[:end], [block[end:]]

    def _read_heading(self) -> tuple[str, ...]:
        first = next(self._blocks, b"")
        line, _, rest = first.partition(b"\n")
        if _holds_a_row_a_line(line + b"\n"):
            self._rest = rest
            text = self._decode(line).rstrip("\r")
            heading = text.split(",") if '"' not in text else self._next_record(csv.reader([text])) or []
        else:
            self._quoted = self._start_csv(first)
            heading = self._next_record(self._quoted) or []
        if len(heading) > self._limits.columns:
            raise ReturnError(
                f"{self.file.name}: has more than {self._limits.columns:,} columns. Is it the right file?"
            )
        return tuple(name.strip() for name in heading)

    def _decode(self, block: bytes) -> str:
        try:
            return block.decode("utf-8")
        except UnicodeDecodeError:
            pass
        self._tally.note(("", ""), Matter.NOT_UTF_8, Effect.KEPT, [self._row + 1])
        try:
            return block.decode("cp1252")
        except UnicodeDecodeError:
            raise ReturnError(
                f"{self.file.name}: is neither UTF-8 nor Windows-1252 after row {self._row:,}. Save it as UTF-8."
            ) from None

    def _read_plain(self, block: bytes, wanted: Mapping[int, str], table: str) -> Iterator[pl.DataFrame]:
        if not block.endswith(b"\n"):
            block += b"\n"
        text = self._decode(block).encode("utf-8")
        if b'"' in text:
            text = text.replace(b"\r\n", b"\n")
        starts, ends, commas, contents = _measure_lines(text)
        blank = contents == 0
        fits = (commas == len(self.heading) - 1) & ~blank
        numbers = self._row + 1 + np.arange(len(ends))
        self._row += len(ends)
        self._note_left_out(numbers[blank].tolist(), numbers[~fits & ~blank].tolist(), table)
        if not fits.all():
            text = b"".join(text[start : end + 1] for start, end in zip(starts[fits], ends[fits], strict=True))
        rows = _parse(text, wanted) if text else pl.DataFrame(schema=dict.fromkeys(wanted.values(), pl.String))
        yield rows.with_columns(pl.Series(ROW, numbers[fits], dtype=pl.Int64))

    def _start_csv(self, block: bytes) -> Iterator[list[str]]:
        return csv.reader(self._lines(block), strict=True)

    def _lines(self, block: bytes) -> Iterator[str]:
        yield from StringIO(self._decode(block), newline="\n")
        for following in self._blocks:
            yield from StringIO(self._decode(following), newline="\n")

    def _next_record(self, reader: Iterator[list[str]]) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as error:
            raise ReturnError(
                f"{self.file.name}: row {self._row + 1:,} is not well-formed CSV ({error}). Look for a quotation mark that is "
                "not closed."
            ) from None

    def _read_quoted(
        self, reader: Iterator[list[str]], wanted: Mapping[int, str], table: str
    ) -> Iterator[pl.DataFrame]:
        places, ended = list(wanted), False
        while not ended:
            records: list[tuple[int, list[str]]] = []
            blank: list[int] = []
            ragged: list[int] = []
            while len(records) < _ROWS_IN_BLOCK and len(ragged) < _ROWS_IN_BLOCK and len(blank) < _ROWS_IN_BLOCK:
                record = self._next_record(reader)
                if record is None:
                    ended = True
                    break
                self._row += 1
                if not any(record):
                    blank.append(self._row)
                elif len(record) != len(self.heading):
                    ragged.append(self._row)
                else:
                    records.append((self._row, [record[place] for place in places]))
            self._note_left_out(blank, ragged, table)
            yield _frame(records, list(wanted.values()))

    def _note_left_out(self, blank: Sequence[int], ragged: Sequence[int], table: str) -> None:
        self._tally.note((table, ""), Matter.BLANK, Effect.DROPPED, blank)
        self._tally.note((table, ""), Matter.RAGGED, Effect.DROPPED, ragged)
        self._tally.count_rows(table, read=len(ragged), kept=0)


def _holds_a_row_a_line(block: bytes) -> bool:
    """Whether every quotation mark opens or closes a whole cell, and every cell ends in the line that it begins in."""
    if b'"' not in block:
        return True
    data = np.frombuffer(b"\n" + block + b"\n\n", dtype=np.uint8)
    marks = np.flatnonzero(data == _QUOTE)
    if len(marks) % 2:
        return False
    before, after = data[marks[::2] - 1], data[marks[1::2] + 1]
    opens = (before == _COMMA) | (before == _NEW_LINE)
    closes = (after == _COMMA) | (after == _NEW_LINE) | (after == _RETURN) & (data[marks[1::2] + 2] == _NEW_LINE)
    ends = np.flatnonzero(data == _NEW_LINE)
    return bool(opens.all() and closes.all() and not (np.searchsorted(marks, ends) % 2).any())


def _measure_lines(text: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each line: its start, its end, how many cells it has but one, and how many characters are in its cells."""
    data = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(data == _NEW_LINE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    commas, marks = data == _COMMA, np.zeros(len(ends), dtype=np.int64)
    if b'"' in text:
        quotes = np.cumsum(data == _QUOTE, dtype=np.int32)
        commas &= quotes % 2 == 0
        marks = np.diff(quotes[ends], prepend=0)
    cells = np.diff(np.cumsum(commas, dtype=np.int32)[ends], prepend=0)
    returns = (ends > starts) & (data[np.maximum(ends - 1, 0)] == _RETURN)
    return starts, ends, cells, ends - starts - returns - cells - marks


def _parse(text: bytes, wanted: Mapping[int, str]) -> pl.DataFrame:
    quote = '"' if b'"' in text else None
    frame = pl.read_csv(text, has_header=False, infer_schema=False, quote_char=quote, eol_char="\n")
    return frame.select(pl.nth(place).alias(name) for place, name in wanted.items())


def _frame(records: Sequence[tuple[int, list[str]]], names: Sequence[str]) -> pl.DataFrame:
    columns = list(zip(*(cells for _, cells in records), strict=True)) or [()] * len(names)
    series = [pl.Series(name, column, dtype=pl.String) for name, column in zip(names, columns, strict=True)]
    return pl.DataFrame([*series, pl.Series(ROW, [number for number, _ in records], dtype=pl.Int64)])
