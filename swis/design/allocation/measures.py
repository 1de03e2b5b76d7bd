"""What schools are balanced on: the baseline figures as exact numbers, and the same in whole thousandths of a standard deviation.

Everything that decides a draw is done in whole numbers, so that no machine rounds it otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from swis.design.allocation.nominations import NominatedSchool

MEASURES = {
    "pupils": "pupils",
    "referrals_per_100_pupils": "referrals",
    "section_47_enquiries_per_100_pupils": "section_47_enquiries",
    "exclusions_per_100_pupils": "exclusions",
    "persistent_absence_percent": "persistent_absence_percent",
    "free_school_meals_percent": "free_school_meals_percent",
}
"""Each measure with the column of nominations.csv that it is made from; those per 100 pupils need pupils too."""

STEPS = 1_000
"""Parts of a standard deviation."""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def value_of(school: NominatedSchool, measure: str) -> Fraction | None:
    """A measure of a school as an exact number; None where it is not known."""
    value = getattr(school, MEASURES[measure])
    if value is None or not measure.endswith("_per_100_pupils"):
        return None if value is None else Fraction(value)
    return None if school.pupils is None else Fraction(100 * value, school.pupils)


def complete_measures(schools: Sequence[NominatedSchool]) -> tuple[str, ...]:
    """The measures that are known of every school and differ between them."""
    return tuple(
        name
        for name in MEASURES
        if None not in (values := {value_of(school, name) for school in schools}) and len(values) > 1
    )


def standardise(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Distances from the mean in thousandths of the standard deviation (divisor n - 1), halves to the even neighbour."""
    mean = sum(values, Fraction(0)) / len(values)
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)
    deviation = _EXACT.sqrt(_decimal(variance))
    return tuple(
        int(_EXACT.divide(_decimal((value - mean) * STEPS), deviation).to_integral_value(ROUND_HALF_EVEN))
        for value in values
    )


def _decimal(number: Fraction) -> Decimal:
    return _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
