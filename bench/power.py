"""Power of a trial by simulation: 268 schools in 21 authorities, 10,000 trials for each of 10 effects, robust Poisson regression.

Ours draws and analyses all of them. statsmodels is given trials that ours drew and fits each with its authority dummies and a
robust covariance; a few are timed and multiplied up, without the time of drawing. Estimates of both are held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np
import statsmodels.api as sm

from bench.measure import fastest_seconds
from bench.result import OURS, Line
from swis.design.power.adjusted_poisson import baseline_adjusted_poisson
from swis.design.power.assumptions import Assumptions
from swis.design.power.randomisation import randomisation_poisson
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.simulate import simulate_power
from swis.design.power.trials import Analyse, SimulatedTrials, draw_trials

JOB = "power by simulation, 268 schools in 21 authorities"
TRIAL = Assumptions(rate=0.005, k=0.37, schools=268, authorities=21, pupils=1000, pupils_cv=0.3, terms=6)
BASELINE = Assumptions(
    rate=0.005,
    k=0.37,
    schools=268,
    authorities=21,
    pupils=1000,
    pupils_cv=0.3,
    terms=6,
    baseline_terms=3,
    autocorrelation=0.8,
)
RATIOS = (0.7, 0.75, 0.8, 0.85, 0.87, 0.9, 0.95, 1.0, 1.05, 1.1)
TRIALS = 10_000
TOLERANCE = 1e-7


def time_power(*, quick: bool) -> Iterator[Line]:
    """Ours by each analysis; statsmodels by the first."""
    size = f"{TRIALS:,} trials x {len(RATIOS)} effects"
    ways: tuple[tuple[str, Assumptions, Analyse], ...] = (
        (OURS, TRIAL, robust_poisson),
        ("swis, randomisation test", TRIAL, randomisation_poisson),
        ("swis, with a baseline", BASELINE, baseline_adjusted_poisson),
    )
    budget = 1.0 if quick else 8.0
    for tool, trial, analyse in ways:
        curve = simulate_power(trial, RATIOS, seed=1, trials=TRIALS, analyse=analyse)
        seconds = fastest_seconds(
            lambda trial=trial, analyse=analyse: simulate_power(trial, RATIOS, seed=1, trials=TRIALS, analyse=analyse),  # type: ignore[misc]
            budget=budget,
        )
        note = f"drawing included; power at 0.87 {curve.at(0.87).power:.1%}, size {curve.size.power:.1%}"
        yield Line(JOB, size, tool, seconds, cells=TRIALS * len(RATIOS), note=note)
    fits = 10 if quick else 60
    per_fit = _time_statsmodels(fits)
    note = f"extrapolated from {fits} fits of {per_fit * 1000:.2g} ms; without drawing"
    yield Line(JOB, size, "statsmodels", per_fit * TRIALS * len(RATIOS), cells=TRIALS * len(RATIOS), note=note)


def _time_statsmodels(fits: int) -> float:
    """Seconds a fit, after the estimates were found to be ours."""
    block = next(draw_trials(TRIAL, (0.87,), trials=fits, seed=2))
    dummies = (block.stratum[:, None] == np.arange(TRIAL.authorities)).astype(float)
    columns = np.column_stack([block.intervention.astype(float), dummies])
    began = perf_counter()
    theirs = [_fit(block, columns, place) for place in range(fits)]
    seconds = (perf_counter() - began) / fits
    if np.abs(robust_poisson(block).log_ratio - theirs).max() > TOLERANCE:
        raise SystemExit("Simulated trials give statsmodels other estimates: the times are not of the same thing.")
    return seconds


def _fit(block: SimulatedTrials, columns: np.ndarray, place: int) -> float:
    model = sm.GLM(
        block.count[:, place], columns, family=sm.families.Poisson(), offset=np.log(block.exposure[:, place])
    )
    return float(model.fit(cov_type="HC0").params[0])
