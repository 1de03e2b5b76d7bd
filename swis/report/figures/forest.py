"""Ratios of one trial below one another: outcomes, analyses, subgroups. What would be worth having is drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import PAGE_WIDTH, QUIET, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap
from swis.report.figures.ratios import Interval, RatioAxis, format_ratio, interval_layers, no_difference

_LABELS = 192
_PLOT = 236
_WORDS = PAGE_WIDTH - _LABELS - _PLOT - 22
_AXIS_TITLE = "Ratio (log scale); below 1 is fewer with a social worker"


@dataclass(frozen=True)
class ForestRow:
    """One ratio: what it is of, its interval, a note beneath, and how it is set.

    `bold` marks what the reader is to read first; `hollow` what is not to be leant on, and the caption says why. `said` stands
    in place of the numbers where these alone would mislead.
    """

    label: str
    interval: Interval
    note: str = ""
    bold: bool = False
    hollow: bool = False
    said: str = ""

    @property
    def words(self) -> str:
        """What is printed beside the mark."""
        return self.said or self.interval.words


@dataclass(frozen=True)
class Forest:
    """What a forest says beside its rows: the caption, the finding in words, and what the first column holds.

    `worthwhile` is the rate ratio worth having; a band covers what lies between it and its inverse. None: no band.
    """

    caption: str
    finding: str
    rows_are: str
    worthwhile: float | None = None


def forest_figure(rows: Sequence[ForestRow], forest: Forest, *, identifier: str) -> Figure:
    """A mark and a line for every ratio on one log axis, its numbers beside it.

    What lies beyond the axis ends in an arrowhead and is said in words; where there is no estimate nothing is drawn.
    """
    if not rows:
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    return Figure(
        identifier=identifier,
        caption=forest.caption,
        alt=" ".join([forest.finding, *map(_sentence, rows)]),
        drawing=draw(_chart(rows, forest)),
        data=_data(rows, forest, identifier),
    )


def _chart(rows: Sequence[ForestRow], forest: Forest) -> alt.HConcatChart:
    axis = RatioAxis.over(_drawn(rows, forest), width=_PLOT, fine=True)
    labels = [[Line(words, bold=row.bold) for words in wrap(row.label, _LABELS * _narrower(row))] for row in rows]
    said = [_words(row, axis) for row in rows]
    heights = [LINE_HEIGHT * max(map(len, pair)) + 14 for pair in zip(labels, said, strict=True)]
    middles, height = stack(heights), float(sum(heights))
    canvas = Canvas(_LABELS, height)
    return alt.hconcat(
        alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=height),
        _plot(rows, forest, axis, middles=middles, height=height).properties(width=_PLOT, height=height),
        alt.layer(*Canvas(_WORDS, height).lines(said, middles)).properties(width=_WORDS, height=height),
        spacing=10,
        bounds="flush",
    )


def _narrower(row: ForestRow) -> float:
    return 0.94 if row.bold else 1.0


def _drawn(rows: Sequence[ForestRow], forest: Forest) -> list[Interval]:
    worth = forest.worthwhile
    band = [] if worth is None else [Interval(None, min(worth, 1 / worth), max(worth, 1 / worth))]
    return [*(row.interval for row in rows), *band]


def _plot(
    rows: Sequence[ForestRow], forest: Forest, axis: RatioAxis, *, middles: Sequence[float], height: float
) -> alt.LayerChart | alt.FacetChart:
    y = Canvas(_PLOT, height).y()
    layers: list[alt.Chart] = []
    if forest.worthwhile is not None:
        low, high = sorted((forest.worthwhile, 1 / forest.worthwhile))
        band = alt.Chart(alt.InlineData(values=[{"low": low, "high": high}])).mark_rect(color=SHADE, opacity=0.45)
        layers.append(band.encode(x=axis.encoding("low", title=_AXIS_TITLE), x2="high:Q"))
    layers.append(no_difference(axis, title=_AXIS_TITLE))
    for hollow in (True, False):
        marks = [
            axis.marks(row.interval) | {"y": at} for row, at in zip(rows, middles, strict=True) if row.hollow == hollow
        ]
        layers += interval_layers(marks, axis, y, title=_AXIS_TITLE, hollow=hollow)
    return alt.layer(*layers)


def _words(row: ForestRow, axis: RatioAxis) -> list[Line]:
    extra = "; ".join(part for part in (axis.beyond(row.interval), row.note) if part)
    quiet = wrap(extra, _WORDS) if extra else []
    first = [Line(words, bold=row.bold) for words in wrap(row.words, _WORDS)]
    return [*first, *(Line(words, QUIET) for words in quiet)]


def _sentence(row: ForestRow) -> str:
    note = f"; {row.note.rstrip('.')}" if row.note else ""
    return f"{row.label}: {row.words}{note}."


def _data(rows: Sequence[ForestRow], forest: Forest, identifier: str) -> Table:
    def cell(value: float | None) -> str:
        return "not estimable" if value is None else format_ratio(value)

    def estimate(interval: Interval) -> str:
        # An interval by itself, as a test gives it, has no estimate that was not estimable.
        return "–" if interval.estimate is None and interval.low is not None else cell(interval.estimate)

    return Table(
        caption=f"Ratios by {forest.rows_are.lower()}",
        columns=(
            Column(forest.rows_are, row_header=True),
            Column("Ratio", align="right"),
            Column("Lower limit", align="right"),
            Column("Upper limit", align="right"),
            Column("Note"),
        ),
        rows=tuple(
            (row.label, estimate(row.interval), cell(row.interval.low), cell(row.interval.high), row.note)
            for row in rows
        ),
        identifier=f"{identifier}-data",
    )
