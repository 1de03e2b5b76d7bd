"""The default model fitted to many allocations or many simulated trials at once, for power and for tests by refit.

Estimates and HC standard errors are exactly those of the regression with an indicator for each authority; see
`swis.design.poisson_fits`. One row a school.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.design.poisson_fits import (
    AT_ONCE,
    ITERATIONS,
    LONGEST_STEP,
    TOLERANCE,
    Kind,
    PoissonBlock,
    SharedColumns,
    share_columns,
    solve_each,
)
from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.trial_table import TrialTable


@dataclass(frozen=True, eq=False)
class ManyFits:
    """Log rate ratios and standard errors of many fits, shape (fits,); NaN where there is no estimate."""

    log_ratio: Array
    standard_error: dict[Kind, Array]
    degrees_of_freedom: int
    converged: NDArray[np.bool_]
    dispersion: Array


@dataclass(frozen=True, eq=False)
class ManyDesign:
    """What all fits share, made once. `order` puts schools of one authority together; the rest is in that order."""

    exposure: Array
    order: NDArray[np.intp]
    shared: SharedColumns

    @property
    def parameters(self) -> int:
        return 1 + self.shared.covariates.shape[1] + len(self.shared.starts)


def many_design(table: TrialTable, *, adjusted: bool = True) -> ManyDesign:
    """The shared part, from a table with one row a school; its counts and arms are not used."""
    if table.follow_up is not None:
        raise NotEstimable(f"{table.outcome}: many fits at once need one row a school; add the follow-ups up.")
    order = np.argsort(table.authority_of_row, kind="stable")
    Z = np.column_stack([*table.covariates.values()])[order] if adjusted and table.covariates else None
    if Z is not None:
        # Covariates on a scale of one keep the steps of all coefficients comparable.
        Z = Z / Z.std(axis=0)
    return ManyDesign(table.exposure[order], order, share_columns(table.authority_of_row[order], Z))


def fit_many(
    design: ManyDesign, counts: Array, arms: Array, *, errors: tuple[Kind, ...] = (), at_once: int = AT_ONCE
) -> ManyFits:
    """Fit each pair of a row of `counts` and a row of `arms` (either may have one row only), columns in the table's order.

    `errors` names the standard errors that are wanted besides.
    """
    y, d = np.atleast_2d(counts), np.atleast_2d(arms)
    fits = max(len(y), len(d))
    start_at = _null_start(design, _in_order(design, y, slice(None))) if len(y) == 1 else None
    estimates, found = np.empty(fits), np.zeros(fits, dtype=bool)
    dispersion, spread = np.full(fits, np.nan), {kind: np.full(fits, np.nan) for kind in errors}
    for start in range(0, fits, at_once):
        rows = slice(start, min(start + at_once, fits))
        block = PoissonBlock(
            design.shared,
            _in_order(design, y, rows),
            design.exposure[None],
            [_in_order(design, d, rows)],
            start=start_at,
        )
        found[rows] = block.maximise()
        estimates[rows] = block.at[:, 0]
        if errors:
            dispersion[rows], of_block = block.errors(errors)
            for kind in errors:
                spread[kind][rows] = np.where(found[rows], of_block[kind], np.nan)
    df = len(design.order) - design.parameters
    return ManyFits(np.where(found, estimates, np.nan), spread, df, found, dispersion)


def _in_order(design: ManyDesign, values: Array, rows: slice) -> Array:
    """The rows of a block with schools in the order of authorities; one row that all share as it is."""
    own = values if len(values) == 1 else values[rows]
    return np.take(own, design.order, axis=1).astype(float, copy=False)


def _null_start(design: ManyDesign, y: Array) -> Array:
    """Arm and covariates of the fit without an arm: where fits that share their counts start."""
    block = PoissonBlock(design.shared, y, design.exposure[None], [np.zeros_like(y)])
    for _ in range(ITERATIONS):
        gradient, information = block.derivatives()
        information[:, 0, 0] = 1.0  # the arm is nought for every school: its step is nought whatever stands here
        step = solve_each(information, gradient)
        block.at += step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
        if not np.abs(step).max() > TOLERANCE:
            break
    return np.nan_to_num(block.at[0])
