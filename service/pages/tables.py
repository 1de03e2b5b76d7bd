"""A table as data: made once, shown on a page, downloaded as CSV or a workbook, drawn as a figure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.utils.timezone import is_aware, localtime

COLOURS = frozenset({"grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow", ""})


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere. `hidden` is read out after the text, so that ten links "Open" differ."""

    text: str
    url: str
    hidden: str = ""


@dataclass(frozen=True)
class Tag:
    """A state in a coloured box; the words carry the meaning, the colour only helps."""

    text: str
    colour: str = ""

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise ValueError(
                f"A tag has no colour {self.colour!r}. Choose one of: {', '.join(sorted(COLOURS - {''}))}."
            )


@dataclass(frozen=True)
class Suppressed:
    """A figure withheld so that nobody can be recognised. `mark` is what stands in its place."""

    mark: str = "c"
    meaning: str = "withheld to protect privacy"


@dataclass(frozen=True)
class Fact:
    """A line of a summary list: what, its value, and a link to change or see it."""

    label: str
    value: Cell
    action: Link | None = None


Cell: TypeAlias = "str | int | float | Decimal | datetime.date | datetime.time | Link | Tag | Suppressed | None"


@dataclass(frozen=True)
class Column:
    """A heading. `decimals` fixes the places of a numeric column; without it numbers are shown as they are.

    What stands in a `breakable` column, such as an e-mail address, is broken anywhere rather than make the table too wide.
    """

    label: str
    numeric: bool = False
    decimals: int | None = None
    breakable: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell with its column, ready for a template."""

    column: Column
    value: Cell
    header: bool

    @property
    def kind(self) -> str:
        kinds = {Link: "link", Tag: "tag", Suppressed: "suppressed"}
        return kinds.get(type(self.value), "text")

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it: a card on a small screen leaves it out."""
        return self.kind == "text" and not self.text

    @property
    def text(self) -> str:
        return cell_text(self.value, decimals=self.column.decimals)


@dataclass(frozen=True)
class Table:
    """Rows below a caption.

    The first column names its row unless `row_header` is False. On a small screen rows are stacked; `wide` scrolls instead.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    row_header: bool = True
    wide: bool = False
    empty: str = "Nothing to show."

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Table {self.caption!r}, row {number}: {len(row)} cells for {len(self.columns)} columns. "
                    "Give one cell a column; None is an empty one."
                )

    @property
    def shown_rows(self) -> list[list[ShownCell]]:
        return [
            [
                ShownCell(column, value, header=self.row_header and place == 0)
                for place, (column, value) in enumerate(zip(self.columns, row, strict=True))
            ]
            for row in self.rows
        ]

    @property
    def is_withholding(self) -> bool:
        return any(isinstance(value, Suppressed) for row in self.rows for value in row)

    @property
    def mark(self) -> Suppressed:
        return next((value for row in self.rows for value in row if isinstance(value, Suppressed)), Suppressed())


def cell_text(value: Cell, *, decimals: int | None = None) -> str:
    """A cell in words: dates as 3 June 2026, times as 14:30, numbers with commas for thousands, nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case Link() | Tag():
            return value.text
        case Suppressed():
            return value.mark
        case int() | float() | Decimal():
            return f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
        case datetime.datetime():
            moment = localtime(value) if is_aware(value) else value
            return f"{moment.day} {moment:%B %Y}, {moment:%H:%M}"
        case datetime.date():
            return f"{value.day} {value:%B %Y}"
        case datetime.time():
            return f"{value:%H:%M}"
    return str(value)
