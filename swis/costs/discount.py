"""Money of later years as what it is worth at the start.

HM Treasury, The Green Book: 3.5% a year in the first thirty years; 1.5% for effects on health and life. Beyond thirty years the
Green Book lowers the rate, and no programme of this kind is looked at for so long: longer horizons are refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from swis.errors import SettingError

GREEN_BOOK = 0.035
GREEN_BOOK_HEALTH = 0.015
MOST_YEARS = 30


def discount_factors(years: int, *, rate: float = GREEN_BOOK) -> tuple[float, ...]:
    """What a pound of each year is worth in the first, which counts whole: 1, 1/(1+rate), ...

    Raises SettingError for a rate outside 0 to 1, or for no years or more than thirty.

    >>> [round(factor, 4) for factor in discount_factors(4)]
    [1.0, 0.9662, 0.9335, 0.9019]
    """
    if not 0 <= rate < 1:
        raise SettingError(f"A discount rate of {rate} cannot be. Write 0.035 for 3.5% a year.")
    if not 1 <= years <= MOST_YEARS:
        raise SettingError(
            f"A horizon of {years} years is not offered: 1 to {MOST_YEARS}, for which the rate is one number."
        )
    return tuple((1 + rate) ** -year for year in range(years))


def present_value(amounts: Sequence[float], *, rate: float = GREEN_BOOK) -> float:
    """The sum of yearly amounts at what they are worth in the first year."""
    factors = discount_factors(len(amounts), rate=rate)
    return sum(amount * factor for amount, factor in zip(amounts, factors, strict=True))
