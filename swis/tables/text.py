"""From a file to its bytes, and from bytes to the encoding that they are in."""

from __future__ import annotations

import codecs
from pathlib import Path

from swis.tables.problem import Problem

MAX_BYTES = 2_000_000_000
"""Twice a panel of every school in England over ten years: 10 million rows, a gigabyte. Its bytes are held while it is read."""
MAX_BYTES_OF_PROTOCOL = 50_000_000
_STEP = 8_000_000
_SAVE_AS = 'Save it as "CSV UTF-8 (comma separated)" and try again.'


def read_table_bytes(path: Path) -> bytes | Problem:
    """The bytes of a declared table, or why they cannot be had."""
    return read_bytes(path, most=MAX_BYTES)


def read_bytes(path: Path, *, most: int = MAX_BYTES_OF_PROTOCOL) -> bytes | Problem:
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
            data = file.read(most + 1)
    except OSError as error:
        return Problem(path.name, f"cannot be read: {error.strerror}", "See that you may read it.")
    if len(data) > most:
        return Problem(
            path.name,
            f"is larger than {most:,} bytes",
            "A declared table holds one row for a school and term. Is it the right file?",
        )
    return data


def find_encoding(file: str, data: bytes) -> str | Problem:
    """utf-8, with or without byte order mark, else cp1252; or why the bytes are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(file, "is saved as UTF-16", _SAVE_AS)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Problem(file, "is a workbook, not a CSV file", _SAVE_AS)
    if b"\x00" in data:
        return Problem(file, "is not a text file", _SAVE_AS)
    for encoding in ("utf-8", "cp1252"):
        if _can_be(data, encoding):
            return encoding
    return Problem(file, "is neither UTF-8 nor Windows-1252 text", _SAVE_AS)


def _can_be(data: bytes, encoding: str) -> bool:
    # Step by step: the text of a large file would take as much memory again.
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _STEP):
            decoder.decode(view[start : start + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
