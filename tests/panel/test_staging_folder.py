"""The folder that holds children in clear while Spark counts."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from swis.panel.staging_folder import StagingFolder, remove_abandoned

HOLD = """
import sys
from pathlib import Path
from swis.panel.staging_folder import StagingFolder

folder = StagingFolder(Path(sys.argv[1]))
(folder.path / "part.parquet").write_text("children")
print(folder.path, flush=True)
sys.stdin.read()
"""


def hold(below: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(below)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.communicate(timeout=20)


def test_it_is_closed_to_others_and_gone_when_it_is_removed(tmp_path: Path) -> None:
    folder = StagingFolder(tmp_path)
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (folder.path / "table").mkdir()
    (folder.path / "table" / "part.parquet").write_text("children")
    folder.remove()
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_a_living_one_holds_is_not(tmp_path: Path) -> None:
    (killed, left), (living, held) = hold(tmp_path), hold(tmp_path)
    end(killed, signal.SIGKILL)
    assert (left / "part.parquet").exists()
    folder = StagingFolder(tmp_path)
    assert not left.exists()
    assert (held / "part.parquet").exists()
    folder.remove()
    assert living.stdin is not None
    living.communicate("", timeout=20)
    assert list(tmp_path.iterdir()) == []


def test_folders_of_another_kind_with_such_a_name_are_left(tmp_path: Path) -> None:
    (tmp_path / "swis-results").mkdir()
    (tmp_path / "swis-notes.txt").write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".in-use").write_text("")
    (tmp_path / "swis-link").symlink_to(elsewhere)
    assert remove_abandoned(tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "elsewhere",
        "swis-link",
        "swis-notes.txt",
        "swis-results",
    ]


def test_a_place_where_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        StagingFolder(tmp_path / "away")
