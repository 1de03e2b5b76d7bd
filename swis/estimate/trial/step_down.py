"""Several outcomes of one trial: Romano and Wolf's step-down by joint permutation (2005, Econometrica 73, 1237-1282).

Every outcome is scored under the same re-drawn allocations, so that outcomes that go together are not paid for twice. The most
extreme outcome is compared with the largest statistic of all, the next with the largest of those left; every statistic is taken
over its spread among the draws, so that no outcome counts for more than another. Holm: `multiplicity.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.multiplicity import holm
from swis.estimate.trial.allocations import Allocations, allocation_draws
from swis.estimate.trial.randomisation import DRAWS, Randomisation, randomisation_test
from swis.estimate.trial.trial_table import TrialTable

TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Family:
    """Outcomes beside the primary one, which is judged alone. P-values: by themselves, by step-down, by Holm."""

    outcomes: tuple[str, ...]
    p: Array
    step_down: Array
    holm: Array
    draws: int

    def __repr__(self) -> str:
        return f"Family({len(self.outcomes)} outcomes; least adjusted p {self.step_down.min():.3g})"

    def __str__(self) -> str:
        rows = zip(self.outcomes, self.p, self.step_down, self.holm, strict=True)
        return "\n".join(
            [
                f"{len(self.outcomes)} outcomes beside the primary one; {self.draws:,} allocations, the same for all",
                *(f"{name}: p {p:.3g}; Romano-Wolf {r:.3g}; Holm {h:.3g}" for name, p, r, h in rows),
            ]
        )


def adjust_family(
    tables: Sequence[TrialTable], *, allocations: Allocations = None, draws: int = DRAWS, seed: int
) -> Family:
    """Randomisation p-values of several outcomes of the same randomised schools, adjusted for there being several.

    Every table must have the same schools in the same order, missing outcomes included, and an outcome of its own.
    """
    if not tables:
        raise NotEstimable("A family needs at least one outcome.")
    if any(table.names != tables[0].names for table in tables):
        raise NotEstimable(
            "A family needs the same schools in the same order in every outcome, those without one included."
        )
    if len({table.outcome for table in tables}) < len(tables):
        raise NotEstimable("A family has every outcome once; here one comes twice.")
    drawn = allocation_draws(tables[0], allocations, draws=draws, seed=seed)
    return family_of_tests({table.outcome: randomisation_test(table, allocations=drawn, seed=seed) for table in tables})


def family_of_tests(tests: Mapping[str, Randomisation]) -> Family:
    """The same of randomisation tests that are made already, by outcome, of counts or scores.

    Raises NotEstimable without any, or where they have not the same number of draws; that the draws are the same ones is the
    caller's to see to.
    """
    made = list(tests.values())
    if len({len(test.values) for test in made}) != 1:
        raise NotEstimable("A family needs the same draws for every outcome, and at least one outcome.")
    p = np.array([test.p for test in made])
    sized = _on_one_scale(np.column_stack([np.append(test.observed, test.values) for test in made]))
    return Family(tuple(tests), p, romano_wolf(sized[0], sized[1:]), holm(p.tolist()), len(sized) - 1)


def _on_one_scale(statistics: Array) -> Array:
    """Absolute statistics over their spread among the draws, the real one counted; shape (1 + draws, outcomes).

    The score of sessions, of which those of one pupil go together, scatters many times as much as that of rare events: unsized it
    alone would be the largest of all. Romano and Wolf studentise for the same reason. What is not finite stays the most extreme.
    """
    finite = np.isfinite(statistics)
    known = np.where(finite, statistics, 0.0)
    spread = np.sqrt((known**2).sum(axis=0) / np.maximum(finite.sum(axis=0), 1))
    sized: Array = np.where(finite, np.abs(known) / np.where(spread > 0, spread, 1.0), np.inf)
    return sized


def romano_wolf(observed: Array, values: Array) -> Array:
    """Adjusted p-values from absolute statistics, shape (outcomes,), and those of the draws, shape (draws, outcomes)."""
    order = np.argsort(-observed, kind="stable")
    # The largest of each outcome and those less extreme than it.
    largest = np.maximum.accumulate(values[:, order[::-1]], axis=1)[:, ::-1]
    counted = (largest >= observed[order] - TIE).sum(axis=0)
    adjusted = np.empty(len(observed))
    adjusted[order] = np.maximum.accumulate((1 + counted) / (1 + len(values)))
    return adjusted
