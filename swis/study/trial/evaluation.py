"""What running a trial gives: for each outcome the planned analysis, what stands beside it, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from swis.costs.cost import CostResult
from swis.costs.money_result import MoneyResult
from swis.estimate.trial.attainment import EffectSize, SchoolScores
from swis.estimate.trial.attainment_departures import MissingScores, ScoreComplier
from swis.estimate.trial.attainment_effects import ScoreInteraction
from swis.estimate.trial.attendance import SessionsMissed
from swis.estimate.trial.bayes import BayesTrial
from swis.estimate.trial.clustering import Clustering
from swis.estimate.trial.effects import Interaction
from swis.estimate.trial.intention_to_treat import EstimandComparison, TrialResult
from swis.estimate.trial.missing_outcomes import MissingOutcomes
from swis.estimate.trial.non_compliance import ComplierAverage
from swis.estimate.trial.randomisation import Randomisation
from swis.estimate.trial.result import TrialEstimate
from swis.estimate.trial.sequential import ConditionalPower, Looks
from swis.estimate.trial.trial_table import TrialTable
from swis.study.lesson import Lesson
from swis.study.trial.baseline import BaselineTable
from swis.study.trial.flow import TrialFlow
from swis.study.trial.protocol import Multiplicity, Subgroup, TrialOutcome
from swis.study.trial.trial import Trial
from swis.study.trial.verdict import Evidence, TrialVerdict

Progress = Callable[[str, int, int], None]
"""Told what is being worked on, how many steps are done, and how many there are."""
PlanState = Literal["not locked", "as locked", "changed since the lock", "added later"]


@dataclass(frozen=True)
class Option:
    """One way to analyse an outcome, beside the planned one. `estimate` is None where it has none, and `why_not` says why.

    `estimate.held` says whether it holds its level with so many schools.
    """

    name: str
    estimate: TrialEstimate | EffectSize | None
    why_not: str = ""


@dataclass(frozen=True)
class SubgroupResult:
    """A subgroup that was named before the draw, by interaction; None where it has no answer."""

    subgroup: Subgroup
    interaction: Interaction | ScoreInteraction | None
    why_not: str = ""


@dataclass(frozen=True)
class InFamily:
    """An outcome beside the primary one, among all of these. `adjusted` is the planned one of `holm` and `romano_wolf`.

    Outcomes of every kind are in it: all are tested by the same draws.
    """

    p: float
    holm: float
    romano_wolf: float
    planned: Multiplicity
    outcomes: int

    @property
    def adjusted(self) -> float:
        """The p-value that the plan asks for."""
        return self.romano_wolf if self.planned == "romano-wolf" else self.holm


@dataclass(frozen=True)
class Monitoring:
    """Looks at the primary outcome before the end: which look this is (from 1), its statistic, and what follows.

    `z` is positive towards the effect worth having. `passed`: beyond the boundary, for effect. `conditional` is None at the
    last look.
    """

    looks: Looks
    look: int
    z: float
    boundary: float
    passed: bool
    conditional: ConditionalPower | None


@dataclass(frozen=True, eq=False)
class OutcomeResult:
    """One outcome. What could not be estimated is None, and `not_estimable` says why, by the name of the field.

    Counts (events, days) have `table` and `result`; sessions have `table` and `sessions`; scores have `scores` and `effect`.
    `table` and `scores` have one row for each randomised school (merged schools are one row), with the outcomes that were not
    returned as NaN. `randomisation_interval` are the ratios that the randomisation test does not reject. `bayes` has the
    Bayesian model of counts under both priors, the default one first. What stands beside `effect` is in standard deviations:
    options, subgroups, per protocol, the complier average and what if missing scores are unlike the others.
    """

    outcome: TrialOutcome
    plan_state: PlanState
    table: TrialTable | None = None
    scores: SchoolScores | None = None
    result: TrialResult | None = None
    sessions: SessionsMissed | None = None
    effect: EffectSize | None = None
    randomisation: Randomisation | None = None
    randomisation_interval: tuple[float, float] | None = None
    estimands: EstimandComparison | None = None
    sensitivity: tuple[Option, ...] = ()
    bayes: tuple[BayesTrial, ...] = ()
    follow_ups: Interaction | None = None
    subgroups: tuple[SubgroupResult, ...] = ()
    per_protocol: TrialEstimate | EffectSize | None = None
    complier: ComplierAverage | ScoreComplier | None = None
    missing: MissingOutcomes | MissingScores | None = None
    clustering: Clustering | None = None
    family: InFamily | None = None
    evidence: Evidence | None = None
    """What the verdict rests on; its p-value is that of the outcome by itself."""
    verdict: TrialVerdict | None = None
    """Beside the primary outcome by the p-value that is adjusted for their number."""
    why_not: str = ""
    """Why the planned analysis has no estimate; empty where it has one."""
    not_estimable: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"OutcomeResult({self.outcome.code}: {self.verdict.kind if self.verdict else self.why_not})"

    @property
    def estimate(self) -> TrialEstimate | None:
        """The planned estimate as a ratio; None for scores, and where there is none."""
        if self.result is not None:
            return self.result.estimate
        return None if self.sessions is None else self.sessions.estimate

    @property
    def p(self) -> float | None:
        """The p-value to quote: of the randomisation test."""
        return None if self.randomisation is None else self.randomisation.p


@dataclass(frozen=True, eq=False)
class TrialEvaluation:
    """The whole trial, the primary outcome first."""

    trial: Trial
    outcomes: tuple[OutcomeResult, ...]
    flow: TrialFlow
    baseline: BaselineTable
    redrawn: str
    """By which method allocations were drawn again for the randomisation tests, in words."""
    monitoring: Monitoring | None
    cost: CostResult | None
    swis_version: str
    money: MoneyResult | None = None
    """What the money bought; None where costs by school were not weighed, and `money_not` says why."""
    money_not: str = ""
    lesson: Lesson | None = None
    """What the pilots that trial.toml names could have told of the trial; None without, and `lesson_not` says why."""
    lesson_not: str = ""

    def __repr__(self) -> str:
        return f"TrialEvaluation({self.trial.name}: {len(self.outcomes)} outcomes)"

    @property
    def primary(self) -> OutcomeResult:
        """The primary outcome."""
        return next(one for one in self.outcomes if one.outcome.primary)
