"""From columns of text to typed columns, as declared, with everything that did not fit counted."""

from __future__ import annotations

import polars as pl

from swis.ingest.finding import Effect, Matter, Tally
from swis.ingest.leftover import Decision, settle
from swis.tables.column import Column, Kind
from swis.tables.table import Table

ROW = "row"
_DATA_TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.LABEL: pl.String,
    Kind.TEXT: pl.String,
    Kind.CODE: pl.String,
    Kind.WHOLE_NUMBER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.YES_NO: pl.Boolean,
}
_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M")
_FIRST_YEAR = 1000
_FORMULA = r"^[=@+]|^-[^\d]"


def data_type_of(column: Column) -> type[pl.DataType]:
    """The type of a column in a frame of a return."""
    return _DATA_TYPES[column.kind]


def type_rows(table: Table, rows: pl.DataFrame, tally: Tally, *, place: str = ROW) -> pl.DataFrame:
    """The rows of a table with its columns typed as declared; `rows` holds text under the declared names.

    A column that the reader makes (a number of a child) is taken as it is; one that did not arrive is null. A row that lacks
    a value in a required column is dropped. `place` is the column that says where a row stands in the file.
    """
    places = rows[place]
    typed = [rows[place]] if place not in table.column_names else []
    for column in table.columns:
        if not column.statutory and column.name in rows.columns:
            typed.append(rows[column.name])
            continue
        if column.name not in rows.columns:
            typed += _absent(column, rows.height)
            continue
        typed += _ColumnTyping(table, column, places, tally).type(rows[column.name])
    frame = pl.DataFrame(typed)
    required = [column.name for column in table.columns if column.required and column.name in frame.columns]
    kept = frame.drop_nulls(required)
    tally.count_rows(table.name, read=frame.height, kept=kept.height)
    return kept


def _absent(column: Column, height: int) -> list[pl.Series]:
    empty = [_nulls(column.name, data_type_of(column), height)]
    return [*empty, _nulls(f"{column.name}_symbol", pl.String, height)] if column.symbols else empty


class _ColumnTyping:
    """Types one column and notes what it found, at its table, column and places."""

    def __init__(self, table: Table, column: Column, places: pl.Series, tally: Tally) -> None:
        self._column = column
        self._places = places
        self._tally = tally
        self._where = (table.name, column.name)
        self._symbols: list[str] = []

    def type(self, series: pl.Series) -> list[pl.Series]:
        """The typed column, and beside it the symbols if it may have them."""
        text = _strip(series)
        if self._column.required:
            self._note(text.is_null(), Matter.NO_VALUE, Effect.DROPPED)
        if self._column.kind in (Kind.LABEL, Kind.TEXT):
            return [self._type_label(text)]
        typed = self._settle_the_rest(text, _read_quickly(self._column, text))
        if self._column.minimum is not None:
            low = (typed < self._column.minimum).fill_null(False)
            self._note(low, Matter.BELOW_MINIMUM, self._effect_of_null())
            typed = _null_where(typed, low)
        if not self._column.symbols:
            return [typed]
        return [typed, _null_where(text, ~text.is_in(self._symbols)).alias(f"{self._column.name}_symbol")]

    def _type_label(self, text: pl.Series) -> pl.Series:
        self._note(text.str.contains(_FORMULA).fill_null(False), Matter.FORMULA, Effect.KEPT)
        if not self._column.pattern:
            return text
        wrong = ~text.str.contains(f"^(?:{self._column.pattern})$").fill_null(True)
        total = wrong & text.is_in(["NAT", "ENG"])
        self._note(total, Matter.NOT_A_SCHOOL, self._effect_of_null())
        self._note(wrong & ~total, Matter.WRONG_FORM, self._effect_of_null())
        return _null_where(text, wrong)

    def _settle_the_rest(self, text: pl.Series, typed: pl.Series) -> pl.Series:
        left = text.is_not_null() & typed.is_null()
        if not left.any():
            return typed
        different = text.filter(left).unique()
        decisions = {each: settle(self._column, each) for each in different}
        self._note_decisions(text, left, decisions)
        self._symbols = [each for each, decision in decisions.items() if decision.matter is Matter.SYMBOL]
        settled = text.replace_strict(
            list(decisions), [decision.value for decision in decisions.values()], default=None, return_dtype=typed.dtype
        )
        return typed.zip_with(typed.is_not_null(), settled)

    def _note_decisions(self, text: pl.Series, left: pl.Series, decisions: dict[str, Decision]) -> None:
        kinds = {(decision.matter, decision.effect) for decision in decisions.values()}
        for matter, effect in sorted(kinds, key=str):
            if matter is None:
                continue
            texts = [each for each, made in decisions.items() if (made.matter, made.effect) == (matter, effect)]
            found = left & text.is_in(texts)
            self._note(found, matter, self._effect_of_null() if effect is Effect.NULL else effect)

    def _effect_of_null(self) -> Effect:
        return Effect.DROPPED if self._column.required else Effect.NULL

    def _note(self, found: pl.Series, matter: Matter, effect: Effect) -> None:
        if found.any():
            self._tally.note(self._where, matter, effect, self._places.filter(found))


def _strip(series: pl.Series) -> pl.Series:
    text = series.str.strip_chars()
    return _null_where(text, text == "")


def _null_where(series: pl.Series, mask: pl.Series) -> pl.Series:
    if not mask.any():
        return series
    empty = _nulls(series.name, series.dtype, len(series))
    return empty.zip_with(mask.fill_null(False), series).alias(series.name)


def _nulls(name: str, data_type: pl.DataType | type[pl.DataType], height: int) -> pl.Series:
    return (
        pl.Series(name, [None], dtype=data_type).new_from_index(0, height) if height else pl.Series(name, [], data_type)
    )


def _read_quickly(column: Column, text: pl.Series) -> pl.Series:
    """The values of texts that are written as declared; null for the rest."""
    if column.kind is Kind.DATE:
        return _read_dates(text)
    if column.kind is Kind.CODE:
        return _null_where(text, ~text.is_in(column.code_names))
    if column.kind is Kind.YES_NO:
        return _nulls(text.name, pl.Boolean, len(text))
    number = text.cast(data_type_of(column), strict=False)
    return number if number.dtype == pl.Int64 else _null_where(number, ~number.is_finite())


def _read_dates(text: pl.Series) -> pl.Series:
    days = _nulls(text.name, pl.Date, len(text))
    first = text.drop_nulls().head(1).to_list()
    slashed = bool(first) and "/" in first[0]
    for form in sorted(_DATE_FORMS, key=lambda form: ("/" in form) != slashed):
        left = days.is_null() & text.is_not_null()
        if not left.any():
            break
        read = text.str.to_date(form, strict=False)
        days = days.zip_with(~left, _null_where(read, read.dt.year() < _FIRST_YEAR))
    return days
