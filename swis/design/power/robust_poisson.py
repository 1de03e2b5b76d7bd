"""Poisson regression with authority effects and robust standard errors, for thousands of simulated trials at once.

The authority effects have a closed form given the effect of the programme, so that one number is left to find, from the events
and pupils of the arms of each authority alone. The variance is HC3, one row a school: each school's efficient score divided by
one less its leverage, which for a single row is nearly what leaving the school out does. t with schools - authorities - 1
degrees of freedom (MacKinnon and White 1985, Journal of Econometrics 29, 305-325).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from swis.design.power.assumptions import Array
from swis.design.power.trials import Judgements, SimulatedTrials
from swis.errors import NotEstimable

MOST_STEPS = 50
TOLERANCE = 1e-11
LONGEST_STEP = 2.0
LEVEL = 0.05


def robust_poisson(trials: SimulatedTrials) -> Judgements:
    """The log rate ratio of every trial, with authority effects, HC3 and t. NaN where an arm has no events to compare.

    The baseline is not used. Raises NotEstimable where schools of one authority and arm do not stand together.
    """
    groups = group_schools(trials)
    log_ratio = solve_log_ratio(groups)
    se = _standard_errors(groups, log_ratio)
    return judge(log_ratio, se, df=len(trials.stratum) - groups.events.shape[1] - 1)


def judge(log_ratio: Array, standard_error: Array, *, df: int) -> Judgements:
    """Interval and p-value by t; NaN where there is no standard error or no degree of freedom."""
    usable = np.isfinite(standard_error) & (standard_error > 0) & (df > 0)
    se = np.where(usable, standard_error, np.nan)
    half = float(stdtrit(max(df, 1), 1 - LEVEL / 2)) * se
    p = 2 * stdtr(max(df, 1), -np.abs(log_ratio / se))
    return Judgements(np.where(usable, log_ratio, np.nan), log_ratio - half, log_ratio + half, p)


@dataclass(frozen=True, eq=False)
class Groups:
    """The runs of schools of one arm and authority, and their sums: arrays of shape (2, authorities, trials), arm first."""

    trials: SimulatedTrials
    runs: dict[tuple[int, int], slice]
    events: Array
    exposure: Array


def group_schools(trials: SimulatedTrials) -> Groups:
    runs = _runs_of_groups(trials)
    shape = (2, int(trials.stratum.max()) + 1, trials.count.shape[1])
    events, exposure = np.zeros(shape), np.zeros(shape)
    for place, rows in runs.items():
        np.add.reduce(trials.count[rows], axis=0, out=events[place])
        np.add.reduce(trials.exposure[rows], axis=0, out=exposure[place])
    return Groups(trials, runs, events, exposure)


def _runs_of_groups(trials: SimulatedTrials) -> dict[tuple[int, int], slice]:
    """The rows of each arm and authority. Raises NotEstimable where they do not stand together."""
    arm, stratum = trials.intervention.astype(int), trials.stratum
    edges = np.flatnonzero(np.diff(arm) | np.diff(stratum)) + 1
    starts, stops = [0, *edges.tolist()], [*edges.tolist(), len(arm)]
    runs = {(int(arm[i]), int(stratum[i])): slice(i, j) for i, j in zip(starts, stops, strict=True)}
    if len(runs) < len(starts):
        raise NotEstimable("Schools of one authority and arm stand together in simulated trials; here they do not.")
    return runs


def solve_log_ratio(groups: Groups) -> Array:
    """Newton's method on one number a trial: events of the programme's schools equal those expected among their authority's."""
    (without, with_it), (base, treated) = groups.events, groups.exposure
    total = without + with_it
    informative = (base > 0) & (treated > 0) & (total > 0)
    got = np.where(informative, with_it, 0.0).sum(axis=0)
    has = np.where(informative, without, 0.0).sum(axis=0)
    pupils = [np.where(informative, exposure, 0.0).sum(axis=0) for exposure in (base, treated)]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(got / pupils[1]) - np.log(has / pupils[0])
    log_ratio[(got == 0) | (has == 0)] = np.nan
    events = np.where(informative, total, 0.0)
    for _ in range(MOST_STEPS):
        share = _shares(groups, log_ratio)
        with np.errstate(invalid="ignore"):
            step = (got - (events * share).sum(axis=0)) / (events * share * (1 - share)).sum(axis=0)
        log_ratio = log_ratio + step.clip(-LONGEST_STEP, LONGEST_STEP)
        if not (np.abs(step) > TOLERANCE).any():  # NaN is no longer moving
            break
    return log_ratio


def _shares(groups: Groups, log_ratio: Array) -> Array:
    """The share of each authority's expected events that falls to schools with the programme."""
    raised = groups.exposure[1] * np.exp(log_ratio)
    with np.errstate(invalid="ignore"):
        share = raised / (groups.exposure[0] + raised)
    # A trial without an estimate stays without; a number that no authority has is no authority.
    return np.where(groups.exposure.sum(axis=0) > 0, share, 0.0)


def _standard_errors(groups: Groups, log_ratio: Array) -> Array:
    share = _shares(groups, log_ratio)
    raised = np.stack([groups.exposure[0], groups.exposure[1] * np.exp(log_ratio)])
    events = groups.events.sum(axis=0)
    information = (events * share * (1 - share)).sum(axis=0)
    # Of a school's expected events: their rate, and what one of them adds to its leverage.
    rate = np.divide(events, raised.sum(axis=0), out=np.zeros_like(events), where=events > 0)
    meat = np.zeros_like(information)
    for (arm, stratum), rows in groups.runs.items():
        away = arm - share[stratum]
        expected_rate = rate[stratum] * (np.exp(log_ratio) if arm else 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            leverage = np.where(events[stratum] > 0, 1 / events[stratum], 0.0) + away**2 / information
        meat += away**2 * _squares(groups.trials, rows, expected_rate, leverage)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(meat) / information


def _squares(trials: SimulatedTrials, rows: slice, expected_rate: Array, leverage: Array) -> Array:
    """The sum over schools of (count - expected)^2 / (1 - leverage)^2. A school that is fitted exactly adds nothing."""
    if rows.stop - rows.start == 1:
        return _square_of_one(trials, rows.start, expected_rate, leverage)
    expected = trials.exposure[rows] * expected_rate
    residual = trials.count[rows] - expected
    expected *= leverage
    np.subtract(1.0, expected, out=expected)
    residual /= expected
    residual *= residual
    squares: Array = residual.sum(axis=0)
    return squares


def _square_of_one(trials: SimulatedTrials, row: int, expected_rate: Array, leverage: Array) -> Array:
    expected = trials.exposure[row] * expected_rate
    left = 1 - expected * leverage
    return np.where(left > 1e-9, ((trials.count[row] - expected) / np.where(left > 1e-9, left, 1.0)) ** 2, 0.0)
