"""Robust intervals of Rambachan and Roth (2023) by the package honestdid, from the event studies that eventstudy.R stored.

It needs an environment of its own (numpy below 2); README.md says how. It reads eventstudy.json and writes honest_did.json.
"""

from __future__ import annotations

import json
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from honestdid import createSensitivityResults, createSensitivityResults_relativeMagnitudes

HERE = Path(__file__).parent
ALLOWANCES = (0.0, 0.5, 1.0)
BENDS = (0.0, 0.25, 0.5)
GRID_POINTS = 4001
SEEDS = (0, 1, 2, 3, 4)


def main() -> None:
    studies = json.loads((HERE / "eventstudy.json").read_text(encoding="utf-8"))["analyses"]
    result = {
        "versions": {name: version(name) for name in ("honestdid", "numpy", "scipy", "torch")},
        "grid_points": GRID_POINTS,
        "seeds": SEEDS,
        "analyses": {name: robust_intervals(study) for name, study in studies.items() if finite(study)},
    }
    (HERE / "honest_did.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def finite(study: dict[str, Any]) -> bool:
    return not study["last_term_separated"]


def robust_intervals(study: dict[str, Any]) -> dict[str, Any]:
    """All on the log scale. The package's grid runs over 20 standard errors of the last term either side of zero."""
    beta, covariance = np.array(study["beta"]), np.array(study["covariance_quasi"])
    error = float(np.sqrt(covariance[-1, -1]))
    return {
        "standard_error": error,
        "grid_spacing": 40 * error / (GRID_POINTS - 1),
        "relative_magnitudes": [relative_magnitude(beta, covariance, mbar) for mbar in ALLOWANCES],
        "smoothness": [smoothness(beta, covariance, bend) for bend in BENDS],
    }


def relative_magnitude(beta: np.ndarray, covariance: np.ndarray, mbar: float) -> dict[str, Any]:
    """One interval for each seed: the package draws its first critical value a thousand times."""
    intervals = []
    for seed in SEEDS:
        row = createSensitivityResults_relativeMagnitudes(
            beta, covariance, len(beta) - 1, 1, method="C-LF", Mbarvec=[mbar], gridPoints=GRID_POINTS, seed=seed
        ).iloc[0]
        intervals.append([float(row["lb"]), float(row["ub"])])
    return {"mbar": mbar, "log_intervals": intervals}


def smoothness(beta: np.ndarray, covariance: np.ndarray, bend: float) -> dict[str, Any]:
    """The optimal fixed-length interval, or what the package said instead."""
    try:
        row = createSensitivityResults(beta, covariance, len(beta) - 1, 1, method="FLCI", Mvec=[bend]).iloc[0]
    except Exception as failure:
        return {"bend": bend, "log_interval": None, "failure": f"{type(failure).__name__}: {failure}"}
    return {"bend": bend, "log_interval": [float(row["lb"]), float(row["ub"])]}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
