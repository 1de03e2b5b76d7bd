"""The randomisation test of a trial: how often would the draw alone have given a difference as large?

The allocations are those of the method that drew the trial: pass its draws (or a function that makes them); without, as
many schools of each authority as were allocated are drawn anew. `score` compares Rao's statistic from one fit without an
effect; `refit` the log rate ratio of a full fit for each draw. Both are valid tests of no effect in any school, whatever
the counts' distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.allocations import Allocations, allocation_draws, blocks, keep_columns
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.many import fit_many, many_design
from swis.estimate.trial.model import Estimand, build_model, fit_model, with_events
from swis.estimate.trial.null_score import null_score
from swis.estimate.trial.result import known_level
from swis.estimate.trial.trial_table import TrialTable

Statistic = Literal["score", "refit"]

RANDOMISATION = "randomisation test, score"
REDRAWN, BY_METHOD = "re-drawn within authorities", "by the method that drew the trial"
DRAWS = 9_999
TIE = 1e-9
STEPS = tuple(0.02 * 1.35**step for step in range(19))
BISECTIONS = 14


@dataclass(frozen=True, eq=False)
class Randomisation:
    """The randomisation test of one outcome. `values` has the statistic of each draw, `observed` that of the real allocation.

    `p` counts the real allocation among the draws. `redrawn` says whose draws they were.
    """

    p: float
    observed: float
    draws: int
    statistic: Statistic
    redrawn: str
    schools: int
    seed: int | None
    values: Array
    analysis: str = RANDOMISATION

    def __repr__(self) -> str:
        return f"Randomisation(p {self.p:.3g}; {self.draws:,} allocations {self.redrawn}, by {self.statistic})"

    @property
    def held(self) -> HeldLevel:
        """The simulated size of the test."""
        return known_level(self.analysis, self.schools)

    @property
    def smallest_p(self) -> float:
        return 1 / (1 + self.draws)


def randomisation_test(
    table: TrialTable,
    *,
    allocations: Allocations = None,
    statistic: Statistic = "score",
    draws: int = DRAWS,
    seed: int,
) -> Randomisation:
    """The two-sided p-value for no effect in any school.

    `allocations` is an array (draws, schools), or a function of (draws, seed) that gives one, with a column for every randomised
    school in the order of `table.names`; schools without an outcome are cut out after the draw.
    """
    kept = with_events(table)
    drawn = keep_columns(table, kept, allocation_draws(table, allocations, draws=draws, seed=seed))
    observed, values = _statistics(kept, drawn, statistic)
    return Randomisation(
        p=share_as_extreme(observed, values),
        observed=observed,
        draws=len(values),
        statistic=statistic,
        redrawn=REDRAWN if allocations is None else BY_METHOD,
        schools=len(kept.names),
        seed=None if isinstance(allocations, np.ndarray) else seed,
        values=values,
    )


def share_as_extreme(observed: float, values: Array) -> float:
    """The two-sided p-value of a statistic among those of the draws, itself counted as one of them."""
    extreme = np.abs(values) >= abs(observed) - TIE
    # A draw without an estimate counts as extreme: it can only make the test more careful.
    extreme |= ~np.isfinite(values)
    return (1 + int(extreme.sum())) / (1 + len(values))


def _statistics(table: TrialTable, drawn: NDArray[np.bool_], statistic: Statistic) -> tuple[float, Array]:
    arm = table.arm_of_school[None].astype(float)
    if statistic == "score":
        scorer = null_score(table)
        return float(scorer.scores(arm)[0]), np.concatenate([scorer.scores(block) for block in blocks(drawn)])
    design = many_design(table)
    observed = float(fit_many(design, table.count, arm).log_ratio[0])
    if not np.isfinite(observed):
        raise NotEstimable(f"{table.outcome}: the rate ratio has no estimate; take the score statistic.")
    return observed, fit_many(design, table.count, drawn.astype(float)).log_ratio


def randomisation_interval(
    table: TrialTable,
    *,
    allocations: Allocations = None,
    estimand: Estimand = "participant",
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int,
) -> tuple[float, float]:
    """Rate ratios, the same in every school, that the score test does not reject in either tail; 0 or infinity where none is."""
    kept = with_events(table)
    drawn = keep_columns(table, kept, allocation_draws(table, allocations, draws=draws, seed=seed)).astype(float)
    arm, half = kept.arm_of_school[None].astype(float), (1 - level) / 2

    def accepts(log_ratio: float, sign: float) -> bool:
        scorer = null_score(kept, log_ratio=log_ratio, estimand=estimand)
        limit = sign * float(scorer.scores(arm)[0]) - TIE
        return (1 + int((sign * scorer.scores(drawn) >= limit).sum())) / (1 + len(drawn)) > half

    centre = float(fit_model(build_model(kept, estimand=estimand)).coefficients[0])
    # Ratios below the estimate are rejected when the real score is high among the draws.
    low = _first_rejected(lambda at: accepts(at, 1.0), centre, -1.0)
    high = _first_rejected(lambda at: accepts(at, -1.0), centre, 1.0)
    return exp(low) if low > -inf else 0.0, exp(high) if high < inf else inf


def _first_rejected(accepts: Callable[[float], bool], centre: float, sign: float) -> float:
    """The log ratio at which the test first rejects on the way out from the estimate; infinite if it does not within reach."""
    inner = centre
    for distance in STEPS:
        outer = centre + sign * distance
        if accepts(outer):
            inner = outer
            continue
        for _ in range(BISECTIONS):
            middle = (inner + outer) / 2
            inner, outer = (middle, outer) if accepts(middle) else (inner, middle)
        return outer
    return sign * inf
