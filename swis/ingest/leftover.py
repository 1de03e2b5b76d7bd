"""The few texts of a column that are not written as most are: one decision for each different text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from swis.ingest.finding import Effect, Matter
from swis.tables.column import Column, Kind
from swis.tables.convert import NO, YES

Settled: TypeAlias = str | int | float | bool | None

SYMBOLS = {
    "supp": "suppressed",
    "c": "suppressed",
    "x": "not available or too few",
    "z": "not applicable",
    ":": "not available",
    "..": "not available",
    ".": "not applicable",
    "ne": "no entries",
    "np": "not published",
    "na": "not applicable or not available",
    "n/a": "not applicable or not available",
    "lowcov": "too few pupils covered",
    "low": "rounds to nothing",
    "k": "rounds to nothing",
    "u": "unreliable",
    "*": "suppressed",
    "-": "nothing or not applicable",
    "~": "rounds to nothing",
}
_WHOLE_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.0{1,9})?", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,15})?%?", re.ASCII)


@dataclass(frozen=True)
class Decision:
    """What a text becomes, and what is noted of it (nothing: it is as good as the others)."""

    value: Settled
    matter: Matter | None = None
    effect: Effect = Effect.NULL


def settle(column: Column, text: str) -> Decision:
    """The value of a text that is not written as declared, or why it has none."""
    if column.kind is Kind.CODE:
        return _settle_code(column, text)
    if column.kind is Kind.YES_NO:
        return _settle_yes_no(text)
    if column.kind in (Kind.WHOLE_NUMBER, Kind.NUMBER):
        return _settle_number(column, text)
    return Decision(None, Matter.UNREADABLE)


def _settle_code(column: Column, text: str) -> Decision:
    plain = text.removesuffix(".0").upper()
    recoded = dict(column.recoded)
    if plain in recoded:
        return Decision(recoded[plain], Matter.RECODED, Effect.RENAMED)
    for code in column.code_names:
        if plain == code.upper():
            return Decision(code, Matter.TIDIED, Effect.REPAIRED)
    return Decision(None, Matter.UNKNOWN_CODE)


def _settle_yes_no(text: str) -> Decision:
    plain = text.removesuffix(".0").casefold()
    if plain in YES | NO:
        return Decision(plain in YES)
    return Decision(None, Matter.UNREADABLE)


def _settle_number(column: Column, text: str) -> Decision:
    if text.casefold() in SYMBOLS or re.fullmatch(r"[<>]\s*\d{1,4}", text, re.ASCII):
        return Decision(None, Matter.SYMBOL)
    pattern = _WHOLE_NUMBER if column.kind is Kind.WHOLE_NUMBER else _NUMBER
    if not pattern.fullmatch(text):
        return Decision(None, Matter.UNREADABLE)
    number = float(text.replace(",", "").removesuffix("%"))
    value = int(number) if column.kind is Kind.WHOLE_NUMBER else number
    return Decision(value, Matter.TIDIED, Effect.REPAIRED)
