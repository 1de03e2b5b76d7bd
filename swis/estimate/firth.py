"""Poisson regression with the bias of small samples taken out, which also stays finite under separation.

The likelihood is multiplied by the square root of the determinant of the information (Firth 1993, Biometrika 80, 27-38):
each count gains half its leverage. For a log-link Poisson model this is the mean bias-reduced estimate (Kosmidis and Firth
2009). The interval is that of the profiled penalised likelihood. It still treats every event as independent of every other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.special import chdtrc, chdtri

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.dummies import DummyDesign, dummy_design
from swis.estimate.profile import interval_end

ITERATIONS = 200
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Firth:
    """The bias-reduced rate ratio with its penalised profile interval and likelihood-ratio p-value.

    `standard_error` is that of the log rate ratio from the information at the estimate, without overdispersion.
    """

    log_ratio: float
    standard_error: float
    ratio: float
    low: float
    high: float
    p: float

    def __repr__(self) -> str:
        return f"Firth(rate ratio {self.ratio:.4g}, 95% CI {self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True, eq=False)
class _Penalised:
    effects: Array
    likelihood: float
    information: Array


def firth(comparison: Comparison, *, level: float = 0.95) -> Firth:
    """The bias-reduced rate ratio of the programme. Raises NotEstimable if the iteration does not settle."""
    design = dummy_design(comparison, schools_without_events=True)
    if np.linalg.matrix_rank(design.columns) < design.columns.shape[1]:
        raise NotEstimable(f"{comparison.outcome}: one arm, or a term, is not there to compare with.")
    best = _maximise(comparison, design, None)
    centre = float(best.effects[design.programme])
    allowed = float(chdtri(1, 1 - level)) / 2

    def fall(log_ratio: float) -> float:
        return best.likelihood - _maximise(comparison, design, log_ratio).likelihood - allowed

    return Firth(
        log_ratio=centre,
        standard_error=float(np.sqrt(np.linalg.inv(best.information)[design.programme, design.programme])),
        ratio=exp(centre),
        low=interval_end(fall, centre, -1.0),
        high=interval_end(fall, centre, 1.0),
        p=float(chdtrc(1, 2 * max(fall(0.0) + allowed, 0.0))),
    )


def _maximise(comparison: Comparison, design: DummyDesign, log_ratio: float | None) -> _Penalised:
    """Penalised maximum, with the programme effect free or held; the penalty is that of the full model in both."""
    free = np.ones(design.columns.shape[1], dtype=bool)
    effects: Array = np.zeros(len(free))
    level = np.log(design.count.sum() + 0.5) - np.log(np.exp(design.log_pupils).sum())
    effects[: design.schools] = level
    if log_ratio is not None:
        free[design.programme] = False
        effects[design.programme] = log_ratio
    current = _evaluate(design, effects)
    for _ in range(ITERATIONS):
        likelihood, score, information = current
        step = np.zeros(len(free))
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        step *= min(1.0, 3.0 / max(np.abs(step).max(), 1e-300))
        effects, current = _advance(design, effects, step, likelihood)
        if np.abs(step).max() < TOLERANCE:
            return _Penalised(effects, current[0], current[2])
    raise NotEstimable(f"{comparison.outcome}: the bias-reduced regression did not settle.")


def _advance(
    design: DummyDesign, effects: Array, step: Array, likelihood: float
) -> tuple[Array, tuple[float, Array, Array]]:
    for halving in range(25):
        moved = effects + step * 0.5**halving
        at = _evaluate(design, moved)
        if at[0] >= likelihood - 1e-10 * (1 + abs(likelihood)):
            break
    return moved, at


def _evaluate(design: DummyDesign, effects: Array) -> tuple[float, Array, Array]:
    """Penalised log likelihood, its gradient and the information."""
    linear = design.columns @ effects
    expected = np.exp(linear + design.log_pupils)
    weighted = design.columns * expected[:, None]
    information = design.columns.T @ weighted
    leverage = np.einsum("ij,jk,ik->i", weighted, np.linalg.inv(information), design.columns)
    likelihood = float(design.count @ linear - expected.sum() + 0.5 * np.linalg.slogdet(information)[1])
    return likelihood, design.columns.T @ (design.count + leverage / 2 - expected), information
