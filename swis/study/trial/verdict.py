"""One verdict for each outcome of a trial: what the data can carry, decided by one rule for every trial.

supported      the randomisation test rejects, and the interval leaves out no effect
cannot tell    it does not, an effect worth having lies within the interval, and the trial had less than four chances in
               five to find one: with the scatter that was seen, or because no allocation could have rejected
not supported  everything else. If an effect worth having lies beyond the interval, the trial rules it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

VerdictKind: TypeAlias = Literal["supported", "not supported", "cannot tell"]


@dataclass(frozen=True)
class TrialVerdict:
    """What the data can carry on one outcome.

    `low` and `high` bound the ratio (the difference in standard deviations, for scores). `worthwhile` is the effect that
    would be worth having, on the same scale. `power` is the chance that this trial, with the scatter that was seen, had to
    find that effect, and `smallest_found` the effect in its direction that it would find with a chance of four in five.
    `rules_out_worthwhile`: the effect worth having lies beyond the interval. `room_for_harm`: an effect as large the other
    way does not. `reasons` are short sentences, the deciding one first.
    """

    kind: VerdictKind
    low: float
    high: float
    worthwhile: float
    power: float
    smallest_found: float
    rules_out_worthwhile: bool
    room_for_harm: bool
    level: float
    reasons: tuple[str, ...]

    def __repr__(self) -> str:
        out = "; rules out an effect worth having" if self.rules_out_worthwhile else ""
        return f"TrialVerdict({self.kind}; {self.low:.3g} to {self.high:.3g}{out})"
