"""The marginal likelihood of a Poisson group with a normal random intercept, and its derivatives, for many groups at once.

A group has `events` Y and, at its intercept of nought, expects A. Its likelihood is the integral of exp(Y u - A e^u) over
u ~ N(0, sd^2): by Laplace's approximation, as lme4 does with one node, or by adaptive Gauss-Hermite quadrature. Everything
is a function of a = log A and s = log sd; the derivatives in both are in closed form, so that Newton's method
can be used on whole batches of fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.estimate.comparison import Array

STEPS = 40
TOLERANCE = 1e-7  # Newton's method squares its error: the step after the last one would be 1e-14


@dataclass(frozen=True, eq=False)
class GroupLikelihood:
    """By group: the log likelihood without Y!, its first and second derivatives in a (log expected) and s (log sd), and
    the mode."""

    value: Array
    by_a: Array
    by_s: Array
    by_aa: Array
    by_as: Array
    by_ss: Array
    mode: Array


def group_likelihood(
    events: Array, log_expected: Array, log_sd: Array, *, nodes: int = 1, near: Array | None = None
) -> GroupLikelihood:
    """`nodes` 1 is Laplace's approximation. `near` are modes to start from. `log_sd` usually has one column for each batch."""
    variance = np.exp(2 * log_sd)
    mode = find_mode(events, log_expected, variance, near=near)
    if nodes == 1:
        return _laplace(events, log_expected, variance, mode)
    return _quadrature(events, log_expected, variance, mode, nodes)


def find_mode(events: Array, log_expected: Array, variance: Array, *, near: Array | None = None) -> Array:
    """Where Y u - A e^u - u^2 / (2 variance) is largest: strictly concave, by Newton's method from a shrunken log ratio."""
    precision = 1 / variance
    if near is None:
        weight = variance * (events + 0.5)
        u = weight / (1 + weight) * (np.log(events + 0.5) - log_expected)
    else:
        u = near.copy()
    for _ in range(STEPS):
        expected = np.exp(log_expected + u)
        step = (events - expected - u * precision) / (expected + precision)
        np.clip(step, -1.0, 1.0, out=step)
        u += step
        if max(step.max(), -step.min()) < TOLERANCE:
            break
    return u


def _laplace(events: Array, a: Array, variance: Array, u: Array) -> GroupLikelihood:
    m = np.exp(a + u)
    q = m * variance
    v = 1 + q
    moved = 2 * q * (1 + u / v)  # dq/ds
    curved = (1 - q) / v**3  # d(q / v^2) / dq
    share = u**2 / variance
    return GroupLikelihood(
        value=events * u - m - share / 2 - np.log(v) / 2,
        by_a=-m - q / v**2 / 2,
        by_s=share - q * (1 + u / v) / v,
        by_aa=-m / v - q / v * curved / 2,
        by_as=-2 * u * q / (v * variance) - q / v**3 - u * q / v * curved + q**2 / v**3,
        by_ss=4 * share / v - 2 * share - moved / v**2 - u * moved * curved - 2 * q * u / v**3,
        mode=u,
    )


def _quadrature(events: Array, a: Array, variance: Array, u: Array, nodes: int) -> GroupLikelihood:
    """Derivatives are moments of the random intercept given the events, by the same nodes."""
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    spread = 1 / np.sqrt(np.exp(a + u) + 1 / variance)
    at = u + spread * points.reshape(-1, *[1] * np.ndim(u))
    expected = np.exp(a + at)
    exponent = events * at - expected - at**2 / (2 * variance) + points.reshape(-1, *[1] * np.ndim(u)) ** 2 / 2
    top = exponent.max(axis=0)
    mass = weights.reshape(-1, *[1] * np.ndim(u)) * np.exp(exponent - top)
    total = mass.sum(axis=0)
    mass = mass / total
    square = at**2 / variance

    def mean(values: Array) -> Array:
        return (mass * values).sum(axis=0)

    mean_expected, mean_square = mean(expected), mean(square)
    return GroupLikelihood(
        value=top + np.log(total * spread) - np.log(2 * np.pi * variance) / 2,
        by_a=-mean_expected,
        by_s=mean_square - 1,
        by_aa=-mean_expected + mean(expected**2) - mean_expected**2,
        by_as=-(mean(expected * square) - mean_expected * mean_square),
        by_ss=-2 * mean_square + mean(square**2) - mean_square**2,
        mode=u,
    )
