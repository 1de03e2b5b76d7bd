"""Running one outcome of a trial: the planned analysis first, then everything that stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

from swis.estimate.trial.attendance import SessionsMissed, sessions_missed
from swis.estimate.trial.bayes import BAYES, BayesTrial, bayes_trial
from swis.estimate.trial.clustering import session_icc, variation_between_schools
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
from swis.study.trial.evaluation import OutcomeResult, SubgroupResult
from swis.study.trial.options import options_of_counts, options_of_sessions, refuse_without_freedom
from swis.study.trial.outcome_run import OutcomeRun
from swis.study.trial.protocol import Subgroup
from swis.study.trial.score_result import run_scores
from swis.study.trial.verdict import Evidence, log_bounds, smallest_p


def run_outcome(run: OutcomeRun) -> OutcomeResult:
    """The result of one outcome, without its place in the family and the verdict. What has no answer is None with its reason."""
    if run.data.table is not None:
        return _run_table(run, run.data.table)
    if run.data.scores is not None:
        return run_scores(run, run.data.scores)
    return OutcomeResult(run.data.outcome, run.state, why_not=run.data.why_not)


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
        plan_state=run.state,
        table=table,
        result=planned.result,
        sessions=planned.sessions,
        randomisation=planned.test,
        randomisation_interval=planned.bounds,
        estimands=attempt("estimands", lambda: _compare(table, plan)),
        sensitivity=options_of_sessions(table, plan) if sessions else options_of_counts(table, several, plan),
        bayes=() if sessions else attempt("bayes", lambda: _believe(table, plan)) or (),
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


def _believe(table: TrialTable, plan: TrialPlan) -> tuple[BayesTrial, ...]:
    """The Bayesian model under every prior on offer: where they differ, the prior speaks."""
    return tuple(bayes_trial(table, prior=prior, adjusted=plan.adjusted) for prior in BAYES)


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
    groups, plan = run.group_of_school(subgroup), run.plan
    answer = try_analysis(lambda: subgroup_effect(table, groups, plan, by=subgroup.name))
    return SubgroupResult(subgroup, *answer)


def _add_what_may_lack(
    beside: OutcomeResult, run: OutcomeRun, several: TrialTable | None, attempt: Attempts
) -> OutcomeResult:
    """What not every trial has: several follow-ups, knowledge of who had a worker, missing outcomes."""
    table, plan = run.data.table, run.plan
    if table is None:
        return beside
    took = attempt("per_protocol", lambda: run.took_worker(table))
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
