"""Schools with the same year groups in every term: among these alone may counts by year group stand beside counts by school."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from swis.disclosure.count_table import Counts

PUPILS = ("pupils_on_census_day", "mean_pupils")
"""Both measures of pupils; the first is taken where it is there for every row."""


@dataclass(frozen=True, eq=False, repr=False)
class SchoolsAlike:
    """Counts by term and year group of the schools that share every year group of every term. Not for showing.

    Readers know which year groups a school has. Where each school of a set has each year group of it, any counts by school and
    any by year group with the same total of the term are possible together: two tables are tied through that total alone.
    """

    schools: tuple[str, ...]
    year_groups: tuple[str, ...]
    by_year_group: Counts
    pupils: Counts | None

    def __repr__(self) -> str:
        return f"SchoolsAlike({len(self.schools)} schools, {len(self.year_groups)} year groups; not for showing)"


def group_schools(cells: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The schools of these cells in sets that have pupils in the same year groups in every term, however pupils are measured."""
    there = cells.filter(has_pupils()).select(
        "school", pl.struct("term", "year_group", *(pl.col(name) > 0 for name in PUPILS)).alias("has")
    )
    has: dict[str, set[tuple[object, ...]]] = {school: set() for school in cells["school"].unique().sort()}
    for school, each in there.iter_rows():
        has[school].add(tuple(each.values()))
    sets: dict[frozenset[tuple[object, ...]], list[str]] = {}
    for school, what in has.items():
        sets.setdefault(frozenset(what), []).append(school)
    return tuple(tuple(schools) for schools in sets.values())


def has_pupils() -> pl.Expr:
    """Whether a cell has pupils by either measure, or nobody knows how many it has."""
    some = pl.any_horizontal(pl.col(name).fill_null(0) > 0 for name in PUPILS)
    return some | pl.all_horizontal(pl.col(name).is_null() for name in PUPILS)
