"""Summing up what schools and pupils were like before the draw, by arm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from swis.study.trial.add_up import add_up
from swis.study.trial.baseline import ArmSummary, BaselineRow, BaselineTable
from swis.study.trial.protocol import TrialOutcome
from swis.study.trial.rows import TrialSchool
from swis.study.trial.trial import Trial

Measure = Callable[[TrialSchool], float | None]


@dataclass(frozen=True)
class _Arms:
    """Values of the schools of both arms with the weights that make pupils count alike."""

    intervention: Sequence[tuple[float, float]]
    comparison: Sequence[tuple[float, float]]


def build_baseline(trial: Trial) -> BaselineTable:
    """Every randomised school, whether or not it is analysed: numbers, size, phase, free school meals, rates before the draw."""
    rows = [
        _total(trial, "Authorities", "schools", lambda own: float(len({each.authority for each in own}))),
        _total(trial, "Schools", "schools", lambda own: float(len(own))),
        _total(trial, "Pupils", "pupils", lambda own: float(sum(each.pupils for each in own))),
        _schools(trial, "Pupils of a school", "pupils", lambda each: float(each.pupils)),
    ]
    for phase in dict.fromkeys(each.phase for each in trial.schools):
        rows.append(_schools(trial, f"Phase: {phase}", "share of schools", _is_phase(phase)))
    rows += _at_both_levels(trial, "Free school meals", "per cent", _meals)
    for outcome in trial.protocol.outcomes:
        rows += _before(trial, outcome)
    return BaselineTable(tuple(sorted((row for row in rows if _known(row)), key=lambda row: row.level != "schools")))


def _known(row: BaselineRow) -> bool:
    return bool(row.intervention.known or row.comparison.known)


def _of_arm(trial: Trial, arm: str) -> list[TrialSchool]:
    return [each for each in trial.schools if each.arm == arm]


def _total(trial: Trial, measure: str, level: str, total: Callable[[Sequence[TrialSchool]], float]) -> BaselineRow:
    arms = [_of_arm(trial, arm) for arm in ("intervention", "comparison")]
    with_worker, without = (ArmSummary(len(own), total(own), None, None) for own in arms)
    return BaselineRow(measure, "schools" if level == "schools" else "pupils", "number", with_worker, without, None)


def _is_phase(phase: str) -> Measure:
    return lambda each: float(each.phase == phase)


def _meals(school: TrialSchool) -> float | None:
    share = school.free_school_meals_percent
    return None if share is None else float(share)


def _values(trial: Trial, value: Measure, weight: Measure) -> _Arms:
    def known(arm: str) -> list[tuple[float, float]]:
        found = [(value(each), weight(each)) for each in _of_arm(trial, arm)]
        return [(one, other) for one, other in found if one is not None and other is not None]

    return _Arms(known("intervention"), known("comparison"))


def _schools(trial: Trial, measure: str, unit: str, value: Measure) -> BaselineRow:
    """Every school counts alike."""
    arms = _values(trial, value, lambda each: 1.0)
    with_worker, without = _summary(arms.intervention), _summary(arms.comparison)
    both = [value for value, _ in (*arms.intervention, *arms.comparison)]
    return BaselineRow(measure, "schools", unit, with_worker, without, _difference(with_worker, without, both))


def _summary(values: Sequence[tuple[float, float]]) -> ArmSummary:
    own = np.array([value for value, _ in values])
    if not len(own):
        return ArmSummary(0, None, None, None)
    return ArmSummary(len(own), None, float(own.mean()), float(own.std(ddof=1)) if len(own) > 1 else None)


def _difference(with_worker: ArmSummary, without: ArmSummary, both: Sequence[float]) -> float | None:
    """The difference of the means over the standard deviation of all schools together, as in the certificate."""
    spread = float(np.std(both, ddof=1)) if len(both) > 1 else 0.0
    if with_worker.mean is None or without.mean is None or spread == 0:
        return None
    return (with_worker.mean - without.mean) / spread


def _pupils(trial: Trial, measure: str, unit: str, value: Measure, weight: Measure) -> BaselineRow:
    """Every pupil counts alike: schools by their weight."""
    arms = _values(trial, value, weight)
    return BaselineRow(measure, "pupils", unit, _pooled(arms.intervention), _pooled(arms.comparison), None)


def _pooled(values: Sequence[tuple[float, float]]) -> ArmSummary:
    total = sum(weight for _, weight in values)
    mean = sum(value * weight for value, weight in values) / total if total else None
    return ArmSummary(len(values), None, mean, None)


def _at_both_levels(trial: Trial, measure: str, unit: str, value: Measure) -> list[BaselineRow]:
    return [
        _schools(trial, measure, unit, value),
        _pupils(trial, measure, unit, value, lambda each: float(each.pupils)),
    ]


def _before(trial: Trial, outcome: TrialOutcome) -> list[BaselineRow]:
    """The rate of an outcome before the draw, at both levels; for scores the mean of the earlier test."""
    if outcome.kind == "scores":
        means = {row.school: row for row in trial.scores if row.outcome == outcome.code}

        def mean_of(each: TrialSchool) -> float | None:
            row = means.get(each.school)
            return None if row is None or row.baseline_mean is None else float(row.baseline_mean)

        return _at_both_levels(trial, f"{outcome.name}, before", "points", mean_of)
    sums = add_up(trial, trial.schools_alone, outcome, trial.protocol.terms.baseline)
    scale = 100 if outcome.kind == "sessions" else outcome.per
    unit = "per cent of sessions" if outcome.kind == "sessions" else f"per {scale:,} pupil-years"

    def rate(each: TrialSchool) -> float | None:
        one = sums.get(each.school)
        return None if one is None else scale * one.count / one.exposure

    def exposure(each: TrialSchool) -> float | None:
        one = sums.get(each.school)
        return None if one is None else one.exposure

    measure = f"{outcome.name}, before"
    return [_schools(trial, measure, unit, rate), _pupils(trial, measure, unit, rate, exposure)]
