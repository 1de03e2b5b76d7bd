"""The folder that a synthetic authority is written into: only ever an empty one, or one that was written so before."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from swis.errors import OutputError

README, CONTENTS = "README.txt", "contents.txt"
MARK = "Synthetic data, made by swis synthesise. No child, family or school in it is real."


class SyntheticFolder:
    """Writes files and keeps a list of them, so that the next run can take them away again. Raises OutputError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: list[str] = []
        try:
            check_folder(folder)
            _clear(folder)
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be used: {error.strerror}. Name another folder.") from None
        self.write(README, f"{MARK}\n".encode())

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files written so far, with their folders."""
        return tuple(self._names)

    def write(self, name: str, content: bytes | Iterable[str]) -> None:
        """Writes a file, given as bytes or as lines, and the line that says what it is into a folder that is new."""
        path = self.folder / name
        if path.parent != self.folder and not path.parent.exists():
            self._make(path.parent)
        self._note(name)
        try:
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                with path.open("w", encoding="utf-8", newline="\n") as file:
                    file.writelines(content)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder.") from None

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be made a folder: {error.strerror}. Name another.") from None
        self.write(f"{folder.relative_to(self.folder).as_posix()}/{README}", f"{MARK}\n".encode())

    def _note(self, name: str) -> None:
        # Before the file itself, so that a run that was stopped half way can be taken away by the next.
        self._names.append(name)
        try:
            with (self.folder / CONTENTS).open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{name}\n")
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written to: {error.strerror}. Name another folder.") from None


def encode_table(frame: pl.DataFrame) -> bytes:
    """A frame as CSV in UTF-8."""
    return frame.write_csv(line_terminator="\n").encode()


def check_folder(folder: Path) -> None:
    """Raises OutputError unless the folder is empty, new, or holds only what was written into it so before."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file. Name a folder.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    readme = folder / README
    if not readme.is_file() or not readme.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise OutputError(
            f"{folder} is not empty, and swis synthesise did not write what is in it. Name an empty or a new folder."
        )
    written = {*_list_written(folder), CONTENTS}
    other = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.relative_to(folder).as_posix() not in written
    )
    if other:
        raise OutputError(
            f"{folder} holds {other[0]}{f' and {len(other) - 1} more' if len(other) > 1 else ''}, which swis synthesise did not "
            "write. Move it away, or name another folder."
        )


def _list_written(folder: Path) -> list[str]:
    """The files of an earlier run, by its list; a line that leads out of the folder is none."""
    contents = folder / CONTENTS
    names = contents.read_text(encoding="utf-8").splitlines() if contents.is_file() else []
    inside = folder.resolve()
    return [name for name in names if (folder / name).resolve().is_relative_to(inside)]


def _clear(folder: Path) -> None:
    if not folder.is_dir():
        return
    names = [*_list_written(folder), CONTENTS]
    for name in names:
        (folder / name).unlink(missing_ok=True)
    for name in sorted({Path(name).parent.as_posix() for name in names}, reverse=True):
        if name != "." and (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()
