"""Files that an analyst uploads: where they lie until the panel is built, what is refused, and how they are got rid of.

They hold rows about children. They lie in a folder that only the service may open, in no copy of the service, and nothing of
them outlives the job.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

SUFFIXES = (".xml", ".csv", ".xlsx", ".zip")
MOST_BYTES = 2_000_000_000
"""Of one upload. The returns of the largest authority over ten years are a tenth of it."""
MOST_FILES = 500
MOST_UNPACKED = 6_000_000_000
MOST_TIMES_PACKED = 200
"""A return shrinks to a tenth or a twentieth; a bomb to a thousandth."""
WORK = ".work-"
LEFT_AFTER = 86_400  # seconds; no work takes a day
FORGOTTEN_AFTER = 3600
A_JOB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Seconds after which a folder that belongs to no job was left by a request that was cut off."""
_STEP = 1 << 20
_ODD_NAME = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EINVAL)
_LONGEST_NAME = 150  # bytes: with what is put to it, as long as a file's name may be
_MAGIC = {".zip": b"PK\x03\x04", ".xlsx": b"PK\x03\x04"}


def incoming_folder() -> Path:
    """Where uploads lie; nobody else may open it."""
    folder = Path(settings.DATA) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def folder_of(job: UUID) -> Path:
    return incoming_folder() / str(job)


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]
    """A file of an upload, on disk in the private folder."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(path.open("rb"), name, "application/octet-stream", size)
        self.path = path


class PrivateUploadHandler(FileUploadHandler):
    """Writes what is sent into the private folder at once, never where the system keeps what is temporary.

    It stops at the limit; `too_large` then says so. `clear` removes whatever was not taken.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.folder = incoming_folder() / f"receiving-{uuid4()}"
        self.received = 0
        self.too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.path = self.folder / uuid4().hex
        self.opened: BinaryIO = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.too_large = True
            self.opened.close()
            raise StopUpload(connection_reset=False)
        self.opened.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.opened.close()
        return ReceivedFile(self.path, str(self.file_name), file_size)

    def upload_interrupted(self) -> None:
        self.opened.close()
        self.clear()

    def clear(self) -> None:
        """Remove what lies here still."""
        shutil.rmtree(self.folder, ignore_errors=True)


def check_upload(files: Sequence[UploadedFile[Any]]) -> None:
    """Raises `ValidationError` with everything that is wrong with the files from outside: kind, emptiness, names, packing."""
    problems = []
    if len(files) > MOST_FILES:
        problems.append(f"There are {len(files)} files. Send at most {MOST_FILES}, or one zip of them.")
    names = [file.name or "" for file in files]
    for again in sorted({name for name in names if names.count(name) > 1}):
        problems.append(
            f"Several files are called {again}. Put each year into a folder of its own, and send the folders as one zip."
        )
    problems += [problem for file in files if (problem := _problem_of(file))]
    if problems:
        raise ValidationError(problems)


def _problem_of(file: UploadedFile[Any]) -> str:
    name = file.name or ""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        return f"{name} is none of the kinds that are taken: {', '.join(SUFFIXES)}."
    if len(name.encode()) > _LONGEST_NAME:
        return f"{name[:20]} ... has a name of more than {_LONGEST_NAME} letters. Give it a shorter one."
    if not file.size:
        return f"{name} is empty. Save the return anew."
    file.seek(0)
    if suffix in _MAGIC and not file.read(4).startswith(_MAGIC[suffix]):
        return f"{name} is not what its name says. Save it anew."
    return _problem_of_packed(file, name, is_zip=suffix == ".zip") if suffix in _MAGIC else ""


def _problem_of_packed(file: UploadedFile[Any], name: str, *, is_zip: bool) -> str:
    """What is wrong with a zip, or a workbook, which is one."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return f"{name} cannot be read as a {'zip' if is_zip else 'workbook'}. {'Pack' if is_zip else 'Save'} it again."
    if not entries:
        return f"{name} holds no file."
    if len(entries) > MOST_FILES:
        return f"{name} holds {len(entries):,} files. Send at most {MOST_FILES}."
    if any(entry.flag_bits & 1 for entry in entries):
        return f"{name} is locked by a password. Pack it without one; the connection is encrypted."
    if is_zip and any(PurePosixPath(entry.filename).suffix.lower() == ".zip" for entry in entries):
        return f"{name} holds another zip. Unpack that first, and pack its files."
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or unpacked > MOST_TIMES_PACKED * max(file.size or 1, 1):
        return f"{name} holds far more than its size allows. Send the files themselves."
    return ""


def take_in(files: Sequence[UploadedFile[Any]], job: UUID) -> list[dict[str, Any]]:
    """Move checked files into the folder of a job. Gives back their names and sizes."""
    folder = folder_of(job)
    folder.mkdir(mode=0o700)
    told = []
    for file in files:
        target = folder / str(file.name)
        if isinstance(file, ReceivedFile):
            file.path.rename(target)
        else:
            file.seek(0)
            target.write_bytes(file.read())
            target.chmod(0o600)
        told.append({"name": str(file.name), "size": file.size})
    return told


class Refused(Exception):
    """An upload that cannot be used, with what to do."""


def unpack_zips(folder: Path) -> None:
    """Unpack each zip of a folder into a folder of its own beside it, and remove the zip. Raises `Refused`.

    Files that are no returns come out too, so that the quality page says that they were not used; hidden ones do not.
    What is written is counted while it is written: the sizes that a zip states are not believed.
    """
    room = MOST_UNPACKED
    for path in sorted(folder.glob("*.[zZ][iI][pP]")):
        into = folder / f"{path.name} unpacked"
        shutil.rmtree(into, ignore_errors=True)  # of a job that was killed half way
        into.mkdir(mode=0o700)
        most = min(room, MOST_TIMES_PACKED * path.stat().st_size)
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in archive.infolist():
                    written = _unpack_one(archive, entry, into, most=most)
                    most, room = most - written, room - written
        except FileExistsError:
            raise Refused(f"{path.name} holds one file twice. Pack it again.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise Refused(f"{path.name} is damaged. Pack it again.") from None
        except OSError as error:
            if error.errno not in _ODD_NAME:
                raise
            raise Refused(
                f"{path.name} holds a file with a name that cannot be used. Rename it, and pack again."
            ) from None
        path.unlink()


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path, *, most: int) -> int:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in parts)
    if entry.is_dir() or hidden or not parts:
        return 0
    # Folders are kept: they tell one year's header.csv from another's. A way out of the folder is none.
    target = into.joinpath(*[part for part in parts if part not in ("/", "..")])
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, target.open("xb") as out:
        while chunk := source.read(_STEP):
            written += len(chunk)
            if written > most:
                raise Refused("A zip holds far more than its size allows. Send the files themselves.")
            out.write(chunk)
    target.chmod(0o600)
    if target.suffix.lower() == ".xlsx":
        _refuse_bomb(target)
    return written


def _refuse_bomb(workbook: Path) -> None:
    """A workbook is a zip: what it holds is held against its size, as the whole upload was. One that is none is told later."""
    if zipfile.is_zipfile(workbook):
        with zipfile.ZipFile(workbook) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_TIMES_PACKED * workbook.stat().st_size:
            raise Refused(f"{workbook.name} holds far more than its size allows. Save it anew.")


def remove_left_work() -> int:
    """Remove the folders of work that somebody was killed at, a day after; how many. They hold small numbers."""
    left = [
        path
        for path in Path(settings.DATA).glob(f"{WORK}*")
        if path.is_dir() and path.stat().st_mtime < time.time() - LEFT_AFTER
    ]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def remove(job: UUID) -> None:
    """Remove everything that a job was given."""
    shutil.rmtree(folder_of(job), ignore_errors=True)


def waiting() -> list[UUID]:
    """The jobs whose folders are here."""
    names = [path.name for path in incoming_folder().iterdir() if not path.name.startswith("receiving-")]
    return [UUID(name) for name in names if A_JOB.fullmatch(name)]


def remove_of(jobs: set[UUID], *, live: set[UUID]) -> int:
    """Remove the folders of the jobs that are over, and what nobody has claimed for an hour; how many.

    A folder without a job may belong to an upload that is being taken in by another process, whose job nobody can see yet.
    """
    over, kept = {str(job) for job in jobs - live}, {str(job) for job in live}
    removed = 0
    for path in incoming_folder().iterdir():
        young = path.stat().st_mtime > time.time() - FORGOTTEN_AFTER
        if path.name in kept or (young and path.name not in over):
            continue
        shutil.rmtree(path, ignore_errors=True)
        removed += 1
    return removed
