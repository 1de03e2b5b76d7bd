"""A table that is being spoilt: every row is spoilt in one way at most, and everything done is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from swis.ingest.finding import Matter

Note = Callable[[str, str, Matter | None, int], None]
"""Takes what was done in words, the column, what a reader will find (None: nothing) and how often."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Hand:
    """Picks rows that were not picked before."""

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        self.free = np.ones(count, dtype=bool)
        self._order = rng.permutation(count)

    def pick(self, share: float, possible: np.ndarray) -> list[int]:
        """So large a share of the rows that can be picked, at least one if there is any and the share is not 0."""
        able = self._order[(possible & self.free)[self._order]]
        wanted = min(len(able), max(round(share * int(possible.sum())), 1)) if share > 0 else 0
        chosen = able[:wanted]
        self.free[chosen] = False
        return [int(place) for place in chosen]


class Sheet:
    """The rows of a table as text; `put`, `add` and the rest change them."""

    def __init__(self, frame: pl.DataFrame, rng: np.random.Generator, note: Note) -> None:
        self.rng = rng
        self.note = note
        self.hand = Hand(frame.height, rng)
        self._frame = frame
        self._columns: dict[str, list[Any]] = {}
        self._added: list[dict[str, Any]] = []
        self._removed: list[int] = []
        self._too_many: list[int] = []
        self._blank_after: list[int] = []
        self._mark = b""

    def column(self, name: str) -> list[Any]:
        """The values of a column, which may be changed in place."""
        if name not in self._columns:
            self._columns[name] = self._frame[name].to_list()
        return self._columns[name]

    def where(self, name: str, condition: Callable[[Any], bool]) -> np.ndarray:
        """The rows whose value is there and meets the condition."""
        return np.array([value is not None and condition(value) for value in self.column(name)], dtype=bool)

    def change(
        self, error: str, name: str, rows: Sequence[int], how: Callable[[Any], Any], *, finding: Matter | None
    ) -> None:
        """Changes the values of a column in those rows, and notes it."""
        values = self.column(name)
        for row in rows:
            values[row] = how(values[row])
        self.note(error, name, finding, len(rows))

    def row(self, place: int) -> dict[str, Any]:
        """A row as it is now."""
        return {name: self.column(name)[place] for name in self._frame.columns}

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds rows at the end."""
        self._added += [dict(row) for row in rows]

    def remove(self, rows: Sequence[int]) -> None:
        """Takes rows away."""
        self._removed += rows

    def fray(self, *, blank: float, too_many: float, mark: bool) -> None:
        """Blank rows, rows with a cell too many, and a mark at the beginning of the file."""
        everywhere = np.ones(self._frame.height, dtype=bool)
        self._too_many = self.hand.pick(too_many, everywhere)
        self.note("row with a cell too many", "", Matter.RAGGED, len(self._too_many))
        self._blank_after = self.hand.pick(blank, everywhere)
        self.note("blank row", "", Matter.BLANK, len(self._blank_after))
        if mark:
            self._mark = _BYTE_ORDER_MARK
            self.note("byte order mark", "", None, 1)

    def encode(self, headings: Mapping[str, str], encoding: str) -> bytes:
        """The file with its errors."""
        types = self._frame.schema
        changed = [pl.Series(name, values, dtype=types[name]) for name, values in self._columns.items()]
        text = self._frame.with_columns(changed)
        lines = text.write_csv(include_header=False, line_terminator="\n").split("\n")[: text.height]
        for row in self._too_many:
            lines[row] += ",?"
        blank = "," * (len(headings) - 1)
        for row in self._blank_after:
            lines[row] += f"\n{blank}"
        kept = np.ones(text.height, dtype=bool)
        kept[self._removed] = False
        body = [line for line, there in zip(lines, kept, strict=True) if there]
        more = [",".join("" if row[name] is None else str(row[name]) for name in headings) for row in self._added]
        whole = "\n".join([",".join(headings.values()), *body, *more]) + "\n"
        return self._mark + whole.encode(encoding)
