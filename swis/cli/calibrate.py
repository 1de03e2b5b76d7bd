"""`swis calibrate`: simulate how the methods behave in a study like this one."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from swis.cli.console import errors, output, progress, say_seconds
from swis.cli.studies import read_folders
from swis.study.calibration import calibrate_study, write_calibration


def calibrate_folder(folder: Path, *, share: float) -> None:
    """Simulate the study in a folder and write calibration.csv into it."""
    (study,) = read_folders([folder])
    errors().print(
        f"Simulating {len(study.outcomes)} outcome{'s' if len(study.outcomes) > 1 else ''} of {study.authority} ..."
    )
    began = monotonic()
    with progress() as tell:
        rows = calibrate_study(study, share=share, progress=tell)
    path = write_calibration(folder, rows)
    simulated = {row["outcome"] for row in rows}
    left = [outcome.name for outcome in study.outcomes if outcome.code not in simulated]
    if left:
        errors().print(
            f"Not simulated, because their tables leave no scatter to draw by: {', '.join(left)}.", soft_wrap=True
        )
    quick = "" if share == 1 else f" These are {share:.0%} of the draws: a quick look, not for a report."
    output().print(f"{len(rows)} lines in {path}, after {say_seconds(monotonic() - began)}.{quick}", soft_wrap=True)
