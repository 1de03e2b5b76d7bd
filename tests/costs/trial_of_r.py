"""The trial that R analysed, as the table that the differences are estimated from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from swis.costs.school_money import SchoolMoney

HERE = Path(__file__).parents[1] / "oracles" / "costs"


def stored() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((HERE / "costs.json").read_text(encoding="utf-8"))
    return whole


def school_money(*covariates: str) -> SchoolMoney:
    with (HERE / "schools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {
        name: np.array([float(row[name]) for row in rows]) for name in ("arm", "cost", "count", "pupil_years", "fsm")
    }
    return SchoolMoney(
        outcome="section 47 enquiries",
        schools=tuple(row["school"] for row in rows),
        authorities=tuple(row["authority"] for row in rows),
        intervention=column["arm"] == 1,
        cost=column["cost"],
        count=column["count"],
        exposure=column["pupil_years"],
        covariates={name: column[name] for name in covariates},
    )
