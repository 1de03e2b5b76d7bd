"""The same analysis with covariates of schools, first of all the rate before the start: Poisson, authority effects, HC3, t.

Authority effects are concentrated out, so that Newton's method works on the programme and the covariates alone; all trials of a
block take their steps together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.design.power.assumptions import Array
from swis.design.power.robust_poisson import judge
from swis.design.power.trials import Judgements, SimulatedTrials
from swis.errors import NotEstimable

MOST_STEPS = 40
TOLERANCE = 1e-10
LONGEST_STEP = 2.0
FARTHEST = 20.0  # a log rate ratio that no programme has: the maximum lies at infinity
SMALLEST_LEFT = 1e-9


def baseline_adjusted_poisson(trials: SimulatedTrials) -> Judgements:
    """The log rate ratio of every trial, adjusted for the log of the rate before the start, (events + 1/2) per pupil and term.

    Raises NotEstimable where the trials have no baseline.
    """
    if trials.baseline is None or trials.baseline_exposure is None:
        raise NotEstimable(
            "These trials have no terms before the start to adjust for; plan some, or use robust_poisson."
        )
    return adjusted_poisson(trials, np.log((trials.baseline + 0.5) / trials.baseline_exposure)[None])


def adjusted_poisson(trials: SimulatedTrials, covariates: Array) -> Judgements:
    """The log rate ratio of every trial, adjusted for `covariates` of shape (covariates, schools, trials), with HC3 and t.

    NaN where the effects have no estimate. Raises NotEstimable where schools are not in the order of authorities.
    """
    if (np.diff(trials.stratum) < 0).any():
        raise NotEstimable("Schools of simulated trials stand in the order of authorities; here they do not.")
    arm = np.broadcast_to(trials.intervention[:, None].astype(float), trials.count.shape)
    x = np.concatenate([arm[None], covariates])
    x = x - x.mean(axis=1, keepdims=True)  # far from nought, exponentials overflow
    starts = np.flatnonzero(np.diff(trials.stratum, prepend=-1))
    model = _Model(trials, x, starts, np.add.reduceat(trials.count, starts, axis=0))
    effects = model.solve()
    se = model.standard_error(effects)
    se[(np.abs(effects) > FARTHEST).any(axis=0)] = np.nan
    return judge(effects[0], se, df=len(trials.stratum) - int(trials.stratum.max()) - 1 - len(x))


@dataclass(frozen=True, eq=False)
class _Model:
    """The likelihood of a block of trials; `x` has the shape (effects, schools, trials).

    `starts` are the rows where authorities begin, `events` those of each authority, shape (authorities, trials).
    """

    trials: SimulatedTrials
    x: Array
    starts: NDArray[np.intp]
    events: Array

    def sum_by_authority(self, values: Array) -> Array:
        return np.add.reduceat(values, self.starts, axis=-2)

    def to_schools(self, values: Array) -> Array:
        return np.repeat(values, np.diff(self.starts, append=len(self.trials.stratum)), axis=-2)

    def solve(self) -> Array:
        """The effects of every trial, shape (effects, trials), from none at all by Newton's method."""
        effects = np.zeros((len(self.x), self.trials.count.shape[1]))
        for _ in range(MOST_STEPS):
            expected, centred = self._expected(effects)
            gradient = np.einsum("qst,st->qt", centred, self.trials.count - expected)
            step = _solve_all(self._information(expected, centred), gradient)
            longest = np.abs(step).max(axis=0)
            effects = effects + step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))
            if not ((longest > TOLERANCE) & (np.abs(effects).max(axis=0) < FARTHEST)).any():
                break
        return effects

    def standard_error(self, effects: Array) -> Array:
        """HC3 of the programme's effect, shape (trials,)."""
        expected, centred = self._expected(effects)
        inverse = _inverse_all(self._information(expected, centred))
        towards = np.einsum("tqr,rst->qst", inverse, centred)
        own = np.divide(1.0, self.events, out=np.zeros_like(self.events), where=self.events > 0)
        left = 1 - expected * (self.to_schools(own) + (centred * towards).sum(axis=0))
        residual = np.where(
            left > SMALLEST_LEFT, (self.trials.count - expected) / np.where(left > SMALLEST_LEFT, left, 1), 0
        )
        error: Array = np.sqrt(((towards[0] * residual) ** 2).sum(axis=0))
        return error

    def _expected(self, effects: Array) -> tuple[Array, Array]:
        """Expected events of each school, and `x` less its mean over the expected events of the authority."""
        with np.errstate(over="ignore"):
            weight = self.trials.exposure * np.exp(np.einsum("qst,qt->st", self.x, effects))
        expected = weight * self.to_schools(self.events / self.sum_by_authority(weight))
        share = np.divide(1.0, self.events, out=np.zeros_like(self.events), where=self.events > 0)
        return expected, self.x - self.to_schools(self.sum_by_authority(self.x * expected) * share)

    def _information(self, expected: Array, centred: Array) -> Array:
        return np.einsum("qst,rst->tqr", centred * expected, centred, optimize=True)


def _solve_all(information: Array, gradient: Array) -> Array:
    solved: Array = np.einsum("tqr,rt->qt", _inverse_all(information), gradient)
    return solved


def _inverse_all(information: Array) -> Array:
    """The inverse of every trial's information; NaN where it has none."""
    tells = _tells(information)
    inverse = np.full(information.shape, np.nan)
    if tells.any():
        inverse[tells] = np.linalg.inv(information[tells])
    return inverse


def _tells(information: Array) -> NDArray[np.bool_]:
    finite = np.asarray(np.isfinite(information).all(axis=(1, 2)), dtype=bool)
    scale = np.sqrt(np.einsum("tqq->tq", np.where(finite[:, None, None], information, 0.0)).clip(0.0))
    product = scale[:, :, None] * scale[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(product > 0, information / product, 0.0)
    determinant = np.linalg.det(np.where(finite[:, None, None], correlation, 0.0))
    tells: NDArray[np.bool_] = finite & (scale > 0).all(axis=1) & (determinant > 1e-10)
    return tells
