"""A number as a source printed it, and the numbers that it may stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TypeAlias

from swis.errors import TableError

Number: TypeAlias = int | float | Decimal | Fraction

# At most 24 digits, so that half a unit more or less is exact in Decimal's 28.
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3}){1,3}|\d{1,12})(\.\d{1,12})?([eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Printed:
    """A printed number: its text, and the interval of the numbers that print so.

    Counted as printing so: everything that rounds to the printed digits, a half either upwards (away from zero) or
    to the even digit, since a source does not say which. Not counted: a figure that was cut off; `cuts_off` tells.

    >>> Printed("0.07").fits(0.0712)
    True
    >>> Printed("1.82").fits(1.8286), Printed("1.82").cuts_off(1.8286)
    (False, True)

    Raises TableError if the text is not a number.
    """

    text: str

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.text):
            raise TableError(f"{self.text[:40]!r} is not a number as printed. Write digits, such as 0.50 or 1.43E-08.")

    def __repr__(self) -> str:
        return f"Printed({self.text!r}: {self.low} to {self.high})"

    @property
    def value(self) -> Decimal:
        """The printed digits as an exact number."""
        return Decimal(self.text.replace(",", ""))

    @property
    def unit(self) -> Decimal:
        """One of the last printed digit: 0.01 for 0.50, 1E-10 for 1.43E-08."""
        exponent = self.value.as_tuple().exponent
        return Decimal(1).scaleb(int(exponent))

    @property
    def low(self) -> Decimal:
        """The lower end of the rounding interval."""
        return self.value - self.unit / 2

    @property
    def high(self) -> Decimal:
        """The upper end of the rounding interval."""
        return self.value + self.unit / 2

    def fits(self, number: Number) -> bool:
        """Whether the number, rounded to as many digits, prints so. Infinite and undefined numbers never do."""
        if not _is_finite(number):
            return False
        exact = Fraction(number)
        if Fraction(self.low) < exact < Fraction(self.high):
            return True
        return exact in self._halves_that_print_so()

    def _halves_that_print_so(self) -> tuple[Fraction, ...]:
        low, high = Fraction(self.low), Fraction(self.high)
        if self.value.as_tuple().digits[-1] % 2 == 0:
            return (low, high)
        return (low,) if self.value > 0 else (high,)

    def cuts_off(self, number: Number) -> bool:
        """Whether the number prints so only if the digits beyond are cut off and not rounded."""
        if not _is_finite(number) or self.fits(number):
            return False
        beyond = abs(Fraction(number)) - abs(Fraction(self.value))
        same_side = (number < 0) == self.text.startswith("-")
        return same_side and 0 <= beyond < Fraction(self.unit)


def _is_finite(number: Number) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    return not isinstance(number, float) or isfinite(number)
