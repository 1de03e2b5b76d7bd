"""A private folder for children in clear while a panel is built: removed at the end, or by the next build after a kill."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from weakref import finalize

from swis.errors import EngineError

try:
    import fcntl
except ImportError:
    raise EngineError("Spark needs Linux or macOS here: nothing else locks what it stages. Use DuckDB.") from None

_PREFIX = "swis-"
_LOCK = ".in-use"


class StagingFolder:
    """A new folder below `below` (without it, where the system keeps what is temporary), open to nobody else.

    It holds a lock for as long as its process lives, however that ends. Folders without a holder are removed first.
    Raises OSError where nothing can be made.
    """

    def __init__(self, below: Path | None) -> None:
        remove_abandoned(Path(gettempdir()) if below is None else below)
        self.path = Path(mkdtemp(prefix=_PREFIX, dir=below))
        self._lock = _lock(self.path)
        self._remove = finalize(self, _remove, self.path, self._lock)

    def __repr__(self) -> str:
        return f"StagingFolder({self.path})"

    def remove(self) -> None:
        """Removes it with all that is in it; again does nothing."""
        self._remove()


def remove_abandoned(below: Path) -> int:
    """Removes the staging folders of one's own whose process is gone; how many."""
    return sum(_remove_if_abandoned(folder) for folder in sorted(below.glob(f"{_PREFIX}*")))


def _lock(folder: Path) -> int:
    # The file has its name only once it is locked: nobody can find it without a holder.
    beside = folder / f"{_LOCK}.new"
    held = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    beside.rename(folder / _LOCK)
    return held


def _remove(folder: Path, held: int) -> None:
    rmtree(folder, ignore_errors=True)
    os.close(held)


def _remove_if_abandoned(folder: Path) -> bool:
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return False
        held = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False  # not a staging folder, or one that another process removed just now
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(folder, held)
        return True
    os.close(held)
    return False
