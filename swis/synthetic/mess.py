"""The errors that real returns have, made on purpose: in which file, which error, how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

from swis.ingest.finding import Matter
from swis.synthetic.mess_rates import MessRates
from swis.synthetic.pupil_numbers import change_letter, make_unique_pupil_numbers
from swis.synthetic.sheet import Hand, Sheet
from swis.synthetic.spoil_children import spoil_children
from swis.synthetic.spoil_episodes import spoil_episodes
from swis.tables.returns.school_census import EXCLUSIONS, PUPILS_NO_LONGER_ON_ROLL, PUPILS_ON_ROLL
from swis.tables.returns.schools_register import SCHOOLS
from swis.tables.returns.ssda903 import EPISODES, LOOKED_AFTER_CHILDREN
from swis.tables.table import Table

_STREAM = 300
_COLUMNS = ("file", "table", "column", "error", "finding", "times")
_NEW_NUMBERS = 500_000_000
_ROWS_OF_WINDOWS = 1_000


class Mess:
    """Spoils returns at stated rates, and keeps the list of what it did. The same seed spoils the same."""

    def __init__(self, rates: MessRates | None = None, *, seed: int) -> None:
        self._rates = rates or MessRates()
        self._seed = seed
        self._done: list[tuple[str, str, str, str, str, int]] = []

    def tabulate(self) -> pl.DataFrame:
        """Every error: file, table, column, error in words, finding (as the readers call it, or empty), times."""
        schema: dict[str, type[pl.DataType]] = dict.fromkeys(_COLUMNS, pl.String) | {"times": pl.Int64}
        return pl.DataFrame(self._done, schema=schema, orient="row")

    def spoil_children(self, file: str, children: list[dict[str, Any]], year: int) -> list[dict[str, Any]]:
        """The children of a census with errors; the rows are changed in place and some come twice."""
        hand = Hand(len(children), self._rng(file))
        return spoil_children(children, hand, self._rates, note=self._noting(file), last_day=date(year, 3, 31))

    def spoil_table(self, file: str, table: Table, frame: pl.DataFrame) -> Sheet | None:
        """The table with errors; None if this kind of file is left as it is."""
        spoil = _SPOIL.get(table.name)
        if spoil is None or not frame.height:
            return None
        note = self._noting(file)

        def of_table(error: str, column: str, finding: Matter | None, times: int) -> None:
            note(error, table.name, column, finding, times)

        sheet = Sheet(frame, self._rng(file), of_table)
        spoil(sheet, self._rates)
        if table is SCHOOLS:
            _write_letters_of_windows(sheet, self._rates, note)
        return sheet

    def _rng(self, file: str) -> np.random.Generator:
        return np.random.default_rng([self._seed, _STREAM, crc32(file.encode())])

    def _noting(self, file: str) -> Callable[[str, str, str, Matter | None, int], None]:
        def note(error: str, table: str, column: str, finding: Matter | None, times: int) -> None:
            if times:
                self._done.append((file, table, column, error, finding.value if finding else "", times))

        return note


def _spoil_numbers(sheet: Sheet, rates: MessRates) -> None:
    name = "unique_pupil_number"
    whole = sheet.where(name, lambda number: not number.startswith("UN"))
    for error, share, how, finding in (
        ("wrong check letter", rates.wrong_letters, change_letter, Matter.UPN_WRONG_LETTER),
        ("a digit left out", rates.malformed_numbers, lambda number: number[:-1], Matter.UPN_MALFORMED),
        ("check letter in small", rates.small_letters, str.lower, Matter.TIDIED),
    ):
        sheet.change(error, name, sheet.hand.pick(share, whole), how, finding=finding)


def _code_in(number: str) -> str:
    """The code of the authority that gave a unique pupil number."""
    return number[1:4]


def _use_new_numbers(sheet: Sheet, rates: MessRates) -> np.ndarray:
    """Pupils with a new number, the same pupils in every census; where there is a column for it the former one stands beside."""
    numbers = sheet.column("unique_pupil_number")
    running = np.array([int(number[4:]) for number in numbers])
    chosen = running * 2_654_435_761 % 2**32 < rates.former_numbers * 2**32
    rows = np.flatnonzero(chosen & sheet.hand.free)
    sheet.hand.free[rows] = False
    new = make_unique_pupil_numbers(_code_in(numbers[0]), _NEW_NUMBERS + running[rows])
    former = dict(zip(rows.tolist(), [numbers[row] for row in rows], strict=True))
    for row, number in zip(rows.tolist(), new.tolist(), strict=True):
        numbers[row] = number
    sheet.note("new number, while social care has the former", "unique_pupil_number", None, len(rows))
    spread = np.full(len(numbers), None, dtype=object)
    spread[rows] = [former[row] for row in rows.tolist()]
    return spread


def _spoil_roll(sheet: Sheet, rates: MessRates) -> None:
    former = _use_new_numbers(sheet, rates)
    sheet.column("former_unique_pupil_number")[:] = former.tolist()
    _spoil_numbers(sheet, rates)
    whole = sheet.where("unique_pupil_number", lambda _: True)
    sheet.change(
        "no number", "unique_pupil_number", sheet.hand.pick(rates.missing_numbers, whole), _nothing, finding=None
    )
    picked = sheet.hand.pick(rates.small_letters, whole)
    sheet.change("code in small letters", "enrolment_status", picked, str.lower, finding=Matter.TIDIED)
    picked = sheet.hand.pick(rates.dates_written_otherwise, whole)
    sheet.change("date written otherwise", "entered_on", picked, write_otherwise, finding=None)
    _miss_more_than_possible(sheet, rates)
    twice = sheet.hand.pick(rates.rows_twice, whole)
    sheet.add([sheet.row(row) for row in twice])
    sheet.note("row twice", "unique_pupil_number", Matter.DUPLICATE, len(twice))
    _put_on_two_rolls(sheet, rates, whole)
    sheet.fray(blank=rates.blank_rows, too_many=rates.too_many_cells, mark=bool(sheet.rng.random() < 0.5))


def _miss_more_than_possible(sheet: Sheet, rates: MessRates) -> None:
    picked = sheet.hand.pick(
        rates.more_missed_than_possible, sheet.where("sessions_possible", lambda number: number > 0)
    )
    possible, missed = sheet.column("sessions_possible"), sheet.column("sessions_authorised")
    for row in picked:
        missed[row] = possible[row] + 4
    sheet.note("more sessions missed than possible", "sessions_possible", Matter.MORE_MISSED_THAN_POSSIBLE, len(picked))


def _put_on_two_rolls(sheet: Sheet, rates: MessRates, whole: np.ndarray) -> None:
    schools = sheet.column("school")
    several = sorted(set(schools))
    if len(several) < 2:
        return
    rows = sheet.hand.pick(rates.on_two_rolls, whole)
    status = sheet.column("enrolment_status")
    for row in rows:
        status[row] = "M"
        other = several[(several.index(schools[row]) + 1) % len(several)]
        nothing = {name: None for name in sheet.row(row) if "sessions" in name}
        sheet.add(
            [sheet.row(row) | nothing | {"school": other, "enrolment_status": "S", "pupil_record": f"9{row:09d}"}]
        )
    sheet.note("on the roll of a second school", "unique_pupil_number", Matter.AT_SEVERAL_SCHOOLS, len(rows))


def _spoil_leavers(sheet: Sheet, rates: MessRates) -> None:
    _use_new_numbers(sheet, rates)
    _spoil_numbers(sheet, rates)
    whole = sheet.where("unique_pupil_number", lambda _: True)
    picked = sheet.hand.pick(rates.stays_never_closed, whole)
    sheet.remove(picked)
    sheet.note("stay never closed", "left_on", None, len(picked))
    picked = sheet.hand.pick(rates.dates_unreadable, whole)
    sheet.change(
        "date that does not exist", "left_on", picked, lambda day: f"{day[:5]}02-30", finding=Matter.UNREADABLE
    )


def _spoil_exclusions(sheet: Sheet, rates: MessRates) -> None:
    everywhere = sheet.where("category", lambda _: True)
    picked = sheet.hand.pick(rates.small_letters, everywhere)
    sheet.change("code in small letters", "category", picked, str.lower, finding=Matter.TIDIED)
    twice = sheet.hand.pick(rates.rows_twice, everywhere)
    sheet.add([sheet.row(row) for row in twice])
    sheet.note("row twice", "started_on", None, len(twice))


def _spoil_looked_after(sheet: Sheet, rates: MessRates) -> None:
    name = "unique_pupil_number"
    _spoil_numbers(sheet, rates)
    whole = sheet.where(name, lambda number: not number.startswith("UN"))
    picked = sheet.hand.pick(rates.missing_numbers, whole)
    sheet.change("UN5 in place of the number", name, picked, lambda _: "UN5", finding=None)
    numbers, givers = sheet.column(name), sheet.hand.pick(rates.shared_numbers, whole)
    takers = sheet.hand.pick(rates.shared_numbers, whole)[: len(givers)]
    for giver, taker in zip(givers, takers, strict=False):
        numbers[taker] = numbers[giver]
    sheet.note("the number of another child", name, Matter.SHARED_UPN, len(takers))
    sheet.fray(blank=rates.blank_rows, too_many=0.0, mark=bool(sheet.rng.random() < 0.5))


def _spoil_schools(sheet: Sheet, rates: MessRates) -> None:
    picked = sheet.hand.pick(rates.symbols, sheet.where("free_school_meals_percent", lambda _: True))
    sheet.change(
        "SUPP in place of a number", "free_school_meals_percent", picked, lambda _: "SUPP", finding=Matter.SYMBOL
    )


def _write_letters_of_windows(
    sheet: Sheet, rates: MessRates, note: Callable[[str, str, str, Matter | None, int], None]
) -> None:
    names = sheet.column("school_name")
    possible = np.arange(len(names)) < _ROWS_OF_WINDOWS
    picked = sheet.hand.pick(rates.letters_of_windows, possible)
    for row in picked:
        names[row] = f"St Zoë’s {names[row]}"
    # A reader counts a part of a file, not a letter: these rows all stand in the first part.
    note("letters in Windows-1252", "", "", Matter.NOT_UTF_8, int(bool(picked)))


def write_otherwise(day: str) -> str:
    """A date in the other of the two usual forms."""
    if "/" in day:
        first, month, year = day.split("/")
        return f"{year}-{month}-{first}"
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def _nothing(_value: object) -> None:
    return None


def _spoil_care_episodes(sheet: Sheet, rates: MessRates) -> None:
    spoil_episodes(sheet, rates, write_otherwise=write_otherwise)


_SPOIL: dict[str, Callable[[Sheet, MessRates], None]] = {
    PUPILS_ON_ROLL.name: _spoil_roll,
    PUPILS_NO_LONGER_ON_ROLL.name: _spoil_leavers,
    EXCLUSIONS.name: _spoil_exclusions,
    LOOKED_AFTER_CHILDREN.name: _spoil_looked_after,
    EPISODES.name: _spoil_care_episodes,
    SCHOOLS.name: _spoil_schools,
}
