"""Power by simulation: trials are drawn, each is analysed as planned, and what the analysis claims is counted.

The rate ratio 1 is always among the effects: how often the analysis claims an effect that is not there belongs beside its power.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np

from swis.design.power.assumptions import Assumptions
from swis.design.power.formula import LEVEL, check_number
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.trials import NUMBERS_AT_ONCE, Analyse, Judgements, SimulatedTrials, draw_trials
from swis.errors import NotEstimable

TRIALS = 10_000
MOST_TRIALS = 1_000_000
CLEARLY = 3.0
"""Monte Carlo standard errors from which a difference is not taken for chance."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PowerAt:
    """How the planned analysis does at one true rate ratio.

    `power` is the share of all trials with p at most 5% (at a ratio of 1 it is the size), `coverage` that whose 95% interval
    holds the true ratio, of those with an interval; `not_estimable` counts trials without an answer, which claim nothing.
    """

    ratio: float
    power: float
    coverage: float
    trials: int
    not_estimable: int

    @property
    def monte_carlo_error(self) -> float:
        """The standard error that the number of trials leaves in `power`."""
        return _error(self.power, self.trials)

    @property
    def coverage_error(self) -> float:
        """The standard error that the number of trials leaves in `coverage`."""
        return _error(self.coverage, max(self.trials - self.not_estimable, 1))


@dataclass(frozen=True)
class SimulatedPower:
    """The power curve of one trial: a point for each ratio, in ascending order; 1 is among them."""

    assumptions: Assumptions
    points: tuple[PowerAt, ...]
    seed: int

    def __repr__(self) -> str:
        return (
            f"SimulatedPower({self.assumptions.schools} schools; size {self.size.power:.1%}; "
            f"{len(self.points) - 1} effects, {self.size.trials:,} trials)"
        )

    def at(self, ratio: float) -> PowerAt:
        """The point at a ratio. Raises NotEstimable if it was not simulated."""
        for point in self.points:
            if point.ratio == ratio:
                return point
        raise NotEstimable(f"The rate ratio {ratio:g} was not simulated.")

    @property
    def size(self) -> PowerAt:
        """How often an effect is claimed where there is none."""
        return self.at(1.0)

    @property
    def holds_its_level(self) -> bool:
        """Whether no more effects are claimed where there is none than 5%, beyond what chance in the simulation explains."""
        return self.size.power <= LEVEL + CLEARLY * _error(LEVEL, self.size.trials)

    @property
    def is_cautious(self) -> bool:
        """Whether clearly fewer than 5% are claimed: the level holds, and power is given away."""
        return self.size.power < LEVEL - CLEARLY * _error(LEVEL, self.size.trials)


def simulate_power(
    assumptions: Assumptions,
    ratios: Sequence[float],
    *,
    seed: int,
    trials: int = TRIALS,
    analyse: Analyse = robust_poisson,
    progress: Progress | None = None,
) -> SimulatedPower:
    """The power of `analyse` at each rate ratio, and its size. Power and size are over all trials, 5% two-sided.

    The same assumptions, ratios, trials and seed give the same numbers. `progress` is told of trials done, of all trials.
    Raises NotEstimable for a ratio that is not above 0, or an analysis that judges another number of trials than it was given.
    """
    check_number("number of trials", trials, least=1)
    if trials > MOST_TRIALS:
        raise NotEstimable(f"At most {MOST_TRIALS:,} trials are simulated; {trials:,} were asked for.")
    for ratio in ratios:
        check_number("rate ratio", ratio, above=0)
    every = tuple(sorted({1.0, *map(float, ratios)}))
    tallies: dict[float, list[_Tally]] = defaultdict(list)
    blocks = ceil(trials / max(1, NUMBERS_AT_ONCE // assumptions.schools)) * len(every)
    for done, block in enumerate(draw_trials(assumptions, every, trials=trials, seed=seed)):
        if progress is not None:
            progress("Simulating trials", done, blocks)
        tallies[block.ratio].append(_count(block, analyse(block)))
    points = tuple(_point(ratio, tallies[ratio], trials) for ratio in every)
    return SimulatedPower(assumptions, points, seed)


@dataclass(frozen=True)
class _Tally:
    claimed: int
    covered: int
    answered: int


def _count(block: SimulatedTrials, judged: Judgements) -> _Tally:
    if judged.p.shape != block.count.shape[1:]:
        raise NotEstimable(
            f"The planned analysis gave {judged.p.size} p-values for {block.count.shape[1]} trials; it owes one for each."
        )
    truth = log(block.ratio)
    with np.errstate(invalid="ignore"):
        return _Tally(
            claimed=int((judged.p <= LEVEL).sum()),
            covered=int(((judged.low <= truth) & (truth <= judged.high)).sum()),
            answered=int(np.isfinite(judged.p).sum()),
        )


def _point(ratio: float, tallies: Sequence[_Tally], trials: int) -> PowerAt:
    answered = sum(tally.answered for tally in tallies)
    return PowerAt(
        ratio=ratio,
        power=sum(tally.claimed for tally in tallies) / trials,
        coverage=sum(tally.covered for tally in tallies) / answered if answered else float("nan"),
        trials=trials,
        not_estimable=trials - answered,
    )


def _error(share: float, trials: int) -> float:
    return sqrt(share * (1 - share) / trials)
