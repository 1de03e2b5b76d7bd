"""`swis lock`: settle the plan of a study before its outcomes are seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from swis.cli.console import output
from swis.cli.trial_folder import is_trial
from swis.study.lock import LOCK_FILE, lock_study
from swis.study.trial.plan import TRIAL_LOCK_FILE, lock_trial


def lock_folder(folder: Path, *, on: date | None) -> None:
    """Lock the plan in a folder, today unless another day is given, and say what was locked."""
    trial = is_trial(folder)
    lock = (lock_trial if trial else lock_study)(folder, on=on or date.today())
    place = folder / (TRIAL_LOCK_FILE if trial else LOCK_FILE)
    lines = [f"The plan is locked as of {lock.on.isoformat()}: {len(lock.plan)} items, in {place}."]
    if lock.counts_after_start_were_there:
        lines.append(
            "Counts of terms after the start were already there, and the lock says so: it does not show that the plan came first."
        )
    lines.append("Commit that file now, so that the history bears witness to the day.")
    output().print("\n".join(lines))
