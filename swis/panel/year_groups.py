"""Year groups as numbers that grow by one a year: reception is 0, the nursery years lie below."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import polars as pl

UNKNOWN = "unknown"
_BELOW_RECEPTION = {"E1": -4, "E2": -3, "N1": -2, "N2": -1, "R": 0}
NUMBERS = _BELOW_RECEPTION | {str(year): year for year in range(1, 15)}
LABELS = {number: label for label, number in NUMBERS.items()}
AGE_OF_ENTRY = 5
"""A child born in academic year 2010-11 is in reception in 2015-16."""


def number_year_group(year_group: ir.Value) -> ir.IntegerValue:
    """The number of a year group; null for mixed, none and unknown."""
    return year_group.cases(*NUMBERS.items(), else_=ibis.null("int64")).cast("int64")


def label_year_group(number: pl.Expr) -> pl.Expr:
    """The label of a number; 'unknown' where there is none, and beyond year 14."""
    return number.replace_strict(LABELS, default=UNKNOWN, return_dtype=pl.String)
