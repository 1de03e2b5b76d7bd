"""Several authorities together: one rate ratio, how much authorities differ, and what to expect in the next one.

Random effects with the Paule-Mandel between-authority variance and the Hartung-Knapp-Sidik-Jonkman interval, whose scale is not
allowed below 1 (Rover, Knapp and Friede 2015, BMC Med Res Methodol 15:99). With three authorities it is wide, as it must be.
The fixed-effect and DerSimonian-Laird values stand beside it because a reader will look for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtri, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array


@dataclass(frozen=True)
class PooledLine:
    """A pooled rate ratio with its 95% interval, and the between-authority variance that it used."""

    method: str
    ratio: float
    low: float
    high: float
    tau_squared: float


@dataclass(frozen=True)
class Pooled:
    """The authorities together. `random_effects` is the line to read; `prediction` what a further authority might see."""

    authorities: tuple[str, ...]
    random_effects: PooledLine
    fixed_effect: PooledLine
    dersimonian_laird: PooledLine
    paule_mandel: PooledLine
    prediction: tuple[float, float]
    heterogeneity: float
    heterogeneity_p: float
    i_squared: float

    def __repr__(self) -> str:
        line = self.random_effects
        return (
            f"Pooled({len(self.authorities)} authorities: {line.ratio:.3g}, 95% CI {line.low:.3g} to {line.high:.3g})"
        )


def pool_authorities(names: Sequence[str], log_ratios: Sequence[float], standard_errors: Sequence[float]) -> Pooled:
    """Pool log rate ratios of at least two authorities. Raises NotEstimable with fewer or without finite values."""
    effects, errors = np.asarray(log_ratios, dtype=float), np.asarray(standard_errors, dtype=float)
    if len(effects) < 2:
        raise NotEstimable("Pooling needs at least two authorities.")
    if not len(names) == len(effects) == len(errors):
        raise NotEstimable("Pooling needs one log rate ratio and one standard error for each authority.")
    if not (np.isfinite(effects).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise NotEstimable("Pooling needs a finite log rate ratio and standard error from each authority.")
    variances = errors**2
    df = len(effects) - 1
    q = _q(effects, variances, 0.0)
    tau_pm, tau_dl = _paule_mandel(effects, variances), _dersimonian_laird(q, variances)
    normal = float(ndtri(0.975))
    return Pooled(
        authorities=tuple(names),
        random_effects=_hartung_knapp(effects, variances, tau_pm),
        fixed_effect=_line("fixed effect", effects, variances, 0.0, normal),
        dersimonian_laird=_line("random effects, DerSimonian-Laird", effects, variances, tau_dl, normal),
        paule_mandel=_line("random effects, Paule-Mandel", effects, variances, tau_pm, normal),
        prediction=_prediction(effects, variances, tau_pm),
        heterogeneity=q,
        heterogeneity_p=float(chdtrc(df, q)),
        i_squared=max(0.0, (q - df) / q) if q > 0 else 0.0,
    )


def _mean(effects: Array, variances: Array, tau_squared: float) -> tuple[float, float]:
    """Weighted mean and its variance."""
    weights = 1 / (variances + tau_squared)
    return float(weights @ effects / weights.sum()), float(1 / weights.sum())


def _q(effects: Array, variances: Array, tau_squared: float) -> float:
    mean, _ = _mean(effects, variances, tau_squared)
    return float(((effects - mean) ** 2 / (variances + tau_squared)).sum())


def _paule_mandel(effects: Array, variances: Array) -> float:
    """The between-authority variance at which the weighted squares equal their degrees of freedom."""
    df = len(effects) - 1
    if _q(effects, variances, 0.0) <= df:
        return 0.0
    high = 1.0
    while _q(effects, variances, high) > df:
        high *= 2
    return float(brentq(lambda tau: _q(effects, variances, tau) - df, 0.0, high, xtol=1e-14, rtol=1e-12))


def _dersimonian_laird(q: float, variances: Array) -> float:
    weights = 1 / variances
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return max(0.0, float((q - (len(variances) - 1)) / scale))


def _line(method: str, effects: Array, variances: Array, tau_squared: float, quantile: float) -> PooledLine:
    mean, variance = _mean(effects, variances, tau_squared)
    half = quantile * sqrt(variance)
    return PooledLine(method, exp(mean), exp(mean - half), exp(mean + half), tau_squared)


def _hartung_knapp(effects: Array, variances: Array, tau_squared: float) -> PooledLine:
    df = len(effects) - 1
    mean, variance = _mean(effects, variances, tau_squared)
    scale = max(1.0, _q(effects, variances, tau_squared) / df)
    half = float(stdtrit(df, 0.975)) * sqrt(scale * variance)
    name = "random effects, Hartung-Knapp-Sidik-Jonkman"
    return PooledLine(name, exp(mean), exp(mean - half), exp(mean + half), tau_squared)


def _prediction(effects: Array, variances: Array, tau_squared: float) -> tuple[float, float]:
    """Where the rate ratio of a further authority is expected (Higgins, Thompson and Spiegelhalter 2009, k - 2 df)."""
    df = len(effects) - 2
    if df < 1:
        return 0.0, inf
    mean, variance = _mean(effects, variances, tau_squared)
    half = float(stdtrit(df, 0.975)) * sqrt(tau_squared + variance)
    return exp(mean - half), exp(mean + half)
