"""Bars and lines as inline SVG, drawn from figures that also stand in a table beside them.

A withheld figure is not drawn, and the words below say which; the mark of each series is a pattern or a dash as well as a colour,
so that a figure printed in grey tells the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from django.utils.text import slugify

from service.pages.drawing import Drawable, Drawing, draw_bars, draw_lines
from service.pages.tables import Column, Suppressed, Table, cell_text

Value: TypeAlias = "int | float | Decimal | Suppressed | None"

MOST_SERIES = 6
WIDE, NARROW = 640, 288  # a desk; a phone of 320 px with its margins


@dataclass(frozen=True)
class Series:
    """One row of figures with its name: a value a label; None where there is none, Suppressed where it is withheld."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Figure:
    """Figures to draw. `description` is what a listener should know; without it the first and last values are told.

    `kind`: "bar" (side by side), "stacked" (one bar a label; parts of a whole) or "line" (over time).
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["bar", "stacked", "line"] = "bar"
    unit: str = ""
    description: str = ""
    note: str = ""
    label_heading: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(
                f"Figure {self.title!r}: {len(self.series)} series; from 1 to {MOST_SERIES} can be told apart."
            )
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(
                    f"Figure {self.title!r}, series {series.name!r}: {len(series.values)} values for {len(self.labels)} labels."
                )
            if self.kind != "line" and any(value < 0 for value in numbers_of(series)):
                raise ValueError(
                    f"Figure {self.title!r}, series {series.name!r}: a bar cannot be below 0. Use kind='line'."
                )

    @property
    def key(self) -> str:
        """What the ids of this figure begin with; two figures of one page need two titles."""
        return slugify(self.title) or "figure"

    @property
    def table(self) -> Table:
        columns = [Column(series.name, numeric=True, decimals=self.decimals) for series in self.series]
        rows = tuple(zip(self.labels, *(series.values for series in self.series), strict=True))
        return Table(
            caption=f"{self.title} ({self.unit})" if self.unit else self.title,
            columns=(Column(self.label_heading), *columns),
            rows=rows,
        )

    @property
    def withheld(self) -> list[str]:
        """What is not drawn because it is withheld, in the words of the figure."""
        return [
            f"{label}, {series.name}" if len(self.series) > 1 else label
            for series in self.series
            for label, value in zip(self.labels, series.values, strict=True)
            if isinstance(value, Suppressed)
        ]

    @property
    def told(self) -> str:
        """The text of the SVG's desc."""
        words = self.description or " ".join(self.ends_of(series) for series in self.series)
        if self.withheld:
            words += f" Withheld to protect privacy: {'; '.join(self.withheld)}."
        return words

    def ends_of(self, series: Series) -> str:
        known = [
            pair for pair in zip(self.labels, series.values, strict=True) if not isinstance(pair[1], Suppressed | None)
        ]
        if not known:
            return f"{series.name}: no figures."
        parts = [
            f"{cell_text(value, decimals=self.decimals)} ({label})"
            for label, value in dict.fromkeys((known[0], known[-1]))
        ]
        return f"{series.name}: {' to '.join(parts)}."

    @property
    def drawings(self) -> list[Drawing]:
        """The same figure for a desk and for a phone; the style sheet shows one of them."""
        return [self.drawn(name, width) for name, width in (("wide", WIDE), ("narrow", NARROW))]

    def drawn(self, name: str, width: int) -> Drawing:
        data = Drawable(
            names=[series.name for series in self.series],
            labels=list(self.labels),
            rows=[[as_drawn(value) for value in series.values] for series in self.series],
            written=[[cell_text(value, decimals=self.decimals) for value in series.values] for series in self.series],
        )
        if self.kind == "line":
            return draw_lines(f"{self.key}-{name}", width, data)
        return draw_bars(f"{self.key}-{name}", width, data, stacked=self.kind == "stacked")


def numbers_of(series: Series) -> list[float]:
    return [float(value) for value in series.values if value is not None and not isinstance(value, Suppressed)]


def as_drawn(value: Value) -> float | None:
    return None if value is None or isinstance(value, Suppressed) else float(value)
