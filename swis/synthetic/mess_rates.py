"""How common each error is in returns with mess. All are assumptions, set so that every error is there to be found."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

from swis.errors import SettingError


@dataclass(frozen=True)
class MessRates:
    """Shares of the children or rows that can have the error; where any can, one has it. Blank rows and the like: of all rows.

    `former_numbers` is the share of pupils whose number on the rolls is a new one, while social care still has the former.
    """

    wrong_letters: float = 0.004
    malformed_numbers: float = 0.002
    small_letters: float = 0.003
    missing_numbers: float = 0.01
    former_numbers: float = 0.004
    shared_numbers: float = 0.001
    rows_twice: float = 0.003
    codes_unknown: float = 0.001
    dates_written_otherwise: float = 0.01
    dates_after_return: float = 0.002
    dates_unreadable: float = 0.002
    episodes_overlapping: float = 0.03
    episodes_with_gap: float = 0.03
    reasons_without_end: float = 0.01
    on_two_rolls: float = 0.002
    stays_never_closed: float = 0.02
    more_missed_than_possible: float = 0.001
    blank_rows: float = 0.0005
    too_many_cells: float = 0.0005
    symbols: float = 0.02
    letters_of_windows: float = 0.05

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not (isfinite(value) and 0 <= value <= 0.2):
                raise SettingError(f"{each.name} is {value}; it must lie between 0 and 0.2.")
