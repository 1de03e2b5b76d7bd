"""Simulated trials: what an analysis is given, what it gives back, and how trials are drawn.

Effects share their random numbers: the schools, the rates and all events without the programme are the same for every effect of
a grid, and the events of schools with it are added effect by effect, from the smallest ratio to the largest. So the power curve
does not jitter, and ten effects cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from swis.design.power.assumptions import Array, Assumptions, Scatter

NUMBERS_AT_ONCE = 250_000  # schools times trials that stay in the processor's cache


@dataclass(frozen=True, eq=False)
class SimulatedTrials:
    """Trials of one design with one true effect. School by school and trial by trial: shape (schools, trials).

    `intervention` (schools,) is the same in every trial: it is the schools that change places. `stratum` (schools,) numbers the
    authorities from 0; schools of one stratum and arm stand together. `baseline` and `baseline_exposure` are the events
    and pupil-terms before the start, None where none were observed.
    """

    count: Array
    exposure: Array
    intervention: NDArray[np.bool_]
    stratum: NDArray[np.intp]
    ratio: float
    baseline: Array | None = None
    baseline_exposure: Array | None = None

    def __repr__(self) -> str:
        schools, trials = self.count.shape
        return f"SimulatedTrials({trials:,} trials of {schools} schools; true rate ratio {self.ratio:g})"


@dataclass(frozen=True, eq=False)
class Judgements:
    """What an analysis makes of each trial, shape (trials,). NaN where it has no answer: that is no claim and covers nothing.

    `log_ratio` is the estimate, `low` and `high` its 95% interval on the log scale, `p` two-sided.
    """

    log_ratio: Array
    low: Array
    high: Array
    p: Array


Analyse = Callable[[SimulatedTrials], Judgements]
"""A planned analysis, as power is simulated by: all trials of a block at once."""


def place_schools(assumptions: Assumptions) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The authority and the arm of each school, both of shape (schools,), in the order of authorities and arms.

    Authorities are as equal in schools as can be. Every authority with two schools or more has both arms; beyond that the
    arms of the whole trial come as near to the wanted share as that allows, the left-over schools of odd authorities falling to
    one arm and the other in turn.
    """
    quotient, rest = divmod(assumptions.schools, assumptions.authorities)
    sizes = np.full(assumptions.authorities, quotient)
    sizes[:rest] += 1
    wanted = np.floor(np.cumsum(sizes) * assumptions.share + 0.5)  # half a school is carried to the next authority
    with_programme = np.clip(np.diff(wanted, prepend=0.0), 1, sizes - 1).astype(int)
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    arms = [np.arange(size) >= size - number for size, number in zip(sizes, with_programme, strict=True)]
    return stratum, np.concatenate(arms)


def draw_trials(
    assumptions: Assumptions, ratios: tuple[float, ...], *, trials: int, seed: int
) -> Iterator[SimulatedTrials]:
    """Blocks of trials, each once for every ratio in ascending order: (block 1, ratio 1), (block 1, ratio 2), ...

    A block is small enough for the processor's cache; its generator is its own, so that blocks do not depend on one another.
    """
    stratum, intervention = place_schools(assumptions)
    at_once = max(1, NUMBERS_AT_ONCE // assumptions.schools)
    starts = range(0, trials, at_once)
    for start, source in zip(starts, np.random.SeedSequence(seed).spawn(len(starts)), strict=True):
        block = _draw_block(
            np.random.default_rng(source), assumptions, stratum, intervention, min(at_once, trials - start)
        )
        yield from block.with_ratios(ratios)


@dataclass(frozen=True, eq=False)
class _Block:
    """One block before the programme: `mean` are the events that the schools with it would expect without."""

    rng: np.random.Generator
    trials: SimulatedTrials
    mean: Array

    def with_ratios(self, ratios: tuple[float, ...]) -> Iterator[SimulatedTrials]:
        """The same trials with each ratio put in; a Poisson count of a larger mean is the smaller one and a count of the rest."""
        treated = np.zeros(self.mean.shape)
        reached = 0.0
        for ratio in sorted(ratios):
            if ratio > reached:
                treated = treated + self.rng.poisson(self.mean * (ratio - reached))
            reached = ratio
            count = self.trials.count.copy()
            count[self.trials.intervention] = treated
            yield replace(self.trials, count=count, ratio=ratio)


def _draw_block(
    rng: np.random.Generator,
    assumptions: Assumptions,
    stratum: NDArray[np.intp],
    intervention: NDArray[np.bool_],
    trials: int,
) -> _Block:
    pupils = _draw_pupils(rng, assumptions, stratum, trials)
    rates, before = _draw_rates(rng, assumptions, pupils.shape)
    exposure = pupils * assumptions.terms
    mean = exposure * rates
    count = np.zeros(pupils.shape)
    count[~intervention] = rng.poisson(mean[~intervention])
    baseline_exposure = pupils * assumptions.baseline_terms if before is not None else None
    baseline = None if before is None or baseline_exposure is None else rng.poisson(baseline_exposure * before)
    drawn = SimulatedTrials(
        count=count,
        exposure=exposure,
        intervention=intervention,
        stratum=stratum,
        ratio=1.0,
        baseline=None if baseline is None else baseline.astype(float),
        baseline_exposure=baseline_exposure,
    )
    return _Block(rng, drawn, mean[intervention])


def _draw_pupils(rng: np.random.Generator, assumptions: Assumptions, stratum: NDArray[np.intp], trials: int) -> Array:
    """Sizes of schools. Given ones change places within their authority, which is the draw of the allocation."""
    shape = (len(stratum), trials)
    if assumptions.sizes is not None:
        sizes = np.asarray(assumptions.sizes, dtype=float)
        parts = [sizes[stratum == place] for place in range(assumptions.authorities)]
        return np.concatenate([rng.permuted(np.tile(part[:, None], trials), axis=0) for part in parts])
    if not assumptions.pupils_cv:
        return np.full(shape, float(assumptions.pupils))
    return assumptions.pupils * _draw_around_one(rng, assumptions.pupils_cv**2, shape, "lognormal")


def _draw_rates(
    rng: np.random.Generator, assumptions: Assumptions, shape: tuple[int, int]
) -> tuple[Array, Array | None]:
    """True rates of the terms followed, and of those before where there are some."""
    lasting = assumptions.autocorrelation * assumptions.k**2
    passing = (assumptions.k**2 - lasting) / (1 + lasting)  # so that the product of both varies by k^2
    kept = assumptions.rate * _draw_around_one(rng, lasting, shape, assumptions.scatter)

    def over(terms: float) -> Array:
        return kept * _draw_around_one(rng, passing / max(terms, 1.0), shape, assumptions.scatter)

    return over(assumptions.terms), over(assumptions.baseline_terms) if assumptions.baseline_terms else None


def _draw_around_one(rng: np.random.Generator, variance: float, shape: tuple[int, int], scatter: Scatter) -> Array:
    if variance <= 0:
        return np.ones(shape)
    if scatter == "gamma":
        return rng.standard_gamma(1 / variance, shape) * variance
    spread = sqrt(log1p(variance))
    return np.exp(rng.standard_normal(shape) * spread - log(1 + variance) / 2)
