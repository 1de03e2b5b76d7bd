"""From the texts of one column to its values: by the rules of `convert_cell`, with the plain cells taken all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from swis.tables.column import Column, Kind
from swis.tables.convert import DATA_TYPES, Unreadable, Value, convert_cell
from swis.tables.problem import Problem

Wrong: TypeAlias = dict[tuple[str, str], list[int]]

_PLAIN_NUMBERS = {Kind.NUMBER: r"^[0-9]{1,12}(\.[0-9]{1,6})?$", Kind.MONEY: r"^[0-9]{1,12}(\.[0-9]{1,2})?$"}
_MOST_DIGITS = 12


@dataclass
class ColumnConversion:
    """One column while its blocks are converted: the rows that were repaired, and those that cannot be read and why."""

    column: Column
    cells: int = 0
    repaired: list[int] = field(default_factory=list)
    wrong: Wrong = field(default_factory=dict)

    def convert(self, texts: pl.Series, numbers: pl.Series) -> pl.Series:
        """The values of more cells; null where a cell cannot be read. `numbers` are the rows of the file."""
        self.cells += texts.len()
        values = _read_plain(self.column, texts)
        left = values.is_null()
        if not self.column.required:
            left &= texts != ""
        if not left.any():
            return values.alias(self.column.name)
        rest = self._convert_each(texts.filter(left), numbers.filter(left))
        told = pl.Series(rest.keys(), dtype=pl.String)
        settled = pl.Series(rest.values(), dtype=values.dtype, strict=True)
        return values.zip_with(~left, texts.replace_strict(told, settled, default=None)).alias(self.column.name)

    def _convert_each(self, texts: pl.Series, numbers: pl.Series) -> dict[str, Value]:
        values: dict[str, Value] = {}
        repaired: list[str] = []
        reasons: dict[str, tuple[str, str]] = {}
        for text in texts.unique(maintain_order=True):
            try:
                values[text], was_repaired = convert_cell(self.column, text)
            except Unreadable as problem:
                values[text] = None
                reasons[text] = (problem.what, problem.what_to_do)
                continue
            if was_repaired:
                repaired.append(text)
        if repaired:
            self.repaired += numbers.filter(texts.is_in(repaired)).to_list()
        for reason in dict.fromkeys(reasons.values()):
            same = [text for text, each in reasons.items() if each == reason]
            self.wrong.setdefault(reason, []).extend(numbers.filter(texts.is_in(same)).to_list())
        return values

    def problems(self, file: str) -> list[Problem]:
        """What cannot be read, each reason with its rows."""
        return [
            Problem(file, _say_how_many(len(rows), self.cells, what), to_do, tuple(rows), self.column.name)
            for (what, to_do), rows in self.wrong.items()
        ]


def _say_how_many(wrong: int, of: int, what: str) -> str:
    return f"{wrong:,} of {of:,} values {'is' if wrong == 1 else 'are'} {what}"


def _read_plain(column: Column, texts: pl.Series) -> pl.Series:
    """The values of cells that are written as declared; null for the rest."""
    form = DATA_TYPES[column.kind]
    if column.kind in (Kind.LABEL, Kind.TEXT):
        return _where(texts, texts != "")
    if column.kind is Kind.CODE:
        return _where(texts, texts.is_in(column.code_names))
    if column.kind is Kind.WHOLE_NUMBER:
        signed = texts.str.starts_with("+") | texts.str.starts_with("-")
        values = texts.cast(form, strict=False)
        return _within(column, _where(values, ~signed & (texts.str.len_bytes() <= _MOST_DIGITS)))
    if column.kind in _PLAIN_NUMBERS:
        plain = texts.str.contains(_PLAIN_NUMBERS[column.kind])
        return _within(column, _where(texts, plain).cast(form))
    return pl.select(pl.repeat(None, texts.len(), dtype=form)).to_series()


def _within(column: Column, values: pl.Series) -> pl.Series:
    if column.minimum is not None:
        values = _where(values, values >= column.minimum)
    return values if column.above is None else _where(values, values > column.above)


def _where(values: pl.Series, keep: pl.Series) -> pl.Series:
    return pl.select(pl.when(keep).then(values)).to_series()
