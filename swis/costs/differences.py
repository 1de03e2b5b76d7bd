"""Two regressions at once: the arms' difference in cost and in effect within authorities, with their covariance.

Both equations have the same regressors (arm, authority), so that seemingly unrelated regressions are least squares equation by
equation, and the covariance of the two differences comes from the products of their residuals (Zellner 1962, section 3;
Willan, Briggs and Hoch 2004, Health Economics 13, 461-475). HC3 lets the variance differ between schools, which costs need:
without the programme they hardly vary (MacKinnon and White 1985).
"""

from __future__ import annotations

from math import sqrt
from typing import Literal, TypeAlias

import numpy as np

from swis.costs.cost_effect import Array, CostEffect
from swis.costs.school_money import Per, SchoolMoney
from swis.errors import NotEstimable

Variance: TypeAlias = Literal["HC3", "equal"]
FEW_SCHOOLS = 40


def regress_differences(table: SchoolMoney, *, per: Per = "school", variance: Variance = "HC3") -> CostEffect:
    """The differences in cost and in outcomes averted between arms, within authorities.

    Counted: schools of authorities that have both arms, each weighing the same (`per` school) or its pupil-years. Both are
    adjusted for the table's covariates. `equal` takes one covariance for all schools, as textbook SUR does.
    Raises NotEstimable without residual degrees of freedom.
    """
    used = table.comparable()
    X, Y, inverse = _weighted(used, per)
    df = len(X) - X.shape[1]
    estimates = inverse @ X.T @ Y
    residuals = Y - X @ estimates
    direction = X @ inverse[:, 0]
    covariance = _covariance(residuals, direction, variance, leverage=((X @ inverse) * X).sum(axis=1))
    cost_se, effect_se = (sqrt(covariance[column, column]) for column in (0, 1))
    product = cost_se * effect_se
    return CostEffect(
        cost=float(estimates[0, 0]),
        effect=float(estimates[0, 1]),
        cost_se=cost_se,
        effect_se=effect_se,
        correlation=float(np.clip(covariance[0, 1] / product, -1, 1)) if product else 0.0,
        outcome=table.outcome,
        per=per,
        df=float(df),
        schools=used.numbers,
        how=_say_how(used, _NAMES[variance], df),
        findings=_findings(table, used),
    )


_NAMES = {"HC3": "HC3", "equal": "one variance for all schools"}


def adjusted_outcomes(table: SchoolMoney, per: Per) -> tuple[Array, Array]:
    """Costs and outcomes averted as if every school had the covariates of the average one, and the weights of the schools."""
    values, weights = table.outcomes(per)
    if not table.covariates:
        return values, weights
    X, Y, inverse = _weighted(table, per)
    covariates = X[:, 1 : 1 + len(table.covariates)] / np.sqrt(weights)[:, None]
    slopes = (inverse @ X.T @ Y)[1 : 1 + len(table.covariates)]
    return values - covariates @ slopes, weights


def _weighted(table: SchoolMoney, per: Per) -> tuple[Array, Array, Array]:
    """Design and outcomes times the root of the weights, and the inverse of the design's cross product."""
    values, weights = table.outcomes(per)
    authority = table.authority
    columns = [np.asarray(value) - np.average(value, weights=weights) for value in table.covariates.values()]
    design = np.column_stack([table.intervention, *columns, authority[:, None] == np.arange(authority.max() + 1)])
    if len(design) - design.shape[1] < 2:
        raise NotEstimable(f"{table.outcome}: {len(design)} schools leave no degrees of freedom for a standard error.")
    root = np.sqrt(weights)[:, None]
    X = design.astype(np.float64) * root
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise NotEstimable(f"{table.outcome}: the covariates say the same as one another, the arm or the authorities.")
    return X, values * root, np.asarray(np.linalg.inv(X.T @ X), dtype=np.float64)


def _say_how(table: SchoolMoney, variance: str, df: int) -> str:
    authorities = len(set(table.authorities))
    adjusted = f", adjusted for {', '.join(table.covariates)}" if table.covariates else ""
    return f"two regressions within {authorities} authorities{adjusted}, {variance}, t with {df} degrees of freedom"


def _covariance(residuals: Array, direction: Array, variance: Variance, *, leverage: Array) -> Array:
    if variance == "equal":
        spread = residuals.T @ residuals / (len(residuals) - round(float(leverage.sum())))
        return spread * float(direction @ direction)
    # A school that is alone in its cell fits itself: its leverage may reach 1, and its residual 0.
    free = 1 - leverage
    alone = free < 1e-10
    scores = np.divide(
        residuals * direction[:, None], free[:, None], where=~alone[:, None], out=np.zeros_like(residuals)
    )
    return scores.T @ scores


def _findings(table: SchoolMoney, used: SchoolMoney) -> tuple[str, ...]:
    found = []
    dropped = len(table.schools) - len(used.schools)
    if dropped:
        found.append(f"{dropped} schools are left out: their authority has only one arm")
    if len(used.schools) < FEW_SCHOOLS:
        found.append(
            f"{len(used.schools)} schools: costs are skewed, and with fewer than {FEW_SCHOOLS} the intervals are rough"
        )
    return tuple(found)
