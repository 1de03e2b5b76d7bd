"""SYNTHETIC costs: what a worker cost each school that had one, drawn about a figure of the pilots.

No trial published costs by school.

A worker costs the authority 48,620 pounds a year in prices of 2019: that is what the three pilots claimed for a worker and four
months, times three, managers and equipment included. It scatters by a tenth from school to school. A room and its equipment
cost the school a sum that is invented. A school without a worker cost nothing, and one that was drawn for a worker and had
none, neither.
"""

from __future__ import annotations

import numpy as np

WORKER_A_YEAR = 48_620.0
ROOM = 1_200.0
SCATTER = 0.1
PRICE_YEAR = 2019
LABEL = "(SYNTHETIC)"

Row = tuple[str, str, int, str]


def draw_costs(months: int, rng: np.random.Generator) -> list[Row]:
    """The costs of one school that was drawn for a worker, over the whole follow-up: what, pounds, price year, payer."""
    worker, room = (pounds * rng.lognormal(-(SCATTER**2) / 2, SCATTER) for pounds in (WORKER_A_YEAR, ROOM))
    rows = [(f"social worker {LABEL}", f"{worker * months / 12:.2f}", PRICE_YEAR, "authority")]
    return [*rows, (f"room and equipment {LABEL}", f"{room:.2f}", PRICE_YEAR, "school")] if months else rows
