"""The stored trial that R analysed, and small trials drawn in a test."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from swis.estimate.trial.trial_table import TrialTable

STORED = Path(__file__).parents[2] / "oracles" / "trial"
R: dict[str, Any] = json.loads((STORED / "trial.json").read_text(encoding="utf-8"))


@cache
def stored_trial() -> TrialTable:
    """268 schools in 21 authorities, no effect put in."""
    with (STORED / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    return TrialTable(
        outcome="section_47_enquiries",
        schools=tuple(row["school"] for row in rows),
        authorities=tuple(row["la"] for row in rows),
        intervention=column("arm") == 1,
        count=column("y"),
        exposure=column("pupil_years"),
        pupils=column("pupils"),
        baseline_count=column("base_count"),
        baseline_pupils=column("pupils"),
        free_school_meals=column("fsm"),
    )


def stored_follow_ups() -> TrialTable:
    """The stored trial's events over two follow-ups, as R split them."""
    table, first = stored_trial(), np.array(R["follow_ups"]["first"], dtype=float)
    return two_follow_ups(table, first)


def two_follow_ups(table: TrialTable, first: np.ndarray) -> TrialTable:
    def twice(values: np.ndarray | None) -> np.ndarray:
        assert values is not None
        return np.tile(values, 2)

    return TrialTable(
        outcome=table.outcome,
        schools=table.schools * 2,
        authorities=table.authorities * 2,
        intervention=twice(table.intervention),
        count=np.concatenate([first, table.count - first]),
        exposure=twice(table.exposure) / 2,
        pupils=twice(table.pupils),
        baseline_count=twice(table.baseline_count),
        baseline_pupils=twice(table.baseline_pupils),
        free_school_meals=twice(table.free_school_meals),
        follow_up=("1",) * len(first) + ("2",) * len(first),
    )


def draw_trial(
    seed: int, *, authorities: int = 4, each: int = 8, events: float = 20.0, ratio: float = 1.0
) -> TrialTable:
    """Gamma-Poisson counts; half of each authority has a social worker."""
    rng = np.random.default_rng(seed)
    schools = authorities * each
    pupils = rng.integers(400, 1600, schools).astype(float)
    arm = np.concatenate([rng.permutation(np.arange(each) < each // 2) for _ in range(authorities)])
    mean = events * pupils / pupils.mean() * rng.gamma(6, 1 / 6, schools) * ratio**arm
    return TrialTable(
        outcome="drawn",
        schools=tuple(f"S{i}" for i in range(schools)),
        authorities=tuple(f"A{i}" for i in np.repeat(np.arange(authorities), each)),
        intervention=arm,
        count=rng.poisson(mean).astype(float),
        exposure=pupils * 2,
        pupils=pupils,
        baseline_count=rng.poisson(0.01 * pupils).astype(float),
        baseline_pupils=pupils,
        free_school_meals=rng.uniform(5, 50, schools),
    )
