"""The same analysis with covariates of schools, first of all the rate before the start: Poisson, authority effects, HC3, t."""

from __future__ import annotations

import numpy as np

from swis.design.poisson_fits import AT_ONCE, PoissonBlock, share_columns
from swis.design.power.assumptions import Array
from swis.design.power.robust_poisson import judge
from swis.design.power.trials import Judgements, SimulatedTrials
from swis.errors import NotEstimable


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
    shared = share_columns(trials.stratum)
    arm = trials.intervention[None].astype(float)
    fits = trials.count.shape[1]
    log_ratio, error = np.empty(fits), np.empty(fits)
    for start in range(0, fits, AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        count, exposure, *own = (
            np.ascontiguousarray(values[:, rows].T) for values in (trials.count, trials.exposure, *covariates)
        )
        # Far from nought, exponentials overflow.
        own = [values - values.mean(axis=1, keepdims=True) for values in own]
        block = PoissonBlock(shared, count, exposure, [arm, *own])
        found = block.maximise()
        log_ratio[rows] = block.at[:, 0]
        error[rows] = np.where(found, block.errors(("HC3",))[1]["HC3"], np.nan)
    return judge(log_ratio, error, df=shared.schools - len(shared.starts) - 1 - len(covariates))
