"""Putting the frames of a panel into the columns, types and order that are declared for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from swis.errors import TableError
from swis.panel.panel_table import PANEL
from swis.tables.column import Kind
from swis.tables.convert import DATA_TYPES
from swis.tables.panel import YEAR_GROUPS
from swis.tables.table import Table

NUMBER_FORMS: Mapping[Kind, pl.DataType] = {**DATA_TYPES, Kind.NUMBER: pl.Float64()}
"""The types of a panel's columns: numbers with decimals are floats."""
DECIMALS = 6
"""As many as a declared table holds, so that a panel comes back from its folder as it went in."""

_WRITE_YEAR_GROUPS = f"There are: {', '.join(YEAR_GROUPS)}."


def shape_frame(table: Table, frame: pl.DataFrame, *, authority: str = "") -> pl.DataFrame:
    """The frame with the declared columns, types and order of columns; rows sorted by the key.

    An optional column that is not there is null. Empty text is null. Raises TableError.
    """
    if "authority" in table.column_names and "authority" not in frame.columns and authority:
        frame = frame.with_columns(authority=pl.lit(authority))
    missing = [column.name for column in table.columns if column.required and column.name not in frame.columns]
    if missing:
        raise TableError(f"{table.file} of the panel lacks the column {', '.join(missing)}. Build the panel again.")
    return _checked(table, frame.select(_columns(table, frame))).sort(table.key or table.column_names[0])


def shape_cells(frame: pl.DataFrame, *, terms: tuple[str, ...]) -> pl.DataFrame:
    """The cells with every declared column, sorted by school, by term in the order given, and by year group."""
    extra = [name for name in frame.columns if name not in PANEL.column_names]
    if extra:
        raise TableError(f"{PANEL.file} has a column {', '.join(extra)} that is no outcome. Take it out.")
    cells = shape_frame(PANEL, frame)
    unknown = sorted(set(cells["year_group"]) - set(YEAR_GROUPS))
    if unknown:
        raise TableError(f"{PANEL.file}, column year_group: there is no {', '.join(unknown)}. {_WRITE_YEAR_GROUPS}")
    return cells.sort("school", _place_in("term", terms), _place_in("year_group", YEAR_GROUPS))


def _place_in(column: str, order: Sequence[str]) -> pl.Expr:
    return pl.col(column).replace_strict({name: place for place, name in enumerate(order)}, default=len(order))


def _columns(table: Table, frame: pl.DataFrame) -> list[pl.Expr]:
    shaped = []
    for column in table.columns:
        form = NUMBER_FORMS[column.kind]
        expression = pl.col(column.name) if column.name in frame.columns else pl.lit(None)
        expression = expression.cast(form)
        if form == pl.Float64():
            expression = expression.round(DECIMALS)
        elif form == pl.String():
            expression = pl.when(expression.str.strip_chars() != "").then(expression.str.strip_chars())
        shaped.append(expression.alias(column.name))
    return shaped


def _checked(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    for column in table.columns:
        values = frame[column.name]
        if column.required and values.null_count():
            raise TableError(f"{table.file}, column {column.name}: {values.null_count():,} values are empty.")
        if column.minimum is not None and values.lt(column.minimum).any():
            raise TableError(f"{table.file}, column {column.name}: a value is less than {column.minimum}.")
        unknown = sorted(set(values.drop_nulls().unique()) - set(column.code_names)) if column.codes else []
        if unknown:
            raise TableError(f"{table.file}, column {column.name}: {unknown[0]!r} is none of the codes.")
    if table.key and frame.select(table.key).is_duplicated().any():
        again = frame.filter(frame.select(table.key).is_duplicated()).row(0, named=True)
        said = ", ".join(str(again[name]) for name in table.key if again[name] is not None)
        raise TableError(f"{table.file}: the same {', '.join(table.key)} more than once: {said}. Keep one row.")
    return frame
