"""What a programme cost in a period: all of it, and per school, worker and pupil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from typing import Literal, TypeAlias

import polars as pl

from swis.costs.annuity import DIGITS, equivalent_cost, to_pence
from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.errors import StudyError
from swis.tables.printed import Printed

Agreement: TypeAlias = Literal["agrees", "cut off", "differs"]


@dataclass(frozen=True)
class CostedClaim:
    """A claim with its cost in the period, not rounded; or, where it was left out, why."""

    claim: Claim
    cost: Decimal
    how: str
    left_out: str = ""


@dataclass(frozen=True)
class CostResult:
    """The cost of a programme in one period, in pounds of the price year; None where the divisor is not known.

    Counted: staffing, ancillary and other claims of the period. Not counted: claims of other periods (`left_out`),
    what schools gave in kind, what would have been spent anyway, and what was averted. Not rounded.
    """

    period: str
    price_year: int | str
    staffing: Decimal
    ancillary: Decimal
    other: Decimal
    total: Decimal
    per_school: Decimal | None
    per_worker: Decimal | None
    per_worker_and_term: Decimal | None
    per_pupil: Decimal | None
    per_pupil_at_most: Decimal | None
    """An upper bound: the total over the pupils that are known, where those of some schools are not."""
    programme: ProgrammeSize
    claims: tuple[CostedClaim, ...]

    @property
    def included(self) -> tuple[CostedClaim, ...]:
        """The claims that are in the total."""
        return tuple(claim for claim in self.claims if not claim.left_out)

    @property
    def left_out(self) -> tuple[CostedClaim, ...]:
        """The claims that are not in the total, each with the reason."""
        return tuple(claim for claim in self.claims if claim.left_out)

    def __repr__(self) -> str:
        return (
            f"CostResult({self.period}: £{to_pence(self.total):,} in {self.price_year} prices; "
            f"{len(self.included)} claims, {len(self.left_out)} left out)"
        )

    def __str__(self) -> str:
        lines = [
            f"Cost of the programme, {self.period} ({self.price_year} prices)",
            f"Total £{to_pence(self.total):,}: staffing £{to_pence(self.staffing):,}, "
            f"ancillary £{to_pence(self.ancillary):,}, other £{to_pence(self.other):,}",
            *self._say_unit_costs(),
            f"{len(self.included)} claims counted, {len(self.left_out)} left out",
            *(f"  left out: {claim.claim.item} ({claim.left_out})" for claim in self.left_out),
        ]
        return "\n".join(lines)

    def _say_unit_costs(self) -> list[str]:
        units = [
            ("Per school", self.per_school),
            ("Per worker", self.per_worker),
            ("Per worker and term", self.per_worker_and_term),
            ("Per pupil", self.per_pupil),
            ("Per pupil, at most (not all pupils are known)", self.per_pupil_at_most),
        ]
        said = [f"{name} £{to_pence(cost):,}" for name, cost in units if cost is not None]
        return said or ["No cost per school, worker or pupil: the size of the programme is not known"]

    def table(self) -> pl.DataFrame:
        """One row a claim: item, category, basis, amount, cost in the period (rounded to pence), how, why left out."""
        return pl.DataFrame(
            {
                "item": [costed.claim.item for costed in self.claims],
                "category": [costed.claim.category for costed in self.claims],
                "basis": [costed.claim.basis for costed in self.claims],
                "amount": [costed.claim.amount for costed in self.claims],
                "cost": [to_pence(costed.cost) for costed in self.claims],
                "how": [costed.how for costed in self.claims],
                "left_out": [costed.left_out for costed in self.claims],
            },
            schema_overrides={"amount": pl.Decimal(38, 2), "cost": pl.Decimal(38, 2)},
        )


def cost_of_period(claims: Sequence[Claim], money: MoneySettings, programme: ProgrammeSize) -> CostResult:
    """What the programme cost in the period of the money settings.

    A sum for the period is taken as it is; a purchase is spread over its useful life by the annuity rule; a sum that
    the source has already spread is taken as it is. A claim of another period is left out and said so.
    Per pupil only if the pupils of every school are known; otherwise an upper bound from those that are.

    Raises StudyError if there are no claims, or a size of the programme is not above 0.
    """
    _check_sizes(claims, programme)
    costed = tuple(_cost_claim(claim, money) for claim in claims)
    with localcontext() as context:
        context.prec = DIGITS
        by_category = {
            category: sum((c.cost for c in costed if c.claim.category == category and not c.left_out), Decimal(0))
            for category in ("staffing", "ancillary", "other")
        }
        total = sum(by_category.values(), Decimal(0))
        per_worker = _share(total, programme.workers)
        return CostResult(
            period=money.period,
            price_year=money.price_year,
            **by_category,
            total=total,
            per_school=_share(total, programme.schools),
            per_worker=per_worker,
            per_worker_and_term=None if per_worker is None else per_worker / money.terms_in_period,
            per_pupil=_share(total, programme.pupils),
            per_pupil_at_most=_share(total, programme.pupils_known) if programme.pupils is None else None,
            programme=programme,
            claims=costed,
        )


def compare_with_printed(cost: Decimal, printed: Printed) -> Agreement:
    """Whether a printed sum is this cost rounded to the printed digits, this cost cut off, or another sum."""
    if printed.fits(cost):
        return "agrees"
    return "cut off" if printed.cuts_off(cost) else "differs"


def _cost_claim(claim: Claim, money: MoneySettings) -> CostedClaim:
    if claim.period != money.period:
        return CostedClaim(claim, Decimal(0), "", f"claimed for {claim.period}, not for {money.period}")
    if claim.basis != "purchase":
        how = "as claimed for the period" if claim.basis == "period" else "as the source has spread it"
        return CostedClaim(claim, claim.amount, how)
    years = money.useful_life_years if claim.useful_life_years is None else claim.useful_life_years
    cost = equivalent_cost(
        claim.amount,
        rate=money.discount_rate,
        life_years=years,
        share_of_year=money.share_of_year,
        rule=money.annuity_rule,
    )
    rate = "" if money.annuity_rule == "straight line" else f" at {money.discount_rate * 100:f}%"
    return CostedClaim(claim, cost, f"spread over {years:f} years{rate}, {money.annuity_rule}")


def _share(total: Decimal, among: int | None) -> Decimal | None:
    return None if among is None else total / among


def _check_sizes(claims: Sequence[Claim], programme: ProgrammeSize) -> None:
    if not claims:
        raise StudyError("There are no claims, so there is no cost. Add rows to claims.csv.")
    for field in fields(programme):
        size = getattr(programme, field.name)
        if size is not None and size <= 0:
            raise StudyError(f"The programme has {size} {field.name}: that cannot be. Write a number above 0.")
