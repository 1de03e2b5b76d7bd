"""From the bytes of a CSV file to its cells, all of them still text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path

from swis.tables.problem import Problem

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
_SAVE_AS = 'Save it as "CSV UTF-8 (comma separated)" and try again.'


@dataclass(frozen=True)
class FileText:
    """The rows of a CSV file with their numbers (the heading is row 1), and what was mended in reading them."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sha256: str
    encoding: str
    blank_rows: tuple[int, ...]


def read_bytes(path: Path) -> bytes | Problem:
    """The bytes of the file, or why they cannot be had."""
    if path.is_symlink():
        return Problem(path.name, "is a link to another place", "Put the file itself into the folder.")
    if path.is_dir():
        return Problem(path.name, "is a folder", "Put a CSV file of that name in its place.")
    if not path.exists():
        return Problem(path.name, "is not there", f"Put it into {path.parent}.")
    if not path.is_file():
        return Problem(path.name, "is not an ordinary file", "Put a CSV file of that name in its place.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Problem(path.name, f"cannot be read: {error.strerror}", "See that you may read it.")
    if len(data) > MAX_BYTES:
        return Problem(
            path.name,
            f"is larger than {MAX_BYTES:,} bytes",
            "A declared table holds one row for a school and term. Is it the right file?",
        )
    return data


def read_text(file: str, data: bytes) -> FileText | Problem:
    """The cells of a CSV file as text, or why there are none.

    Accepted: UTF-8 with or without byte order mark, else Windows-1252; any line ending; blank rows, which are left out
    and counted. Refused: another separator, an unclosed quotation mark, bytes that are no text, too many rows.
    """
    decoded = _decode(file, data)
    if isinstance(decoded, Problem):
        return decoded
    text, encoding = decoded
    rows = _split(file, text)
    if isinstance(rows, Problem):
        return rows
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled:
        return Problem(file, "is empty", "It needs a heading with the names of the columns, and rows.")
    blank = tuple(number for number, row in rows if not any(row) and number < filled[-1][0])
    return FileText(filled[0][1], tuple(filled[1:]), sha256(data).hexdigest(), encoding, blank)


def _decode(file: str, data: bytes) -> tuple[str, str] | Problem:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(file, "is saved as UTF-16", _SAVE_AS)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Problem(file, "is a workbook, not a CSV file", _SAVE_AS)
    if b"\x00" in data:
        return Problem(file, "is not a text file", _SAVE_AS)
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return Problem(file, "is neither UTF-8 nor Windows-1252 text", _SAVE_AS)


def _split(file: str, text: str) -> list[tuple[int, tuple[str, ...]]] | Problem:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, row in enumerate(reader, start=1):
            if number > MAX_ROWS + 1:
                return Problem(file, f"has more than {MAX_ROWS:,} rows", "Is it the right file?")
            rows.append((number, tuple(cell.strip() for cell in row)))
    except csv.Error as error:
        return Problem(
            file,
            f"line {reader.line_num} is not well-formed CSV: {error}",
            "Look for a quotation mark that is not closed, or is inside a cell.",
        )
    return rows
