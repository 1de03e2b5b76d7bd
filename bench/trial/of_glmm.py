"""glmm: mixed and negative binomial models compiled from Rust, called one table at a time."""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Any

import glmm
import numpy as np

from bench.trial.task import Each, Task
from swis.estimate.trial.trial_table import TrialTable

COVARIATES = ("rate", "size", "meals")


def _columns(table: TrialTable) -> dict[str, Any]:
    scaled = {name: value / value.std() for name, value in zip(COVARIATES, table.covariates.values(), strict=True)}
    arm = table.intervention.astype(float)
    return {"y": table.count, "arm": arm, **scaled, "la": list(table.authorities), "school": list(table.schools)}


def _fit(task: Task, place: int, rest: str, family: str) -> Any:
    table = task.trial(place)
    formula = f"y ~ arm + {' + '.join(COVARIATES)} + {rest}"
    return glmm.fit(_columns(table), formula, family=family, offset=np.log(table.exposure), anova_test="Wald")


def _mixed(task: Task, rest: str) -> Each:
    def run(place: int) -> dict[str, float]:
        found = _fit(task, place, rest, "poisson")
        return {
            "log_ratio": float(found.beta[found.names.index("arm")]),
            "log_likelihood": float(found.loglik),
        }

    return Each(run)


def _negative_binomial(task: Task) -> Each:
    def run(place: int) -> dict[str, float]:
        found = _fit(task, place, "la", "negativebinomial")
        return {"log_ratio": float(found.beta[found.names.index("arm")]), "log_shape": log(found.dispersion)}

    return Each(run)


READY: dict[str, Callable[[Task], Each]] = {
    "negative_binomial": _negative_binomial,
    "intercepts": lambda task: _mixed(task, "la + (1 | school)"),
    "nested": lambda task: _mixed(task, "(1 | school) + (1 | la)"),
}
