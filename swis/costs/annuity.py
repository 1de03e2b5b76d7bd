"""Spreading what was bought once over the years that it lasts, in exact decimal arithmetic.

Drummond MF et al. (2015), Methods for the Economic Evaluation of Health Care Programmes, 4th edition, chapter 7
(ordinary annuity). HM Treasury, The Green Book (2022): 3.5% a year; payments at the start of the year are one reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from swis.errors import StudyError
from swis.tables.printed import Printed

AnnuityRule: TypeAlias = Literal["ordinary", "due", "straight line"]
ANNUITY_RULES: tuple[AnnuityRule, ...] = get_args(AnnuityRule)

PENNY = Decimal("0.01")
DIGITS = 50


@dataclass(frozen=True)
class ImpliedPrice:
    """The purchase price that a printed yearly equivalent implies: the middle and the ends that rounding allows."""

    rule: AnnuityRule
    price: Decimal
    low: Decimal
    high: Decimal

    def __repr__(self) -> str:
        return f"ImpliedPrice({self.rule}: {to_pence(self.price):,}, {to_pence(self.low):,} to {to_pence(self.high):,})"


def to_pence(amount: Decimal) -> Decimal:
    """The amount rounded to pence, a half upwards. For showing only: sums are made before rounding."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def annuity_factor(*, rate: Decimal, years: Decimal, rule: AnnuityRule = "ordinary") -> Decimal:
    """How many equal yearly payments a purchase is worth: the present value of 1 a year for `years` years.

    `ordinary`: paid at the end of each year; `due`: at its start; `straight line`: no interest, so the years.
    Raises StudyError if the rate is below 0 or the years are not above 0.

    >>> round(annuity_factor(rate=Decimal("0.035"), years=Decimal(4)), 6)
    Decimal('3.673079')
    """
    _check_terms(rate, years, rule)
    with localcontext() as context:
        context.prec = DIGITS
        if rule == "straight line" or rate == 0:
            return +years
        ordinary = (1 - (1 + rate) ** -years) / rate
        return ordinary * (1 + rate) if rule == "due" else ordinary


def equivalent_cost(
    purchase: Decimal,
    *,
    rate: Decimal,
    life_years: Decimal,
    share_of_year: Decimal | Fraction,
    rule: AnnuityRule = "ordinary",
    resale: Decimal = Decimal(0),
) -> Decimal:
    """What a purchase costs in a part of a year, in the unit of the purchase and not rounded.

    (K - S/(1+r)^n)/A x share: K the purchase, S what it can be sold for at the end of its life, A the annuity factor.
    Straight line takes no interest, so S is not discounted. Raises StudyError for impossible terms.
    """
    if purchase < 0 or resale < 0:
        raise StudyError("A purchase and its resale cannot be below 0. Write the sums without a sign.")
    with localcontext() as context:
        context.prec = DIGITS
        factor = annuity_factor(rate=rate, years=life_years, rule=rule)
        worth_at_end = resale if rule == "straight line" else resale / (1 + rate) ** life_years
        part, whole = _parts(share_of_year)
        return (purchase - worth_at_end) * part / (factor * whole)


def implied_purchase_price(
    printed: Printed,
    *,
    rate: Decimal,
    life_years: Decimal,
    share_of_year: Decimal | Fraction,
    rule: AnnuityRule = "ordinary",
) -> ImpliedPrice:
    """The purchase price that a printed equivalent cost would come from under this rule, with its rounding interval.

    Every rule implies another price, and no printed figure says which rule it was: the price is not identified.
    """
    with localcontext() as context:
        context.prec = DIGITS
        part, whole = _parts(share_of_year)
        factor = annuity_factor(rate=rate, years=life_years, rule=rule) * whole
        price, low, high = (value * factor / part for value in (printed.value, printed.low, printed.high))
        return ImpliedPrice(rule, price, low, high)


def _parts(share: Decimal | Fraction) -> tuple[Decimal, Decimal]:
    # Multiplied and divided apart: a third as 0.333… would turn an exact half penny into less than one.
    if not 0 < share <= 1:
        raise StudyError(f"A share of a year lies above 0 and is at most 1; {share} does not.")
    part, whole = share.as_integer_ratio()
    return Decimal(part), Decimal(whole)


def _check_terms(rate: Decimal, years: Decimal, rule: str) -> None:
    if not rate.is_finite() or rate < 0:
        raise StudyError(f"A discount rate of {rate} cannot be. Write 0.035 for 3.5% a year.")
    if not years.is_finite() or years <= 0:
        raise StudyError(f"A useful life of {years} years cannot be. Write a number above 0.")
    if rule not in ANNUITY_RULES:
        raise StudyError(f"The annuity rule {rule!r} is not known. Use one of: {', '.join(ANNUITY_RULES)}.")
