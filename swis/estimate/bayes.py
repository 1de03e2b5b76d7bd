"""Authorities pooled by a Bayesian model of their counts: a cross-check of the random effects, as an optional extra.

Each authority has its own log rate ratio, drawn from a common normal distribution with mean mu and standard deviation tau.
Priors: mu ~ N(0, 0.5) and tau ~ half-N(0.35), or, to see what they do, N(0, 1) and half-N(1). Levels of authorities N(-5, 2),
spread of schools and of terms half-N(1), of scatter beyond Poisson half-N(0.5). With three authorities tau, and with it the
width of every interval here, is driven by its prior: show both priors, never one.

numpyro is loaded when a pooling is asked for: it is not needed for anything else, and takes seconds.
Source: Gelman and others 2013, Bayesian Data Analysis, chapter 5; Rover 2020 (J. Statistical Software 93, 6) on priors for tau.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison

Prior = Literal["default", "wide"]

PRIORS: tuple[Prior, ...] = ("default", "wide")
SCALES: dict[Prior, tuple[float, float]] = {"default": (0.5, 0.35), "wide": (1.0, 1.0)}
"""Standard deviation of the prior of mu, and scale of the half-normal prior of tau."""

HIGHEST_RHAT = 1.01


@dataclass(frozen=True)
class Posterior:
    """A quantity after the data: its median and the 2.5% and 97.5% quantiles."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class ShrunkAuthority:
    """The rate ratio of one authority, drawn towards the others as far as the model finds them alike."""

    authority: str
    ratio: Posterior
    below_one: float


@dataclass(frozen=True)
class BayesPooled:
    """Authorities pooled under one prior. Ratios are rate ratios; `tau` is on the log scale; `below_one` are probabilities.

    `new_authority` is the rate ratio to expect in an authority that is like these but is not among them. `rhat` is the
    worst and `effective_draws` the least over mu, tau and the authorities.
    """

    outcome: str
    prior: Prior
    pooled: Posterior
    below_one: float
    tau: Posterior
    new_authority: Posterior
    authorities: tuple[ShrunkAuthority, ...]
    rhat: float
    effective_draws: float
    divergences: int
    draws: int
    chains: int
    seed: int

    def __repr__(self) -> str:
        return (
            f"BayesPooled({self.outcome}, {self.prior} prior: rate ratio {self.pooled.median:.3g}, 95% interval "
            f"{self.pooled.low:.3g} to {self.pooled.high:.3g}; {len(self.authorities)} authorities, rhat {self.rhat:.3f})"
        )

    @property
    def settled(self) -> bool:
        """Whether the chains agree well enough to be read."""
        return self.rhat < HIGHEST_RHAT and self.divergences < 0.01 * self.draws * self.chains


def pool_bayes(
    comparisons: Mapping[str, Comparison], *, prior: Prior = "default", seed: int, draws: int = 3_000, chains: int = 2
) -> BayesPooled:
    """The rate ratio over authorities, given the comparison of each by its name.

    Counted: every school-term with pupils; days as child-terms, count / unit_of_count to the nearest whole one, because
    independent events come whole. The same seed gives the same result.
    Raises NotEstimable with fewer than two authorities, and where the extra is not installed.
    """
    if len(comparisons) < 2:
        raise NotEstimable("Pooling takes at least two authorities with the same outcome.")
    scale_mean, scale_spread = SCALES[prior]
    refuse_without_extra()
    sampler = import_module("swis.estimate.bayes_sampler")
    found = sampler.sample(
        sampler.Cells(*_cells(list(comparisons.values()))),
        scale_mean=scale_mean,
        scale_spread=scale_spread,
        seed=seed,
        size=(draws, chains),
    )
    new = found.mean + found.spread * np.random.default_rng(seed).standard_normal(len(found.mean))
    return BayesPooled(
        outcome=next(iter(comparisons.values())).outcome,
        prior=prior,
        pooled=_posterior(np.exp(found.mean)),
        below_one=float((found.mean < 0).mean()),
        tau=_posterior(found.spread),
        new_authority=_posterior(np.exp(new)),
        authorities=tuple(
            ShrunkAuthority(name, _posterior(np.exp(effect)), float((effect < 0).mean()))
            for name, effect in zip(comparisons, found.effects.T, strict=True)
        ),
        rhat=found.rhat,
        effective_draws=found.effective,
        divergences=found.divergences,
        draws=draws,
        chains=chains,
        seed=seed,
    )


def refuse_without_extra() -> None:
    """Raises NotEstimable, with what to do, where numpyro is not installed."""
    if find_spec("numpyro") is None:
        raise NotEstimable(
            "The Bayesian pooling needs numpyro, which is not installed. Install it with: pip install 'swis[bayes]'. "
            "The other poolings do not need it."
        )


def _cells(comparisons: list[Comparison]) -> list[NDArray[Any]]:
    """Counts, pupils, programme, and the numbers of authority, school and term, one element for each observed school-term."""
    parts: list[list[NDArray[Any]]] = []
    schools = terms = 0
    for number, one in enumerate(comparisons):
        school, term = np.nonzero(one.pupils > 0)
        parts.append(
            [
                np.rint(one.count[school, term] / one.unit_of_count),
                one.pupils[school, term],
                (one.intervention[school] & one.after_mask[term]).astype(float),
                np.full(len(school), number),
                school + schools,
                term + terms,
            ]
        )
        schools, terms = schools + len(one.schools), terms + len(one.terms)
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _posterior(draws: Array) -> Posterior:
    low, median, high = np.quantile(draws, [0.025, 0.5, 0.975])
    return Posterior(float(median), float(low), float(high))
