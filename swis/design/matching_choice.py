"""Choosing comparison schools from scores: with replacement, or each school once, greedily or at the least total distance."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from swis.design.matching_units import UnitScores
from swis.design.year_group_panel import Index

Replacement = Literal["with", "optimal", "greedy"]
REPLACEMENTS: tuple[Replacement, ...] = ("with", "optimal", "greedy")


def choose(units: UnitScores, *, k: int, replacement: Replacement) -> tuple[Index, ...]:
    """For each unit the columns that it gets, at most `k`, in its order of preference.

    `with`: each unit gets its nearest, whoever else has them. `greedy`: pairs are taken from the nearest on, each candidate
    once. `optimal`: each candidate once, as many units served as can be, then the least sum of scores; where several choices
    have the same sum, the one that the solver finds.
    """
    if replacement == "with":
        return tuple(units.nearest(unit, k) for unit in range(len(units.names)))
    chosen = _greedy(units, k) if replacement == "greedy" else _optimal(units, k)
    return tuple(units.order(unit, np.array(columns, dtype=np.intp)) for unit, columns in enumerate(chosen))


def _greedy(units: UnitScores, k: int) -> list[list[int]]:
    orders = [units.nearest(unit, units.scores.shape[1]) for unit in range(len(units.names))]
    chosen: list[list[int]] = [[] for _ in units.names]
    taken: set[int] = set()
    place = [0] * len(orders)
    while True:
        offers = []
        for unit, order in enumerate(orders):
            while place[unit] < order.size and int(order[place[unit]]) in taken:
                place[unit] += 1
            if len(chosen[unit]) < k and place[unit] < order.size:
                column = int(order[place[unit]])
                gap = float(units.size_gap(unit, np.array([column]))[0])
                offers.append((round(float(units.scores[unit, column]), 12), gap, units.names[unit], unit, column))
        if not offers:
            return chosen
        *_, unit, column = min(offers)
        chosen[unit].append(column)
        taken.add(column)


def _optimal(units: UnitScores, k: int) -> list[list[int]]:
    known = np.isfinite(units.scores)
    number, candidates = units.scores.shape
    highest = float(units.scores[known].max()) if known.any() else 0.0
    # Leaving a place empty costs more than any choice of schools; leaving a unit's first place empty costs twice that.
    empty = (highest + 1.0) * (number * k + 1)
    cost = np.concatenate(
        [np.where(known, units.scores, empty * (2.0 if copy == 0 else 1.0)) for copy in range(k)], axis=0
    )
    spare = np.repeat(np.where(np.arange(k) == 0, 2.0, 1.0) * empty, number)[:, np.newaxis]
    cost = np.concatenate([cost, np.broadcast_to(spare, (number * k, number * k))], axis=1)
    chosen: list[list[int]] = [[] for _ in units.names]
    for row, column in zip(*linear_sum_assignment(cost), strict=True):
        unit = int(row) % number
        if column < candidates and known[unit, column]:
            chosen[unit].append(int(column))
    return chosen
