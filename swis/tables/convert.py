"""From the text of one cell to its value, by the kind of its column."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

import polars as pl

from swis.errors import TableError
from swis.tables.column import Column, Kind
from swis.tables.printed import Printed

Value: TypeAlias = str | int | bool | date | Decimal | None

SUPPRESSED = frozenset(
    {"c", "x", "z", "u", "k", "low", "supp", "suppressed", ":", "..", ".", "*", "-", "–", "~", "n/a"}
)
DATA_TYPES: dict[Kind, pl.DataType] = {
    Kind.LABEL: pl.String(),
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.String(),
    Kind.PRINTED: pl.String(),
    Kind.WHOLE_NUMBER: pl.Int64(),
    Kind.NUMBER: pl.Decimal(38, 6),
    Kind.MONEY: pl.Decimal(38, 2),
    Kind.DATE: pl.Date(),
    Kind.YES_NO: pl.Boolean(),
}
DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d")
YES = frozenset({"1", "true", "yes", "y"})
NO = frozenset({"0", "false", "no", "n"})
_WHOLE_NUMBER = re.compile(r"[-+]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.0{1,6})?", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,6})?", re.ASCII)
_MONEY = re.compile(r"[-+]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?", re.ASCII)
_NUMERIC = frozenset({Kind.WHOLE_NUMBER, Kind.NUMBER, Kind.MONEY, Kind.PRINTED})


class Unreadable(Exception):
    """A cell that cannot be converted: what it is, and what to do. Never leaves this package."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(what)
        self.what = what
        self.what_to_do = what_to_do


def convert_cell(column: Column, text: str) -> tuple[Value, bool]:
    """The value of a cell, and whether it had to be repaired (1,002 for 1002, 5.0 for 5, £ taken off)."""
    if text == "":
        if column.required:
            raise Unreadable("empty", "Write the value, or take the row out.")
        return None, False
    if column.kind in _NUMERIC:
        return _convert_number(column, text)
    if column.kind is Kind.CODE:
        return _convert_code(column, text), False
    if column.kind is Kind.DATE:
        return _convert_date(text), False
    if column.kind is Kind.YES_NO:
        return _convert_yes_no(text), False
    return text, False


def _convert_date(text: str) -> date:
    day = text.removesuffix(" 00:00:00").removesuffix("T00:00:00")
    for form in DATE_FORMS:
        try:
            return datetime.strptime(day, form).date()
        except ValueError:
            continue
    raise Unreadable("not a date", "Write it as 2019-09-03 or 03/09/2019.")


def _convert_yes_no(text: str) -> bool:
    if text.casefold() not in YES | NO:
        raise Unreadable("neither yes nor no", "Write yes or no.")
    return text.casefold() in YES


def _convert_code(column: Column, text: str) -> str:
    if text not in column.code_names:
        raise Unreadable("none of the codes", f"Write one of: {', '.join(column.code_names)}.")
    return text


def _convert_number(column: Column, text: str) -> tuple[Value, bool]:
    if text.casefold() in SUPPRESSED or text.startswith(("<", ">")):
        raise Unreadable(
            "suppressed (a symbol in place of a number)",
            "A suppressed number is not zero. Ask for the number itself, or leave the school out of the outcome.",
        )
    if column.kind is Kind.PRINTED:
        return _convert_printed(text), False
    plain = text.removeprefix("£").strip() if column.kind is Kind.MONEY else text
    if not _pattern(column.kind).fullmatch(plain):
        raise Unreadable(f"not a {_form(column.kind)}", _advice(column.kind))
    digits = plain.replace(",", "").removeprefix("+")
    value = int(Decimal(digits)) if column.kind is Kind.WHOLE_NUMBER else Decimal(digits)
    if column.minimum is not None and value < column.minimum:
        raise Unreadable(f"less than {column.minimum}", f"The smallest that can be is {column.minimum}.")
    if column.above is not None and value <= column.above:
        raise Unreadable(f"not above {column.above}", f"Write a number above {column.above}.")
    return value, digits != text or _is_whole_with_decimals(column.kind, digits)


def _convert_printed(text: str) -> str:
    try:
        return Printed(text).text
    except TableError:
        raise Unreadable("not a number as printed", "Write digits, such as 0.50 or 1.43E-08.") from None


def _is_whole_with_decimals(kind: Kind, digits: str) -> bool:
    return kind is Kind.WHOLE_NUMBER and "." in digits


def _pattern(kind: Kind) -> re.Pattern[str]:
    return {Kind.WHOLE_NUMBER: _WHOLE_NUMBER, Kind.NUMBER: _NUMBER, Kind.MONEY: _MONEY}[kind]


def _form(kind: Kind) -> str:
    return {Kind.WHOLE_NUMBER: "whole number", Kind.NUMBER: "number", Kind.MONEY: "sum in pounds and pence"}[kind]


def _advice(kind: Kind) -> str:
    return {
        Kind.WHOLE_NUMBER: "Write digits only, such as 12.",
        Kind.NUMBER: "Write digits, with at most six decimals.",
        Kind.MONEY: "Write digits, with at most two decimals, such as 1182.88.",
    }[kind]
