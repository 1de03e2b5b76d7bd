"""The terms of every calendar as one table, days as numbers, for joins inside an engine."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from swis.panel.days import number_days_of
from swis.terms import Holidays, TermCalendar, tabulate_terms

_DAYS = ("first_day", "last_day", "counts_from", "counts_to")
_CENSUS = {"autumn": (10, 1), "spring": (1, 3), "summer": (5, 3)}
_THURSDAY = 4


def tabulate_windows(calendars: Mapping[str, TermCalendar], *, holidays: Holidays) -> pl.DataFrame:
    """A row for each calendar and term: calendar, term, academic_year, the four days as numbers, census_day, days, whole.

    `days` are those from the first to the last day of the term; `census_day` is that of the school census of the term (of
    the whole term, for half-terms): the first Thursday of October, the third of January, the third of May.
    Source: Department for Education, School census: guide for schools and authorities, "Census dates".
    """
    tables = [
        tabulate_terms(calendar, holidays=holidays).with_columns(calendar=pl.lit(label))
        for label, calendar in calendars.items()
    ]
    terms = pl.concat(tables)
    parts = terms["term"].str.extract(r"^(autumn|spring|summer)").alias("part")
    terms = terms.with_columns(parts, census_day=find_census_days(terms["academic_year"], parts))
    return terms.select(
        "calendar",
        "term",
        "part",
        pl.col("academic_year").cast(pl.Int64),
        *(number_days_of(pl.col(day)).alias(day) for day in (*_DAYS, "census_day")),
        (pl.col("last_day") - pl.col("first_day")).dt.total_days().cast(pl.Int64).alias("days") + 1,
        "whole",
    )


def find_census_days(academic_year: pl.Series, part: pl.Series) -> pl.Series:
    """The day of the school census of each academic year and term ('autumn', 'spring', 'summer')."""
    month = part.replace_strict({name: month for name, (month, _) in _CENSUS.items()}, return_dtype=pl.Int32)
    which = part.replace_strict({name: which for name, (_, which) in _CENSUS.items()}, return_dtype=pl.Int32)
    frame = pl.DataFrame([academic_year.cast(pl.Int32).alias("year"), month.alias("month"), which.alias("which")])
    first = pl.date(pl.col("year") + (pl.col("month") < 9).cast(pl.Int32), "month", 1)
    to_thursday = (_THURSDAY - first.dt.weekday().cast(pl.Int32)) % 7
    return frame.select((first + pl.duration(days=to_thursday + 7 * (pl.col("which") - 1))).alias("census_day"))[
        "census_day"
    ]
