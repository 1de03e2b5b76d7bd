"""The unique pupil number: its form and its check letter.

Source: the Department's guide to unique pupil numbers. The letter is the one at place (sum of i times the character at i, for
i from 2 to 13) modulo 23 in ABCDEFGHJKLMNPQRTUVWXYZ. In a temporary number the last character is a letter, and counts as its
place in the same alphabet.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from swis.ingest.finding import Effect, Matter, Tally

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_FORM = r"^[A-Z]\d{11}[\dA-Z]$"
_WHY_NONE = [f"UN{number}" for number in range(1, 8)]
_LENGTH = 13
_VALUES = np.full(128, -1, dtype=np.int64)
_VALUES[[ord(digit) for digit in "0123456789"]] = range(10)
_VALUES[[ord(letter) for letter in CHECK_LETTERS]] = range(len(CHECK_LETTERS))


def check_letter_of(number: str) -> str | None:
    """The check letter that belongs to the last twelve characters of a number; None if it does not have the form."""
    return CHECK_LETTERS[_remainders([number])[0]] if _is_formed(number) else None


def _is_formed(number: str) -> bool:
    body = number[1:]
    return len(number) == _LENGTH and body[:-1].isdecimal() and body.isascii() and (_VALUES[ord(body[-1])] >= 0)


def _remainders(numbers: list[str]) -> np.ndarray:
    characters = np.frombuffer("".join(numbers).encode("ascii"), dtype=np.uint8).reshape(-1, _LENGTH)
    weights = np.arange(2, _LENGTH + 1)
    return (_VALUES[characters[:, 1:]] @ weights) % len(CHECK_LETTERS)


def check_unique_pupil_numbers(
    table: str, frame: pl.DataFrame, tally: Tally, *, column: str, place: str
) -> pl.DataFrame:
    """The frame with its numbers in capitals; what is wrong with them is counted, and nothing is rejected.

    UN1 to UN7 in place of a number is no number and becomes null. A malformed number, a wrong check letter and a temporary
    number are kept.
    """
    where = (table, column)
    capitals = _write_in_capitals(frame[column])
    tidied = (capitals != frame[column]).fill_null(False)
    tally.note(where, Matter.TIDIED, Effect.REPAIRED, frame[place].filter(tidied))
    formed = capitals.str.contains(_FORM)
    tally.note(where, Matter.UPN_MALFORMED, Effect.KEPT, frame[place].filter(~formed.fill_null(True)))
    formed = formed.fill_null(False)
    places, numbers = frame[place].filter(formed), capitals.filter(formed)
    if len(numbers):
        letters = pl.Series(list(CHECK_LETTERS)).gather(_remainders(numbers.to_list()))
        tally.note(where, Matter.UPN_WRONG_LETTER, Effect.KEPT, places.filter(numbers.str.head(1) != letters))
        tally.note(where, Matter.UPN_TEMPORARY, Effect.KEPT, places.filter(numbers.str.contains(r"[A-Z]$")))
    return frame.with_columns(capitals)


def _write_in_capitals(numbers: pl.Series) -> pl.Series:
    """Numbers of the right form in capitals, others as they are; reasons for having none become null."""
    number = pl.lit(numbers)
    upper = number.str.to_uppercase()
    value = pl.when(upper.is_in(_WHY_NONE)).then(None).when(upper.str.contains(_FORM)).then(upper).otherwise(number)
    return pl.select(value.alias(numbers.name)).to_series()
