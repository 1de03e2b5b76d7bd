"""Running a trial: every outcome, the family of those beside the primary one, the flow and the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from math import log, sqrt

from scipy.special import ndtr

from swis.costs.claim import ProgrammeSize
from swis.costs.cost import CostResult, cost_of_period
from swis.costs.money_result import MoneyResult
from swis.estimate.trial.sequential import Looks, conditional_power, spend_error
from swis.estimate.trial.step_down import family_of_tests
from swis.study.lesson import Lesson
from swis.study.together import evaluate
from swis.study.trial.attempts import try_analysis
from swis.study.trial.build_baseline import build_baseline
from swis.study.trial.build_flow import build_flow, received_of
from swis.study.trial.drawn_by import redraw, say_redrawn
from swis.study.trial.evaluation import InFamily, Monitoring, OutcomeResult, Progress, TrialEvaluation
from swis.study.trial.learn import learn_of_pilots
from swis.study.trial.outcome_data import gather_outcome
from swis.study.trial.outcome_result import run_outcome
from swis.study.trial.outcome_run import OutcomeRun
from swis.study.trial.protocol import TrialOptions
from swis.study.trial.trial import Trial
from swis.study.trial.verdict import judge_trial
from swis.study.trial.weigh_money import weigh_money

LEVEL = 0.05


def evaluate_trial(trial: Trial, *, progress: Progress | None = None) -> TrialEvaluation:
    """Run a trial: intention to treat first for each outcome, the primary one first.

    Allocations are drawn again by the method of the certificate, the same draws for all outcomes; without a certificate within
    authorities. Where looks are declared, the primary outcome is judged by the boundary of this look. An outcome that
    cannot be estimated is kept, with its reason.
    """
    options = trial.protocol.options
    data = [gather_outcome(trial, each) for each in sorted(trial.protocol.outcomes, key=lambda each: not each.primary)]
    allocations, looks = redraw(trial.drawn_by, trial.units), declared_looks(options)
    results = []
    for number, one in enumerate(data):
        if progress is not None:
            progress(f"{trial.name}: {one.outcome.name}", number, len(data))
        level = _level_at(looks, options) if one.outcome.primary else LEVEL
        results.append(run_outcome(OutcomeRun(trial, one, allocations, level)))
    outcomes = tuple(_judge(one) for one in _place_in_family(results, options))
    money, money_not = try_analysis(lambda: weigh_money(trial))
    lesson, lesson_not = _learn(trial, outcomes[0], money)
    return TrialEvaluation(
        trial=trial,
        outcomes=outcomes,
        flow=build_flow(trial, data),
        baseline=build_baseline(trial),
        redrawn=say_redrawn(trial.drawn_by),
        monitoring=None if looks is None else _monitor(looks, options, results[0]),
        cost=_cost(trial),
        swis_version=version("swis"),
        money=money,
        money_not=money_not,
        lesson=lesson,
        lesson_not=lesson_not,
    )


def _learn(trial: Trial, primary: OutcomeResult, money: MoneyResult | None) -> tuple[Lesson | None, str]:
    if not trial.pilots:
        return None, "trial.toml names no pilots"
    return try_analysis(lambda: learn_of_pilots(trial, evaluate(trial.pilots), primary, money))


def declared_looks(options: TrialOptions) -> Looks | None:
    """The boundaries of the looks that the plan declares; None where it declares none."""
    return spend_error(options.looks, level=LEVEL / 2) if options.looks else None


def _this_look(options: TrialOptions) -> int:
    return options.look or len(options.looks)


def _level_at(looks: Looks | None, options: TrialOptions) -> float:
    """The two-sided p-value that has to be reached at this look."""
    return LEVEL if looks is None else 2 * float(ndtr(-looks.boundaries[_this_look(options) - 1]))


def _monitor(looks: Looks, options: TrialOptions, primary: OutcomeResult) -> Monitoring | None:
    estimate = primary.estimate
    if estimate is None:
        return None
    number, wanted = _this_look(options), log(options.worthwhile_rate_ratio)
    z = estimate.log_ratio / estimate.standard_error * (1 if wanted > 0 else -1)
    information, boundary = float(looks.information[number - 1]), float(looks.boundaries[number - 1])
    conditional = None
    if information < 1:
        # The error at the end is that of now, less by the information that is still to come.
        at_end = estimate.standard_error * sqrt(information)
        conditional = conditional_power(
            z, information=information, planned_drift=abs(wanted) / at_end, boundary=float(looks.boundaries[-1])
        )
    return Monitoring(looks, number, z, boundary, z >= boundary, conditional)


def _judge(one: OutcomeResult) -> OutcomeResult:
    """The verdict, by the adjusted p-value where there is one."""
    if one.evidence is None:
        return one
    if one.family is None:
        return replace(one, verdict=judge_trial(one.evidence))
    adjusted = replace(one.evidence, p=one.family.adjusted, family=one.family.outcomes)
    return replace(one, verdict=judge_trial(adjusted))


def _place_in_family(results: Sequence[OutcomeResult], options: TrialOptions) -> tuple[OutcomeResult, ...]:
    """The outcomes beside the primary one, adjusted for their number; those without a p-value are not in the family.

    Counts and scores are one family: every outcome has a row for each randomised school, so that its draws are those of all.
    """
    tests = {
        one.outcome.code: one.randomisation
        for one in results
        if not one.outcome.primary and one.randomisation is not None
    }
    if not tests:
        return tuple(results)
    family = family_of_tests(tests)
    places = {
        code: InFamily(
            p=float(family.p[at]),
            holm=float(family.holm[at]),
            romano_wolf=float(family.step_down[at]),
            planned=options.multiplicity,
            outcomes=len(tests),
        )
        for at, code in enumerate(family.outcomes)
    }
    return tuple(replace(one, family=places.get(one.outcome.code)) for one in results)


def _cost(trial: Trial) -> CostResult | None:
    """What the programme cost in the period; None without claims. Unit costs are by the schools that had a worker."""
    money, programme = trial.protocol.money, trial.protocol.programme
    if money is None or money.claims is None or not trial.claims:
        return None
    had = received_of(trial.schools)
    served = [each for each in trial.schools if had[each.school]]
    size = ProgrammeSize(
        schools=programme.schools or len(served) or None,
        workers=programme.workers,
        pupils=programme.pupils or sum(each.pupils for each in served) or None,
        pupils_known=sum(each.pupils for each in served) or None,
        schools_with_pupils=len(served) or None,
    )
    return cost_of_period(trial.claims, money.claims, size)
