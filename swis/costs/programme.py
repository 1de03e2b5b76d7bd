"""What the programme costs at full on-cost: each post, and per school, pupil and worker, for a term and for a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Literal, TypeAlias

import polars as pl

from swis.costs.annuity import DIGITS, to_pence
from swis.costs.claim import ProgrammeSize
from swis.costs.prices import check_year, check_years
from swis.errors import SettingError
from swis.tables.on_costs import ON_COSTS
from swis.tables.read import read_table

ShareOf: TypeAlias = Literal["salary", "employment"]
SHIPPED = Path(__file__).parent / "on_cost_rates.csv"


@dataclass(frozen=True)
class OnCost:
    """What an employer pays beyond the salary: a rate on what lies above a sum. `employment`: on salary and on-costs together."""

    what: str
    rate: Decimal
    source: str
    above: Decimal = Decimal(0)
    share_of: ShareOf = "salary"

    def __post_init__(self) -> None:
        if self.rate < 0 or self.above < 0:
            raise SettingError(f"{self.what}: a rate and the sum above which it is paid cannot be below 0.")
        if not self.source.strip():
            raise SettingError(f"{self.what}: the rate has no source. Say where it is printed.")


@dataclass(frozen=True)
class Post:
    """Workers in the same kind of post: how many full-time equivalents, and the yearly salary of one."""

    role: str
    full_time_equivalents: Decimal
    salary: Decimal

    def __post_init__(self) -> None:
        if self.full_time_equivalents <= 0 or self.salary < 0:
            raise SettingError(f"{self.role}: needs more than 0 full-time equivalents and a salary of 0 or more.")


@dataclass(frozen=True)
class PostCost:
    """What one full-time equivalent of a post costs its employer in a year, line by line, not rounded."""

    post: Post
    lines: tuple[tuple[str, Decimal, str], ...]

    @property
    def each(self) -> Decimal:
        """One full-time equivalent."""
        return sum((amount for _, amount, _ in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """All full-time equivalents."""
        return self.each * self.post.full_time_equivalents


@dataclass(frozen=True)
class ProgrammeCost:
    """What a programme costs in a year at full on-cost, in pounds of `price_year`; a term is a year over its terms.

    Counted: the posts with their on-costs, and the other costs given. Not counted: what schools give in kind, and what
    outcomes cost. None where the divisor is not known.
    """

    price_year: str
    terms_a_year: int
    posts: tuple[PostCost, ...]
    other: tuple[tuple[str, Decimal], ...]
    size: ProgrammeSize
    findings: tuple[str, ...]

    @property
    def year(self) -> Decimal:
        """The whole programme for a year."""
        return sum((post.total for post in self.posts), Decimal(0)) + sum((sum_ for _, sum_ in self.other), Decimal(0))

    def units(self) -> tuple[tuple[str, Decimal | None, Decimal | None], ...]:
        """Per programme, school, worker and pupil: for a year and for a term."""
        divisors = [
            ("programme", 1),
            ("school", self.size.schools),
            ("worker", self.size.workers),
            ("pupil", self.size.pupils),
        ]
        with localcontext() as context:
            context.prec = DIGITS
            years = [(name, None if number is None else self.year / number) for name, number in divisors]
            return tuple((name, year, None if year is None else year / self.terms_a_year) for name, year in years)

    def __repr__(self) -> str:
        return f"ProgrammeCost(£{to_pence(self.year):,} a year in {self.price_year} prices; {len(self.posts)} kinds of post)"

    def __str__(self) -> str:
        lines = [f"The programme at full on-cost, {self.price_year} prices: £{to_pence(self.year):,} a year"]
        for name, year, term in self.units()[1:]:
            told = (
                "not known"
                if year is None or term is None
                else f"£{to_pence(year):,} a year, £{to_pence(term):,} a term"
            )
            lines.append(f"Per {name}: {told}")
        for post in self.posts:
            parts = ", ".join(f"{name} £{to_pence(amount):,}" for name, amount, _ in post.lines)
            lines.append(f"  {post.post.role}: £{to_pence(post.each):,} each ({parts})")
        return "\n".join([*lines, *(f"  {finding}" for finding in self.findings)])

    def table(self) -> pl.DataFrame:
        """One row for each line of each post and each other cost: what, role, pounds for one, number, source."""
        rows = [
            {
                "what": name,
                "role": post.post.role,
                "pounds": to_pence(amount),
                "number": float(post.post.full_time_equivalents),
                "source": source,
            }
            for post in self.posts
            for name, amount, source in post.lines
        ]
        rows += [
            {"what": name, "role": "", "pounds": to_pence(amount), "number": 1.0, "source": ""}
            for name, amount in self.other
        ]
        return pl.DataFrame(rows, schema_overrides={"pounds": pl.Decimal(38, 2)})


def read_on_costs(path: Path, *, year: str) -> tuple[OnCost, ...]:
    """The on-costs of a financial year in a file of the declared shape. Raises SettingError if it has none for the year."""
    frame = read_table(ON_COSTS, path)
    rows = frame.to_dicts()
    check_years(path.name, [(row["row"], row["year"]) for row in rows], column="year")
    of_year = [row for row in rows if row["year"] == check_year(year)]
    if not of_year:
        known = ", ".join(sorted({row["year"] for row in rows}))
        raise SettingError(f"{path.name} has no on-costs for {year}. It has: {known}.")
    return tuple(
        OnCost(row["what"], Decimal(str(row["rate"])), row["source"], row["above"] or Decimal(0), row["share_of"])
        for row in of_year
    )


def employer_on_costs(year: str) -> tuple[OnCost, ...]:
    """Employer National Insurance and the average pension contribution of local government, for the years that are shipped.

    Overheads are not among them: they differ between authorities, and no figure is assumed.
    """
    return read_on_costs(SHIPPED, year=year)


def cost_of_post(post: Post, on_costs: Sequence[OnCost]) -> PostCost:
    """What one full-time equivalent costs: the salary, what is paid on it, then what is paid on both together."""
    lines = [("salary", post.salary, "")]
    for cost in on_costs:
        if cost.share_of == "salary":
            lines.append((cost.what, max(post.salary - cost.above, Decimal(0)) * cost.rate, cost.source))
    employment = sum((amount for _, amount, _ in lines), Decimal(0))
    for cost in on_costs:
        if cost.share_of == "employment":
            lines.append((cost.what, max(employment - cost.above, Decimal(0)) * cost.rate, cost.source))
    return PostCost(post, tuple(lines))


def programme_cost(
    posts: Sequence[Post],
    on_costs: Sequence[OnCost],
    *,
    size: ProgrammeSize,
    price_year: str | int,
    other: Sequence[tuple[str, Decimal]] = (),
    terms_a_year: int = 3,
) -> ProgrammeCost:
    """What the programme costs in a year at full on-cost. Raises SettingError without posts or with no terms in a year.

    That no overheads, pension or National Insurance were declared is told, not assumed away.
    """
    if not posts or terms_a_year < 1:
        raise SettingError("A programme needs at least one post, and a year at least one term.")
    declared = " ".join(cost.what.casefold() for cost in on_costs)
    missing = [word for word in ("national insurance", "pension", "overhead") if word not in declared]
    findings = tuple(
        f"No {word.replace('national insurance', 'National Insurance')} declared: the cost is too low by it"
        for word in missing
    )
    return ProgrammeCost(
        price_year=check_year(price_year),
        terms_a_year=terms_a_year,
        posts=tuple(cost_of_post(post, on_costs) for post in posts),
        other=tuple(other),
        size=size,
        findings=findings,
    )
