"""The other ways to analyse an outcome, side by side with the planned one, each with the level that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from swis.errors import NotEstimable
from swis.estimate.trial.attendance import SESSIONS, sessions_missed
from swis.estimate.trial.gee import gee
from swis.estimate.trial.intention_to_treat import ROBUST, TrialPlan, estimate_ratio
from swis.estimate.trial.mixed import MIXED, poisson_mixed
from swis.estimate.trial.model import build_model, with_events
from swis.estimate.trial.negative_binomial import NEGATIVE_BINOMIAL, negative_binomial
from swis.estimate.trial.result import TrialEstimate
from swis.estimate.trial.robust import Variance
from swis.estimate.trial.trial_table import TrialTable
from swis.estimate.trial.two_stage import TWO_STAGE, two_stage
from swis.study.trial.attempts import try_analysis
from swis.study.trial.evaluation import Option

Ways = Iterable[tuple[str, Callable[[], TrialEstimate]]]


def refuse_without_freedom(table: TrialTable, plan: TrialPlan) -> None:
    """Raises NotEstimable where there are no more schools than parameters: no standard error exists, whichever is asked for."""
    model = build_model(with_events(table), adjusted=plan.adjusted)
    if model.schools <= model.columns.shape[1]:
        raise NotEstimable(
            f"{table.outcome}: {model.schools} schools cannot carry {model.columns.shape[1]} parameters: no degrees of freedom "
            "are left. Adjust for less."
        )


def options_of_counts(table: TrialTable, by_follow_up: TrialTable | None, plan: TrialPlan) -> tuple[Option, ...]:
    """Other errors, no covariates, and other models of the same counts; GEE where there are several follow-ups."""
    adjusted, level = plan.adjusted, plan.level
    ways: list[tuple[str, Callable[[], TrialEstimate]]] = [
        (ROBUST[kind], _with_variance(table, plan, kind)) for kind in ROBUST if kind != plan.variance
    ]
    if adjusted:
        ways.append(
            (f"{ROBUST[plan.variance]}, unadjusted", lambda: estimate_ratio(table, replace(plan, adjusted=False)))
        )
    ways += [
        (NEGATIVE_BINOMIAL, lambda: negative_binomial(table, adjusted=adjusted, level=level).estimate),
        (TWO_STAGE, lambda: two_stage(table, adjusted=adjusted, level=level).estimate),
        (MIXED["school"], lambda: poisson_mixed(table, adjusted=adjusted, level=level).estimate),
    ]
    if by_follow_up is not None:
        several = by_follow_up
        ways.append(
            ("GEE, follow-ups of a school together", lambda: gee(several, adjusted=adjusted, level=level).estimate)
        )
    return _try_each(ways)


def options_of_sessions(table: TrialTable, plan: TrialPlan) -> tuple[Option, ...]:
    """Other errors, no covariates, and the ratio of absence rates in place of odds."""
    ways: list[tuple[str, Callable[[], TrialEstimate]]] = [
        (name, _sessions_with(table, plan, kind)) for kind, name in SESSIONS.items() if kind != plan.variance
    ]
    if plan.adjusted:
        ways.append(
            (
                f"{SESSIONS[plan.variance]}, unadjusted",
                lambda: sessions_missed(table, variance=plan.variance, adjusted=False, level=plan.level).estimate,
            )
        )
    ways.append((f"{ROBUST[plan.variance]}, ratio of absence rates", lambda: estimate_ratio(table, plan)))
    return _try_each(ways)


def _with_variance(table: TrialTable, plan: TrialPlan, kind: Variance) -> Callable[[], TrialEstimate]:
    def estimate() -> TrialEstimate:
        refuse_without_freedom(table, plan)
        return estimate_ratio(table, replace(plan, variance=kind))

    return estimate


def _sessions_with(table: TrialTable, plan: TrialPlan, kind: Variance) -> Callable[[], TrialEstimate]:
    def estimate() -> TrialEstimate:
        refuse_without_freedom(table, plan)
        return sessions_missed(table, variance=kind, adjusted=plan.adjusted, level=plan.level).estimate

    return estimate


def _try_each(ways: Ways) -> tuple[Option, ...]:
    return tuple(Option(name, *try_analysis(analyse)) for name, analyse in ways)
