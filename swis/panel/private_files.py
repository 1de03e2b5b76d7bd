"""Files and folders that nobody else may open: small counts that were not checked for disclosure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_private_folder(folder: Path, *, ours: bool = False) -> None:
    """Make the folder, for nobody else. One that is there is closed too if it is empty or ours, and else left as it is."""
    if folder.is_dir():
        if ours or not any(folder.iterdir()):
            folder.chmod(_FOLDER)
        return
    folder.mkdir(mode=_FOLDER, parents=True)


def write_private(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file that nobody else may open; it has its name only once it is whole."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=_FILE, exist_ok=False)
        write(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
