"""The lesson in one picture: what pilots said, what could honestly be said, what the trial found, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, wrap
from swis.report.figures.ratios import Interval

Weight = Literal["published", "honest", "trial"]

_LEFT, _RIGHT = 128.0, 428.0
"""Where the scale begins and ends, in pixels; labels stand before it, words after it."""
_MARGIN = 12.0
_LOW, _HIGH = 0.1, 10.0
_PLACES = ((0.1, "a tenth"), (0.2, ""), (0.5, "half"), (1.0, "same"), (2.0, "double"), (5.0, ""), (10.0, "10 times"))
_TOP = 74.0
_HEADING = 32.0
_ROOM = 14.0
_FOOT = 6.0
_THIN, _THICK = 2.2, 13.0
_ZONE = "#e6ebef"
"""A pale ground: text on it keeps 13:1."""


@dataclass(frozen=True)
class LessonRow:
    """One line of the picture: who says it, the rate ratio with its interval, and what that means in a few words.

    `weight` is how it is drawn: hollow for what was published, wide for what can honestly be said, solid for the trial.
    """

    label: str
    interval: Interval
    words: str
    weight: Weight


@dataclass(frozen=True)
class LessonGroup:
    """Rows under one heading."""

    heading: str
    rows: tuple[LessonRow, ...]


@dataclass(frozen=True)
class _Placed:
    """A row with its middle and the lines of its words, in pixels from the top."""

    row: LessonRow
    middle: float
    label: tuple[str, ...]
    words: tuple[str, ...]


def lesson_figure(
    groups: Sequence[LessonGroup], *, identifier: str, title: str, outcome_name: str, worthwhile: float
) -> Figure:
    """Pilots, honesty and trial on one scale of fewer and more, with the falls that would be worth having shaded.

    `title` is the sentence above it. An interval that goes on beyond the scale ends in an arrowhead.
    """
    if not groups or not all(group.rows for group in groups):
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    told = [
        f"{group.heading}. {row.label}: {row.words.rstrip('.')} (rate ratio {row.interval.words})."
        for group in groups
        for row in group.rows
    ]
    return Figure(
        identifier=identifier,
        caption=f"{outcome_name} in schools with a social worker as a multiple of those without, with 95% intervals. An "
        f"arrowhead means that the interval goes on. Shaded: at least {1 - worthwhile:.0%} fewer, a fall worth having.",
        alt=" ".join([title, *told]),
        drawing=draw(_chart(groups, title, worthwhile)),
        data=_data(groups, identifier, outcome_name),
    )


def _chart(groups: Sequence[LessonGroup], title: str, worthwhile: float) -> alt.TopLevelMixin:
    placed, headings, height = _place(groups)
    canvas = Canvas(PAGE_WIDTH, height)
    layers = [
        *_scale(canvas, worthwhile),
        *_heads(canvas, headings),
        *(layer for each in placed for layer in _draw_row(canvas, each)),
        *_words(canvas, placed),
    ]
    return alt.layer(*layers).properties(width=PAGE_WIDTH, height=height, title=wrap(title, PAGE_WIDTH * 0.86))


def _place(groups: Sequence[LessonGroup]) -> tuple[list[_Placed], list[tuple[str, float]], float]:
    placed, headings, at = [], [], _TOP
    for group in groups:
        headings.append((group.heading, at))
        at += _HEADING
        for row in group.rows:
            label, words = wrap(row.label, _LEFT - 14), wrap(row.words, PAGE_WIDTH - _RIGHT - 22)
            height = LINE_HEIGHT * max(len(label), len(words)) + _ROOM
            placed.append(_Placed(row, at + height / 2, tuple(label), tuple(words)))
            at += height
        at += 4
    return placed, headings, at + _FOOT


def _at(ratio: float) -> float:
    """How many pixels from the left a ratio stands; beyond the scale, at its end."""
    share = math.log(min(max(ratio, _LOW), _HIGH) / _LOW) / math.log(_HIGH / _LOW)
    return _LEFT + _MARGIN + share * (_RIGHT - _LEFT - 2 * _MARGIN)


def _scale(canvas: Canvas, worthwhile: float) -> list[alt.Chart]:
    """The zone worth having, a thin line at every named place, a strong one at no change, and their names above."""
    bottom = canvas.height - _FOOT
    zone = {"x": _LEFT, "x2": _at(worthwhile), "y": 24, "y2": bottom}
    thin = [{"x": _at(ratio), "y": _TOP - 8, "y2": bottom} for ratio, _ in _PLACES if ratio != 1]
    names = [{"x": _at(ratio), "y": _TOP - 20, "words": words} for ratio, words in _PLACES if words]
    middle = _at(1.0)
    return [
        canvas.boxes([zone], colour=_ZONE),
        _rules(canvas, thin, colour=PAPER, width=1.5),
        _rules(canvas, thin, colour=SHADE, width=1),
        _rules(canvas, [{"x": middle, "y": _TOP - 8, "y2": bottom}], colour=INK, width=1.6),
        canvas.text(names, colour=INK, bold=False, align="center"),
        *_directions(canvas, middle),
        canvas.text([{"x": _LEFT + 4, "y": 34, "words": "a fall worth having"}], colour=QUIET, bold=False),
    ]


def _directions(canvas: Canvas, middle: float) -> list[alt.Chart]:
    """Which way is fewer. The arrowheads are drawn: the typeface has none, and another would stand in for it in print."""
    return [
        canvas.text([{"x": middle - 12, "y": 12, "words": "fewer"}], colour=INK, bold=True, align="right"),
        canvas.text([{"x": middle + 12, "y": 12, "words": "more"}], colour=INK, bold=True),
        _head(canvas, "triangle-left", middle - 58, 12, size=60, colour=INK),
        _head(canvas, "triangle-right", middle + 58, 12, size=60, colour=INK),
    ]


def _head(canvas: Canvas, shape: str, x: float, y: float, *, size: float = 230, colour: str = RULE) -> alt.Chart:
    mark = alt.Chart(alt.InlineData(values=[{"x": x, "y": y}])).mark_point(
        shape=shape, filled=True, size=size, color=colour, opacity=1
    )
    return mark.encode(x=canvas.x(), y=canvas.y())


def _rules(canvas: Canvas, values: list[dict[str, Any]], *, colour: str, width: float) -> alt.Chart:
    mark = alt.Chart(alt.InlineData(values=values)).mark_rule(color=colour, strokeWidth=width)
    if "x2" in values[0]:
        return mark.encode(x=canvas.x(), x2="x2:Q", y=canvas.y())
    return mark.encode(x=canvas.x(), y=canvas.y(), y2="y2:Q")


def _heads(canvas: Canvas, headings: Sequence[tuple[str, float]]) -> list[alt.Chart]:
    """Each heading on a band of its own across the picture."""
    bands = [{"x": 0, "x2": PAGE_WIDTH, "y": at + 3, "y2": at + _HEADING - 5} for _, at in headings]
    words = [{"x": 6, "y": at + _HEADING / 2 - 1, "words": heading} for heading, at in headings]
    return [canvas.boxes(bands, colour=SHADE, corner=2), canvas.text(words, colour=INK, bold=True)]


def _draw_row(canvas: Canvas, placed: _Placed) -> list[alt.Chart]:
    """What was published as a point on a line; what is known as a bar, whose length is what is not known."""
    interval, y, published = placed.row.interval, placed.middle, placed.row.weight == "published"
    layers: list[alt.Chart] = []
    if interval.low is not None and interval.high is not None:
        ends = {"x": _at(interval.low), "x2": _at(interval.high), "y": y}
        colour = INK if placed.row.weight == "trial" else RULE
        layers.append(_rules(canvas, [ends], colour=colour, width=_THIN if published else _THICK))
        layers += _arrows(canvas, interval.low < _LOW, interval.high > _HIGH, y)
    if published and interval.estimate is not None:
        layers += _point(canvas, interval.estimate, y) if interval.estimate >= _LOW else _arrows(canvas, True, False, y)
    return layers


def _point(canvas: Canvas, estimate: float, y: float) -> list[alt.Chart]:
    mark = alt.Chart(alt.InlineData(values=[{"x": _at(estimate), "y": y}])).mark_point(
        shape="circle", size=85, fill=PAPER, stroke=INK, strokeWidth=1.8, opacity=1
    )
    return [mark.encode(x=canvas.x(), y=canvas.y())]


def _arrows(canvas: Canvas, left: bool, right: bool, y: float) -> list[alt.Chart]:
    ends = (("triangle-left", _LEFT + 7, left), ("triangle-right", _RIGHT - 7, right))
    return [_head(canvas, shape, x, y) for shape, x, wanted in ends if wanted]


def _words(canvas: Canvas, placed: Sequence[_Placed]) -> list[alt.Chart]:
    def cells(lines: Sequence[tuple[str, ...]]) -> list[list[Line]]:
        return [
            [Line(words, bold=each.row.weight == "trial") for words in own]
            for each, own in zip(placed, lines, strict=True)
        ]

    middles = [each.middle for each in placed]
    return [
        *canvas.lines(cells([each.label for each in placed]), middles, left=6),
        *canvas.lines(cells([each.words for each in placed]), middles, left=_RIGHT + 12),
    ]


def _data(groups: Sequence[LessonGroup], identifier: str, outcome_name: str) -> Table:
    return Table(
        caption=f"{outcome_name}: pilots and trial",
        columns=(
            Column("What", row_header=True),
            Column("Who says so"),
            Column("Rate ratio, 95% interval"),
            Column("In words"),
        ),
        rows=tuple((group.heading, row.label, row.interval.words, row.words) for group in groups for row in group.rows),
        identifier=f"{identifier}-data",
    )
