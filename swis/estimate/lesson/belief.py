"""What could be believed of the programme after the pilots: taking their intervals at their word, or honestly.

A belief is about mu, the mean log rate ratio over authorities like these, with tau, the spread of authorities about it. Three
ways to one, none of which is the only right one:

at their word   published intervals pooled as if authorities had one effect and the intervals covered what they say
pooled          Hartung-Knapp-Sidik-Jonkman with Paule-Mandel's tau as known: a t distribution with pilots - 1 degrees of freedom,
                read as a belief (that is Bayesian with a flat prior, given tau)
with a prior    exact Bayes in the normal model, tau integrated out over a half-normal prior (Rover 2020, J Stat Softw 93, 6)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite, lgamma, log, sqrt

import numpy as np
from scipy.special import ndtri, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.lesson.mixture import NormalMixture
from swis.estimate.pooling import pool_authorities

NODES = 240
_REACH = 8.0
"""Scales of a half-normal prior that are integrated over: what lies beyond has a probability of 1e-15."""
NORMAL_95 = float(ndtri(0.975))


@dataclass(frozen=True)
class PilotEvidence:
    """One pilot: a log rate ratio with its standard error, as published or as the counts can carry it."""

    name: str
    log_ratio: float
    standard_error: float

    def __post_init__(self) -> None:
        if not (isfinite(self.log_ratio) and isfinite(self.standard_error) and self.standard_error > 0):
            raise NotEstimable(f"{self.name}: a pilot needs a finite log rate ratio and a standard error above 0.")


@dataclass(frozen=True)
class Prior:
    """What was believed before the pilots: mu normal with `mean` and `sd` (infinite: flat), tau half-normal with `between`.

    A standard deviation of 0 is a certainty that no data can move; `between` of 0 says that all authorities have one effect.
    """

    name: str
    sd: float
    between: float
    mean: float = 0.0

    def __post_init__(self) -> None:
        if not (self.sd >= 0 and self.between >= 0 and isfinite(self.between) and isfinite(self.mean)):
            raise NotEstimable(f"The prior {self.name!r} needs standard deviations of 0 or more, and a finite mean.")


SCEPTICAL = Prior("sceptical", sd=0.1, between=0.1)
"""Most programmes change little: 95% between 0.82 and 1.22 before any data. A judgement, not a finding."""
WEAK = Prior("weak", sd=0.5, between=0.35)
"""The default prior of the Bayesian pooling: 95% between 0.38 and 2.66."""
FLAT = Prior("flat", sd=np.inf, between=1.0)
"""Nothing known of mu, and little of the spread between authorities."""
PRIORS = (SCEPTICAL, WEAK, FLAT)


@dataclass(frozen=True, eq=False)
class Belief:
    """A belief about the mean log rate ratio, `mu`; `between` is tau for each part of the mixture.

    `has_mean` says whether the rate ratio has a finite mean. That of a t distribution has none: its probabilities can be
    quoted, but no money can be reckoned with it.
    """

    name: str
    mu: NormalMixture
    between: Array
    has_mean: bool = True

    def interval(self, share: float = 0.95) -> tuple[float, float, float]:
        """The rate ratio: its median and the limits of the central interval with this share."""
        low, middle, high = (self.mu.quantile(at) for at in ((1 - share) / 2, 0.5, (1 + share) / 2))
        return float(np.exp(middle)), float(np.exp(low)), float(np.exp(high))

    def below(self, ratio: float) -> float:
        """The probability of a mean rate ratio at most this."""
        return self.mu.below(log(ratio))

    def __repr__(self) -> str:
        middle, low, high = self.interval()
        return f"Belief({self.name}: rate ratio {middle:.3g}, 95% interval {low:.3g} to {high:.3g})"


def believe_published(pilots: Sequence[PilotEvidence]) -> Belief:
    """The published intervals at their word: pooled by the inverse of their variances, as one effect for all authorities."""
    effects, variances = _arrays(pilots)
    weights = 1 / variances
    mean, sd = weights @ effects / weights.sum(), 1 / sqrt(weights.sum())
    mu = NormalMixture(np.ones(1), np.array([mean]), np.array([sd]))
    return Belief("published intervals at their word", mu, np.zeros(1))


def believe_pooled(pilots: Sequence[PilotEvidence]) -> Belief:
    """The pooled rate ratio with its Hartung-Knapp-Sidik-Jonkman interval, as a belief. Takes two pilots or more."""
    effects, variances = _arrays(pilots)
    pooled = pool_authorities([each.name for each in pilots], effects.tolist(), np.sqrt(variances).tolist())
    line, df = pooled.random_effects, len(pilots) - 1
    scale = log(line.high / line.low) / (2 * float(stdtrit(df, 0.975)))
    weights, scales = _t_as_normals(df)
    mu = NormalMixture(weights, np.full(NODES, log(line.ratio)), scale * scales)
    return Belief("pooled, Hartung-Knapp", mu, np.full(NODES, sqrt(line.tau_squared)), has_mean=False)


def believe_with_prior(pilots: Sequence[PilotEvidence], prior: Prior) -> Belief:
    """The posterior of mu and tau given the pilots, exactly but for the integral over tau. Without pilots it is the prior.

    Raises NotEstimable where a flat prior meets fewer than two pilots: then there is no posterior.
    """
    if not isfinite(prior.sd) and len(pilots) < 2:
        raise NotEstimable("A flat prior needs at least two pilots.")
    effects, variances = _arrays(pilots) if pilots else (np.zeros(0), np.zeros(0))
    tau, log_weight = _spread_nodes(prior.between)
    w = 1 / (variances + tau[:, None] ** 2)
    total = w.sum(axis=1)
    mean = np.divide(w @ effects, total, out=np.full_like(total, prior.mean), where=total > 0)
    scatter = (w * (effects - mean[:, None]) ** 2).sum(axis=1)
    log_weight = log_weight + 0.5 * np.log(w).sum(axis=1) - 0.5 * scatter
    if isfinite(prior.sd):
        variance = prior.sd**2 / (1 + prior.sd**2 * total)
        middle = prior.mean + variance * total * (mean - prior.mean)
        log_weight += -0.5 * np.log1p(prior.sd**2 * total)
        log_weight += -0.5 * (mean - prior.mean) ** 2 * total / (1 + prior.sd**2 * total)
    else:
        variance, middle = 1 / total, mean
        log_weight += -0.5 * np.log(total)
    weights = np.exp(log_weight - log_weight.max())
    mu = NormalMixture(weights / weights.sum(), middle, np.sqrt(variance))
    return Belief(f"{prior.name} prior", mu, tau)


def _arrays(pilots: Sequence[PilotEvidence]) -> tuple[Array, Array]:
    if not pilots:
        raise NotEstimable("There is no pilot to believe.")
    return np.array([each.log_ratio for each in pilots]), np.array([each.standard_error**2 for each in pilots])


@cache
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights


def _spread_nodes(scale: float) -> tuple[Array, Array]:
    """Places of tau and the logarithms of their weights under a half-normal prior."""
    if scale == 0:
        return np.zeros(1), np.zeros(1)
    nodes, weights = _legendre()
    tau = (nodes + 1) / 2 * _REACH * scale
    return tau, np.log(weights) - 0.5 * (tau / scale) ** 2


def _t_as_normals(df: int) -> tuple[Array, Array]:
    """Weights and standard deviations of normals that are together a t distribution: 1/sd is chi over the root of df."""
    nodes, weights = _legendre()
    end = sqrt(80 / df) + 2
    v = (nodes + 1) / 2 * end
    log_density = log(2) + df / 2 * log(df / 2) - lgamma(df / 2) + (df - 1) * np.log(v) - df * v**2 / 2
    share = weights * np.exp(log_density)
    return share / share.sum(), 1 / v
