"""When the data put a rate ratio at zero or infinity: which school-terms do it, and what remains estimable.

A Poisson regression has no estimate where some combination of its effects can push fitted values to zero without touching
any school-term that has a count. Software then stops somewhere and prints a number that means nothing. Whether such a
combination exists is a linear programme (Santos Silva and Tenreyro 2010, Economics Letters 107, 310-312; Correia,
Guimaraes and Zylkin 2020, Stata Journal 20, 95-115).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from swis.estimate.comparison import Comparison
from swis.estimate.dummies import DummyDesign, dummy_design


@dataclass(frozen=True, eq=False)
class Separation:
    """Which school-terms the model would fit as exactly zero.

    `cells` has the shape (schools, terms). `direction` of the programme effect: -1 where its estimate is a rate ratio of 0,
    +1 where it is infinite, 0 where it is finite. `identified` is False where the data say nothing of it at all.
    """

    cells: NDArray[np.bool_]
    direction: int
    identified: bool = True

    def __bool__(self) -> bool:
        return bool(self.cells.any()) or not self.identified

    def __repr__(self) -> str:
        towards = {-1: "rate ratio 0", 0: "programme effect finite", 1: "rate ratio infinite"}[self.direction]
        if not self.identified:
            towards = "programme effect not identified"
        return f"Separation({int(self.cells.sum())} school-terms fitted as zero; {towards})"


def find_separation(comparison: Comparison) -> Separation:
    """The school-terms that a fit with school, term and programme effects would send to zero; none if it has an estimate.

    Schools without any event are not counted here: they carry no information and are left out of every fit.
    """
    design = dummy_design(comparison)
    cells = np.zeros(comparison.count.shape, dtype=bool)
    if not len(design.count):
        return Separation(cells, 0, identified=False)
    separated = _separated_rows(design)
    cells[design.school[separated], design.term[separated]] = True
    low, high = _reach_of_programme(design)
    return Separation(cells, round(low + high), identified=not (low < -0.5 and high > 0.5))


def _separated_rows(design: DummyDesign) -> NDArray[np.bool_]:
    """Rows whose fitted value some combination of effects can send to zero while every count stays where it is."""
    free = np.flatnonzero(design.count == 0)
    width = design.columns.shape[1]
    gain = np.concatenate([np.zeros(width), -np.ones(len(free))])
    solution = linprog(
        gain,
        A_ub=np.concatenate([design.columns[free], np.eye(len(free))], axis=1),
        b_ub=np.zeros(len(free)),
        A_eq=np.concatenate(
            [design.columns[design.count > 0], np.zeros((int((design.count > 0).sum()), len(free)))], axis=1
        ),
        b_eq=np.zeros(int((design.count > 0).sum())),
        bounds=[(None, None)] * width + [(0.0, 1.0)] * len(free),
    )
    separated = np.zeros(len(design.count), dtype=bool)
    separated[free] = solution.x[width:] > 0.5
    return separated


def _reach_of_programme(design: DummyDesign) -> tuple[float, float]:
    """How far down and up (0 or 1 each) the programme effect can run off without lowering the likelihood."""
    width = design.columns.shape[1]
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * width
    bounds[design.programme] = (-1.0, 1.0)
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(width)
        aim[design.programme] = sign
        solution = linprog(
            aim,
            A_ub=design.columns[design.count == 0],
            b_ub=np.zeros(int((design.count == 0).sum())),
            A_eq=design.columns[design.count > 0],
            b_eq=np.zeros(int((design.count > 0).sum())),
            bounds=bounds,
        )
        ends.append(float(solution.x[design.programme]))
    return ends[0], ends[1]


def without_separated(comparison: Comparison, separation: Separation) -> Comparison:
    """The comparison without the separated school-terms: the limit of the fit, in which the finite effects can be read."""
    return replace(
        comparison,
        count=np.where(separation.cells, 0.0, comparison.count),
        pupils=np.where(separation.cells, 0.0, comparison.pupils),
    )
