"""All candidates, weighted so that their means equal those of the schools with a social worker.

Entropy balancing (Hainmueller 2012, Political Analysis 20, 25-46): of all weights that balance the measures, those nearest to
equal weights. The dual problem is smooth and convex with one unknown a measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.special import logsumexp, softmax

from swis.design.matching_scores import check_schools
from swis.design.school_measures import MATCHED_ON, is_whole, school_measures
from swis.design.year_group_panel import Array, Index, LeftOut, YearGroupPanel
from swis.errors import NotEstimable

TOLERANCE = 1e-8  # standard deviations by which a balanced mean may be off
MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class CandidateWeights:
    """A weight for each candidate, shape (candidates,); those of a phase sum to its schools with a social worker.

    `balanced` are positions in the panel of the schools with a social worker whose phase could be weighted; `left_out` says of
    every other school why it could not.
    """

    method: str
    weights: Array
    balanced: Index
    left_out: tuple[LeftOut, ...]

    def __repr__(self) -> str:
        used = int((self.weights > 0).sum())
        return f"CandidateWeights({self.method}: {used} of {self.weights.size} candidates, worth {self.effective_number:.1f})"

    @property
    def effective_number(self) -> float:
        """How many equally weighted schools would be as precise (Kish): (sum of weights) squared over sum of squares."""
        squares = float((self.weights**2).sum())
        return float(self.weights.sum()) ** 2 / squares if squares else 0.0


def balance_by_entropy(panel: YearGroupPanel, *, measures: tuple[str, ...] = MATCHED_ON) -> CandidateWeights:
    """Weights on all candidates that give them the means of the schools with a social worker.

    Balanced are level, log of size and free school meals, phase by phase. A phase whose means lie outside what its candidates
    span cannot be balanced by any weights: it is left out, with that reason. Schools that lack a measure are left out too.
    Raises NotEstimable where no phase can be balanced.
    """
    check_schools(panel)
    values = school_measures(panel).pick(measures)
    known = is_whole(np.isfinite(values))
    weights = np.zeros(panel.candidates.size)
    balanced: list[int] = []
    left_out = [
        LeftOut(panel.schools[i], "level, size or free school meals not known")
        for i in np.concatenate([panel.treated, panel.candidates])
        if not known[i]
    ]
    for phase in panel.phases:
        rows = panel.of_phase(panel.treated, phase)
        rows = rows[known[rows]]
        columns = np.flatnonzero([panel.phase[i] == phase and known[i] for i in panel.candidates])
        if not rows.size:
            continue
        try:
            share = entropy_weights(values[panel.candidates[columns]], values[rows].mean(axis=0))
        except NotEstimable as error:
            left_out += [LeftOut(panel.schools[i], str(error)) for i in rows]
            continue
        weights[columns] = share * rows.size
        balanced += rows.tolist()
    if not balanced:
        raise NotEstimable(f"{panel.outcome}: no weights on the candidates balance {', '.join(measures)} in any phase.")
    rule = f"entropy balancing of {', '.join(measures)}"
    return CandidateWeights(rule, weights, np.array(balanced, dtype=np.intp), tuple(left_out))


def entropy_weights(values: Array, target: Array) -> Array:
    """The weights of largest entropy, summing to one, under which the rows of `values` have the mean `target`.

    Raises NotEstimable where no weights have.
    """
    if not len(values):
        raise NotEstimable("no candidate has all measures")
    spread = values.std(axis=0)
    scale = np.where(spread > 1e-12, spread, 1.0)
    x = (values - target) / scale
    _refuse_what_cannot_be_balanced(x)

    share = _minimise_dual(x)
    if np.abs(share @ x).max(initial=0.0) > TOLERANCE:
        raise NotEstimable("the weights that would balance the means were not found")
    return share


def _minimise_dual(x: Array) -> Array:
    """Newton's method on the log of the sum of exp(x multiplier), halving a step that goes uphill; the weights at its end."""
    multiplier = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        share = softmax(x @ multiplier)
        slope = share @ x
        if np.abs(slope).max(initial=0.0) < TOLERANCE / 1e4:
            break
        curvature = (x * share[:, np.newaxis]).T @ x - np.outer(slope, slope)
        step = np.linalg.lstsq(curvature, slope, rcond=1e-14)[0]
        here, length = float(logsumexp(x @ multiplier)), 1.0
        while length > 1e-10 and float(logsumexp(x @ (multiplier - length * step))) > here + 1e-14:
            length /= 2
        multiplier = multiplier - length * step
    weights: Array = softmax(x @ multiplier)
    return weights


def _refuse_what_cannot_be_balanced(x: Array) -> None:
    # Some weights, none negative, sum to one and have mean nought: a linear programme without an objective.
    equations = np.vstack([x.T, np.ones(len(x))])
    feasible = linprog(
        np.zeros(len(x)), A_eq=equations, b_eq=np.append(np.zeros(x.shape[1]), 1.0), bounds=(0, None), method="highs"
    )
    if feasible.status != 0:
        raise NotEstimable("the means to be reached lie outside what the candidates span")
