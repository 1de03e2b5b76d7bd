"""The default analysis of a trial: every school in the arm it was drawn for, by Poisson pseudo-likelihood with robust errors.

Log link, offset of exposure, authority effects, log((baseline count + 0.5) / pupils), log pupils and per cent free school
meals. The interval is by HC3 and t with schools less parameters degrees of freedom; the p-value to quote is that of the
randomisation test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from scipy.special import stdtr, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.allocations import Allocations
from swis.estimate.trial.model import ESTIMANDS, Estimand, TrialFit, build_model, fit_model, with_events
from swis.estimate.trial.randomisation import DRAWS, Randomisation, Statistic, randomisation_test
from swis.estimate.trial.result import Found, Label, TrialEstimate, bounded_exp, estimate_of
from swis.estimate.trial.robust import Variance, influences, robust_covariance
from swis.estimate.trial.sign_bootstrap import SignBootstrap, sign_bootstrap
from swis.estimate.trial.standardise import Rates, standardise_rates
from swis.estimate.trial.trial_table import TrialTable

ROBUST: dict[Variance, str] = {
    "HC0": "Poisson, HC0",
    "HC1": "Poisson, HC1",
    "HC2": "Poisson, HC2",
    "HC3": "Poisson, HC3",
    "quasi": "quasi-Poisson",
}
"""The name of the analysis by its standard error, as its size was simulated."""


@dataclass(frozen=True)
class TrialPlan:
    """How a trial is to be analysed: what a plan fixes before outcomes are seen. `seed` drives every draw."""

    seed: int
    variance: Variance = "HC3"
    estimand: Estimand = "participant"
    adjusted: bool = True
    level: float = 0.95
    draws: int = DRAWS
    statistic: Statistic = "score"


@dataclass(frozen=True)
class TrialResult:
    """The default analysis: the estimate, the rates, the randomisation test and the score wild bootstrap beside it."""

    estimate: TrialEstimate
    rates: Rates
    dispersion: float
    randomisation: Randomisation
    bootstrap: SignBootstrap

    @property
    def p(self) -> float:
        """The p-value to quote: that of the randomisation test."""
        return self.randomisation.p

    def __repr__(self) -> str:
        e = self.estimate
        interval = f"{e.level:.0%} CI {e.low:.3g} to {e.high:.3g}"
        return f"TrialResult({e.outcome}: {e.ratio:.3g}, {interval}; p {self.p:.3g}; {e.schools} schools)"

    def __str__(self) -> str:
        r = self.rates
        lines = self.estimate.lines()
        held = [str(self.randomisation.held), str(self.bootstrap.held)]
        extra = [
            f"Randomisation test: p {self.p:.3g} ({self.randomisation.draws:,} allocations {self.randomisation.redrawn}, "
            f"by {self.randomisation.statistic})",
            f"Rates per 1,000 {r.unit}: {r.with_worker:.3g} with, {r.without_worker:.3g} without; difference {r.difference:.3g} "
            f"({self.estimate.level:.0%} CI {r.low:.3g} to {r.high:.3g})",
            f"Score wild bootstrap: p {self.bootstrap.p:.3g}; dispersion {self.dispersion:.3g}",
        ]
        return "\n".join([*lines[:2], *extra[:2], *lines[2:-1], extra[2], lines[-1], *held])


def analyse_trial(table: TrialTable, plan: TrialPlan, *, allocations: Allocations = None) -> TrialResult:
    """The default analysis of one outcome.

    Counted: every randomised school with an outcome; the others are carried as left out with their reasons. `allocations`
    are draws of the method that drew the trial (array or function; see `randomisation_test`). The randomisation test and
    the bootstrap have the covariates even where the estimate is asked for without them. Raises NotEstimable where an arm
    has no events.
    """
    kept = with_events(table)
    fit = fit_model(build_model(kept, estimand=plan.estimand, adjusted=plan.adjusted))
    covariance = robust_covariance(fit, plan.variance)
    estimate = estimate_of(kept, _found(fit, covariance, plan), level=plan.level)
    test = randomisation_test(
        table, allocations=allocations, statistic=plan.statistic, draws=plan.draws, seed=plan.seed
    )
    return TrialResult(
        estimate=estimate,
        rates=standardise_rates(fit, covariance, quantile=estimate.quantile, unit=table.unit),
        dispersion=fit.dispersion,
        randomisation=test,
        bootstrap=sign_bootstrap(table, estimand=plan.estimand, seed=plan.seed),
    )


def analysis_name(plan: TrialPlan) -> str:
    """The name under which the size of a plan's estimate was simulated, if it was."""
    average = "" if plan.estimand == "participant" else f", {plan.estimand} average"
    return ROBUST[plan.variance] + average + ("" if plan.adjusted else ", unadjusted")


def _found(fit: TrialFit, covariance: Array, plan: TrialPlan, label: Label = "intention to treat") -> Found:
    clustered = fit.model.schools < len(fit.model.count)
    name = analysis_name(plan) + (", per protocol" if label == "per protocol" else "")
    return Found(
        analysis=name,
        log_ratio=float(fit.coefficients[0]),
        standard_error=sqrt(covariance[0, 0]),
        df=fit.degrees_of_freedom,
        estimand=plan.estimand,
        label=label,
        facts=(f"Standard error: {plan.variance}{', clustered by school' if clustered else ''}",),
    )


def estimate_ratio(table: TrialTable, plan: TrialPlan, *, label: Label = "intention to treat") -> TrialEstimate:
    """Only the rate ratio of the plan, without rates and tests."""
    kept = with_events(table)
    fit = fit_model(build_model(kept, estimand=plan.estimand, adjusted=plan.adjusted))
    return estimate_of(kept, _found(fit, robust_covariance(fit, plan.variance), plan, label), level=plan.level)


@dataclass(frozen=True)
class EstimandComparison:
    """The same trial for participants, schools and authorities as the unit that counts, and what the weights change.

    `school_against_participant` is the ratio of the two rate ratios, with its interval and p-value: small p says that the effect
    goes with the size of the school (informative size; Kahan and others 2023, Int J Epidemiology 52, 107-118).
    """

    participant: TrialEstimate
    school: TrialEstimate
    authority: TrialEstimate
    school_against_participant: float
    low: float
    high: float
    p: float

    def __repr__(self) -> str:
        return (
            f"EstimandComparison(participants {self.participant.ratio:.3g}, schools {self.school.ratio:.3g}, authorities "
            f"{self.authority.ratio:.3g}; p of the first two alike {self.p:.3g})"
        )

    def __str__(self) -> str:
        rows = [
            f"{e.ratio:.3g} ({e.low:.3g} to {e.high:.3g})  {e.estimand}"
            for e in (self.participant, self.school, self.authority)
        ]
        return "\n".join(
            [
                f"Rate ratios of {self.participant.outcome} by what is averaged over",
                *rows,
                f"School against participant average: {self.school_against_participant:.3g} ({self.low:.3g} to {self.high:.3g}), "
                f"p {self.p:.3g}",
            ]
        )


def compare_estimands(table: TrialTable, plan: TrialPlan) -> EstimandComparison:
    """The three averages by weighted pseudo-likelihood, and whether schools and participants tell the same."""
    kept = with_events(table)
    fits = {name: fit_model(build_model(kept, estimand=name, adjusted=plan.adjusted)) for name in ESTIMANDS}
    moved = {name: influences(fit, plan.variance)[:, 0] for name, fit in fits.items()}
    difference = float(fits["school"].coefficients[0] - fits["participant"].coefficients[0])
    error = float(np.sqrt(((moved["school"] - moved["participant"]) ** 2).sum()))
    df = fits["participant"].degrees_of_freedom
    if df < 1:
        raise NotEstimable(f"{table.outcome}: no degrees of freedom are left to compare the averages by.")
    half = float(stdtrit(df, 0.5 + plan.level / 2)) * error
    estimates = {name: estimate_ratio(table, replace(plan, estimand=name)) for name in ESTIMANDS}
    return EstimandComparison(
        participant=estimates["participant"],
        school=estimates["school"],
        authority=estimates["authority"],
        school_against_participant=bounded_exp(difference),
        low=bounded_exp(difference - half),
        high=bounded_exp(difference + half),
        p=2 * float(stdtr(df, -abs(difference) / error)) if error > 0 else 1.0,
    )
