"""Poisson models with one normal random intercept a group (school or authority), for many simulated trials at once, in
plain NumPy.

Newton's method on all coefficients and the log standard deviation together, with exact derivatives of the Laplace or quadrature
likelihood; a negative curvature is turned round, so that every step goes uphill. For power studies and for single fits alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.random_intercept import group_likelihood
from swis.estimate.trial.trial_table import TrialTable

Level = Literal["school", "authority"]

ITERATIONS = 100
TOLERANCE = 1e-6
SMALLEST_LOG_SD = -9.0  # e^-9: a deviation that no trial could tell from none
AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class ManyMixed:
    """Log rate ratios, standard errors, deviations of the intercepts and log likelihoods, shape (fits,); NaN where not
    settled."""

    log_ratio: Array
    standard_error: Array
    deviation: Array
    log_likelihood: Array
    coefficients: Array
    converged: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MixedDesign:
    """What all fits share: rows in order of their groups. Column 0 of `columns` is the arm's place and is not used."""

    exposure: Array
    columns: Array
    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]


def mixed_design(table: TrialTable, level: Level, *, authority_effects: bool, adjusted: bool = True) -> MixedDesign:
    """The shared part. With `authority_effects` an indicator for each authority, otherwise one constant."""
    if level == "authority" and authority_effects:
        raise NotEstimable(f"{table.outcome}: authorities cannot have fixed and random effects at once.")
    group = table.school_of_row if level == "school" else table.authority_of_row
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    rows = len(order)
    codes = table.authority_of_row
    constant = (codes[:, None] == np.arange(codes.max() + 1)).astype(float) if authority_effects else np.ones((rows, 1))
    scaled = [value / value.std() for value in table.covariates.values()] if adjusted else []
    later = [] if table.follow_up is None else list(dict.fromkeys(table.follow_up))[1:]
    follow_ups = [np.array([each == name for each in table.follow_up or ()], dtype=float) for name in later]
    X = np.column_stack([np.zeros(rows), *scaled, *follow_ups, constant])
    return MixedDesign(table.exposure[order], X[order], order, np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)


def fit_many_mixed(design: MixedDesign, counts: Array, arms: Array, *, nodes: int = 1) -> ManyMixed:
    """Fit each row of `counts` with the row of `arms` (either may have one row), columns in the order of the table's rows.

    `nodes` 1 is Laplace's approximation; odd numbers to about 25 are adaptive Gauss-Hermite quadrature.
    """
    y, d = np.atleast_2d(counts).astype(float)[:, design.order], np.atleast_2d(arms).astype(float)[:, design.order]
    fits = max(len(y), len(d))
    y, d = np.broadcast_to(y, (fits, y.shape[1])), np.broadcast_to(d, (fits, y.shape[1]))
    parts = [
        _Mixed(design, y[start : start + AT_ONCE], d[start : start + AT_ONCE], nodes).maximise()
        for start in range(0, fits, AT_ONCE)
    ]
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return ManyMixed(*joined)


class _Mixed:
    """One block of fits. `at` holds arm, other coefficients, log deviation; a row for each fit."""

    def __init__(self, design: MixedDesign, y: Array, d: Array, nodes: int) -> None:
        self.design, self.y, self.d, self.nodes = design, y, d, nodes
        self.events = np.add.reduceat(y, design.starts, axis=1)
        self.products = (design.columns[:, :, None] * design.columns[:, None, :]).reshape(len(design.columns), -1)
        self.alone = bool((design.sizes == 1).all())
        self.mode: Array | None = None
        self.at = self._start()

    def _start(self) -> Array:
        """A log-linear fit of the rates without the arm, and the deviation of its residuals."""
        X, design = self.design.columns[:, 1:], self.design
        pseudo = np.log((self.y + 0.5) / design.exposure)
        at = np.zeros((len(self.y), self.design.columns.shape[1] + 1))
        at[:, 1:-1] = pseudo @ np.linalg.pinv(X).T
        left = pseudo - at[:, 1:-1] @ X.T
        # The spread of the logs, less what counting alone gives them.
        spread = (left**2 - 1 / (self.y + 0.5)).mean(axis=1)
        at[:, -1] = np.log(np.clip(spread, 0.01, 4.0)) / 2
        return at

    def maximise(self) -> tuple[Array, Array, Array, Array, Array, NDArray[np.bool_]]:
        done = np.zeros(len(self.y), dtype=bool)
        value, gradient, curvature = self.derivatives(self.at)
        for _ in range(ITERATIONS):
            step = self._uphill(gradient, curvature)
            longest = np.abs(step).max(axis=1)
            done |= longest < TOLERANCE
            if (done | ~np.isfinite(longest)).all():
                break
            step *= np.minimum(1.0, 1.0 / np.maximum(longest, 1.0))[:, None]
            step[done] = 0.0
            value, gradient, curvature = self._advance(step, value)
        inverse = self._covariance(curvature)
        at_bound = self.at[:, -1] <= SMALLEST_LOG_SD
        deviation = np.where(at_bound, 0.0, np.exp(self.at[:, -1]))
        error = np.sqrt(np.where(inverse[:, 0, 0] > 0, inverse[:, 0, 0], np.nan))
        hide = np.where(done, 1.0, np.nan)
        return self.at[:, 0] * hide, error * hide, deviation * hide, value * hide, self.at[:, :-1], done

    def _advance(self, step: Array, before: Array) -> tuple[Array, Array, Array]:
        """Step, halved for those fits whose likelihood it makes worse."""
        start, size = self.at, np.ones(len(step))
        for _ in range(25):
            self.at = start + step * size[:, None]
            self.at[:, -1] = np.clip(self.at[:, -1], SMALLEST_LOG_SD, 3.0)
            found = self.derivatives(self.at)
            worse = ~(found[0] >= before - 1e-9 * (1 + np.abs(before)))
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        return found

    def _uphill(self, gradient: Array, curvature: Array) -> Array:
        bounded = (self.at[:, -1] <= SMALLEST_LOG_SD) & (gradient[:, -1] <= 0)
        gradient, information = gradient.copy(), -curvature
        gradient[bounded, -1] = 0.0
        information[bounded, -1, :] = information[bounded, :, -1] = 0.0
        information[bounded, -1, -1] = 1.0
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return _turned_uphill(gradient, information)
        return np.linalg.solve(information, gradient[:, :, None])[:, :, 0]

    def _covariance(self, curvature: Array) -> Array:
        bounded = self.at[:, -1] <= SMALLEST_LOG_SD
        information = -curvature
        information[bounded, -1, :] = information[bounded, :, -1] = 0.0
        information[bounded, -1, -1] = 1.0
        return np.linalg.pinv(information, hermitian=True)

    def derivatives(self, at: Array) -> tuple[Array, Array, Array]:
        """Log likelihood (without the factorials), gradient and curvature of every fit."""
        design, X = self.design, self.design.columns
        eta = at[:, 1:-1] @ X[:, 1:].T + at[:, :1] * self.d
        mu = design.exposure * np.exp(np.clip(eta, -60, 30))
        total = np.add.reduceat(mu, design.starts, axis=1)
        group = group_likelihood(self.events, np.log(total), at[:, -1:], nodes=self.nodes, near=self.mode)
        self.mode = group.mode
        gradient, curvature = np.empty_like(at), np.empty((len(at), at.shape[1], at.shape[1]))
        gradient[:, -1], curvature[:, -1, -1] = group.by_s.sum(axis=1), group.by_ss.sum(axis=1)
        if self.alone:
            gradient[:, :-1] = self._by_column(self.y + group.by_a)
            curvature[:, :-1, :-1] = self._by_pair(group.by_aa)
            cross = self._by_column(group.by_as)
        else:
            share = mu / np.repeat(total, design.sizes, axis=1)
            weight = share * np.repeat(group.by_a, design.sizes, axis=1)
            means = self._means(share)
            gradient[:, :-1] = self._by_column(self.y + weight)
            between = (means * (group.by_aa - group.by_a)[:, :, None]).transpose(0, 2, 1) @ means
            curvature[:, :-1, :-1] = self._by_pair(weight) + between
            cross = np.einsum("bg,bgp->bp", group.by_as, means)
        curvature[:, :-1, -1] = curvature[:, -1, :-1] = cross
        # With the offset's own part, so that likelihoods are those that other software prints (but for the factorials).
        likelihood = (self.y * eta).sum(axis=1) + self.y @ np.log(design.exposure) + group.value.sum(axis=1)
        return likelihood, gradient, curvature

    def _means(self, share: Array) -> Array:
        """The mean of every column in every group, weighted by what is expected; shape (fits, groups, columns)."""
        design, X = self.design, self.design.columns
        means = np.empty((len(share), len(design.starts), X.shape[1]))
        means[:, :, 0] = np.add.reduceat(share * self.d, design.starts, axis=1)
        for j in range(1, X.shape[1]):
            means[:, :, j] = np.add.reduceat(share * X[:, j], design.starts, axis=1)
        return means

    def _by_column(self, values: Array) -> Array:
        found = values @ self.design.columns
        found[:, 0] = (values * self.d).sum(axis=1)
        return found

    def _by_pair(self, values: Array) -> Array:
        columns = self.design.columns.shape[1]
        found = (values @ self.products).reshape(-1, columns, columns)
        treated = values * self.d
        found[:, 0, :] = found[:, :, 0] = treated @ self.design.columns
        found[:, 0, 0] = (treated * self.d).sum(axis=1)
        return found


def _turned_uphill(gradient: Array, information: Array) -> Array:
    """Newton's step with the sign of negative curvatures turned round."""
    values, vectors = np.linalg.eigh(information)
    scale = np.maximum(np.abs(values), 1e-8 * np.abs(values).max(axis=1, keepdims=True))
    turned = np.einsum("bij,bi->bj", vectors, gradient) / scale
    return np.einsum("bij,bj->bi", vectors, turned)
