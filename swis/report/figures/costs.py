"""What a programme cost, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import INK, PAGE_WIDTH, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap

_LABELS, _VALUES = 200, 110
_PLOT = PAGE_WIDTH - _LABELS - _VALUES - 24


def cost_figure(rows: Sequence[tuple[str, float]], *, identifier: str, title: str, unit: str = "£") -> Figure:
    """One bar for each cost, from 0, with its amount beside it. `unit` goes before the amount ("£") or, if a word, after."""
    if not rows:
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    amounts = [(label, value, format_amount(value, unit)) for label, value in rows]
    highest = max(amounts, key=lambda row: row[1])
    lowest = min(amounts, key=lambda row: row[1])
    return Figure(
        identifier=identifier,
        caption=title,
        alt=f"{title}. Highest: {highest[0]}, {highest[2]}. Lowest: {lowest[0]}, {lowest[2]}. "
        + " ".join(f"{label}: {words}." for label, _, words in amounts),
        drawing=draw(_chart(amounts)),
        data=Table(
            caption=title,
            columns=(Column("Item", row_header=True), Column("Amount", align="right")),
            rows=tuple((label, words) for label, _, words in amounts),
            identifier=f"{identifier}-data",
        ),
    )


def format_amount(value: float, unit: str) -> str:
    """An amount with its unit, in whole units from 100 on and with two decimals below."""
    digits = f"{abs(value):,.0f}" if abs(value) >= 100 else f"{abs(value):,.2f}"
    sign = "−" if value < 0 else ""
    return f"{sign}{digits} {unit}" if unit[:1].isalpha() else f"{sign}{unit}{digits}"


def _chart(amounts: Sequence[tuple[str, float, str]]) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(label, _LABELS)] for label, _, _ in amounts]
    heights = [LINE_HEIGHT * len(label) + 15 for label in labels]
    middles, height = stack(heights), sum(heights)
    strip = Canvas(_LABELS, height)
    values = [
        {"from": 0, "to": value, "y": middle - 9, "y2": middle + 9}
        for (_, value, _), middle in zip(amounts, middles, strict=True)
    ]
    ends = [0.0, *(value for _, value, _ in amounts)]
    scale = alt.Scale(domain=[min(ends), max(ends) or 1.0], nice=False)
    bars = alt.Chart(alt.InlineData(values=values)).mark_rect(color=SHADE, stroke=INK, strokeWidth=1.2, opacity=1)
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=RULE)
    across = alt.X("from:Q", scale=scale, axis=None)
    plot = alt.layer(
        bars.encode(x=across, x2="to:Q", y=strip.y(), y2="y2:Q"), zero.encode(x=alt.X("zero:Q", scale=scale, axis=None))
    )
    said = Canvas(_VALUES, height).lines([[Line(words)] for _, _, words in amounts], middles)
    return alt.hconcat(
        alt.layer(*strip.lines(labels, middles)).properties(width=_LABELS, height=height),
        plot.properties(width=_PLOT, height=height),
        alt.layer(*said).properties(width=_VALUES, height=height),
        spacing=10,
        bounds="flush",
    )
