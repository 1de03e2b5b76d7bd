"""Draws from the Bayesian model of several authorities, with numpyro. Only `bayes.py` loads this, and only when asked to.

count ~ Poisson(pupils x exp(level of the authority + school + term + effect of the authority x after the start + scatter))
"""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import numpyro
from jax import random
from numpy.typing import NDArray
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.distributions import HalfNormal, Normal, Poisson
from numpyro.infer import MCMC, NUTS

from swis.estimate.comparison import Array

WARM_UP = 1_000
ACCEPTANCE = 0.9  # a little more than numpyro's own: with three authorities the spread between them has a narrow neck


@dataclass(frozen=True, eq=False)
class Cells:
    """One element for each observed school-term. `authority`, `school` and `term` number them; a term is one authority's."""

    count: Array
    pupils: Array
    programme: Array
    """1 in schools with a social worker after the start."""
    authority: NDArray[np.intp]
    school: NDArray[np.intp]
    term: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Draws:
    """Posterior draws: `mean` and `spread` of the authorities' log ratios (draws,), and those themselves (draws, authorities)."""

    mean: Array
    spread: Array
    effects: Array
    rhat: float
    effective: float
    divergences: int


def sample(cells: Cells, *, scale_mean: float, scale_spread: float, seed: int, size: tuple[int, int]) -> Draws:
    """Draw from the posterior by NUTS; `size` is the draws of a chain, and the chains."""
    draws, chains = size
    sampler = MCMC(
        NUTS(_model, target_accept_prob=ACCEPTANCE),
        num_warmup=WARM_UP,
        num_samples=draws,
        num_chains=chains,
        chain_method="sequential",
        progress_bar=False,
    )
    sampler.run(random.key(seed), cells, (scale_mean, scale_spread))
    grouped = {
        name: np.asarray(values, dtype=float) for name, values in sampler.get_samples(group_by_chain=True).items()
    }
    watched = [grouped["mean"], grouped["spread"], *np.moveaxis(grouped["effects"], 2, 0)]
    return Draws(
        mean=grouped["mean"].ravel(),
        spread=grouped["spread"].ravel(),
        effects=grouped["effects"].reshape(draws * chains, -1),
        rhat=max(float(split_gelman_rubin(values)) for values in watched),
        effective=min(float(effective_sample_size(values)) for values in watched),
        divergences=int(np.asarray(sampler.get_extra_fields()["diverging"]).sum()),
    )


def _model(cells: Cells, scales: tuple[float, float]) -> None:
    authorities = int(cells.authority.max()) + 1
    # Everything that varies is drawn as a standard normal times its scale: the sampler then meets no funnel.
    mean = numpyro.sample("mean", Normal(0, scales[0]))
    spread = numpyro.sample("spread", HalfNormal(scales[1]))
    effects = numpyro.deterministic("effects", mean + spread * _standard("effect", authorities))
    level = numpyro.sample("level", Normal(-5, 2).expand([authorities]))
    of_schools = numpyro.sample("scale of schools", HalfNormal(1)) * _standard("school", int(cells.school.max()) + 1)
    of_terms = numpyro.sample("scale of terms", HalfNormal(1)) * _standard("term", int(cells.term.max()) + 1)
    scatter = numpyro.sample("scale of scatter", HalfNormal(0.5)) * _standard("scatter", len(cells.count))
    log_expected = (
        jnp.log(cells.pupils)
        + level[cells.authority]
        + of_schools[cells.school]
        + of_terms[cells.term]
        + effects[cells.authority] * cells.programme
        + scatter
    )
    numpyro.sample("count", Poisson(jnp.exp(log_expected)), obs=cells.count)


def _standard(name: str, size: int) -> jnp.ndarray:
    return numpyro.sample(name, Normal(0, 1).expand([size]))
