"""Words beside a plot: a strip of paper measured in pixels from its top left corner."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from swis.report.drawing import INK, TEXT_SIZE

Align = Literal["left", "center", "right"]

LINE_HEIGHT = 17
_CHARACTER = TEXT_SIZE * 0.5
"""Pixels that a character of Lato takes on average, taken somewhat wide."""


@dataclass(frozen=True)
class Line:
    """One printed line: its words, and how they are set."""

    words: str
    colour: str = INK
    bold: bool = False
    indent: float = 0.0


@dataclass(frozen=True)
class Canvas:
    """A strip that stands beside a plot of the same height."""

    width: float
    height: float

    def x(self, field: str = "x") -> alt.X:
        """Pixels from the left."""
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, self.width], nice=False), axis=None)

    def y(self, field: str = "y") -> alt.Y:
        """Pixels from the top."""
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[self.height, 0], nice=False), axis=None)

    def lines(self, cells: Sequence[Sequence[Line]], middles: Sequence[float], *, left: float = 0) -> list[alt.Chart]:
        """Cells of a few lines each, every cell centred on its middle."""
        placed = [
            (
                line,
                {
                    "words": line.words,
                    "x": left + line.indent,
                    "y": middle + LINE_HEIGHT * (place - (len(cell) - 1) / 2),
                },
            )
            for cell, middle in zip(cells, middles, strict=True)
            for place, line in enumerate(cell)
        ]
        looks = dict.fromkeys((line.colour, line.bold) for line, _ in placed)
        return [
            self.text([at for line, at in placed if (line.colour, line.bold) == look], colour=look[0], bold=look[1])
            for look in looks
        ]

    def text(self, values: list[dict[str, Any]], *, colour: str, bold: bool, align: Align = "left") -> alt.Chart:
        """Words at places in pixels."""
        mark = alt.Chart(alt.InlineData(values=values)).mark_text(
            align=align, baseline="middle", color=colour, fontWeight="bold" if bold else "normal"
        )
        return mark.encode(x=self.x(), y=self.y(), text="words:N")

    def boxes(self, values: list[dict[str, Any]], *, colour: str, corner: float = 0) -> alt.Chart:
        """Filled rectangles from (x, y) to (x2, y2)."""
        mark = alt.Chart(alt.InlineData(values=values)).mark_rect(color=colour, cornerRadius=corner, opacity=1)
        return mark.encode(x=self.x(), x2="x2:Q", y=self.y(), y2="y2:Q")


def wrap(words: str, width: float) -> list[str]:
    """The words in lines that fit a width in pixels; a longer word is broken rather than cut off."""
    return textwrap.wrap(words, max(int(width / _CHARACTER), 4)) or [""]


def stack(heights: Sequence[float], *, top: float = 0) -> list[float]:
    """The middles of rows of these heights, one below the other."""
    return [top + sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]
