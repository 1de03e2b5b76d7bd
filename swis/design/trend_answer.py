"""Can these schools be matched on trends at all? The answer, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from swis.design.mann_whitney import LEVEL as GATE_LEVEL
from swis.design.mann_whitney import MannWhitney
from swis.design.match_placebo import MatchPlacebo, match_placebo
from swis.design.matching import Matching
from swis.design.rank_stability import DRAWS, RankStability, rank_stability
from swis.design.trend_reliability import LEAST_RELIABILITY, TrendReliability, trend_reliability
from swis.design.trends import last_windows
from swis.design.year_group_panel import YearGroupPanel
from swis.errors import NotEstimable

Answer = Literal["yes", "no", "not known"]


@dataclass(frozen=True)
class TrendAnswer:
    """Whether trends carry enough signal to choose comparison schools by.

    `can`: "no" where less than 0.3 of the spread of trends is real, or where the ranking of candidates does not persist beyond
    chance; "not known" where only two terms are there, so that persistence cannot be seen; else "yes". The published check and
    the placebo are told beside it; they do not decide. `not_estimable` says why a part is missing.
    """

    outcome: str
    can: Answer
    reasons: tuple[str, ...]
    reliability: TrendReliability | None
    persistence: RankStability | None
    placebo: MatchPlacebo | None
    checks: tuple[MannWhitney, ...]
    not_estimable: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TrendAnswer({self.outcome}: {self.can})"

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"- {reason}" for reason in self.reasons)])

    @property
    def sentence(self) -> str:
        """The answer as one sentence."""
        return {
            "yes": f"{self.outcome}: these schools can be matched on trends.",
            "no": f"{self.outcome}: these schools cannot be matched on trends.",
            "not known": f"{self.outcome}: whether these schools can be matched on trends is not known.",
        }[self.can]


def judge_trends(panel: YearGroupPanel, matching: Matching, *, seed: int, draws: int = DRAWS) -> TrendAnswer:
    """The answer for one outcome and the matching that was made. `seed` is for the bootstrap and the random sets."""
    options = matching.options
    missing: list[str] = []
    reliability, persistence, placebo = None, None, None
    later, earlier = last_windows(panel)
    try:
        reliability = trend_reliability(panel, later)
    except NotEstimable as error:
        missing.append(str(error))
    if earlier is not None:
        try:
            persistence = rank_stability(
                panel, standardise=options.standardise, minimum_share=options.minimum_share, seed=seed, draws=draws
            )
            placebo = match_placebo(panel, options, seed=seed, sets=draws)
        except NotEstimable as error:
            missing.append(str(error))
    return TrendAnswer(
        outcome=panel.outcome,
        can=_decide(reliability, persistence, persistence_asked=earlier is not None),
        reasons=tuple(_reasons(reliability, persistence, placebo, matching.checks)),
        reliability=reliability,
        persistence=persistence,
        placebo=placebo,
        checks=matching.checks,
        not_estimable=tuple(missing),
    )


def _decide(
    reliability: TrendReliability | None, persistence: RankStability | None, *, persistence_asked: bool
) -> Answer:
    if reliability is None or not reliability.suffices:
        return "no"
    if not persistence_asked:
        return "not known"
    return "yes" if persistence is not None and persistence.persists else "no"


def _reasons(
    reliability: TrendReliability | None,
    persistence: RankStability | None,
    placebo: MatchPlacebo | None,
    checks: tuple[MannWhitney, ...],
) -> list[str]:
    return [
        _say_reliability(reliability),
        _say_persistence(persistence),
        *([_say_placebo(placebo)] if placebo is not None else []),
        *([_say_published_check(checks)] if checks else []),
    ]


def _say_reliability(found: TrendReliability | None) -> str:
    if found is None:
        return "The changes between the last two terms have no spread: there is nothing to match."
    share = max(found.reliability, 0.0)
    enough = "enough to match on" if found.suffices else f"below the {LEAST_RELIABILITY:g} that matching needs"
    return (
        f"Reliability of trends {found.reliability:.2f}: {share:.0%} of the spread of changes between schools is more than "
        f"chance in counts of this size, {enough}."
    )


def _say_persistence(found: RankStability | None) -> str:
    if found is None:
        return "Whether trends persist from one change to the next cannot be seen: that needs scores in three terms."
    verdict = "more than chance makes it" if found.persists else "no more than chance makes it"
    return (
        f"Rank correlation between the scores of the last change and of the one before {found.correlation:.2f}, {verdict} "
        f"(p {found.p:.3f}; without any persistence it would be {found.null_mean:.2f} on average)."
    )


def _say_placebo(found: MatchPlacebo) -> str:
    return (
        f"Matched on the change before the last, the comparison moved {abs(found.difference):.3g} per 100 pupils apart from the "
        f"schools with a social worker, before there was one; {found.share_as_close:.0%} of {found.sets} random sets of "
        f"{found.schools} schools came as close."
    )


def _say_published_check(checks: tuple[MannWhitney, ...]) -> str:
    least = min((check.smallest_p_c for check in checks if check.smallest_p_c is not None), default=1.0)
    why = (
        f"it could not have given less than {least:.2g}"
        if least >= GATE_LEVEL
        else f"the least that it could have given is {least:.2g}"
    )
    return (
        "The published Mann-Whitney check: p 1 for the ranks of all candidates, which it is whatever the data; for the ranks of "
        f"the chosen schools {why}. That it does not reject is no evidence that trends persist."
    )
