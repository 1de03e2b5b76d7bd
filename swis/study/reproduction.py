"""Printed beside ours: does what a source printed follow from its tables by its own method, and if not, why not?"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log
from typing import Literal

from swis.estimate.published import PublishedLine, PublishedMethod
from swis.study.published import PublishedEstimate
from swis.tables.printed import Printed
from swis.tables.published_estimates import CONSTANT, INTERVENTION_BY_TIME, TOTAL_CHANGE

Part = Literal["estimate", "lower", "upper"]

ROUNDED_QUANTILE = 1.96
EXACT_QUANTILE = 1.959963984540054


@dataclass(frozen=True)
class Reproduced:
    """One printed number beside ours. `ours` is None where the method has no answer; `reason` says why they differ."""

    coefficient: str
    part: Part
    printed: Printed
    ours: float | None
    agrees: bool
    reason: str
    source: str

    def __repr__(self) -> str:
        ours = "none" if self.ours is None else f"{self.ours:.6g}"
        return f"Reproduced({self.coefficient}, {self.part}: printed {self.printed.text}, ours {ours}; {self.reason or 'agrees'})"


def reproduce(printed: tuple[PublishedEstimate, ...], method: PublishedMethod) -> tuple[Reproduced, ...]:
    """Every printed number of one outcome beside what the published method gives.

    Counted as agreeing: numbers that round to the printed digits. Not counted: the reference term, which has no estimate.
    """
    lines = lines_of(method)
    by_name = {estimate.coefficient: estimate for estimate in printed}
    return tuple(
        _compare(estimate, part, number, lines.get(estimate.coefficient), method, by_name)
        for estimate in printed
        for part, number in _numbers(estimate)
    )


def lines_of(method: PublishedMethod) -> dict[str, PublishedLine]:
    """The lines of the published method by the names of the printed coefficients."""
    lines = {line.name: line for line in method.terms}
    lines |= {INTERVENTION_BY_TIME: method.interaction, TOTAL_CHANGE: method.total_change}
    return lines if method.constant is None else lines | {CONSTANT: method.constant}


def _numbers(estimate: PublishedEstimate) -> list[tuple[Part, Printed]]:
    parts: list[tuple[Part, Printed | None]] = [
        ("estimate", estimate.irr),
        ("lower", estimate.ci_low),
        ("upper", estimate.ci_high),
    ]
    return [(part, number) for part, number in parts if number is not None]


def _compare(
    estimate: PublishedEstimate,
    part: Part,
    number: Printed,
    line: PublishedLine | None,
    method: PublishedMethod,
    by_name: dict[str, PublishedEstimate],
) -> Reproduced:
    ours = None if line is None else {"estimate": line.ratio, "lower": line.low, "upper": line.high}[part]
    agrees = ours is not None and number.fits(ours)
    reason = "" if agrees else _why(estimate, part, number, line, method, by_name)
    return Reproduced(estimate.coefficient, part, number, ours, agrees, reason, estimate.source)


def _why(
    estimate: PublishedEstimate,
    part: Part,
    number: Printed,
    line: PublishedLine | None,
    method: PublishedMethod,
    by_name: dict[str, PublishedEstimate],
) -> str:
    """The reason why a printed number is not ours, the most telling first."""
    if line is None:
        return "the study does not say which school the constant belongs to"
    if method.separation and estimate.coefficient in (INTERVENTION_BY_TIME, TOTAL_CHANGE):
        return _why_separated(estimate, part, method)
    ours = {"estimate": line.ratio, "lower": line.low, "upper": line.high}[part]
    if ours is None:
        return "the method gives no interval here"
    if estimate.coefficient == TOTAL_CHANGE and _is_product(number, method, by_name):
        return "the printed figure multiplies two numbers that were already rounded"
    if part != "estimate" and number.fits(_with_rounded_quantile(line, part)):
        return "1.96 in place of the exact normal quantile gives the printed digits"
    if number.cuts_off(ours):
        return "the digits beyond were cut off, not rounded"
    return "does not follow from the table"


def _why_separated(estimate: PublishedEstimate, part: Part, method: PublishedMethod) -> str:
    where = "0" if method.separation.direction < 0 else "infinity"
    plain = f"not an estimate: the data put the ratio at {where}, and software stops where it happens to"
    error, irr = method.limiting_standard_error, estimate.irr
    if part == "estimate" or error is None or irr is None:
        return plain
    number = estimate.ci_low if part == "lower" else estimate.ci_high
    sign = -1 if part == "lower" else 1
    ends = [exp(log(float(end)) + sign * EXACT_QUANTILE * error) for end in (irr.low, irr.high)]
    if number is not None and ends[0] <= float(number.high) and float(number.low) <= ends[1]:
        return f"{plain}; only the width of the printed interval reproduces"
    return plain


def _is_product(number: Printed, method: PublishedMethod, by_name: dict[str, PublishedEstimate]) -> bool:
    last = by_name.get(method.terms[-1].name)
    interaction = by_name.get(INTERVENTION_BY_TIME)
    if last is None or interaction is None or last.irr is None or interaction.irr is None:
        return False
    return number.fits(last.irr.value * interaction.irr.value)


def _with_rounded_quantile(line: PublishedLine, part: Part) -> float:
    if line.low is None or line.high is None or not isfinite(line.ratio):
        return float("nan")
    error = (log(line.high) - log(line.low)) / (2 * EXACT_QUANTILE)
    sign = -1 if part == "lower" else 1
    return exp(log(line.ratio) + sign * ROUNDED_QUANTILE * error)
