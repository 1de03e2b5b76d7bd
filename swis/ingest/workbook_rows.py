"""The rows of a workbook (.xlsx) as blocks of text.

A workbook is a zip archive of XML. Before it is opened its size unpacked, the names in it and document types are looked at, in a
stream. Nothing is ever unpacked to the disk. A formula is refused: what it would give is not known.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import polars as pl
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from swis.errors import ReturnError
from swis.ingest.finding import Effect, Matter, Tally
from swis.ingest.limits import Limits
from swis.ingest.opening import WorkbookFile
from swis.ingest.typed import ROW

MOST_ROWS = 1_048_576
_ROWS_IN_BLOCK = 20_000
_PIECE = 1_000_000
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_KNOWN_ENCODINGS = (b"utf-8", b"us-ascii")
_BROKEN = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # what lxml and ElementTree raise for XML that is not well-formed
    TypeError,
    ValueError,
    zlib.error,
)


class WorkbookRows:
    """The first sheet of a workbook that holds rows: its heading, and its rows in blocks. Raises ReturnError."""

    def __init__(self, file: WorkbookFile, limits: Limits, tally: Tally) -> None:
        self.file = file
        self._limits = limits
        self._tally = tally
        file.hash_all()
        check_archive(file, limits)
        self._records = self._read_records()
        self.heading = tuple(str(cell or "").strip() for cell in next(self._records, (0, []))[1])

    def blocks(self, wanted: Mapping[int, str], table: str) -> Iterator[pl.DataFrame]:
        """The columns at those places under those names, as text, with `row`. Blank rows are counted and left out."""
        block: list[tuple[int, list[str | None]]] = []
        for number, cells in self._records:
            if not any(cells):
                self._tally.note((table, ""), Matter.BLANK, Effect.DROPPED, [number])
                continue
            block.append((number, [cells[place] if place < len(cells) else None for place in wanted]))
            if len(block) == _ROWS_IN_BLOCK:
                yield _frame(block, list(wanted.values()))
                block = []
        yield _frame(block, list(wanted.values()))

    def _read_records(self) -> Iterator[tuple[int, list[str | None]]]:
        records = self._walk()
        try:
            while record := _next_quietly(records):
                yield record
        except _BROKEN as error:
            raise ReturnError(
                f"{self.file.name}: the workbook is damaged ({type(error).__name__}). Save it anew, or as CSV UTF-8."
            ) from None
        finally:
            records.close()

    def _walk(self) -> Generator[tuple[int, list[str | None]], None, None]:
        with self.file.path.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            try:
                yield from self._walk_sheets(book.worksheets)
            finally:
                book.close()

    def _walk_sheets(self, sheets: Sequence[Any]) -> Iterator[tuple[int, list[str | None]]]:
        found = False
        for sheet in sheets:
            if found:
                self._tally.note((sheet.title[:31], ""), Matter.SHEET_NOT_READ, Effect.NOT_READ, [], 1)
                continue
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                found = True
                self._check_row(number, cells)
                yield number, [_write_cell(cell.value) for cell in cells]

    def _check_row(self, number: int, cells: Sequence[Any]) -> None:
        if number > MOST_ROWS or len(cells) > self._limits.columns:
            raise ReturnError(
                f"{self.file.name}: has more than {MOST_ROWS:,} rows or {self._limits.columns:,} columns. Delete the empty ones."
            )
        formulas = [cell for cell in cells if cell.data_type == "f"]
        if formulas:
            raise ReturnError(
                f"{self.file.name}: row {number:,} holds {len(formulas)} formulas. Copy the sheet and paste it as values."
            )


def _next_quietly(records: Iterator[tuple[int, list[str | None]]]) -> tuple[int, list[str | None]] | None:
    """The next row, without what openpyxl has to say about styles and extensions; the filter is gone before anyone goes on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(records, None)


def check_archive(file: WorkbookFile, limits: Limits) -> None:
    """Looks through the archive in a stream, in bounded memory. Raises ReturnError if it is not a safe workbook."""
    try:
        with ZipFile(file.path) as archive:
            members = archive.infolist()
            if len(members) > limits.files_in_workbook:
                raise ReturnError(
                    f"{file.name}: holds more than {limits.files_in_workbook:,} files. It is no ordinary workbook."
                )
            if not any(member.filename == "[Content_Types].xml" for member in members):
                raise ReturnError(f"{file.name}: is a zip archive, not a workbook. Unpack it.")
            unpacked = 0
            for member in members:
                unpacked = _check_member(file, archive, member, unpacked, limits)
    except _BROKEN:
        raise ReturnError(f"{file.name}: the workbook is damaged or locked by a password. Save it anew.") from None


def _check_member(file: WorkbookFile, archive: ZipFile, member: ZipInfo, unpacked: int, limits: Limits) -> int:
    name = member.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise ReturnError(f"{file.name}: holds a file whose name leads out of the workbook. Do not open it.")
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            unpacked += len(piece)
            if unpacked > limits.bytes_unpacked:
                raise ReturnError(
                    f"{file.name}: is larger than {limits.bytes_unpacked:,} bytes unpacked. Save it as CSV UTF-8."
                )
            if is_xml and not before:
                _check_encoding(file, piece)
            if is_xml and _FORBIDDEN.search(before + piece):
                raise ReturnError(
                    f"{file.name}: holds a document type (DOCTYPE), which no workbook has. Do not open it."
                )
            before = piece[-16:]
    return unpacked


def _check_encoding(file: WorkbookFile, start: bytes) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.search(text[:200]) if text.startswith(b"<?xml") else None
    if not text.startswith(b"<") or (declared and declared[1].lower() not in _KNOWN_ENCODINGS):
        raise ReturnError(f"{file.name}: holds XML in an encoding that no workbook has. Save it anew, or as CSV UTF-8.")


def _write_cell(value: object) -> str | None:
    """The text of a cell as a CSV file would have it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() or None


def _frame(records: Sequence[tuple[int, list[str | None]]], names: Sequence[str]) -> pl.DataFrame:
    columns = list(zip(*(cells for _, cells in records), strict=True)) or [()] * len(names)
    series = [pl.Series(name, column, dtype=pl.String) for name, column in zip(names, columns, strict=True)]
    return pl.DataFrame([*series, pl.Series(ROW, [number for number, _ in records], dtype=pl.Int64)])
