"""statsmodels: a dummy for every school and term; its clustered standard error scaled by G/(G-1) alone."""

from __future__ import annotations

from math import sqrt

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from bench.panels import Long


def prepare(long: Long) -> Long:
    """The table as this tool wants to find it in memory."""
    return long


def fit(long: Long, *, year_groups: bool) -> tuple[float, float]:
    """The programme's log rate ratio and its clustered standard error."""
    if year_groups:
        raise MemoryError("a dummy for every school does not fit into memory")
    schools = int(long["school"].max()) + 1
    fitted = sm.GLM(long["count"], design(long), family=sm.families.Poisson(), offset=long["log_pupils"]).fit(
        cov_type="cluster",
        cov_kwds={"groups": long["school"], "use_correction": False},
    )
    return float(fitted.params[-1]), float(fitted.bse[-1]) * sqrt(schools / (schools - 1))


def design(long: Long) -> NDArray[np.float64]:
    """Dummies for schools, dummies for terms but the first, and the programme."""
    school = (long["school"][:, None] == np.unique(long["school"])).astype(float)
    term = (long["term"][:, None] == np.unique(long["term"])[1:]).astype(float)
    return np.column_stack([school, term, long["programme"].astype(float)])
