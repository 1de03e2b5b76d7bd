"""The clustered bootstrap of both differences: schools are drawn anew within authority and arm.

From a cell of n schools n - 1 are drawn with replacement, which makes the bootstrap variance that of the cell mean; drawing n
makes it too small by (n - 1)/n, a sixth in cells of six (Rao and Wu 1988, JASA 83, 231-241). A school keeps its cost with its
count, so the two differences stay joined. Davison and Hinkley 1997, chapter 3; Gomes et al. 2012, Medical Decision Making 32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.costs.cost_effect import LEVEL, Array, CostEffect, whole_pounds
from swis.costs.differences import adjusted_outcomes
from swis.costs.school_money import Per, SchoolMoney
from swis.errors import NotEstimable, SettingError

LEAST_DRAWS = 2000


@dataclass(frozen=True, eq=False)
class DifferenceDraws:
    """Bootstrap draws of the difference in cost and in outcomes averted, with the estimates from the data themselves.

    `alone` counts schools that were the only one of their authority and arm: they do not vary in the draws.
    """

    cost: Array
    effect: Array
    estimate: tuple[float, float]
    outcome: str
    per: str
    schools: tuple[int, int]
    alone: int
    seed: int

    def __repr__(self) -> str:
        return (
            f"DifferenceDraws({self.outcome} per {self.per}: {len(self.cost):,} draws of {sum(self.schools)} schools)"
        )

    def __str__(self) -> str:
        cost, effect = self.cost_interval(), self.effect_interval()
        lines = [
            f"Costs and {self.outcome} together, per {self.per}: {len(self.cost):,} bootstrap draws, seed {self.seed}",
            f"Cost {whole_pounds(self.estimate[0])} more (95% {whole_pounds(cost[0])} to {whole_pounds(cost[1])})",
            f"Averted {self.estimate[1]:.4g} (95% {effect[0]:.4g} to {effect[1]:.4g})",
            f"{self.schools[0]} schools with a social worker, {self.schools[1]} without, drawn within authority and arm",
        ]
        if self.alone:
            lines.append(
                f"Warning: {self.alone} schools are alone in their authority and arm: the draws vary too little"
            )
        return "\n".join(lines)

    def cost_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The percentile interval of the difference in cost."""
        return _percentiles(self.cost, level)

    def effect_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The percentile interval of what was averted."""
        return _percentiles(self.effect, level)

    def as_normal(self) -> CostEffect:
        """The estimates with the standard errors and correlation of the draws, for closed forms."""
        spread = np.cov(self.cost, self.effect)
        cost_se, effect_se = np.sqrt(np.diag(spread)).tolist()
        product = cost_se * effect_se
        return CostEffect(
            cost=self.estimate[0],
            effect=self.estimate[1],
            cost_se=cost_se,
            effect_se=effect_se,
            correlation=float(np.clip(spread[0, 1] / product, -1, 1)) if product else 0.0,
            outcome=self.outcome,
            per=self.per,
            schools=self.schools,
            how=f"{len(self.cost):,} bootstrap draws of schools within authority and arm",
        )


def bootstrap_differences(
    table: SchoolMoney, *, seed: int, draws: int = 10_000, per: Per = "school"
) -> DifferenceDraws:
    """Both differences in at least 2,000 redrawn trials. The same seed gives the same draws.

    The slopes of covariates are estimated once and held in the draws, whose spread leaves out what the slopes are uncertain by.
    Raises SettingError for fewer draws, NotEstimable if no authority has both arms or every school is alone in its cell.
    """
    if draws < LEAST_DRAWS:
        raise SettingError(
            f"{draws} draws are too few for intervals and probabilities. Ask for {LEAST_DRAWS:,} or more."
        )
    used = table.comparable()
    values, weights = adjusted_outcomes(used, per)
    sums = np.column_stack([weights, values * weights[:, None]])
    generator = np.random.default_rng(seed)
    cells = _cells(used)
    alone = sum(len(rows) == 1 for rows in cells)
    if alone == len(cells):
        raise NotEstimable(
            f"{table.outcome}: every school is alone in its authority and arm: there is nothing to redraw."
        )
    drawn = np.stack([_redraw(sums[rows], draws, generator) for rows in cells])
    whole = np.stack([sums[rows].sum(axis=0) for rows in cells])[:, None, :]
    cost, effect = _combine(drawn)
    estimate = _combine(whole)
    return DifferenceDraws(
        cost=cost,
        effect=effect,
        estimate=(float(estimate[0, 0]), float(estimate[1, 0])),
        outcome=table.outcome,
        per=per,
        schools=used.numbers,
        alone=alone,
        seed=seed,
    )


def _cells(table: SchoolMoney) -> list[NDArray[np.intp]]:
    """The rows of each authority and arm: intervention, then comparison, authority after authority."""
    authority = table.authority
    return [
        np.flatnonzero((authority == place) & (table.intervention == arm))
        for place in range(int(authority.max()) + 1)
        for arm in (True, False)
    ]


def _redraw(sums: Array, draws: int, generator: np.random.Generator) -> Array:
    schools = len(sums)
    if schools == 1:
        return np.repeat(sums, draws, axis=0)
    times = generator.multinomial(schools - 1, np.full(schools, 1 / schools), size=draws)
    return times @ sums * (schools / (schools - 1))


def _combine(cells: Array) -> Array:
    """Least squares of arm within authorities, from the weighted sums of each cell: cells x draws x (weight, cost, effect)."""
    treated, control = cells[0::2], cells[1::2]
    information = treated[..., 0] * control[..., 0] / (treated[..., 0] + control[..., 0])
    apart = treated[..., 1:] / treated[..., :1] - control[..., 1:] / control[..., :1]
    together: Array = (information[..., None] * apart).sum(axis=0) / information.sum(axis=0)[:, None]
    return together.T


def _percentiles(draws: Array, level: float) -> tuple[float, float]:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return low, high
