"""The default model fitted to many allocations or many simulated trials at once, in plain NumPy.

Authority effects are profiled out in closed form, so that Newton's method works on the arm and the covariates alone, for a
block of 256 tables at a time. Estimates and HC standard errors are exactly those of the regression with an indicator for
each authority. One row a school; a simulated power study and a randomisation test by refit are what it is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.trial_table import TrialTable

AT_ONCE = 256
ITERATIONS = 40
TOLERANCE = 1e-7  # Newton's method squares its error: the step after the last one would be 1e-14
LONGEST_STEP = 2.0

Kind = Literal["HC0", "HC1", "HC2", "HC3", "quasi", "model"]


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
    """What all fits share: exposure, authorities (rows in their order), covariates. Made once, used for every block.

    `order` puts schools of one authority together; `starts` is where each begins. `products` are all products of two covariates.
    """

    exposure: Array
    covariates: Array
    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]
    products: Array

    @property
    def parameters(self) -> int:
        return 1 + self.covariates.shape[1] + len(self.starts)


def many_design(table: TrialTable, *, adjusted: bool = True) -> ManyDesign:
    """The shared part, from a table with one row a school; its counts and arms are not used."""
    if table.follow_up is not None:
        raise NotEstimable(f"{table.outcome}: many fits at once need one row a school; add the follow-ups up.")
    order = np.argsort(table.authority_of_row, kind="stable")
    covariates = np.column_stack([*table.covariates.values()]) if adjusted and table.covariates else None
    Z = np.zeros((len(order), 0)) if covariates is None else covariates[order]
    # Covariates on a scale of one keep the steps of all coefficients comparable.
    Z = Z / (Z.std(axis=0) if Z.shape[1] else 1.0)
    sizes = np.bincount(table.authority_of_row)
    upper = np.triu_indices(Z.shape[1])
    return ManyDesign(
        exposure=table.exposure[order],
        covariates=Z,
        order=order,
        starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        sizes=sizes,
        products=Z[:, upper[0]] * Z[:, upper[1]],
    )


def fit_many(
    design: ManyDesign, counts: Array, arms: Array, *, errors: tuple[Kind, ...] = (), at_once: int = AT_ONCE
) -> ManyFits:
    """Fit each pair of a row of `counts` and a row of `arms` (either may have one row only), columns in the table's order.

    `errors` names the standard errors that are wanted besides.
    """
    y, d = np.atleast_2d(counts).astype(float), np.atleast_2d(arms).astype(float)
    fits = max(len(y), len(d))
    y, d = y[:, design.order], d[:, design.order]
    start_at = _null_start(design, y) if len(y) == 1 else None
    estimates, found = np.empty(fits), np.zeros(fits, dtype=bool)
    dispersion, spread = np.full(fits, np.nan), {kind: np.full(fits, np.nan) for kind in errors}
    for start in range(0, fits, at_once):
        rows = slice(start, min(start + at_once, fits))
        block = _Block(design, y[rows] if len(y) > 1 else y, d[rows] if len(d) > 1 else d, start=start_at)
        estimates[rows], found[rows] = block.maximise()
        if errors:
            dispersion[rows], of_block = block.errors(errors)
            for kind in errors:
                spread[kind][rows] = np.where(found[rows], of_block[kind], np.nan)
    df = len(design.order) - design.parameters
    return ManyFits(np.where(found, estimates, np.nan), spread, df, found, dispersion)


class _Block:
    """One block of fits. Arrays have a row for each fit and a column for each school; `at` holds arm, then covariates."""

    def __init__(self, design: ManyDesign, y: Array, d: Array, *, start: Array | None = None) -> None:
        self.design, self.y, self.d = design, y, d
        self.totals = np.add.reduceat(y, design.starts, axis=1)
        self.fits = max(len(y), len(d))
        self.at = np.zeros((self.fits, 1 + design.covariates.shape[1]))
        if start is not None:
            self.at += start
        self.expected = np.empty((self.fits, y.shape[1]))

    def maximise(self) -> tuple[Array, NDArray[np.bool_]]:
        done = np.zeros(self.fits, dtype=bool)
        for _ in range(ITERATIONS):
            gradient, information = self.derivatives()
            step = _solve_each(information, gradient)
            longest = np.abs(step).max(axis=1)
            self.at += step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))[:, None]
            done = longest < TOLERANCE
            if (done | (np.abs(self.at[:, 0]) > 20) | np.isnan(longest)).all():
                break
        return self.at[:, 0], done

    def derivatives(self) -> tuple[Array, Array]:
        """Gradient (fits, effects) and information (fits, effects, effects) with the authority effects profiled out."""
        design, Z = self.design, self.design.covariates
        # The linear predictor, then the expected counts, in one piece of memory.
        mu = np.matmul(self.at[:, 1:], Z.T, out=self.expected)
        mu += self.at[:, :1] * self.d
        np.clip(mu, -40, 40, out=mu)
        np.exp(mu, out=mu)
        mu *= design.exposure
        level = self.totals / np.add.reduceat(mu, design.starts, axis=1)
        mu *= np.repeat(level, design.sizes, axis=1)
        treated = mu * self.d
        residual = self.y - mu
        gradient = np.empty_like(self.at)
        gradient[:, 0] = (residual * self.d).sum(axis=1)
        gradient[:, 1:] = residual @ Z
        return gradient, self._information(mu, treated)

    def _information(self, mu: Array, treated: Array) -> Array:
        design, Z = self.design, self.design.covariates
        k = Z.shape[1]
        information = np.empty((self.fits, 1 + k, 1 + k))
        information[:, 0, 0] = treated.sum(axis=1)
        information[:, 0, 1:] = information[:, 1:, 0] = treated @ Z
        upper = np.triu_indices(k)
        crossed = mu @ design.products
        information[:, 1 + upper[0], 1 + upper[1]] = information[:, 1 + upper[1], 1 + upper[0]] = crossed
        root = 1 / np.sqrt(np.where(self.totals > 0, self.totals, 1.0))
        means = np.empty((self.fits, 1 + k, len(design.starts)))
        means[:, 0] = np.add.reduceat(treated, design.starts, axis=1) * root
        for j in range(k):
            means[:, 1 + j] = np.add.reduceat(mu * Z[:, j], design.starts, axis=1) * root
        information -= means @ means.transpose(0, 2, 1)
        return information

    def errors(self, kinds: tuple[Kind, ...]) -> tuple[Array, dict[Kind, Array]]:
        """Dispersion, and the standard errors of the arm's effect."""
        _, information = self.derivatives()
        mu, design = self.expected, self.design
        inverse = _inverse_each(information)
        columns = np.empty((self.fits, mu.shape[1], self.at.shape[1]))
        columns[:, :, 0], columns[:, :, 1:] = self.d, design.covariates
        root = np.where(self.totals > 0, self.totals, 1.0)
        for j in range(columns.shape[2]):
            mean = np.add.reduceat(mu * columns[:, :, j], design.starts, axis=1) / root
            columns[:, :, j] -= np.repeat(mean, design.sizes, axis=1)
        moved = columns @ inverse
        squared = (self.y - mu) ** 2
        rows, df = mu.shape[1], mu.shape[1] - design.parameters
        positive = np.where(mu > 0, mu, 1.0)
        dispersion = (squared / positive).sum(axis=1) / max(df, 1)
        leverage = mu * ((moved * columns).sum(axis=2) + 1 / np.repeat(root, design.sizes, axis=1))
        left = np.where(leverage > 1 - 1e-9, np.inf, 1 - leverage)
        own = moved[:, :, 0] ** 2 * squared
        plain = own.sum(axis=1)
        of_model = inverse[:, 0, 0]
        variance: dict[Kind, Array] = {
            "HC0": plain,
            "HC1": plain * rows / max(df, 1),
            "HC2": (own / left).sum(axis=1),
            "HC3": (own / left**2).sum(axis=1),
            "quasi": of_model * np.maximum(dispersion, 1.0),
            "model": of_model,
        }
        return dispersion, {kind: np.sqrt(variance[kind]) for kind in kinds}


def _null_start(design: ManyDesign, y: Array) -> Array:
    """Arm and covariates of the fit without an arm: where fits that share their counts start."""
    block = _Block(design, y, np.zeros_like(y))
    for _ in range(ITERATIONS):
        gradient, information = block.derivatives()
        information[:, 0, 0] = 1.0  # the arm is nought for every school: its step is nought whatever stands here
        step = _solve_each(information, gradient)
        block.at += step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
        if not np.abs(step).max() > TOLERANCE:
            break
    return np.nan_to_num(block.at[0])


def _solve_each(information: Array, gradient: Array) -> Array:
    try:
        return np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        return np.einsum("bij,bj->bi", _inverse_each(information), gradient)


def _inverse_each(information: Array) -> Array:
    """Inverses; NaN for a matrix without one."""
    try:
        return np.linalg.inv(information)
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.nan)
        for number, matrix in enumerate(information):
            if np.linalg.matrix_rank(matrix) == len(matrix):
                inverse[number] = np.linalg.inv(matrix)
        return inverse
