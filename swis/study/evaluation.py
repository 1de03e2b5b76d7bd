"""What running one study gives: for each outcome the published method, what better inference says, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from swis.costs.cost import CostResult
from swis.errors import NotEstimable
from swis.estimate.appraisal import Appraisal, appraise
from swis.estimate.comparison import Comparison
from swis.estimate.published import PublishedMethod, published_method
from swis.study.alternatives import Alternative, alternatives
from swis.study.calibration import StoredCalibration, calibration_of
from swis.study.protocol import Outcome
from swis.study.reproduction import Reproduced, reproduce
from swis.study.study import Study

Progress = Callable[[str, int, int], None]
"""Told what is being worked on, how many steps are done, and how many there are."""


@dataclass(frozen=True, eq=False)
class OutcomeEvaluation:
    """One outcome of one study. Where nothing can be estimated `appraisal` is None and `reason` says why."""

    outcome: Outcome
    authority: str
    comparison: Comparison
    published: PublishedMethod | None
    """The published method on the corrected table."""
    reproduction: tuple[Reproduced, ...]
    reproduction_as_printed: tuple[Reproduced, ...]
    """The same without the declared corrections; empty where there are none."""
    appraisal: Appraisal | None
    as_printed: Appraisal | None
    """The appraisal of the printed table, without the declared corrections; None where there are none."""
    alternatives: tuple[Alternative, ...]
    terms_since_launch: tuple[str, ...]
    """Terms that begin at or after the launch, as far as the study says when terms begin."""
    calibration: StoredCalibration | None
    reason: str = ""

    def __repr__(self) -> str:
        verdict = self.reason if self.appraisal is None else self.appraisal.verdict.kind
        return f"OutcomeEvaluation({self.authority}, {self.outcome.code}: {verdict})"

    @property
    def differs_as_printed(self) -> tuple[Reproduced, ...]:
        """Printed numbers that the printed table does not give, but the corrected one does."""
        agreeing = {(one.coefficient, one.part) for one in self.reproduction if one.agrees}
        return tuple(
            one for one in self.reproduction_as_printed if not one.agrees and (one.coefficient, one.part) in agreeing
        )


@dataclass(frozen=True, eq=False)
class StudyEvaluation:
    """One study and all its outcomes."""

    study: Study
    outcomes: tuple[OutcomeEvaluation, ...]
    cost: CostResult | None

    def __repr__(self) -> str:
        return f"StudyEvaluation({self.study.name}: {len(self.outcomes)} outcomes)"


def evaluate_study(study: Study, *, progress: Progress | None = None) -> StudyEvaluation:
    """Run one study. An outcome that cannot be estimated is kept, with its reason."""
    outcomes = []
    for number, outcome in enumerate(study.outcomes):
        if progress is not None:
            progress(f"{study.authority}: {outcome.name}", number, len(study.outcomes))
        outcomes.append(_evaluate_outcome(study, outcome))
    return StudyEvaluation(study, tuple(outcomes), study.cost())


def _evaluate_outcome(study: Study, outcome: Outcome) -> OutcomeEvaluation:
    comparison = study.comparison(outcome.code, permutation_unit="cluster")
    method, why_not_method = _attempt_published(comparison, outcome)
    appraisal, why_not = _attempt_appraisal(study, comparison)
    return OutcomeEvaluation(
        outcome=outcome,
        authority=study.authority,
        comparison=comparison,
        published=method,
        reproduction=reproduce(study.published_of(outcome.code), method) if method else (),
        reproduction_as_printed=_as_printed(study, outcome),
        appraisal=appraisal,
        as_printed=_appraise_as_printed(study, outcome),
        alternatives=alternatives(study.protocol, comparison),
        terms_since_launch=tuple(
            term for term in comparison.terms if study.protocol.terms.starts.get(term, "") >= study.protocol.launched
        ),
        calibration=calibration_of(study, outcome.code, comparison),
        reason=why_not or why_not_method,
    )


def _attempt_published(comparison: Comparison, outcome: Outcome) -> tuple[PublishedMethod | None, str]:
    try:
        return published_method(comparison, constant_school=outcome.constant_school), ""
    except NotEstimable as reason:
        return None, str(reason)


def _attempt_appraisal(study: Study, comparison: Comparison) -> tuple[Appraisal | None, str]:
    options = study.options
    try:
        result = appraise(
            comparison,
            design=study.protocol.comparison,
            unit=options.permutation_unit,
            worthwhile=options.worthwhile_rate_ratio,
            seed=options.seed,
        )
    except NotEstimable as reason:
        return None, str(reason)
    return result, ""


def _appraise_as_printed(study: Study, outcome: Outcome) -> Appraisal | None:
    if not study.corrections_of(outcome.code):
        return None
    return _attempt_appraisal(study, study.comparison(outcome.code, corrected=False))[0]


def _as_printed(study: Study, outcome: Outcome) -> tuple[Reproduced, ...]:
    if not study.corrections_of(outcome.code):
        return ()
    comparison = study.comparison(outcome.code, corrected=False)
    method, _ = _attempt_published(comparison, outcome)
    return reproduce(study.published_of(outcome.code), method) if method else ()
