"""The stratified randomisation test for thousands of simulated trials at once, by the variance of all its reassignments.

The statistic is the events of schools with the programme beyond their authority's rate. Over all ways to choose as many schools
within each authority its variance is known exactly (sampling without replacement), so that nothing has to be redrawn. Only its
shape is approximated: scaled by what it leaves unexplained it is taken for t with schools - authorities - 1 degrees of freedom,
which for one stratum is the t test and for pairs the paired one. Schools that differ much, small strata and pairs are
allowed for by construction.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

from swis.design.power.assumptions import Array
from swis.design.power.formula import LEVEL
from swis.design.power.robust_poisson import Groups, group_schools, solve_log_ratio
from swis.design.power.trials import Judgements, SimulatedTrials


def randomisation_poisson(trials: SimulatedTrials) -> Judgements:
    """The p-value of the stratified randomisation test, and the log rate ratio with an interval of the same width.

    The interval is the estimate and the critical deviation of the statistic over its information: near no effect the
    inverted test, further off an approximation. NaN where no authority has both arms and events. The baseline is not used.
    """
    groups = group_schools(trials)
    surprise, variance, information, freedom = _score(groups)
    log_ratio = solve_log_ratio(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        critical = stdtrit(freedom - 1, 1 - LEVEL / 2)
        squared = surprise**2 / variance  # at most `freedom`, by Cauchy and Schwarz
        p = 2 * stdtr(freedom - 1, -np.sqrt(squared * (freedom - 1) / np.maximum(freedom - squared, 0.0)))
        half = critical * np.sqrt(freedom / (freedom - 1 + critical**2)) * np.sqrt(variance) / information
    p[freedom < 2] = half[freedom < 2] = np.nan
    return Judgements(log_ratio, log_ratio - half, log_ratio + half, p)


def _score(groups: Groups) -> tuple[Array, Array, Array, Array]:
    """The statistic, its variance over all reassignments, its information and degrees of freedom, each of shape (trials,).

    An authority whose reassignments are all alike adds to none of them.
    """
    events, exposure = groups.events.sum(axis=0), groups.exposure.sum(axis=0)
    rate = events / exposure
    surprise = (groups.events[1] - rate * groups.exposure[1]).sum(axis=0)
    share = groups.exposure[1] / exposure
    information = (events * share * (1 - share)).sum(axis=0)
    schools = np.bincount(groups.trials.stratum)
    with_programme = np.bincount(groups.trials.stratum, groups.trials.intervention)
    variance, freedom = np.zeros_like(surprise), np.zeros_like(surprise)
    starts = np.flatnonzero(np.diff(groups.trials.stratum, prepend=-1))
    for place, (start, number) in enumerate(zip(starts, schools, strict=True)):
        if number < 2:
            continue
        rows = slice(start, start + number)
        residual = groups.trials.count[rows] - rate[place] * groups.trials.exposure[rows]
        chosen = with_programme[place]
        factor = chosen * (number - chosen) / (number * (number - 1))
        squares = np.einsum("st,st->t", residual, residual)
        variance += factor * squares
        freedom += np.where(factor * squares > 0, number - 1, 0)
    return surprise, variance, information, freedom
