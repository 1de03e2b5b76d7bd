"""From the evaluated pilots to the trial that followed: what could have been expected of it, and what it was worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from swis.errors import NotEstimable
from swis.estimate.lesson.belief import (
    NORMAL_95,
    PRIORS,
    Belief,
    PilotEvidence,
    Prior,
    believe_pooled,
    believe_published,
    believe_with_prior,
)
from swis.estimate.lesson.prediction import (
    Prediction,
    TrialFinding,
    predict_trial,
    schools_needed,
    update_belief,
)
from swis.estimate.lesson.roll_out import RollOut, TrialValue, value_trial
from swis.estimate.pooling import Pooled
from swis.estimate.verdict import Verdict, VerdictKind
from swis.study.evaluation import OutcomeEvaluation
from swis.study.protocol import Literature
from swis.study.together import Evaluation, log_ratio_and_error

PUBLISHED_TRIAL = TrialFinding(
    ratio=1.055,
    low=0.955,
    high=1.166,
    schools=268,
    authorities=21,
    source="Westlake et al. (2025), Research on Social Work Practice, doi 10.1177/10497315251338227",
)
"""Section 47 enquiries, social workers in schools, 21 authorities, 2020 to 2022."""
PRIMARY = "s47"
NATIONAL_ROLL_OUT = RollOut(
    schools=3_310,
    years=1,
    enquiries=14.0,
    cost=48_620.0,
    value=20_000.0,
    sources=(
        ("schools", "state-funded mainstream secondary schools with 200 pupils or more, England, 2018-19"),
        (
            "enquiries",
            "assumed: 13.5 for 1,000 pupils and year, in a school of 1,040 pupils, the mean of the published trial; "
            "secondary schools of the pilots had 18",
        ),
        ("cost", "one worker for a year, by the claims of the three pilots for four months, in prices of 2019"),
        (
            "value",
            "the highest of three amounts that the published economic evaluation looked at; nobody has published what an "
            "enquiry averted is worth",
        ),
        ("discount_rate", "the Green Book's 3.5%"),
    ),
)
"""A worker in every mainstream secondary school for a year. Every figure can be replaced."""


@dataclass(frozen=True)
class PilotLine:
    """One pilot: the rate ratio by the published method, and the interval that its data can carry (ends may be open).

    `published` is None under separation, where the published number is no estimate.
    """

    authority: str
    published: tuple[float, float, float] | None
    claimed: bool
    separated_low: bool
    """Whether the published number ran off to nothing, rather than upwards; only where `published` is None."""
    verdict: VerdictKind
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Foretold:
    """One belief: what it foretold of the trial, what it became, and what the trial was worth to it (None: cannot be said)."""

    belief: Belief
    prediction: Prediction
    after: Belief
    value: TrialValue | None


@dataclass(frozen=True, eq=False)
class Lesson:
    """Pilots and trial side by side. `at_their_word` believes published intervals, `honest` are the other ways, in order.

    `left_out` are the pilots whose published number is no estimate, so that it cannot be believed. `needed` is the number of
    schools that a trial like this one takes to find the worthwhile ratio with 80% power.
    """

    outcome: str
    outcome_name: str
    pilots: tuple[PilotLine, ...]
    pooled: Pooled
    trial: TrialFinding
    worthwhile: float
    at_their_word: Foretold
    honest: tuple[Foretold, ...]
    left_out: tuple[str, ...]
    roll_out: RollOut
    needed: int

    def __repr__(self) -> str:
        word = self.at_their_word.prediction.significant_fall
        others = [each.prediction.significant_fall for each in self.honest]
        return (
            f"Lesson({self.outcome}: a significant fall foretold with {word:.0%} by the published intervals, "
            f"{min(others):.0%} to {max(others):.0%} honestly; found {self.trial.ratio:g})"
        )


def learn_lesson(
    evaluation: Evaluation,
    *,
    outcome: str = PRIMARY,
    trial: TrialFinding = PUBLISHED_TRIAL,
    roll_out: RollOut = NATIONAL_ROLL_OUT,
    priors: Sequence[Prior] = PRIORS,
    worthwhile: float = 0.8,
) -> Lesson:
    """What the pilots of an evaluation could have told of a trial of one outcome.

    Counted: every pilot with an estimate or, where it is separated, Firth's; of the published intervals only those that are an
    estimate. Raises NotEstimable with fewer than two pilots, or where none has a published interval.
    """
    pilots = [
        (one, one.appraisal) for one in evaluation.outcomes if one.outcome.code == outcome and one.appraisal is not None
    ]
    pooled = next((one.pooled for one in evaluation.pooled if one.outcome == outcome), None)
    if pooled is None:
        raise NotEstimable(f"{outcome}: the lesson takes at least two pilots whose estimates can be pooled.")
    evidence = [
        PilotEvidence(one.authority, effect, error) for one, effect, error in _estimates([one for one, _ in pilots])
    ]
    published = [each for one, _ in pilots if (each := _published_evidence(one)) is not None]
    beliefs = [believe_pooled(evidence), *(believe_with_prior(evidence, prior) for prior in priors)]

    def foretell(belief: Belief) -> Foretold:
        return Foretold(
            belief,
            predict_trial(belief, trial, worthwhile=worthwhile),
            update_belief(belief, trial),
            value_trial(belief, trial, roll_out) if belief.has_mean else None,
        )

    return Lesson(
        outcome=outcome,
        outcome_name=pilots[0][0].outcome.name,
        pilots=tuple(_line(one, appraisal.verdict) for one, appraisal in pilots),
        pooled=pooled,
        trial=trial,
        worthwhile=worthwhile,
        at_their_word=foretell(believe_published(published)),
        honest=tuple(map(foretell, beliefs)),
        left_out=tuple(one.authority for one, _ in pilots if _published_evidence(one) is None),
        roll_out=roll_out,
        needed=schools_needed(trial, worthwhile=worthwhile),
    )


def quoted_lesson(evaluation: Evaluation) -> Lesson | None:
    """The lesson of pilots that quote the published trial as literature; None where it is not quoted, or cannot be drawn."""
    quoted = [each for one in evaluation.studies for each in one.study.protocol.literature]
    if not any(map(is_published_trial, quoted)):
        return None
    try:
        return learn_lesson(evaluation)
    except NotEstimable:
        return None


def is_published_trial(found: Literature) -> bool:
    """Whether what is quoted is the published trial."""
    return found.outcome == PRIMARY and (float(found.rate_ratio.value), found.schools) == (
        PUBLISHED_TRIAL.ratio,
        PUBLISHED_TRIAL.schools,
    )


def _estimates(pilots: Sequence[OutcomeEvaluation]) -> list[tuple[OutcomeEvaluation, float, float]]:
    found = [(one, *log_ratio_and_error(one)) for one in pilots]
    return [(one, effect, error) for one, effect, error in found if effect is not None and error is not None]


def _published_evidence(one: OutcomeEvaluation) -> PilotEvidence | None:
    line = _published(one)
    if line is None:
        return None
    ratio, low, high = line
    return PilotEvidence(one.authority, log(ratio), log(high / low) / (2 * NORMAL_95))


def _published(one: OutcomeEvaluation) -> tuple[float, float, float] | None:
    if one.published is None or one.published.separation:
        return None
    at = one.published.interaction
    return None if at.low is None or at.high is None else (at.ratio, at.low, at.high)


def _line(one: OutcomeEvaluation, verdict: Verdict) -> PilotLine:
    return PilotLine(
        authority=one.authority,
        published=_published(one),
        claimed=one.outcome.published_claim == "significant",
        separated_low=one.published is not None and one.published.interaction.ratio == 0,
        verdict=verdict.kind,
        low=verdict.low,
        high=verdict.high,
    )
