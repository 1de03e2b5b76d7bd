"""Someone who reads published tables, knows the rule, and works out what was hidden. Shares no code with the library.

Unknowns are the counts in the bodies alone; a total is a sum of them, known, rounded or hidden. The library numbers
totals as cells of their own and follows flows, so that an error of one formulation is not an error of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

ENDLESS = 10_000


@dataclass(frozen=True)
class Rule:
    """A policy in the attacker's own words."""

    largest_small: int
    base: int = 1
    knows_small: bool = False
    zeros_hidden: bool = False

    def of_shown(self, number: int) -> tuple[int, int]:
        if number == 0:
            return 0, 0
        possible = [
            count
            for count in range(max(0, number - self.base), number + self.base + 1)
            if count > self.largest_small and self.base * ((count + self.base / 2) // self.base) == number
        ]
        return min(possible), max(possible)

    def of_hidden(self, count: int) -> tuple[int, int]:
        least = 0 if self.zeros_hidden else 1
        if not self.knows_small:
            return least, ENDLESS
        return (least, self.largest_small) if count <= self.largest_small else (self.largest_small + 1, ENDLESS)


RULES = {"dfe": Rule(5), "nhs": Rule(7, base=5, knows_small=True), "ons": Rule(9)}


@dataclass(frozen=True)
class Clue:
    """A number of a table: which unknowns it sums, and from where to where it lies; whether it was hidden."""

    sums: tuple[int, ...]
    low: int
    high: int
    hidden: bool
    truth: int


def clues_of(
    counts: NDArray[np.int64], shown: dict[tuple[int | None, ...], int | None], rule: Rule, *, first: int = 0
) -> list[Clue]:
    """What a table says of the unknowns `first` onwards, which are its body in reading order.

    `shown` has a number or None (hidden) at each published place; None in a place stands for the total.
    """
    order = np.arange(counts.size).reshape(counts.shape) + first
    clues = []
    for place, number in shown.items():
        index = tuple(slice(None) if at is None else at for at in place)
        truth = int(counts[index].sum())
        low, high = rule.of_hidden(truth) if number is None else rule.of_shown(number)
        clues.append(Clue(tuple(np.atleast_1d(order[index]).ravel().tolist()), low, high, number is None, truth))
    return clues


def by_programming(clues: Sequence[Clue], unknowns: int) -> list[tuple[Clue, int, int]]:
    """The exact interval of every hidden number, by integer programming."""
    matrix = np.zeros((len(clues), unknowns))
    for row, clue in enumerate(clues):
        matrix[row, list(clue.sums)] = 1
    limits = LinearConstraint(matrix, [clue.low for clue in clues], [clue.high for clue in clues])
    found = []
    for row, clue in enumerate(clues):
        if clue.hidden:
            ends = []
            for sign in (1, -1):
                answer = milp(
                    sign * matrix[row],
                    integrality=np.ones(unknowns),
                    bounds=Bounds(0, ENDLESS),
                    constraints=limits,
                    options={"mip_rel_gap": 0.0},
                )
                assert answer.success, "the truth itself agrees with every clue"
                ends.append(round(float(matrix[row] @ answer.x)))
            found.append((clue, ends[0], ends[1]))
    return found


def by_enumeration(clues: Sequence[Clue], unknowns: int, *, most: int) -> list[tuple[Clue, int, int]]:
    """The interval of every hidden number over all bodies with counts up to `most`, one by one."""
    single: dict[int, Iterable[int]] = {cell: range(most + 1) for cell in range(unknowns)}
    for clue in clues:
        if len(clue.sums) == 1:
            single[clue.sums[0]] = range(clue.low, min(clue.high, most) + 1)
    ends = {row: (ENDLESS, -1) for row, clue in enumerate(clues) if clue.hidden}
    for body in product(*(single[cell] for cell in range(unknowns))):
        sums = [sum(body[cell] for cell in clue.sums) for clue in clues]
        if all(clue.low <= total <= clue.high for clue, total in zip(clues, sums, strict=True)):
            for row, (low, high) in ends.items():
                ends[row] = min(low, sums[row]), max(high, sums[row])
    return [(clues[row], low, high) for row, (low, high) in ends.items()]


def given_away(found: list[tuple[Clue, int, int]], rule: Rule) -> list[tuple[Clue, int, int]]:
    """The small hidden counts that the attacker has to within one."""
    return [each for each in found if each[0].truth <= rule.largest_small and each[2] - each[1] <= 1]
