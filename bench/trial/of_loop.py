"""What an analyst writes for the score wild bootstrap: random signs, one pattern after the other, each fitted by statsmodels.

A surprise is the residual of the fit without an arm, as large as it would be had its school been left out. A pattern's statistic
is the robust t of the arm in the weighted regression of the signed surprises.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import statsmodels.api as sm

from bench.trial.task import SEED, Numbers, Task, Whole
from swis.estimate.comparison import Array

LOOPED = 500


def _signs(task: Task) -> Whole:
    patterns = min(LOOPED, task.number)

    def run() -> Numbers:
        X, count = task.columns, task.table.count
        offset = np.log(task.table.exposure)
        null = sm.GLM(count, X[:, 1:], family=sm.families.Poisson(), offset=offset).fit(tol=1e-12)
        mu = np.asarray(null.fittedvalues)
        left_out = (count - mu) / (1 - _leverage(X[:, 1:], mu))
        observed = _statistic(count - mu, X, mu)
        rng = np.random.default_rng(SEED)
        signed = (left_out * rng.choice((-1.0, 1.0), len(mu)) for _ in range(patterns))
        beyond = sum(_statistic(each, X, mu) >= observed for each in signed)
        return {"statistic": [observed], "p": [(1 + beyond) / (1 + patterns)]}

    return Whole(run, fits=patterns)


def _leverage(X: Array, mu: Array) -> Array:
    root = X * np.sqrt(mu)[:, None]
    hat: Array = np.einsum("ij,jk,ik->i", root, np.linalg.inv(root.T @ root), root)
    return hat


def _statistic(surprise: Array, X: Array, mu: Array) -> float:
    return abs(float(sm.WLS(surprise / mu, X, weights=mu).fit(cov_type="HC0").tvalues[0]))


READY: dict[str, Callable[[Task], Whole]] = {"signs": _signs}
