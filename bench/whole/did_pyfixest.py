"""CSV to printed answer with pyfixest."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pyfixest

frame = pd.read_csv(sys.argv[1])
frame["log_pupils"] = np.log(frame["pupils"])
fitted = pyfixest.fepois(
    "count ~ programme | school + term",
    frame,
    vcov={"CRV1": "school"},
    offset="log_pupils",
    ssc=pyfixest.ssc(k_adj=False),
    iwls_tol=1e-12,
)
print([float(fitted.coef()["programme"]), float(fitted.se()["programme"])])
