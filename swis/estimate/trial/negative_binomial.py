"""Negative binomial regression (NB2) of a trial, with authority effects: a second opinion on the default.

The variance is mean + mean squared / shape; the shape is estimated by maximum likelihood. Unlike the default it weighs
large schools less, so that its estimate lies between the participant and the school average. Robust (HC3) or model
standard error, the latter given the shape, as MASS::glm.nb has it. Source: Lawless 1987, Canadian J. Statistics 15, 209-225.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import Literal

import numpy as np
from numpy.polynomial.polynomial import polyval
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
SMALL = 0.01
NEAR = 0.05
TERMS = np.arange(14)
BEND = (-1.0) ** TERMS / (TERMS + 2)
LEVEL = (-1.0) ** TERMS * (TERMS + 1) / (TERMS + 2)
LEAST_INVERSE, MOST_INVERSE, GROWTH = 1e-7, 1e4, 10.0  # a shape of 1e7 varies no more than Poisson counts do


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
    """Coefficients and shape. The likelihood with the coefficients at their best is searched along 1 / shape, from nought up."""
    at = fit_model(model).coefficients

    def slope(inverse_shape: float) -> float:
        nonlocal at
        at = _given_shape(model, at, 1 / inverse_shape if inverse_shape > 0 else inf)
        return _slope(model.count, model.exposure * np.exp(model.columns @ at), inverse_shape)

    if slope(0.0) <= 0:
        return at, inf
    above = LEAST_INVERSE
    while slope(above) > 0:
        above *= GROWTH
        if above > MOST_INVERSE:
            raise NotEstimable(f"{model.outcome}: the negative binomial model does not settle on a shape.")
    if above == LEAST_INVERSE:
        return _given_shape(model, at, inf), inf
    shape = 1 / exp(brentq(lambda log_inverse: slope(exp(log_inverse)), log(above / GROWTH), log(above), xtol=1e-12))
    return _given_shape(model, at, shape), shape


def _given_shape(model: TrialModel, at: Array, shape: float) -> Array:
    """Newton's method with what is observed, not expected, of the information: the likelihood given a shape is concave."""
    X = model.columns
    for _ in range(ROUNDS):
        expected = model.exposure * np.exp(X @ at)
        shrink = 1 + expected / shape
        curved = expected * (1 + model.count / shape) / shrink**2
        step = np.linalg.lstsq(X.T @ (curved[:, None] * X), X.T @ ((model.count - expected) / shrink), rcond=None)[0]
        at = at + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 2.0))
        if np.abs(step).max() < TOLERANCE:
            return at
    raise NotEstimable(f"{model.outcome}: the negative binomial model has no maximum.")


def _slope(count: Array, expected: Array, inverse_shape: float) -> float:
    """The derivative of the log likelihood in 1 / shape; at nought half of what the squares have beyond Poisson's.

    For each count the sum of j / (1 + j / shape) over j below it, and two terms in what is expected.
    """
    x = inverse_shape * expected
    return float((_below(count, inverse_shape) + expected**2 * _level(x) - count * expected / (1 + x)).sum())


def _below(count: Array, inverse_shape: float) -> Array:
    """The sum of j / (1 + j / shape) over j below each count.

    By digamma it is a difference of nearly equal numbers where the shape is large, and a search near the Poisson limit fails on
    it: there by Euler and Maclaurin's formula, whose next term is below 1e-10.
    """
    a = inverse_shape
    if a > SMALL:
        shape = 1 / a
        return np.asarray((count - shape * (psi(count + shape) - psi(shape))) * shape)
    scale = 1 + a * count
    ends = -count / scale / 2 + (scale**-2 - 1) / 12 - a**2 * (scale**-4 - 1) / 120
    return np.asarray(count**2 * _bend(a * count) + ends)


def _bend(x: Array) -> Array:
    """(x - log(1 + x)) / x^2."""
    far = np.where(x < NEAR, 1.0, x)
    return np.where(x < NEAR, polyval(x, BEND), (far - np.log1p(far)) / far**2)


def _level(x: Array) -> Array:
    """(log(1 + x) - x / (1 + x)) / x^2."""
    far = np.where(x < NEAR, 1.0, x)
    return np.where(x < NEAR, polyval(x, LEVEL), (np.log1p(far) - far / (1 + far)) / far**2)


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
