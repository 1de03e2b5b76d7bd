"""One analysis under several methods: the estimates and intervals on one axis."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import PAGE_WIDTH, QUIET, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap
from swis.report.figures.ratios import Interval, IntervalRow, RatioAxis, format_ratio, interval_layers, no_difference

_LABELS = 158
_PLOT = 232
_WORDS = PAGE_WIDTH - _LABELS - _PLOT - 26
_AXIS_TITLE = "Rate ratio (log scale); 1 = no difference"


def effect_figure(rows: Sequence[IntervalRow], *, identifier: str, outcome_name: str, analysis: str = "") -> Figure:
    """What each method makes of one analysis: a rate ratio and its interval per row, on a log axis with a line at 1.

    `analysis` names the programme in the caption. What lies beyond the axis (an interval from 0, or without an upper
    limit) ends in an arrowhead and is said in words; nothing is drawn where there is no estimate.
    """
    if not rows:
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    axis = RatioAxis.over((row.interval for row in rows), width=_PLOT)
    of = f" in {analysis}" if analysis else ""
    return Figure(
        identifier=identifier,
        caption=f"Rate ratio for {outcome_name}{of}, by method, with 95% intervals. An arrowhead means that the "
        "interval goes on beyond the axis.",
        alt=_finding(rows, outcome_name),
        drawing=draw(_chart(rows, axis)),
        data=_data(rows, identifier, outcome_name),
    )


def _chart(rows: Sequence[IntervalRow], axis: RatioAxis) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(row.label, _LABELS)] for row in rows]
    said = [_words(row, axis) for row in rows]
    heights = [LINE_HEIGHT * max(map(len, pair)) + 14 for pair in zip(labels, said, strict=True)]
    middles, height = stack(heights), sum(heights)
    left, right = Canvas(_LABELS, height), Canvas(_WORDS, height)
    marks = [axis.marks(row.interval) | {"y": middle} for row, middle in zip(rows, middles, strict=True)]
    plot = alt.layer(no_difference(axis, title=_AXIS_TITLE), *interval_layers(marks, axis, left.y(), title=_AXIS_TITLE))
    return alt.hconcat(
        alt.layer(*left.lines(labels, middles)).properties(width=_LABELS, height=height),
        plot.properties(width=_PLOT, height=height),
        alt.layer(*right.lines(said, middles)).properties(width=_WORDS, height=height),
        spacing=10,
        bounds="flush",
    )


def _words(row: IntervalRow, axis: RatioAxis) -> list[Line]:
    extra = "; ".join(part for part in (axis.beyond(row.interval), row.note) if part)
    quiet = wrap(extra, _WORDS) if extra else []
    return [*map(Line, wrap(row.interval.words, _WORDS)), *(Line(words, QUIET) for words in quiet)]


def _finding(rows: Sequence[IntervalRow], outcome_name: str) -> str:
    with_interval = [row for row in rows if row.low is not None and row.high is not None]
    apart = [row for row in with_interval if _excludes_one(row.interval)]
    unknown = len(rows) - len(with_interval)
    parts = [
        f"Rate ratios for {outcome_name} under {len(rows)} method{'s' if len(rows) > 1 else ''}.",
        f"{len(apart)} of {len(with_interval)} intervals leave out 1, which stands for no difference.",
    ]
    if unknown:
        parts.append(f"For {unknown} no interval can be given.")
    parts += [f"{row.label}: {row.interval.words}." for row in rows]
    return " ".join(parts)


def _excludes_one(interval: Interval) -> bool:
    return interval.low is not None and interval.high is not None and not interval.low <= 1 <= interval.high


def _data(rows: Sequence[IntervalRow], identifier: str, outcome_name: str) -> Table:
    def cell(value: float | None) -> str:
        return "not estimable" if value is None else format_ratio(value)

    return Table(
        caption=f"Rate ratio for {outcome_name} by method",
        columns=(
            Column("Method", row_header=True),
            Column("Rate ratio", align="right"),
            Column("Lower limit", align="right"),
            Column("Upper limit", align="right"),
            Column("Note"),
        ),
        rows=tuple((row.label, cell(row.estimate), cell(row.low), cell(row.high), row.note) for row in rows),
        identifier=f"{identifier}-data",
    )
