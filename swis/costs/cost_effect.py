"""The difference in cost and the difference in effect between arms, estimated together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf, isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from swis.errors import NotEstimable

Array = NDArray[np.float64]
LEVEL = 0.95


def whole_pounds(amount: float | Decimal) -> str:
    """An amount in whole pounds for showing, a minus before the sign."""
    return f"{'−' if amount <= -0.5 else ''}£{abs(amount):,.0f}"


@dataclass(frozen=True)
class CostEffect:
    """Two differences between arms with their covariance: pounds, and outcomes averted (positive is good), for one `per`.

    Counted: what the costs and the outcome that were given count. `df` are the degrees of freedom of t; infinite for normal.
    `how` says how it was estimated, `findings` what a reader has to know.
    """

    cost: float
    effect: float
    cost_se: float
    effect_se: float
    correlation: float
    outcome: str = "outcome"
    per: str = "school"
    df: float = inf
    schools: tuple[int, int] | None = None
    """With the programme, and without."""
    how: str = ""
    findings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.cost, self.effect, self.cost_se, self.effect_se, self.correlation)
        if not all(map(isfinite, numbers)) or self.cost_se < 0 or self.effect_se < 0 or not self.df > 1:
            raise NotEstimable(f"{self.outcome}: a difference or its standard error is not a number that can be.")
        if not -1 <= self.correlation <= 1:
            raise NotEstimable(f"{self.outcome}: a correlation of {self.correlation} cannot be.")

    @property
    def covariance(self) -> float:
        """Of the two estimates."""
        return self.correlation * self.cost_se * self.effect_se

    @property
    def spread(self) -> Any:
        """The distribution of an estimate about the truth in standard errors: t, or normal."""
        return stats.norm() if self.df == inf else stats.t(self.df)

    def critical(self, level: float = LEVEL) -> float:
        """How many standard errors the interval goes either way."""
        return float(self.spread.ppf((1 + level) / 2))

    def cost_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The interval of the difference in cost."""
        reach = self.critical(level) * self.cost_se
        return self.cost - reach, self.cost + reach

    def effect_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The interval of what was averted."""
        reach = self.critical(level) * self.effect_se
        return self.effect - reach, self.effect + reach

    def net_benefit_se(self, worth: float) -> float:
        """The standard error of worth x effect - cost."""
        variance = worth**2 * self.effect_se**2 + self.cost_se**2 - 2 * worth * self.covariance
        return sqrt(max(variance, 0.0))

    def a_year_of(self, years: float) -> CostEffect:
        """The same differences for one year of a follow-up of so many, as if they were spread evenly over it."""
        if not years > 0:
            raise NotEstimable(f"A follow-up of {years} years cannot be.")
        numbers = {name: getattr(self, name) / years for name in ("cost", "effect", "cost_se", "effect_se")}
        return replace(self, **numbers, per=f"{self.per} and year")

    def __repr__(self) -> str:
        how = self.how or "as given"
        return f"CostEffect({self.outcome} per {self.per}: {whole_pounds(self.cost)}, {self.effect:.3g} averted; {how})"

    def __str__(self) -> str:
        cost, effect = self.cost_interval(), self.effect_interval()
        lines = [
            f"Costs and {self.outcome} together, per {self.per}",
            f"Cost {whole_pounds(self.cost)} more (95% CI {whole_pounds(cost[0])} to {whole_pounds(cost[1])})",
            f"Averted {self.effect:.4g} (95% CI {effect[0]:.4g} to {effect[1]:.4g}); correlation {self.correlation:.2f}",
        ]
        if self.schools:
            lines.append(f"{self.schools[0]} schools with a social worker, {self.schools[1]} without; {self.how}")
        return "\n".join([*lines, *(f"Warning: {finding}" for finding in self.findings)])
