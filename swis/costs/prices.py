"""Sums of different years in the prices of one year.

An amount is multiplied by the ratio of the price index in the two years (HM Treasury, user's guide to the GDP deflator series).
The shipped index is the GDP deflator at market prices of HM Treasury and the ONS for calendar years; `read_deflators` takes any
other, financial years too. Financial years are only looked up: they are never made out of calendar years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

import polars as pl

from swis.costs.annuity import DIGITS
from swis.errors import SettingError, TableError
from swis.tables.deflators import DEFLATORS
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import read_table
from swis.tables.unit_costs import PRICE_YEAR

SHIPPED = Path(__file__).parent / "gdp_deflator.csv"
_YEAR = re.compile(PRICE_YEAR)


@dataclass(frozen=True)
class Deflators:
    """An index of prices by year ("2019", "2019-20"), with where it was printed."""

    index: Mapping[str, Decimal]
    source: str

    def __repr__(self) -> str:
        years = tuple(self.index)
        return f"Deflators({len(years)} years, {years[0]} to {years[-1]}; {self.source})"

    def ratio(self, *, from_year: str | int, to_year: str | int) -> Decimal:
        """How many times as high prices are in `to_year` as in `from_year`.

        Raises SettingError for a year that the index does not have: a calendar year is no financial year.
        """
        start, end = check_year(from_year), check_year(to_year)
        if start == end:
            return Decimal(1)
        for year in (start, end):
            if year not in self.index:
                raise SettingError(self._say_missing(year))
        with localcontext() as context:
            context.prec = DIGITS
            return self.index[end] / self.index[start]

    def _say_missing(self, year: str) -> str:
        kind = "financial" if "-" in year else "calendar"
        same = [known for known in self.index if ("-" in known) == ("-" in year)]
        has = f"It has {kind} years {same[0]} to {same[-1]}." if same else f"It has no {kind} years at all."
        return f"The price index has no {year}. {has} Give a deflators.csv with that year (HM Treasury publishes both kinds)."


def check_year(year: str | int) -> str:
    """A price year as text: "2019", or the financial year "2019-20". Raises SettingError for what is neither."""
    text = str(year).strip()
    if not _YEAR.fullmatch(text):
        raise SettingError(f"The price year {text[:20]!r} is no year. Write 2019, or 2019-20 for a financial year.")
    if "-" in text and (int(text[:4]) + 1) % 100 != int(text[5:]):
        raise SettingError(
            f"The financial year {text} does not end in the year after it begins. Write {next_year(text)}."
        )
    return text


def next_year(text: str) -> str:
    """The financial year that begins in the year that the text begins with."""
    start = int(text[:4])
    return f"{start}-{(start + 1) % 100:02d}"


def read_deflators(path: Path) -> Deflators:
    """The price index in a file of the declared shape. Raises TableError where a year cannot be one."""
    return index_prices(read_table(DEFLATORS, path), file=path.name)


def index_prices(frame: pl.DataFrame, *, file: str = DEFLATORS.file) -> Deflators:
    """As `read_deflators`, from a table that has been read."""
    years = [(row["row"], row["year"]) for row in frame.iter_rows(named=True)]
    check_years(file, years, column="year")
    index = dict(zip((str(year) for _, year in years), frame["price_index"], strict=True))
    if not index:
        raise TableError(f"{file}: there are no years. Write one row for each.")
    ordered = {year: Decimal(str(index[year])) for year in sorted(index)}
    return Deflators(ordered, "; ".join(dict.fromkeys(frame["source"].to_list())))


def check_years(file: str, years: list[tuple[int, str]], *, column: str) -> None:
    """Refuse with a TableError that names the rows whose price year cannot be one."""
    for row, year in years:
        try:
            check_year(year)
        except SettingError as error:
            raise TableError(f"{file}, column {column}, row {row}: {error}") from error


def check_index(
    file: str, years: list[tuple[int, str]], *, price_year: str, deflators: Deflators | None = None
) -> None:
    """Refuse with a TableError that names the rows whose price year the index does not have."""
    rows: dict[str, list[int]] = {}
    for row, year in years:
        rows.setdefault(year, []).append(row)
    problems = []
    for year, numbers in rows.items():
        try:
            (deflators or gdp_deflators()).ratio(from_year=year, to_year=price_year)
        except SettingError as error:
            what, _, what_to_do = str(error).partition(". ")
            what = f"{year} cannot be brought to {price_year} prices: {what[:1].lower()}{what[1:]}"
            problems.append(Problem(file, what, what_to_do, tuple(numbers), "price_year"))
    if problems:
        raise TableError(tell_problems(problems))


@cache
def gdp_deflators() -> Deflators:
    """The GDP deflator of calendar years, as HM Treasury published it in December 2025."""
    return read_deflators(SHIPPED)


def in_prices_of(
    amount: Decimal, *, from_year: str | int, to_year: str | int, deflators: Deflators | None = None
) -> Decimal:
    """The amount in the prices of `to_year`, not rounded; by the shipped GDP deflator unless another index is given.

    >>> round(in_prices_of(Decimal(100), from_year=2019, to_year=2024), 2)
    Decimal('123.29')
    """
    with localcontext() as context:
        context.prec = DIGITS
        return amount * (deflators or gdp_deflators()).ratio(from_year=from_year, to_year=to_year)
