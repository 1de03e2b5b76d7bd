"""Negative binomial regression (NB2) of a trial, with authority effects: a second opinion on the default.

The variance is mean + mean squared / shape; the shape is estimated by maximum likelihood. Unlike the default it weighs
large schools less, so that its estimate lies between the participant and the school average. Robust (HC3) or model
standard error, the latter given the shape, as MASS::glm.nb has it. Source: Lawless 1987, Canadian J. Statistics 15, 209-225.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, psi

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.model import TrialModel, build_model, fit_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

NEGATIVE_BINOMIAL = "negative binomial, HC3"
NEGATIVE_BINOMIAL_MODEL = "negative binomial, model error"
ROUNDS = 200
TOLERANCE = 1e-10
MOST_SHAPE = 1e7  # beyond it the counts vary no more than Poisson counts do


@dataclass(frozen=True)
class NegativeBinomial:
    """`shape` is infinite where the counts vary no more than Poisson counts; `k` = 1/sqrt(shape) is the variation between
    schools."""

    estimate: TrialEstimate
    shape: float
    model_error: float
    log_likelihood: float

    @property
    def k(self) -> float:
        return 1 / sqrt(self.shape)

    def __repr__(self) -> str:
        return f"NegativeBinomial({self.estimate!r}; shape {self.shape:.4g})"

    def __str__(self) -> str:
        return str(self.estimate)


def negative_binomial(
    table: TrialTable, *, error: Literal["HC3", "model"] = "HC3", adjusted: bool = True, level: float = 0.95
) -> NegativeBinomial:
    """The rate ratio by NB2 with authority effects; one row a school. Raises NotEstimable where it does not settle."""
    kept = with_events(table)
    if kept.follow_up is not None:
        raise NotEstimable(
            f"{table.outcome}: the negative binomial model needs one row a school; add the follow-ups up."
        )
    model = build_model(kept, adjusted=adjusted)
    at, shape = _maximise(model)
    expected = model.exposure * np.exp(model.columns @ at)
    shrink = 1 + expected / shape
    X = model.columns
    inverse = np.linalg.inv(X.T @ ((expected / shrink)[:, None] * X))
    model_error = sqrt(inverse[0, 0])
    left = 1 - expected / shrink * np.einsum("ij,jk,ik->i", X, inverse, X)
    score = (model.count - expected) / shrink / np.where(left < 1e-9, inf, left)
    robust = sqrt(float(((score * (X @ inverse[0])) ** 2).sum()))
    found = Found(
        analysis=NEGATIVE_BINOMIAL if error == "HC3" else NEGATIVE_BINOMIAL_MODEL,
        log_ratio=float(at[0]),
        standard_error=robust if error == "HC3" else model_error,
        df=model.schools - X.shape[1],
        estimand="between the participant and the school average: large schools count more, but less than their size",
        facts=(f"Standard error: {error}; variation between schools k {1 / sqrt(shape):.3g}",),
    )
    return NegativeBinomial(estimate_of(kept, found, level=level), shape, model_error, _likelihood(model, at, shape))


def _maximise(model: TrialModel) -> tuple[Array, float]:
    at = fit_model(model).coefficients
    shape = inf
    for _ in range(ROUNDS):
        before = at
        shape = _best_shape(model.count, model.exposure * np.exp(model.columns @ at))
        at = _given_shape(model, at, shape)
        if np.abs(at - before).max() < TOLERANCE:
            return at, shape
    raise NotEstimable(f"{model.outcome}: the negative binomial model does not settle on a shape.")


def _given_shape(model: TrialModel, at: Array, shape: float) -> Array:
    X = model.columns
    for _ in range(ROUNDS):
        expected = model.exposure * np.exp(X @ at)
        shrink = 1 + expected / shape
        step = np.linalg.solve(X.T @ ((expected / shrink)[:, None] * X), X.T @ ((model.count - expected) / shrink))
        at = at + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 2.0))
        if np.abs(step).max() < TOLERANCE:
            return at
    raise NotEstimable(f"{model.outcome}: the negative binomial model has no maximum.")


def _best_shape(count: Array, expected: Array) -> float:
    def slope(log_shape: float) -> float:
        shape = np.exp(log_shape)
        terms = (
            psi(count + shape)
            - psi(shape)
            + log_shape
            + 1
            - np.log(shape + expected)
            - (count + shape) / (shape + expected)
        )
        return float(terms.sum())

    low, high = log(1e-4), log(MOST_SHAPE)
    if slope(low) <= 0:
        return 1e-4
    # Near the Poisson limit the slope is a difference of nearly equal numbers: the sign is taken where it still has digits.
    if float(((count - expected) ** 2 - count).sum()) <= 0 and slope(log(1e4)) > 0:
        return inf
    return float(np.exp(brentq(slope, low, high, xtol=1e-13, rtol=1e-14))) if slope(high) < 0 else inf


def _likelihood(model: TrialModel, at: Array, shape: float) -> float:
    y, mu = model.count, model.exposure * np.exp(model.columns @ at)
    if shape == inf:
        return float((y * np.log(mu) - mu - gammaln(y + 1)).sum())
    terms = (
        gammaln(y + shape)
        - gammaln(shape)
        - gammaln(y + 1)
        + shape * np.log(shape / (shape + mu))
        + y * np.log(mu / (shape + mu))
    )
    return float(terms.sum())
