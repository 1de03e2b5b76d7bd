"""Dates that make no sense: counted and kept, never altered."""

from __future__ import annotations

from datetime import date

import polars as pl

from swis.ingest.finding import Effect, Matter, Tally
from swis.tables.column import Kind
from swis.tables.table import Table

_FIRST_SENSIBLE = date(1900, 1, 1)
_OF_THE_CHILD = frozenset({"born_on", "died_on", "expected_on", "own_child_born_on"})
_MAY_LIE_AHEAD = frozenset({"expected_on", "conference_due_on", "closed_on"})


def check_dates(table: Table, frame: pl.DataFrame, tally: Tally, *, place: str, returned_on: date | None) -> None:
    """Counts the dates of a table that lie before 1900 or after the day of the return, and ends before their start.

    If the frame has `born_on` and `died_on` beside events, events before birth and after death are counted too. A referral
    before birth may be right: it is made for an unborn child.
    """
    for column in table.columns:
        if column.kind is not Kind.DATE:
            continue
        days = frame[column.name]
        _note(tally, table, column.name, Matter.BEFORE_1900, frame[place], days < _FIRST_SENSIBLE)
        if returned_on is not None and column.name not in _MAY_LIE_AHEAD:
            _note(tally, table, column.name, Matter.IN_THE_FUTURE, frame[place], days > returned_on)
        if column.name not in _OF_THE_CHILD:
            _check_life(tally, table, column.name, frame, place)
    _check_ends(tally, table, frame, place)


def _check_life(tally: Tally, table: Table, column: str, frame: pl.DataFrame, place: str) -> None:
    if "born_on" in frame.columns:
        _note(tally, table, column, Matter.BEFORE_BIRTH, frame[place], frame[column] < frame["born_on"])
    if "died_on" in frame.columns:
        _note(tally, table, column, Matter.AFTER_DEATH, frame[place], frame[column] > frame["died_on"])


def _check_ends(tally: Tally, table: Table, frame: pl.DataFrame, place: str) -> None:
    pairs = (
        ("started_on", "ended_on"),
        ("started_on", "authorised_on"),
        ("referred_on", "closed_on"),
        ("entered_on", "left_on"),
        ("opened_on", "closed_on"),
        ("born_on", "died_on"),
    )
    for start, end in pairs:
        if {start, end} <= set(table.column_names):
            _note(tally, table, end, Matter.ENDS_BEFORE_START, frame[place], frame[end] < frame[start])


def _note(tally: Tally, table: Table, column: str, matter: Matter, places: pl.Series, found: pl.Series) -> None:
    if found.any():
        tally.note((table.name, column), matter, Effect.KEPT, places.filter(found.fill_null(False)))
