"""Running one outcome of a trial: the planned analysis first, then everything that stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.trial.allocations import DrawAllocations
from swis.estimate.trial.attainment import EffectSize, effect_size
from swis.estimate.trial.attendance import SessionsMissed, sessions_missed
from swis.estimate.trial.clustering import score_icc, session_icc, variation_between_schools
from swis.estimate.trial.effects import follow_up_effects, subgroup_effect
from swis.estimate.trial.intention_to_treat import (
    EstimandComparison,
    TrialPlan,
    TrialResult,
    analyse_trial,
    compare_estimands,
)
from swis.estimate.trial.missing_outcomes import missing_outcomes
from swis.estimate.trial.non_compliance import complier_average, per_protocol
from swis.estimate.trial.randomisation import DRAWS, Randomisation, randomisation_interval, randomisation_test
from swis.estimate.trial.result import TrialEstimate
from swis.estimate.trial.trial_table import TrialTable
from swis.study.trial.aggregate import build_table
from swis.study.trial.attempts import Attempts, try_analysis
from swis.study.trial.build_flow import received_of
from swis.study.trial.evaluation import OutcomeResult, PlanState, SubgroupResult
from swis.study.trial.options import options_of_counts, options_of_sessions, refuse_without_freedom
from swis.study.trial.outcome_data import OutcomeData
from swis.study.trial.protocol import Subgroup
from swis.study.trial.trial import Trial
from swis.study.trial.verdict import Evidence, log_bounds, smallest_p

OF_COUNTS = ("randomisation", "estimands", "per_protocol", "complier", "missing")
ONLY_COUNTS = "It is worked out for counts and sessions; scores have the multilevel model alone."


@dataclass(frozen=True, eq=False)
class OutcomeRun:
    """What running one outcome takes. `level` is what a p-value has to reach: 0.05, or less at an early look."""

    trial: Trial
    data: OutcomeData
    allocations: DrawAllocations | None
    level: float = 0.05

    @property
    def plan(self) -> TrialPlan:
        """The plan of the estimators, from the options of the protocol."""
        options = self.trial.protocol.options
        return TrialPlan(
            seed=options.seed,
            variance=options.variance,
            estimand=options.estimand,
            adjusted=bool(options.covariates),
            level=1 - self.level,
            draws=options.draws,
        )


def run_outcome(run: OutcomeRun) -> OutcomeResult:
    """The result of one outcome, without its place in the family and the verdict. What has no answer is None with its reason."""
    if run.data.table is not None:
        return _run_table(run, run.data.table)
    if run.data.scores is not None:
        return _run_scores(run)
    return OutcomeResult(run.data.outcome, _state(run), why_not=run.data.why_not)


def _state(run: OutcomeRun) -> PlanState:
    return run.trial.plan_status.of_outcome(run.data.outcome.code)


@dataclass(frozen=True)
class _Planned:
    """What the plan asks for first: the estimate, the test and the ratios that it does not reject."""

    result: TrialResult | None
    sessions: SessionsMissed | None
    test: Randomisation | None
    bounds: tuple[float, float] | None

    @property
    def estimate(self) -> TrialEstimate | None:
        """The estimate of whichever analysis it was."""
        if self.result is not None:
            return self.result.estimate
        return None if self.sessions is None else self.sessions.estimate


def _run_table(run: OutcomeRun, table: TrialTable) -> OutcomeResult:
    attempt, plan, sessions = Attempts(), run.plan, run.data.outcome.kind == "sessions"
    planned = _plan_sessions(run, table, attempt) if sessions else _plan_counts(run, table, attempt)
    several = _by_follow_up(run)
    beside = OutcomeResult(
        outcome=run.data.outcome,
        plan_state=_state(run),
        table=table,
        result=planned.result,
        sessions=planned.sessions,
        randomisation=planned.test,
        randomisation_interval=planned.bounds,
        estimands=attempt("estimands", lambda: _compare(table, plan)),
        sensitivity=options_of_sessions(table, plan) if sessions else options_of_counts(table, several, plan),
        subgroups=tuple(_subgroup(run, table, subgroup) for subgroup in run.trial.protocol.subgroups),
        clustering=attempt("clustering", lambda: session_icc(table) if sessions else variation_between_schools(table)),
        evidence=_weigh_ratio(run, planned),
        why_not=attempt.not_estimable.get("sessions" if sessions else "result", ""),
    )
    return _add_what_may_lack(beside, run, several, attempt)


def _plan_counts(run: OutcomeRun, table: TrialTable, attempt: Attempts) -> _Planned:
    result = attempt("result", lambda: _analyse(run, table))
    test = result.randomisation if result is not None else attempt("randomisation", lambda: _test(run, table))
    return _Planned(result, None, test, attempt("randomisation_interval", lambda: _bounds(run, table)))


def _plan_sessions(run: OutcomeRun, table: TrialTable, attempt: Attempts) -> _Planned:
    plan = run.plan
    missed = attempt("sessions", lambda: _analyse_sessions(table, plan))
    attempt.not_estimable["randomisation_interval"] = "It is worked out for counts; sessions have an odds ratio."
    return _Planned(None, missed, attempt("randomisation", lambda: _test(run, table)), None)


def _analyse(run: OutcomeRun, table: TrialTable) -> TrialResult:
    refuse_without_freedom(table, run.plan)
    return analyse_trial(table, run.plan, allocations=run.allocations)


def _analyse_sessions(table: TrialTable, plan: TrialPlan) -> SessionsMissed:
    refuse_without_freedom(table, plan)
    return sessions_missed(table, variance=plan.variance, adjusted=plan.adjusted, level=plan.level)


def _compare(table: TrialTable, plan: TrialPlan) -> EstimandComparison:
    refuse_without_freedom(table, plan)
    return compare_estimands(table, plan)


def _test(run: OutcomeRun, table: TrialTable) -> Randomisation:
    plan = run.plan
    return randomisation_test(table, allocations=run.allocations, draws=plan.draws, seed=plan.seed)


def _bounds(run: OutcomeRun, table: TrialTable) -> tuple[float, float]:
    """The ends are found by some fifty tests, for which the usual number of draws is enough."""
    plan = run.plan
    return randomisation_interval(
        table,
        allocations=run.allocations,
        estimand=plan.estimand,
        level=plan.level,
        draws=min(plan.draws, DRAWS),
        seed=plan.seed,
    )


def _by_follow_up(run: OutcomeRun) -> TrialTable | None:
    """The table with a row for each follow-up, where there are several."""
    if len(run.trial.protocol.terms.follow_ups) < 2:
        return None
    return build_table(run.trial, run.trial.units, run.data.outcome, by_follow_up=True)


def _subgroup(run: OutcomeRun, table: TrialTable, subgroup: Subgroup) -> SubgroupResult:
    """A merged unit is in the group of the school whose name it has."""
    group_of = {unit.name: unit.lead.groups[subgroup.column] for unit in run.trial.units.units}
    answer = try_analysis(lambda: subgroup_effect(table, group_of, run.plan, by=subgroup.name))
    return SubgroupResult(subgroup, *answer)


def _add_what_may_lack(
    beside: OutcomeResult, run: OutcomeRun, several: TrialTable | None, attempt: Attempts
) -> OutcomeResult:
    """What not every trial has: several follow-ups, knowledge of who had a worker, missing outcomes."""
    table, plan = run.data.table, run.plan
    if table is None:
        return beside
    took = attempt("per_protocol", lambda: _took_worker(run.trial, table))
    if took is None:
        attempt.not_estimable["complier"] = attempt.not_estimable["per_protocol"]
        followed, complied = None, None
    else:
        followed = attempt("per_protocol", lambda: per_protocol(table, took, plan))
        complied = attempt("complier", lambda: complier_average(table, took, level=plan.level))
    return replace(
        beside,
        per_protocol=followed,
        complier=complied,
        follow_ups=None if several is None else attempt("follow_ups", lambda: follow_up_effects(several, plan)),
        missing=attempt("missing", lambda: missing_outcomes(table, plan)),
        not_estimable=attempt.not_estimable,
    )


def _took_worker(trial: Trial, table: TrialTable) -> NDArray[np.bool_]:
    """For each row whether the school had a worker. Raises NotEstimable where that is not known of every school."""
    had = received_of(trial.schools)
    unknown = [name for name in table.names if had[name] is None]
    if unknown:
        raise NotEstimable(f"{table.outcome}: of {len(unknown)} schools it is not known whether they had a worker.")
    return np.array([bool(had[name]) for name in table.schools])


def _weigh_ratio(run: OutcomeRun, planned: _Planned) -> Evidence | None:
    estimate, test = planned.estimate, planned.test
    if estimate is None or test is None:
        return None
    low, high = log_bounds(estimate.low, estimate.high)
    if planned.bounds is not None:
        wider = log_bounds(*planned.bounds)
        low, high = min(low, wider[0]), max(high, wider[1])
    return Evidence(
        estimate=estimate.log_ratio,
        standard_error=estimate.standard_error,
        df=estimate.df,
        low=low,
        high=high,
        p=test.p,
        smallest_p=smallest_p(test),
        worthwhile=log(run.trial.protocol.options.worthwhile_rate_ratio),
        scale="ratio",
        level=run.level,
    )


def _run_scores(run: OutcomeRun) -> OutcomeResult:
    attempt, scores, plan = Attempts(), run.data.scores, run.plan
    if scores is None:
        return OutcomeResult(run.data.outcome, _state(run), why_not=run.data.why_not)
    effect = attempt("effect", lambda: effect_size(scores, level=plan.level))
    return OutcomeResult(
        outcome=run.data.outcome,
        plan_state=_state(run),
        scores=scores,
        scores_left_out=run.data.left_out,
        effect=effect,
        subgroups=tuple(SubgroupResult(each, None, ONLY_COUNTS) for each in run.trial.protocol.subgroups),
        clustering=attempt("clustering", lambda: score_icc(scores)),
        evidence=None if effect is None else _weigh_difference(run, effect),
        why_not=attempt.not_estimable.get("effect", ""),
        not_estimable=attempt.not_estimable | dict.fromkeys(OF_COUNTS, ONLY_COUNTS),
    )


def _weigh_difference(run: OutcomeRun, effect: EffectSize) -> Evidence:
    return Evidence(
        estimate=effect.g,
        standard_error=effect.standard_error,
        df=effect.df,
        low=effect.low,
        high=effect.high,
        p=effect.p,
        smallest_p=0.0,
        worthwhile=run.trial.protocol.options.worthwhile_effect_size,
        scale="difference",
        level=run.level,
    )
