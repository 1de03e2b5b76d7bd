"""Numbers as words: where the report rounds, and how it says a ratio to somebody who has never met one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isinf, isnan

from swis.costs.annuity import to_pence
from swis.report.figures.ratios import format_ratio

LEVEL = 0.05
MOST_DIGITS = 7
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(number: int) -> str:
    """Small whole numbers as words."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """The number with its noun: 1 school, 3 schools."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def join(parts: Sequence[str]) -> str:
    """A list in words: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def p_value(p: float | None) -> str:
    """A p-value with the digits that matter."""
    if p is None or isnan(p):
        return "–"
    if p < 0.0001:
        return "< 0.0001"
    digits = 4 if p < 0.001 else 3 if p < 0.1 else 2
    # On which side of 5% a p-value lies must survive the rounding.
    while p != LEVEL and float(f"{p:.{digits}f}") == LEVEL and digits < MOST_DIGITS:
        digits += 1
    return f"{p:.{digits}f}"


def percent(share: float) -> str:
    """A share in per cent: whole from 10% on, one digit below; never all or nothing where it is not."""
    if 0 < share < 0.0005:
        return "less than 0.1%"
    if 0.995 <= share < 1:
        return "more than 99%"
    return f"{share:.0%}" if share >= 0.0995 or share == 0 else f"{share:.1%}"


def change(ratio: float) -> str:
    """A rate ratio as a change: "35% lower", "2.40 times as high", "gone altogether"."""
    if ratio == 0:
        return "gone altogether"
    if isinf(ratio):
        return "higher without limit"
    if ratio < 0.01:
        return "more than 99% lower"
    if ratio < 0.995:
        return f"{1 - ratio:.0%} lower"
    if ratio < 1.005:
        return "unchanged" if ratio == 1 else "all but unchanged"
    return f"{ratio - 1:.0%} higher" if ratio < 1.995 else f"{format_ratio(ratio)} times as high"


def interval(low: float | None, high: float | None) -> str:
    """An interval of rate ratios; open ends in words."""
    if low is None or high is None:
        return "none"
    if low == 0 and isinf(high):
        return "no limit either way"
    if isinf(high):
        return f"{_end(low)} or more"
    return f"{_end(low)} to {_end(high)}"


def _end(value: float) -> str:
    """An end of an interval; on which side of 1 it lies survives the rounding."""
    words = format_ratio(value)
    digits = 3
    while words == "1.00" and value != 1 and digits < MOST_DIGITS:
        words = f"{value:.{digits}f}".replace("1." + "0" * digits, "1.00")
        digits += 1
    return words


def ratio(value: float | None) -> str:
    """A rate ratio, or a dash where there is none."""
    return "–" if value is None or isnan(value) else format_ratio(value)


def span(low: float, high: float) -> str:
    """What an interval leaves open, for somebody who does not read intervals."""
    if low == 0 and isinf(high):
        return "anything from none at all to any multiple"
    if isinf(high):
        return f"from {change(low)} upwards, without limit"
    if low == 0:
        return f"from none at all to {change(high)}"
    return f"from {change(low)} to {change(high)}"


def per_pupils(number: int) -> str:
    """The denominator of a rate: per pupil, per 100 pupils."""
    return "per pupil" if number == 1 else f"per {number:,} pupils"


def pounds(amount: Decimal | None) -> str:
    """Pounds and pence, half up."""
    return "not known" if amount is None else f"£{to_pence(amount):,}"
