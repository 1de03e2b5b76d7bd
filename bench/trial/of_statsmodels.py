"""statsmodels: one regression with an indicator for each authority after the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import statsmodels.api as sm

from bench.trial.task import Each, Task
from swis.estimate.comparison import Array


def _columns(task: Task) -> Callable[[int], Array]:
    columns = task.columns.copy()

    def with_arm(place: int) -> Array:
        columns[:, 0] = task.arms[place if len(task.arms) > 1 else 0]
        return columns

    return with_arm


def _refit(task: Task) -> Each:
    columns, offset = _columns(task), np.log(task.table.exposure)

    def run(place: int) -> dict[str, float]:
        model = sm.GLM(task.table.count, columns(place), family=sm.families.Poisson(), offset=offset)
        return {"log_ratio": float(model.fit().params[0])}

    return Each(run)


def _score(task: Task) -> Each:
    """Rao's test of each re-drawn arm from one fit without an arm."""
    offset = np.log(task.table.exposure)
    null = sm.GLM(task.table.count, task.columns[:, 1:], family=sm.families.Poisson(), offset=offset)
    at = null.fit(tol=1e-12).params

    def run(place: int) -> dict[str, float]:
        chi_squared, _, _ = null.score_test(at, exog_extra=task.arms[place].astype(float)[:, None])
        return {"squared_score": float(np.squeeze(chi_squared))}

    return Each(run)


def _robust(task: Task) -> Each:
    columns, offset = _columns(task), np.log(task.table.exposure)

    def run(place: int) -> dict[str, float]:
        model = sm.GLM(task.counts[place], columns(place), family=sm.families.Poisson(), offset=offset)
        fitted = model.fit(cov_type="HC0")
        return {"log_ratio": float(fitted.params[0]), "HC0": float(fitted.bse[0])}

    return Each(run)


def _negative_binomial(task: Task) -> Each:
    columns, offset = _columns(task), np.log(task.table.exposure)

    def run(place: int) -> dict[str, float]:
        model = sm.NegativeBinomial(task.counts[place], columns(place), offset=offset)
        fitted = model.fit(method="bfgs", maxiter=500, disp=False)
        return {"log_ratio": float(fitted.params[0]), "log_shape": -float(np.log(fitted.params[-1]))}

    return Each(run)


READY: dict[str, Callable[[Task], Each]] = {
    "refit": _refit,
    "score": _score,
    "robust": _robust,
    "negative_binomial": _negative_binomial,
}
