"""The errors of care episodes: overlaps, gaps, rows that come twice, reasons for an end without an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from swis.ingest.finding import Matter
from swis.synthetic.mess_rates import MessRates
from swis.synthetic.sheet import Sheet

_FORM = "%d/%m/%Y"
_DAYS_OVER, _DAYS_SHORT, _LONG_ENOUGH = 3, 4, 10
_FOLLOWED = "X1"


def spoil_episodes(sheet: Sheet, rates: MessRates, *, write_otherwise: Callable[[str], str]) -> None:
    """Spoils the table `episodes`, whose rows are in the order of child and day."""
    _shift_ends(sheet, rates)
    unended = np.array([ended is None for ended in sheet.column("ended_on")], dtype=bool)
    picked = sheet.hand.pick(rates.reasons_without_end, unended)
    sheet.change(
        "reason for an end without an end", "reason_ended", picked, lambda _: "E8", finding=Matter.REASON_WITHOUT_END
    )
    everywhere = np.ones(len(unended), dtype=bool)
    picked = sheet.hand.pick(rates.small_letters, everywhere)
    sheet.change("code in small letters", "reason_for_new_episode", picked, str.lower, finding=Matter.TIDIED)
    picked = sheet.hand.pick(rates.dates_written_otherwise, everywhere)
    sheet.change("date written otherwise", "started_on", picked, write_otherwise, finding=None)
    twice = sheet.hand.pick(rates.rows_twice, everywhere)
    sheet.add([sheet.row(row) for row in twice])
    sheet.note("row twice", "started_on", Matter.DUPLICATE, len(twice))
    sheet.fray(blank=rates.blank_rows, too_many=0.0, mark=bool(sheet.rng.random() < 0.5))


def _shift_ends(sheet: Sheet, rates: MessRates) -> None:
    """Ends that come a few days late or early, where another episode follows at once."""
    for error, share, days, finding in (
        ("overlaps the next episode", rates.episodes_overlapping, _DAYS_OVER, Matter.OVERLAP),
        ("gap before the next episode", rates.episodes_with_gap, -_DAYS_SHORT, Matter.GAP),
    ):
        picked = sheet.hand.pick(share, _followed(sheet))
        ends = sheet.column("ended_on")
        for row in picked:
            ends[row] = (datetime.strptime(ends[row], _FORM) + timedelta(days=days)).strftime(_FORM)
        sheet.hand.free[np.array(picked, dtype=np.int64) + 1] = False
        sheet.note(error, "started_on", finding, len(picked))


def _followed(sheet: Sheet) -> np.ndarray:
    """The rows that end on the day on which the child's next row begins, and are long, as is the next; neither was picked."""
    child, starts, ends, reasons = (sheet.column(name) for name in ("child", "started_on", "ended_on", "reason_ended"))
    found = np.zeros(len(child), dtype=bool)
    for row in range(len(child) - 1):
        if reasons[row] != _FOLLOWED or child[row + 1] != child[row] or not sheet.hand.free[row + 1]:
            continue
        long = _days(starts[row], ends[row]) >= _LONG_ENOUGH
        # The next end must not be moved too: of three rows in a row only the first end may be.
        found[row] = long and (row == 0 or sheet.hand.free[row]) and not (row and found[row - 1])
    return found


def _days(start: str, end: str) -> int:
    return (datetime.strptime(end, _FORM) - datetime.strptime(start, _FORM)).days
