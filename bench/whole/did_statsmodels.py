"""CSV to printed answer with statsmodels."""

from __future__ import annotations

import sys
from math import sqrt

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

frame = pd.read_csv(sys.argv[1])
schools = frame["school"].nunique()
model = smf.glm(
    "count ~ C(school) + C(term) + programme", frame, family=sm.families.Poisson(), offset=np.log(frame["pupils"])
)
fitted = model.fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": frame["school"], "use_correction": False})
print([float(fitted.params["programme"]), float(fitted.bse["programme"]) * sqrt(schools / (schools - 1))])
