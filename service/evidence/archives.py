"""Folders as zips whose bytes depend on nothing but what is in them, and back."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from service.evidence.models import Archive

REPORT, FOR_OTHERS = "report", "report-for-others"
"""The names of the two editions of a report in its archive, before the kind."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can tell


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by their names. The same files give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name])
    return content.getvalue()


def pack_folder(folder: Path) -> bytes:
    """A zip of every file in a folder and below."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def unpack(content: bytes, folder: Path) -> None:
    """Put the files of a zip of ours into a folder of our own."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def read_member(archive: Archive, name: str) -> bytes | None:
    """One file of an archive; None if it does not have it."""
    with zipfile.ZipFile(io.BytesIO(bytes(archive.content))) as opened:
        return opened.read(name) if name in opened.namelist() else None


def names_in(archive: Archive) -> list[str]:
    """The names of the files of an archive, sorted."""
    with zipfile.ZipFile(io.BytesIO(bytes(archive.content))) as opened:
        return sorted(opened.namelist())


def keep(content: bytes) -> Archive:
    """Keep a zip in the database."""
    return Archive.objects.create(sha256=hashlib.sha256(content).hexdigest(), size=len(content), content=content)


def pack_without(archive: Archive, name: str) -> bytes:
    """The zip of an archive without one of its files."""
    with zipfile.ZipFile(io.BytesIO(bytes(archive.content))) as opened:
        return pack({each: opened.read(each) for each in opened.namelist() if each != name})
