"""Pairing the schools that are most alike: within a stratum, the pairs whose distances add up to least."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import isqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from swis.errors import NotEstimable


@dataclass(frozen=True)
class Pairing:
    """Pairs of places, the earlier first, and the places left over in strata with an odd number of schools.

    Distances are Euclidean, in thousandths of a standard deviation, rounded down.
    """

    pairs: tuple[tuple[int, int], ...]
    singles: tuple[int, ...]
    distances: tuple[int, ...]

    def __repr__(self) -> str:
        return f"Pairing({len(self.pairs)} pairs, {len(self.singles)} left over, distances add up to {sum(self.distances)})"


def pair_schools(standardised: NDArray[np.int64], stratum: NDArray[np.int64]) -> Pairing:
    """The pairs with the least sum of distances in each stratum; in an odd one, the school that is best left over is.

    Where several pairings have the same sum, the earliest school gets the earliest partner that the sum allows, then the
    next. Solved exactly in whole numbers as an integer programme (Greevy and others 2004 on optimal nonbipartite matching).
    """
    pairs: list[tuple[int, int]] = []
    singles: list[int] = []
    for place in range(int(stratum.max()) + 1):
        members = np.flatnonzero(stratum == place)
        for one, other in _pair(_distances(standardised[members])):
            if other < members.size:
                pairs.append((int(members[one]), int(members[other])))
            else:
                singles.append(int(members[one]))
    return Pairing(tuple(pairs), tuple(singles), tuple(distance(standardised, *pair) for pair in pairs))


def distance(standardised: NDArray[np.int64], one: int, other: int) -> int:
    """The distance of two schools, rounded down."""
    return isqrt(int(((standardised[one] - standardised[other]) ** 2).sum()))


def _distances(standardised: NDArray[np.int64]) -> NDArray[np.int64]:
    """Between all schools; with an odd number, one place more, at no distance from any: who gets it is left over."""
    number = len(standardised)
    size = number + number % 2
    table = np.zeros((size, size), dtype=np.int64)
    for one, other in combinations(range(number), 2):
        table[one, other] = table[other, one] = distance(standardised, one, other)
    return table


def _pair(table: NDArray[np.int64]) -> list[tuple[int, int]]:
    edges = list(combinations(range(len(table)), 2))
    allowed = np.ones(len(edges), dtype=bool)
    best = _solve(table, edges, allowed)
    if best is None:
        raise NotEstimable("The schools of a stratum could not be paired.")
    least = _cost(table, best)
    for one in range(len(table)):
        partner = dict(best).get(one)
        if partner is None:
            continue
        while partner > one + 1:  # is there as good a pairing in which this school has an earlier partner?
            trial = allowed & np.array([edge[0] != one or edge[1] < partner for edge in edges])
            other = _solve(table, edges, trial) if trial.any() else None
            if other is None or _cost(table, other) > least:
                break
            best, partner = other, dict(other)[one]
        allowed &= np.array([edge == (one, partner) or not {one, partner} & set(edge) for edge in edges])
    return sorted(best)


def _solve(
    table: NDArray[np.int64], edges: list[tuple[int, int]], allowed: NDArray[np.bool_]
) -> list[tuple[int, int]] | None:
    meets = np.zeros((len(table), len(edges)))
    for place, (one, other) in enumerate(edges):
        meets[one, place] = meets[other, place] = 1
    solved = milp(
        np.array([table[edge] for edge in edges], dtype=float),
        integrality=np.ones(len(edges)),
        bounds=Bounds(0, allowed.astype(float)),
        constraints=LinearConstraint(meets, 1, 1),
        options={"mip_rel_gap": 0.0},
    )
    return None if solved.x is None else [edge for edge, chosen in zip(edges, solved.x, strict=True) if chosen > 0.5]


def _cost(table: NDArray[np.int64], pairs: list[tuple[int, int]]) -> int:
    return sum(int(table[pair]) for pair in pairs)
