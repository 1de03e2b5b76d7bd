"""One verdict per analysis: what the data can carry, decided by one rule for every study.

supported      the randomisation test rejects at 5%, and the quasi-Poisson interval excludes no effect, and the arms did not
               demonstrably move apart before the start
cannot tell    no outcome whatever could have been significant: too few ways to choose the schools, or no earlier terms to
               judge a matched comparison by
not supported  everything else. It does not mean that there is no effect: `rules_out_worthwhile` says whether it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from swis.estimate.event_study import PreTrend
from swis.estimate.permutation import Permutation
from swis.estimate.quasi import QuasiPoisson

VerdictKind = Literal["supported", "not supported", "cannot tell"]
Design = Literal["matched comparison", "randomised"]

LEVEL = 0.05


@dataclass(frozen=True)
class Verdict:
    """What the data can carry on one outcome.

    `low` and `high` bound the rate ratio: the wider of the randomisation and the quasi-Poisson interval at each end, open
    (0 or infinite) where the design cannot bound it. `reasons` are short sentences, the deciding one first. `room_below` and
    `room_above` say whether the interval reaches a fall, and a rise, that would be worthwhile.
    """

    kind: VerdictKind
    low: float
    high: float
    reasons: tuple[str, ...]
    room_below: bool
    room_above: bool

    @property
    def rules_out_worthwhile(self) -> bool:
        """Whether an effect worth having, in either direction, lies beyond the interval."""
        return not (self.room_below or self.room_above)

    def __repr__(self) -> str:
        return f"Verdict({self.kind}; rate ratio between {self.low:.3g} and {self.high:.3g})"


def judge(
    permutation: Permutation,
    quasi: QuasiPoisson,
    trend: PreTrend | None,
    *,
    permutation_interval: tuple[float, float],
    design: Design,
    worthwhile: float,
) -> Verdict:
    """Apply the rule. `trend` is None where there are fewer than two terms before the start."""
    low = min(permutation_interval[0], quasi.low)
    high = max(permutation_interval[1], quasi.high)
    least, most = sorted((worthwhile, 1 / worthwhile))
    unreachable = _unreachable(permutation, trend, design)
    against = _against(permutation, quasi, trend)
    kind: VerdictKind = "cannot tell" if unreachable else "not supported" if against else "supported"
    reasons = unreachable + against or _in_favour(permutation, quasi, trend)
    return Verdict(kind, low, high, tuple(reasons), room_below=low <= least, room_above=high >= most)


def _unreachable(permutation: Permutation, trend: PreTrend | None, design: Design) -> list[str]:
    reasons = []
    if not permutation.can_reach(LEVEL):
        reasons.append(
            f"there were only {permutation.assignments:,} ways to choose the {permutation.unit}s, so that no result "
            f"could have a p-value below {permutation.smallest_p_here:.3g}"
        )
    if trend is None and design == "matched comparison":
        reasons.append(
            "there is only one term before the start, so that nobody can see whether the schools moved alike"
        )
    return reasons


def _against(permutation: Permutation, quasi: QuasiPoisson, trend: PreTrend | None) -> list[str]:
    reasons = []
    if permutation.p > LEVEL:
        reasons.append(
            f"{permutation.p:.0%} of the ways to choose the {permutation.unit}s give a difference at least as large "
            f"(p {permutation.p:.3g})"
        )
    if not quasi.excludes_one:
        reasons.append("with the scatter that the counts show, the interval includes no effect")
    if trend is not None and trend.rejected:
        reasons.append("the schools were already moving apart before the start")
    return reasons


def _in_favour(permutation: Permutation, quasi: QuasiPoisson, trend: PreTrend | None) -> list[str]:
    return [
        f"only {permutation.p:.2%} of the ways to choose the {permutation.unit}s give a difference as large",
        f"the interval excludes no effect ({quasi.low:.3g} to {quasi.high:.3g})",
        "the schools moved alike before the start as far as the data can show"
        if trend is not None
        else "the schools were drawn by lot, so that they need no earlier terms",
    ]
