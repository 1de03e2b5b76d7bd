"""Standard errors that do not take the counts to be Poisson, for a trial whose schools were drawn.

HC0 to HC3 (MacKinnon and White 1985, J. Econometrics 29, 305-325) where there is one row a school. With several rows a school the
same names stand for their clustered counterparts: CR0, CR1 with Stata's factor, CR2 and CR3 (Bell and McCaffrey 2002; Pustejovsky
and Tipton 2018). The school is the unit that was drawn, and so the cluster; clustering at authorities rejects too often.
`quasi` scales the model's own covariance by Pearson's dispersion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.model import RELATIVE_RANK, TrialFit

Variance = Literal["HC0", "HC1", "HC2", "HC3", "quasi"]


def robust_covariance(fit: TrialFit, kind: Variance = "HC3", *, group: NDArray[np.intp] | None = None) -> Array:
    """The covariance of all coefficients. `group` numbers the clusters of the rows; None: schools."""
    if kind == "quasi":
        return fit.inverse * max(1.0, fit.dispersion)
    influence = influences(fit, kind, group=group)
    return influence.T @ influence


def influences(fit: TrialFit, kind: Variance = "HC3", *, group: NDArray[np.intp] | None = None) -> Array:
    """What each school moves the coefficients by, shape (schools, coefficients); their squares add up to the covariance."""
    model = fit.model
    group = model.school if group is None else group
    score = model.weight * fit.residual
    if len(np.unique(group)) == len(group):
        moved = (_one_row(kind, fit) * score)[:, None] * model.columns @ fit.inverse
        return moved[np.argsort(group, kind="stable")]
    adjust = _cluster_adjustment(kind, fit)
    rows = [np.flatnonzero(group == each) for each in np.unique(group)]
    summed = np.array([model.columns[own].T @ adjust(own, score[own]) for own in rows])
    if kind != "HC1":
        return summed @ fit.inverse
    factor = len(rows) / (len(rows) - 1) * (len(score) - 1) / spare_rows(*model.columns.shape)
    return summed @ fit.inverse * np.sqrt(factor)


def left_out_scores(fit: TrialFit) -> Array:
    """The weighted residual of each row, made as large as it would be had its school been left out of the fit."""
    model = fit.model
    score: Array = model.weight * fit.residual
    if len(np.unique(model.school)) == len(model.school):
        return _one_row("HC3", fit) * score
    adjust, adjusted = _cluster_adjustment("HC3", fit), np.empty_like(score)
    for each in np.unique(model.school):
        rows = np.flatnonzero(model.school == each)
        adjusted[rows] = adjust(rows, score[rows])
    return adjusted


def spare_rows(rows: int, parameters: int) -> int:
    """Rows beyond the coefficients. Raises NotEstimable where there are none: nothing is left to see scatter by."""
    if rows <= parameters:
        raise NotEstimable(f"{rows} rows carry {parameters} coefficients: none is left to judge the scatter by.")
    return rows - parameters


def _one_row(kind: Variance, fit: TrialFit) -> Array:
    rows, parameters = fit.model.columns.shape
    if kind in ("HC0", "HC1"):
        return np.full(rows, np.sqrt(rows / spare_rows(rows, parameters)) if kind == "HC1" else 1.0)
    left = 1 - fit.leverage
    # A row that is fitted exactly (an authority's only school) has no residual, and moves nothing.
    exact = left < 1e-9
    return np.where(exact, 0.0, np.where(exact, 1.0, left) ** (-0.5 if kind == "HC2" else -1.0))


def _cluster_adjustment(kind: Variance, fit: TrialFit) -> Callable[[NDArray[np.intp], Array], Array]:
    """A function of a cluster's rows and their weighted residuals: the residuals, made as large as they would be without it."""
    X, working = fit.model.columns, fit.model.weight * fit.expected

    def own_hat(rows: NDArray[np.intp]) -> Array:
        return working[rows, None] * (X[rows] @ fit.inverse @ X[rows].T)

    def cr2(rows: NDArray[np.intp], score: Array) -> Array:
        root = np.sqrt(working[rows])
        middle = root[:, None] * ((np.eye(len(rows)) - own_hat(rows)) * working[rows]) * root
        return root * (_inverse_root((middle + middle.T) / 2) @ (root * score))

    def cr3(rows: NDArray[np.intp], score: Array) -> Array:
        return np.linalg.pinv(np.eye(len(rows)) - own_hat(rows), rcond=1e-10) @ score

    if kind == "HC2":
        return cr2
    return cr3 if kind == "HC3" else lambda rows, score: score


def _inverse_root(matrix: Array) -> Array:
    """Symmetric pseudo-inverse square root; rank is judged relative to the largest eigenvalue."""
    values, vectors = np.linalg.eigh(matrix)
    keep = values > RELATIVE_RANK * max(values.max(), 0.0)
    roots = np.where(keep, 1 / np.sqrt(np.where(keep, values, 1.0)), 0.0)
    return (vectors * roots) @ vectors.T
