"""Days as whole numbers, so that every engine does the same arithmetic with them."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import polars as pl

FIRST_DAY = date(1970, 1, 1)
NEVER = 1_000_000
"""A day that no return reaches: the end of what goes on."""
FIRST_MONTH = 9


def number_days(day: ir.Value) -> ir.IntegerValue:
    """Days since 1 January 1970; null for null."""
    return day.cast("date").delta(ibis.date(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day), unit="day").cast("int64")


def academic_year(day: ir.Value) -> ir.IntegerValue:
    """The academic year of a date, by the year in which it begins; as `swis.terms.academic_year_of`."""
    return (day.year() - (day.month() < FIRST_MONTH).cast("int64")).cast("int64")


def number_days_of(days: pl.Expr) -> pl.Expr:
    """As `number_days`, of a column of a frame."""
    return days.cast(pl.Date).dt.epoch("d").cast(pl.Int64)
