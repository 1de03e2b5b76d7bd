"""edi-kernels: a compiled Poisson regression without an offset: rates with exposures as weights have the same maximum."""

from __future__ import annotations

from collections.abc import Callable

import edi_kernels
import numpy as np

from bench.trial.task import Each, Task


def _refit(task: Task) -> Each:
    columns, exposure = np.asfortranarray(task.columns, dtype=np.float64), task.table.exposure

    def run(place: int) -> dict[str, float]:
        columns[:, 0] = task.arms[place if len(task.arms) > 1 else 0]
        count = task.counts[place if len(task.counts) > 1 else 0]
        found = edi_kernels.fast_poisson_regression(columns, count / exposure, weights=exposure, estimate_only=True)
        return {"log_ratio": float(found["b"][0])}

    return Each(run)


READY: dict[str, Callable[[Task], Each]] = {"refit": _refit, "robust": _refit}
