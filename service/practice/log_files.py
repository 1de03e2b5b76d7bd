"""Reading a log that was kept elsewhere: a CSV file or an Excel workbook, as headings and rows of text."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST = 10_000_000  # bytes
LARGEST_UNPACKED = 200_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 60


@dataclass(frozen=True, repr=False)
class Log:
    """The headings of a log and its rows, each as long as the headings. Its text is never printed."""

    headings: list[str]
    rows: list[list[str]]


def read_log(content: bytes, name: str) -> Log:
    """Read the first sheet of a workbook, or a CSV file. Raises `ValidationError` that says what is wrong and quotes nothing."""
    if len(content) > LARGEST:
        raise ValidationError("The file is larger than 10 megabytes. Split it by year.")
    lines = _workbook(content) if name.lower().endswith((".xlsx", ".xlsm")) else _csv(content)
    read = []
    for number, line in enumerate(lines):
        if number > MOST_ROWS:
            raise ValidationError(f"The file has more than {MOST_ROWS:,} rows. Split it by year.")
        read.append([cell.strip() for cell in line])
    while read and not any(read[-1]):
        read.pop()
    return _with_headings(read)


def _with_headings(lines: list[list[str]]) -> Log:
    if len(lines) < 2:
        raise ValidationError("The file needs a row of headings and at least one row below it.")
    headings = list(lines[0])
    while headings and not headings[-1]:
        headings.pop()
    if not headings or len(headings) > MOST_COLUMNS:
        raise ValidationError(f"The first row must hold between 1 and {MOST_COLUMNS} headings.")
    if len(set(headings)) < len(headings) or not all(headings):
        raise ValidationError("Each column needs a heading of its own in the first row.")
    width = len(headings)
    return Log(headings, [[*line[:width], *[""] * (width - len(line))] for line in lines[1:]])


def _csv(content: bytes) -> Iterable[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise ValidationError("This is neither a CSV file nor an Excel workbook (.xlsx).")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise ValidationError("The file cannot be read as CSV: a quotation mark is not closed.") from None


def _workbook(content: bytes) -> Iterable[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise ValidationError("The workbook is too large when unpacked. Save it as CSV.")
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        return [
            [_as_text(cell) for cell in line[: MOST_COLUMNS + 1]] for line in _some(sheet.iter_rows(values_only=True))
        ]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError, IndexError):
        raise ValidationError(
            "The file cannot be read as an Excel workbook. Save it again as .xlsx or as CSV."
        ) from None


def _some(lines: Iterable[Any]) -> Iterable[Any]:
    """No more rows than are needed to see that there are too many."""
    for number, line in enumerate(lines):
        if number > MOST_ROWS + 1:
            return
        yield line


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
