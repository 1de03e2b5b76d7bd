"""Choosing comparison schools for one outcome, by whatever the data allow, with the answer whether trends allow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from swis.design.balance import Balance, measure_balance
from swis.design.entropy_balancing import CandidateWeights, balance_by_entropy
from swis.design.level_matching import Distance, match_on_level
from swis.design.matching import Matching, MatchOptions, match_schools
from swis.design.rank_stability import DRAWS
from swis.design.synthetic_did import synthetic_weights
from swis.design.trend_answer import TrendAnswer, judge_trends
from swis.design.year_group_panel import Index, LeftOut, YearGroupPanel
from swis.errors import NotEstimable
from swis.estimate.event_study import PreTrend
from swis.study.matched_pre_trend import matched_pre_trend

By: TypeAlias = Literal["trends", "level", "entropy", "synthetic"]
WAYS: dict[By, str] = {
    "trends": "the pilots' rule: the last change, year group by year group",
    "level": "level, size and free school meals",
    "entropy": "all candidates, weighted by entropy balancing",
    "synthetic": "all candidates, weighted by synthetic difference-in-differences (six terms or more)",
}
NO_SIGNAL = "trends carry too little signal to match on"


@dataclass(frozen=True)
class Request:
    """What is asked for. `despite`: use trend matches even where trends cannot be matched on, as the pilots did.

    `distance` is that of matching on level.
    """

    by: By = "trends"
    options: MatchOptions = field(default_factory=MatchOptions)
    seed: int = 1
    draws: int = DRAWS
    despite: bool = False
    distance: Distance = "mahalanobis"


@dataclass(frozen=True, eq=False)
class OutcomeMatch:
    """What matching came to for one outcome.

    `trend_matching` is the pilots' rule, which the answer judges; `matching` is what was chosen (None where all candidates are
    weighted, then `weights`). `used` is False where the choice must not be used, and `why_not` says why. `unmatched` lists
    schools with a social worker that leave the analysis. `pre_trend` is None where `not_estimable` says so.
    """

    panel: YearGroupPanel
    request: Request
    answer: TrendAnswer
    trend_matching: Matching
    matching: Matching | None
    weights: CandidateWeights | None
    used: bool
    why_not: str
    unmatched: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    balance: Balance | None
    pre_trend: PreTrend | None
    not_estimable: tuple[str, ...]

    def __repr__(self) -> str:
        chosen = self.matching if self.matching is not None else self.weights
        return f"OutcomeMatch({self.panel.outcome}: {self.answer.can} by trends; {chosen!r})"

    @property
    def method(self) -> str:
        """How comparison schools were chosen, in a line."""
        if self.weights is not None:
            return self.weights.method
        return (self.matching or self.trend_matching).method


def match_outcome(panel: YearGroupPanel, request: Request) -> OutcomeMatch:
    """Comparison schools for one outcome, and whether trends could have chosen them. Raises NotEstimable where nothing can."""
    if request.by not in WAYS:
        raise NotEstimable(f"There is no way {request.by!r} of matching. Choose from: {', '.join(WAYS)}.")
    trend_matching = match_schools(panel, request.options)
    answer = judge_trends(panel, trend_matching, seed=request.seed, draws=request.draws)
    if request.by in ("entropy", "synthetic"):
        return _weighted(panel, request, trend_matching, answer)
    matching = (
        trend_matching if request.by == "trends" else match_on_level(panel, request.options, distance=request.distance)
    )
    used = request.by == "level" or answer.can != "no" or request.despite
    missing = list(answer.not_estimable)
    balance, bound = None, None
    if matching.accepted:
        treated = panel.treated[matching.matched_treated(panel)]
        balance = measure_balance(panel, matching.weights(panel), treated=treated)
        try:
            bound = matched_pre_trend(panel, matching, seed=request.seed)
        except NotEstimable as error:
            missing.append(f"Parallel trends of the matched schools: {error}")
    return OutcomeMatch(
        panel=panel,
        request=request,
        answer=answer,
        trend_matching=trend_matching,
        matching=matching,
        weights=None,
        used=used,
        why_not="" if used else NO_SIGNAL,
        unmatched=matching.unmatched,
        left_out=(*matching.left_out, *matching.short),
        balance=balance,
        pre_trend=bound,
        not_estimable=tuple(missing),
    )


def _weighted(panel: YearGroupPanel, request: Request, trend_matching: Matching, answer: TrendAnswer) -> OutcomeMatch:
    weights = balance_by_entropy(panel) if request.by == "entropy" else synthetic_weights(panel)
    reasons = {left.what: left.why for left in weights.left_out}
    gone = np.flatnonzero(panel.intervention & ~panel.usable)
    lost: Index = np.setdiff1d(panel.treated, weights.balanced)
    unmatched = [LeftOut(panel.schools[i], f"excluded: {panel.excluded[i]}") for i in gone]
    unmatched += [LeftOut(panel.schools[i], reasons.get(panel.schools[i], "its phase has no weights")) for i in lost]
    names = {each.what for each in unmatched}
    return OutcomeMatch(
        panel=panel,
        request=request,
        answer=answer,
        trend_matching=trend_matching,
        matching=None,
        weights=weights,
        used=True,
        why_not="",
        unmatched=tuple(unmatched),
        left_out=tuple(left for left in weights.left_out if left.what not in names),
        balance=measure_balance(panel, weights.weights, treated=weights.balanced),
        pre_trend=None,
        not_estimable=(
            *answer.not_estimable,
            "Parallel trends are not tested: all candidates are weighted, none is matched.",
        ),
    )
