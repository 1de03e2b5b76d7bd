"""How often a method declares an effect where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap

NOMINAL = 0.05
_LABELS = 170
_PLOT = PAGE_WIDTH - _LABELS - 40
_METHOD = 15
_SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross")


@dataclass(frozen=True)
class SizeRow:
    """The share of simulated data sets without an effect in which a method declares one, with its standard error."""

    analysis: str
    method: str
    rate: float
    monte_carlo_error: float


def size_figure(rows: Sequence[SizeRow], *, identifier: str) -> Figure:
    """False positives by method for each analysis, with a line at the 5% that a sound method keeps to.

    Bars are 1.96 Monte Carlo standard errors to each side. The first method is drawn hollow, the last filled.
    """
    methods = tuple(dict.fromkeys(row.method for row in rows))
    if not rows or len(methods) > len(_SHAPES):
        raise OutputError(f"The figure {identifier!r} draws 1 to {len(_SHAPES)} methods; it was given {len(methods)}.")
    return Figure(
        identifier=identifier,
        caption="How often each method declares an effect in simulated data that hold none. The dashed line is 5%. Bars: "
        "what chance in the simulation leaves open.",
        alt=_finding(rows, methods),
        drawing=draw(_chart(rows, methods)),
        data=_data(rows, identifier),
    )


def _chart(rows: Sequence[SizeRow], methods: Sequence[str]) -> alt.HConcatChart:
    analyses = tuple(dict.fromkeys(row.analysis for row in rows))
    labels = [[Line(words) for words in wrap(analysis, _LABELS)] for analysis in analyses]
    heights = [max(LINE_HEIGHT * len(label), _METHOD * len(methods)) + 14 for label in labels]
    middles, height = stack(heights), sum(heights)
    canvas = Canvas(_LABELS, height)
    place = dict(zip(analyses, middles, strict=True))
    values = [_place(row, methods, place[row.analysis]) for row in rows]
    tops = [middle - height_of / 2 for middle, height_of in zip(middles, heights, strict=True)][1:]
    plot = _plot(values, methods, canvas, separators=tops)
    return alt.hconcat(
        alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=height),
        plot.properties(width=_PLOT, height=height),
        spacing=10,
    )


def _place(row: SizeRow, methods: Sequence[str], middle: float) -> dict[str, Any]:
    error = 1.96 * row.monte_carlo_error
    return {
        "method": row.method,
        "rate": row.rate,
        "low": max(row.rate - error, 0),
        "high": min(row.rate + error, 1),
        "y": middle + _METHOD * (methods.index(row.method) - (len(methods) - 1) / 2),
    }


def _plot(
    values: list[dict[str, Any]], methods: Sequence[str], canvas: Canvas, *, separators: Sequence[float]
) -> alt.LayerChart | alt.FacetChart:
    top = max(0.1, *(value["high"] for value in values))

    def across(field: str) -> alt.X:
        axis = alt.Axis(format=".0%", tickCount=6, title="Effects declared where there are none", titleColor=QUIET,
                        gridColor=GRID, domain=False)  # fmt: skip
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, top], nice=True), axis=axis)

    chart = alt.Chart(alt.InlineData(values=values))
    legend = alt.Legend(orient="top", title=None, columns=2, symbolStrokeWidth=1.5)
    shape = alt.Shape("method:N", scale=alt.Scale(domain=list(methods), range=_shapes(methods)), legend=legend)
    fill = alt.Fill("method:N", scale=alt.Scale(domain=list(methods), range=_fills(methods)), legend=legend)
    stroke = alt.Stroke("method:N", scale=alt.Scale(domain=list(methods), range=[INK] * len(methods)), legend=legend)
    lines = alt.Chart(alt.InlineData(values=[{"y": y} for y in separators])).mark_rule(color=GRID)
    nominal = alt.Chart(alt.InlineData(values=[{"rate": NOMINAL}])).mark_rule(
        color=INK, strokeDash=[5, 3], strokeWidth=1.4
    )
    bars = chart.mark_rule(color=RULE, strokeWidth=1.6)
    marks = chart.mark_point(size=72, strokeWidth=1.5, opacity=1)
    return alt.layer(
        *([lines.encode(y=canvas.y())] if separators else []),
        nominal.encode(x=across("rate")),
        bars.encode(x=across("low"), x2="high:Q", y=canvas.y()),
        marks.encode(x=across("rate"), y=canvas.y(), shape=shape, fill=fill, stroke=stroke),
    )


def _shapes(methods: Sequence[str]) -> list[str]:
    return list(_SHAPES[: len(methods)])


def _fills(methods: Sequence[str]) -> list[str]:
    return [PAPER, *([SHADE] * (len(methods) - 2)), INK] if len(methods) > 1 else [INK]


def _finding(rows: Sequence[SizeRow], methods: Sequence[str]) -> str:
    parts = ["A sound method declares an effect in 5% of data sets that hold none."]
    for method in methods:
        rates = [row.rate for row in rows if row.method == method]
        above = sum(row.rate - 1.96 * row.monte_carlo_error > NOMINAL for row in rows if row.method == method)
        span = f"{min(rates):.1%}" if min(rates) == max(rates) else f"{min(rates):.1%} to {max(rates):.1%}"
        parts.append(f"{method}: {span}; clearly above 5% in {above} of {len(rates)} analyses.")
    return " ".join(parts)


def _data(rows: Sequence[SizeRow], identifier: str) -> Table:
    return Table(
        caption="Effects declared where there are none, by analysis and method",
        columns=(
            Column("Analysis", row_header=True),
            Column("Method"),
            Column("Rate", align="right"),
            Column("Monte Carlo standard error", align="right"),
        ),
        rows=tuple((row.analysis, row.method, f"{row.rate:.1%}", f"{row.monte_carlo_error:.2%}") for row in rows),
        identifier=f"{identifier}-data",
    )
