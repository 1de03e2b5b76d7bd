"""Running one outcome that is a score: Hedges' g first, the test by the draw, then everything that stands beside it."""

from __future__ import annotations

from dataclasses import replace

from swis.estimate.trial.attainment import HEDGES, EffectSize, SchoolScores, effect_size
from swis.estimate.trial.attainment_departures import (
    attainment_complier_average,
    attainment_missing,
    attainment_per_protocol,
)
from swis.estimate.trial.attainment_effects import attainment_randomisation, attainment_subgroups
from swis.estimate.trial.clustering import score_icc
from swis.estimate.trial.randomisation import Randomisation
from swis.study.trial.attempts import Attempts, try_analysis
from swis.study.trial.evaluation import Option, OutcomeResult, SubgroupResult
from swis.study.trial.outcome_run import OutcomeRun
from swis.study.trial.protocol import Subgroup
from swis.study.trial.verdict import Evidence, smallest_p

ONLY_COUNTS = {
    "randomisation_interval": "It is worked out for counts; scores have the interval of the multilevel model.",
    "estimands": "It is worked out for counts and sessions; scores have the average of the multilevel model.",
}


def run_scores(run: OutcomeRun, scores: SchoolScores) -> OutcomeResult:
    """The result of an outcome that is a score, without its place in the family and the verdict."""
    attempt, plan = Attempts(), run.plan
    effect = attempt("effect", lambda: effect_size(scores, level=plan.level))
    test = attempt(
        "randomisation",
        lambda: attainment_randomisation(scores, allocations=run.allocations, draws=plan.draws, seed=plan.seed),
    )
    beside = OutcomeResult(
        outcome=run.data.outcome,
        plan_state=run.state,
        scores=scores,
        effect=effect,
        randomisation=test,
        sensitivity=_options(scores, plan.level),
        subgroups=tuple(_subgroup(run, scores, subgroup) for subgroup in run.trial.protocol.subgroups),
        clustering=attempt("clustering", lambda: score_icc(scores.tested)),
        evidence=_weigh(run, effect, test),
        why_not=attempt.not_estimable.get("effect", ""),
    )
    return _add_departures(beside, run, scores, attempt)


def _options(scores: SchoolScores, level: float) -> tuple[Option, ...]:
    """The same model without what was known before the draw, where it has any of that."""
    if not scores.covariates:
        return ()
    bare = replace(scores, covariates={})
    return (Option(f"{HEDGES}, unadjusted", *try_analysis(lambda: effect_size(bare, level=level))),)


def _subgroup(run: OutcomeRun, scores: SchoolScores, subgroup: Subgroup) -> SubgroupResult:
    groups, level = run.group_of_school(subgroup), run.plan.level
    answer = try_analysis(lambda: attainment_subgroups(scores, groups, by=subgroup.name, level=level))
    return SubgroupResult(subgroup, *answer)


def _add_departures(beside: OutcomeResult, run: OutcomeRun, scores: SchoolScores, attempt: Attempts) -> OutcomeResult:
    """What depends on who had a worker, and on which scores are missing."""
    level = run.plan.level
    took = attempt("per_protocol", lambda: run.took_worker(scores))
    if took is None:
        attempt.not_estimable["complier"] = attempt.not_estimable["per_protocol"]
        followed, complied = None, None
    else:
        followed = attempt("per_protocol", lambda: attainment_per_protocol(scores, took, level=level))
        complied = attempt("complier", lambda: attainment_complier_average(scores, took, level=level))
    return replace(
        beside,
        per_protocol=followed,
        complier=complied,
        missing=attempt("missing", lambda: attainment_missing(scores, level=level)),
        not_estimable=attempt.not_estimable | ONLY_COUNTS,
    )


def _weigh(run: OutcomeRun, effect: EffectSize | None, test: Randomisation | None) -> Evidence | None:
    if effect is None or test is None:
        return None
    return Evidence(
        estimate=effect.g,
        standard_error=effect.standard_error,
        df=effect.df,
        low=effect.low,
        high=effect.high,
        p=test.p,
        smallest_p=smallest_p(test),
        worthwhile=run.trial.protocol.options.worthwhile_effect_size,
        scale="difference",
        level=run.level,
    )
