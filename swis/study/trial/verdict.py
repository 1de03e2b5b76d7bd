"""One verdict for each outcome of a trial: what the data can carry, decided by one rule for every trial.

supported      the randomisation test rejects, and the interval leaves out no effect
cannot tell    it does not, an effect worth having lies within the interval, and the trial had less than four chances in
               five to find one: with the scatter that was seen, or because no allocation could have rejected
not supported  everything else. If an effect worth having lies beyond the interval, the trial rules it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from swis.estimate.trial.randomisation import TIE, Randomisation

VerdictKind: TypeAlias = Literal["supported", "not supported", "cannot tell"]
Scale: TypeAlias = Literal["ratio", "difference"]

WANTED_POWER = 0.8


@dataclass(frozen=True)
class TrialVerdict:
    """What the data can carry on one outcome.

    `low` and `high` bound the ratio (the difference in standard deviations, for scores): the wider of the robust and the
    randomisation interval at each end. `worthwhile` is the effect that would be worth having, on the same scale. `power` is
    the chance that this trial, with the scatter that was seen, had to find that effect, and `smallest_found` the effect in its
    direction that it would find with a chance of four in five. `rules_out_worthwhile`: the effect worth having lies beyond
    the interval. `room_for_harm`: an effect as large the other way does not. `level` is what a p-value had to reach.
    `reasons` are short sentences, the deciding one first.
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


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on, on the scale of the model: log ratios, or differences in standard deviations.

    `smallest_p` is the least that the test could have given; `df` None means normal quantiles. `family`: how many outcomes `p` is
    adjusted for; 1 is by itself.
    """

    estimate: float
    standard_error: float
    df: float | None
    low: float
    high: float
    p: float
    smallest_p: float
    worthwhile: float
    scale: Scale
    level: float = 0.05
    family: int = 1


def judge_trial(evidence: Evidence) -> TrialVerdict:
    """Apply the rule."""
    e, sign = evidence, 1.0 if evidence.worthwhile > 0 else -1.0
    power = _power(e)
    rules_out = e.low > e.worthwhile if sign < 0 else e.high < e.worthwhile
    room_for_harm = e.high >= -e.worthwhile if sign < 0 else e.low <= -e.worthwhile
    against = _against(e)
    unreachable = _unreachable(e, power) if against and not rules_out else []
    kind: VerdictKind = "cannot tell" if unreachable else "not supported" if against else "supported"
    reasons = [*unreachable, *(_ruled_out(e) if rules_out else []), *against] if against else _in_favour(e, rules_out)
    return TrialVerdict(
        kind=kind,
        low=_shown(e.low, e.scale),
        high=_shown(e.high, e.scale),
        worthwhile=_shown(e.worthwhile, e.scale),
        power=power,
        smallest_found=_shown(sign * _smallest_found(e), e.scale),
        rules_out_worthwhile=rules_out,
        room_for_harm=room_for_harm,
        level=e.level,
        reasons=tuple(reasons),
    )


def smallest_p(test: Randomisation) -> float:
    """The least p-value that any of the draws could have had, given the outcomes: few ways to draw leave it large."""
    sizes = np.abs(test.values)
    largest = max(float(np.nanmax(sizes)), abs(test.observed))
    return float((1 + (sizes >= largest - TIE).sum()) / (1 + len(sizes)))


def log_bounds(low: float, high: float) -> tuple[float, float]:
    """The ends of an interval of ratios on the log scale; nought and infinity are open ends."""
    return (log(low) if low > 0 else -np.inf), (log(high) if high < np.inf else np.inf)


def _shown(value: float, scale: Scale) -> float:
    if scale == "difference":
        return value
    return exp(value) if value < 700 else np.inf


def _quantile(evidence: Evidence, probability: float) -> float:
    return float(ndtri(probability) if evidence.df is None else stdtrit(evidence.df, probability))


def _power(evidence: Evidence) -> float:
    limit = _quantile(evidence, 1 - evidence.level / 2)
    drift = abs(evidence.worthwhile) / evidence.standard_error
    ends = (drift - limit, -drift - limit)
    return float(sum(ndtr(end) if evidence.df is None else stdtr(evidence.df, end) for end in ends))


def _smallest_found(evidence: Evidence) -> float:
    quantiles = _quantile(evidence, 1 - evidence.level / 2) + _quantile(evidence, WANTED_POWER)
    return quantiles * evidence.standard_error


def _unreachable(evidence: Evidence, power: float) -> list[str]:
    reasons = []
    if evidence.smallest_p > evidence.level:
        reasons.append(
            f"there were so few ways to draw the schools that no result could have a p-value below {evidence.smallest_p:.3g}"
        )
    if power < WANTED_POWER:
        reasons.append(
            f"with the scatter that the schools show, the trial had a chance of {power:.0%} to find an effect worth having "
            f"({_say(evidence.worthwhile, evidence.scale)}), which lies within the interval"
        )
    return reasons


def _against(evidence: Evidence) -> list[str]:
    reasons = []
    if evidence.p > evidence.level:
        reasons.append(_say_p(evidence, f"at least as large in {evidence.p:.0%}"))
    if evidence.low <= 0 <= evidence.high:
        reasons.append(f"the interval includes no effect ({_interval(evidence)})")
    return reasons


def _say_p(evidence: Evidence, how_often: str) -> str:
    """Only the p-value of a randomisation test by itself is a share of allocations."""
    if evidence.family > 1:
        return f"adjusted for {evidence.family} outcomes beside the primary one, p is {evidence.p:.3g}"
    return f"the draw alone gives a difference {how_often} of allocations (p {evidence.p:.3g})"


def _ruled_out(evidence: Evidence) -> list[str]:
    worthwhile = _say(evidence.worthwhile, evidence.scale)
    return [f"an effect worth having ({worthwhile}) is ruled out: the interval is {_interval(evidence)}"]


def _in_favour(evidence: Evidence, rules_out: bool) -> list[str]:
    wanted = (evidence.estimate > 0) == (evidence.worthwhile > 0)
    reasons = [
        _say_p(evidence, f"as large in only {evidence.p:.2%}"),
        f"the interval leaves out no effect ({_interval(evidence)})",
    ]
    if not wanted:
        reasons.insert(0, "the effect goes the other way than the one that would be worth having")
    elif rules_out:
        reasons.append(f"yet the effect is smaller than one worth having ({_say(evidence.worthwhile, evidence.scale)})")
    return reasons


def _interval(evidence: Evidence) -> str:
    return f"{_shown(evidence.low, evidence.scale):.3g} to {_shown(evidence.high, evidence.scale):.3g}"


def _say(effect: float, scale: Scale) -> str:
    if scale == "difference":
        return f"{effect:.3g} standard deviations"
    return f"a ratio of {exp(effect):.3g}"
