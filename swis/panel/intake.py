"""What is gathered while files are read: rows go into the engine, and what is known of the files stays here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import TypeAlias

from swis.ingest.finding import Quality
from swis.ingest.reading import Progress, Reading
from swis.ingest.recognise import ReturnKind
from swis.panel.finding import PanelFinding
from swis.panel.panel import SourceFile
from swis.panel.pupil_aliases import FormerNumbers
from swis.panel.staged_tables import Stage

_MADE = "initial_conferences"
BytesRead: TypeAlias = Callable[[int, int], None]
"""Told how many bytes are read of how many, over all files."""


def say_nothing(_read: int, _in_all: int) -> None:
    """Says nothing."""


class BytesCounted:
    """Adds up the bytes of files that are read one after another. Readers count anew for each file."""

    def __init__(self, paths: Iterable[Path], progress: BytesRead) -> None:
        self._in_all = sum(path.stat().st_size for path in paths)
        self._progress = progress
        self._done = self._in_reading = self._latest = 0

    def add(self, read: int) -> None:
        """Told by a reader how much of its file is read."""
        if read < self._latest:
            self._in_reading += self._latest
        self._latest = read
        self._tell(self._done + self._in_reading + read)

    def end(self, paths: Iterable[Path]) -> None:
        """These files are read."""
        self._done += sum(path.stat().st_size for path in paths)
        self._in_reading = self._latest = 0
        self._tell(self._done)

    def _tell(self, read: int) -> None:
        self._progress(min(read, self._in_all), self._in_all)


@dataclass
class Intake:
    """The stage for rows, and what was found so far. `names` tells apart files of one name in several folders."""

    stage: Stage
    names: dict[Path, str]
    bytes_counted: BytesCounted
    former_numbers: FormerNumbers = field(default_factory=FormerNumbers)
    qualities: list[Quality] = field(default_factory=list)
    findings: list[PanelFinding] = field(default_factory=list)
    sources: list[SourceFile] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        """For a reader."""
        return self.bytes_counted.add

    def warn(self, code: str, what: str, what_to_do: str, *, count: int = 1, path: Path | None = None) -> None:
        """Adds a finding that bears on a number."""
        file = self.names[path] if path else ""
        self.findings.append(PanelFinding("warning", code, what, what_to_do, count, file=file))

    def note(self, code: str, what: str, what_to_do: str, *, count: int = 1, path: Path | None = None) -> None:
        """Adds a finding that does not."""
        file = self.names[path] if path else ""
        self.findings.append(PanelFinding("note", code, what, what_to_do, count, file=file))

    def end_reading(self, reading: Reading, paths: Sequence[tuple[Path, ReturnKind]]) -> None:
        """Keeps the quality of a reading, and which files it was of: each of another table, or one of all."""
        quality = reading.quality
        self.bytes_counted.end(path for path, _ in paths)
        self.qualities.append(quality)
        hashes = dict(zip(quality.files, quality.sha256, strict=True))
        for path, kind in paths:
            alone = len(paths) == 1
            read, kept = (_count(rows, kind, alone=alone) for rows in (quality.rows_read, quality.rows_kept))
            self.sources.append(SourceFile(self.names[path], kind.value, hashes[path.name], read, kept))

    def add_source(self, path: Path, kind: ReturnKind, rows: int) -> None:
        """Keeps a file that is read as a whole or refused."""
        self.bytes_counted.end([path])
        with path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        self.sources.append(SourceFile(self.names[path], kind.value, sha256, rows, rows))


def _count(rows: Mapping[str, int], kind: ReturnKind, *, alone: bool) -> int:
    """The rows of a file; what a reader makes of other rows does not count."""
    if alone:
        return sum(count for table, count in rows.items() if table != _MADE)
    return rows.get(kind.name.lower(), 0)


def name_files(paths: Sequence[Path]) -> dict[Path, str]:
    """The names of files as people read them: with their folder where several have one name."""
    names = [path.name for path in paths]
    return {path: path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}" for path in paths}
