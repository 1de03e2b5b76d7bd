"""Opening a file that somebody sent: what it is, how large, and its hash."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from swis.errors import ReturnError
from swis.ingest.limits import Limits
from swis.ingest.reading import Progress

_CHUNK = 256 * 1024
WORKBOOK_MAGIC = b"PK\x03\x04"
_PACKED = {
    b"\x1f\x8b": "is packed with gzip",
    WORKBOOK_MAGIC: "is a zip archive or a workbook",
    b"\xd0\xcf\x11\xe0": "is an old workbook or document",
    b"%PDF": "is a PDF",
}


class OpenFile:
    """An ordinary file, read once in chunks of a quarter of a megabyte. `sha256` is that of the bytes read."""

    def __init__(self, path: Path, limits: Limits, progress: Progress) -> None:
        self.path = check_path(path)
        self._limits = limits
        self._progress = progress
        self._hash = sha256()

    @property
    def name(self) -> str:
        """The name of the file without its folder."""
        return self.path.name

    @property
    def sha256(self) -> str:
        """The hash of what was read so far."""
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the file. Raises ReturnError if it is empty, packed, too large or cannot be read."""
        count = 0
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    if count == 0:
                        self._refuse_packed(chunk)
                    count += len(chunk)
                    if count > self._limits.bytes_in_file:
                        raise ReturnError(
                            f"{self.name}: is larger than {self._limits.bytes_in_file:,} bytes. Split it."
                        )
                    self._hash.update(chunk)
                    yield chunk
                    self._progress(count)
        except OSError as error:
            raise _refuse_unreadable(self.path, error) from None
        if count == 0:
            raise ReturnError(f"{self.name}: is empty. Save the return anew.")

    def _refuse_packed(self, chunk: bytes) -> None:
        """A file of text must not be packed, whatever its name."""
        for magic, what in _PACKED.items():
            if chunk.startswith(magic):
                raise ReturnError(f"{self.name}: {what}, whatever its name says. Unpack it or save it as text.")


class WorkbookFile(OpenFile):
    """A workbook: read once for its hash, then opened by its path."""

    def hash_all(self) -> None:
        """Reads the whole file for its hash. Raises ReturnError as `chunks` does."""
        for _ in self.chunks():
            continue

    def _refuse_packed(self, chunk: bytes) -> None:
        if not chunk.startswith(WORKBOOK_MAGIC):
            raise ReturnError(f"{self.name}: is no workbook of the kind .xlsx. Save it as .xlsx or as CSV UTF-8.")


def read_start(path: Path, length: int) -> bytes:
    """The first bytes of a file, which say what it is. Raises ReturnError."""
    try:
        with check_path(path).open("rb") as file:
            return file.read(length)
    except OSError as error:
        raise _refuse_unreadable(path, error) from None


def _refuse_unreadable(path: Path, error: OSError) -> ReturnError:
    return ReturnError(f"{path.name}: cannot be read: {error.strerror}. See that you may read it.")


def check_path(path: Path) -> Path:
    """The path, if it leads to an ordinary file. Raises ReturnError."""
    if path.is_dir():
        raise ReturnError(f"{path.name}: is a folder. Name a file.")
    if not path.exists():
        raise ReturnError(f"{path.name}: is not there. It was looked for in {path.parent}.")
    if not path.is_file():
        raise ReturnError(f"{path.name}: is not an ordinary file. Save the return as a file.")
    return path
