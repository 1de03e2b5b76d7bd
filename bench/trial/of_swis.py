"""Ours, by the public functions, or by the kernels that a power study calls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.trial.task import COMPARED, MOST_AT_ONCE, SEED, Each, Numbers, Task, Whole
from swis.estimate.trial.many import fit_many, many_design
from swis.estimate.trial.many_mixed import fit_many_mixed, mixed_design
from swis.estimate.trial.mixed import poisson_mixed
from swis.estimate.trial.negative_binomial import negative_binomial
from swis.estimate.trial.randomisation import Statistic, randomisation_test
from swis.estimate.trial.sign_bootstrap import sign_bootstrap


def _redraw(task: Task, statistic: Statistic) -> Whole:
    """The test as a person calls it, drawing included."""

    def run() -> Numbers:
        test = randomisation_test(task.table, allocations=None, statistic=statistic, draws=task.number, seed=SEED)
        name = "log_ratio" if statistic == "refit" else "squared_score"
        power = 1 if statistic == "refit" else 2
        return {name: (test.values[:COMPARED] ** power).tolist()}

    return Whole(run)


def _robust(task: Task) -> Whole:
    design = many_design(task.table)

    def run() -> Numbers:
        first: Numbers = {}
        for start in range(0, task.number, MOST_AT_ONCE):
            rows = slice(start, start + MOST_AT_ONCE)
            found = fit_many(
                design, task.counts[rows].astype(float), task.arms[rows].astype(float), errors=("HC0", "HC3")
            )
            error = found.standard_error
            first = first or {
                "log_ratio": found.log_ratio[:COMPARED].tolist(),
                "HC0": error["HC0"][:COMPARED].tolist(),
                "HC3": error["HC3"][:COMPARED].tolist(),
            }
        return first

    return Whole(run)


def _negative_binomial(task: Task) -> Each:
    def run(place: int) -> dict[str, float]:
        found = negative_binomial(task.trial(place))
        return {"log_ratio": found.estimate.log_ratio, "log_shape": float(np.log(found.shape))}

    return Each(run)


def _intercepts(task: Task) -> Whole | Each:
    if task.number == 1:
        return Each(lambda place: _one_mixed(task, place))
    design = mixed_design(task.table, "school", authority_effects=True)

    def run() -> Numbers:
        found = fit_many_mixed(design, task.counts.astype(float), task.arms.astype(float))
        return {"log_ratio": found.log_ratio[:COMPARED].tolist(), "deviation": found.deviation[:COMPARED].tolist()}

    return Whole(run)


def _one_mixed(task: Task, place: int) -> dict[str, float]:
    found = poisson_mixed(task.trial(place))
    return {
        "log_ratio": found.estimate.log_ratio,
        "deviation": found.school_deviation or 0.0,
        "log_likelihood": found.log_likelihood,
    }


def _nested(task: Task) -> Each:
    def run(place: int) -> dict[str, float]:
        found = poisson_mixed(task.trial(place), intercepts="school within authority")
        return {
            "log_ratio": found.estimate.log_ratio,
            "deviation": found.school_deviation or 0.0,
            "log_likelihood": found.log_likelihood,
        }

    return Each(run)


def _signs(task: Task) -> Whole:
    def run() -> Numbers:
        found = sign_bootstrap(task.table, draws=task.number, seed=SEED)
        return {"statistic": [found.statistic], "p": [found.p]}

    return Whole(run)


READY: dict[str, Callable[[Task], Whole | Each]] = {
    "refit": lambda task: _redraw(task, "refit"),
    "score": lambda task: _redraw(task, "score"),
    "robust": _robust,
    "negative_binomial": _negative_binomial,
    "intercepts": _intercepts,
    "nested": _nested,
    "signs": _signs,
}
