"""pyfixest: fixed effects absorbed; its clustered standard error scaled by G/(G-1) alone."""

from __future__ import annotations

import pandas as pd
import pyfixest

from bench.panels import Long


def prepare(long: Long) -> pd.DataFrame:
    """The table as this tool wants to find it in memory."""
    return pd.DataFrame(long).drop(columns=["pupils"])


def fit(frame: pd.DataFrame, *, year_groups: bool) -> tuple[float, float]:
    """The programme's log rate ratio and its clustered standard error."""
    effects = "school + term + year_group" if year_groups else "school + term"
    fitted = pyfixest.fepois(
        f"count ~ programme | {effects}",
        frame,
        vcov={"CRV1": "school"},
        offset="log_pupils",
        ssc=pyfixest.ssc(k_adj=False),
        lean=True,
        copy_data=False,
        store_data=False,
    )
    return float(fitted.coef()["programme"]), float(fitted.se()["programme"])
