"""Reading the folders that were typed: all of them, so that one mistake does not hide the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from swis.errors import StudyError
from swis.study.read import read_study
from swis.study.study import Study


def read_folders(folders: Sequence[Path]) -> list[Study]:
    """The studies in the folders. Raises one StudyError that tells what is wrong with each that cannot be used."""
    read = [read_or_error(folder) for folder in folders]
    errors = [(folder, one) for folder, one in zip(folders, read, strict=True) if isinstance(one, StudyError)]
    if errors:
        kinds = {type(error) for _, error in errors}
        kind = kinds.pop() if len(kinds) == 1 else StudyError
        raise kind("\n\n".join(tell_error(folder, error) for folder, error in errors))
    return [one for one in read if isinstance(one, Study)]


def read_or_error(folder: Path) -> Study | StudyError:
    """The study in a folder, or why it cannot be used."""
    try:
        return read_study(folder)
    except StudyError as error:
        return error


def tell_error(folder: Path, error: StudyError) -> str:
    """What is wrong with one folder, under its name."""
    lines = "\n".join(f"  {line}" for line in str(error).splitlines())
    return f"{folder} cannot be used as it stands.\n{lines}"
