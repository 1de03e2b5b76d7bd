"""What the costs are reckoned from: claims, the money settings, and the size of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from swis.costs.annuity import AnnuityRule

Category: TypeAlias = Literal["staffing", "ancillary", "other"]
Basis: TypeAlias = Literal["period", "purchase", "annuitised as published"]


@dataclass(frozen=True)
class Claim:
    """One sum that was claimed, in pounds of the price year."""

    item: str
    category: Category
    amount: Decimal
    basis: Basis
    period: str
    useful_life_years: Decimal | None = None


@dataclass(frozen=True)
class MoneySettings:
    """How claims become the cost of a period. `share_of_year` is the period's part of a year: 4/12.

    `price_year` is a calendar year, or as text a financial one: "2019-20".
    """

    price_year: int | str
    period: str
    share_of_year: Fraction
    discount_rate: Decimal = Decimal("0.035")
    useful_life_years: Decimal = Decimal(4)
    annuity_rule: AnnuityRule = "ordinary"
    terms_in_period: int = 1


@dataclass(frozen=True)
class ProgrammeSize:
    """The size of a programme. None: not known, and then no cost is given per one of it.

    `pupils_known` are the pupils of `schools_with_pupils` schools of the programme, where not all are known.
    """

    schools: int | None = None
    workers: int | None = None
    pupils: int | None = None
    pupils_known: int | None = None
    schools_with_pupils: int | None = None
