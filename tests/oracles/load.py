"""The stored results of independent software, and the panels that they were computed from."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from swis.estimate.comparison import Comparison

HERE = Path(__file__).parent
PANELS = (
    "Southampton/s17",
    "Southampton/s47",
    "Southampton/days_in_care",
    "Stockport/s17",
    "Stockport/s47",
    "Stockport/days_in_care",
    "Lambeth/s17",
    "Lambeth/s47",
)
PRINTED = "Lambeth/s17/printed"
"""Lambeth's section 17 with the count as printed; the oracles hold it beside the eight."""
ORACLES = ("poisson", "firth", "permutation", "wild_score", "eventstudy", "placebo", "exact", "pooling")
TERMS = {
    "Southampton": ("2018-19 Term 3", "2019-20 Term 1"),
    "Stockport": ("Autumn 2018", "Autumn 2019"),
    "Lambeth": ("Autumn 2018", "Autumn 2019"),
}
NOT_FINITE = {"Inf": float("inf"), "-Inf": float("-inf"), "NA": float("nan")}


def load(name: str) -> dict[str, Any]:
    """What one script stored, by analysis ("Lambeth/s47"); infinite and undefined values are floats again."""
    analyses: dict[str, Any] = load_whole(name)["analyses"]
    return analyses


def load_whole(name: str) -> dict[str, Any]:
    """The whole file: versions, analyses and what belongs to no single analysis."""
    whole: dict[str, Any] = with_floats(json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))
    return whole


def load_reference() -> dict[str, Any]:
    """Values that were computed before, with other software; each block names its source."""
    reference: dict[str, Any] = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
    return reference


def with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_floats(item) for item in value]
    return NOT_FINITE.get(value, value) if isinstance(value, str) else value


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (HERE / "panels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def panel(authority: str, outcome: str, *, printed: bool = False) -> Comparison:
    """One published analysis; `printed` takes the counts as printed, without corrections. Schools and terms as printed."""
    kept = [row for row in rows() if row["authority"] == authority and row["outcome"] == outcome]
    schools = tuple(dict.fromkeys(row["school"] for row in kept))
    terms = tuple(dict.fromkeys(row["term"] for row in kept))
    count, pupils = np.zeros((2, len(schools), len(terms)))
    for row in kept:
        cell = schools.index(row["school"]), terms.index(row["term"])
        count[cell] = float(row["count_printed" if printed else "count"])
        pupils[cell] = float(row["pupils"])
    arm = {row["school"]: row["intervention"] == "1" for row in kept}
    reference, last = TERMS[authority]
    return Comparison(
        outcome=outcome,
        schools=schools,
        terms=terms,
        count=count,
        pupils=pupils,
        intervention=np.array([arm[school] for school in schools]),
        reference=reference,
        after=(last,),
        unit_of_count=122.0 if outcome == "days_in_care" else 1.0,
    )


def comparison(analysis: str) -> Comparison:
    """The panel of a key of the oracles, "Lambeth/s17" or "Lambeth/s17/printed"."""
    authority, outcome, *printed = analysis.split("/")
    return panel(authority, outcome, printed=bool(printed))
