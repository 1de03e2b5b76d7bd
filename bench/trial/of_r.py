"""R: glm.fit, glm with sandwich, MASS and lme4, in a process of its own that reads the table and the first trials from files."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.measure import Measured, run_process
from bench.trial.task import Task
from swis.estimate.trial.trial_table import TrialTable

SCRIPT = Path(__file__).parent / "peers.R"
WORKS = ("refit", "robust", "negative_binomial", "intercepts", "nested", "signs")
HANDED = 200


def run_r(task: Task, budget: float) -> Measured:
    """One work of R. Where R or a package of it is missing the error says so."""
    script = shutil.which("Rscript")
    if script is None:
        return Measured(0.0, 0.0, 0.0, "", "R is not installed")
    with TemporaryDirectory() as folder:
        table, trials = Path(folder) / "table.csv", Path(folder) / "trials.csv"
        _write_table(task.table, table)
        _write_trials(task, trials)
        return run_process([script, str(SCRIPT), task.work, str(table), str(trials), str(task.number), str(budget)])


def _write_table(table: TrialTable, path: Path) -> None:
    rate, size, meals = (value / value.std() for value in table.covariates.values())
    rows = zip(table.schools, table.authorities, table.exposure, rate, size, meals, strict=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("school", "la", "exposure", "rate", "size", "meals", "arm", "y"))
        writer.writerows((*row, 0, 0) for row in rows)


def _write_trials(task: Task, path: Path) -> None:
    """A row a trial: the arms, then the counts."""
    trials = min(task.number, HANDED, max(len(task.arms), len(task.counts)))
    some = [task.trial(place) for place in range(trials)]
    rows = np.array([np.concatenate([one.intervention, one.count]) for one in some])
    np.savetxt(path, rows, fmt="%d", delimiter=",")
