"""Are the arms of an allocation alike? Standardised differences, before the range that a simple draw would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, QUIET, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap

_LABELS = 210
_PLOT = PAGE_WIDTH - _LABELS - 30


@dataclass(frozen=True)
class ArmDifference:
    """One measure: the means of both arms, their standardised difference, and where 95% of simple draws have it."""

    measure: str
    intervention_mean: float
    comparison_mean: float
    difference: float
    chance_low: float
    chance_high: float


def arm_balance_figure(rows: Sequence[ArmDifference], *, identifier: str) -> Figure:
    """A mark for each measure at its standardised difference, on a bar over the middle 95% of simple draws."""
    shown = [row for row in rows if np.isfinite(row.difference)]
    if not shown:
        raise OutputError(f"The figure {identifier!r} has nothing to show: no measure has any spread.")
    largest = max(shown, key=lambda row: abs(row.difference))
    sentences = [
        f"{_say(row.measure)}: {row.difference:+.2f}, by a simple draw {row.chance_low:+.2f} to {row.chance_high:+.2f}."
        for row in shown
    ]
    return Figure(
        identifier=identifier,
        caption="Standardised differences between the arms (intervention less comparison) in what was known before the draw. "
        "Bars: where 95 of 100 simple draws of the same schools would have them.",
        alt=f"The largest difference is {largest.difference:+.2f}, in {_say(largest.measure).lower()}. {' '.join(sentences)}",
        drawing=draw(_chart(shown)),
        data=_data(rows, identifier),
    )


def _chart(rows: Sequence[ArmDifference]) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(_say(row.measure), _LABELS)] for row in rows]
    heights = [LINE_HEIGHT * len(label) + 16 for label in labels]
    middles = stack(heights)
    canvas = Canvas(_LABELS, sum(heights))
    values: list[dict[str, Any]] = [
        {"at": row.difference, "low": row.chance_low, "high": row.chance_high, "top": y - 7, "foot": y + 7, "y": y}
        for row, y in zip(rows, middles, strict=True)
    ]
    reach = max(0.25, *(abs(value[name]) for value in values for name in ("at", "low", "high"))) * 1.08
    axis = alt.Axis(
        title="Difference in standard deviations", titleColor=QUIET, gridColor=GRID, domain=False, tickCount=7
    )
    scale = alt.Scale(domain=[-reach, reach], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    chart = alt.Chart(alt.InlineData(values=values))
    bars = chart.mark_rect(color=SHADE, opacity=1)
    zero = alt.Chart(alt.InlineData(values=[{"at": 0.0}])).mark_rule(color=INK, strokeWidth=1.2)
    marks = chart.mark_point(shape="diamond", size=95, filled=True, color=INK, opacity=1)
    plot = alt.layer(
        bars.encode(x=across("low"), x2="high:Q", y=canvas.y("top"), y2="foot:Q"),
        zero.encode(x=across("at")),
        marks.encode(x=across("at"), y=canvas.y()),
    )
    words = alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=canvas.height)
    return alt.hconcat(words, plot.properties(width=_PLOT, height=canvas.height), spacing=10)


def _data(rows: Sequence[ArmDifference], identifier: str) -> Table:
    return Table(
        caption="Balance of the arms",
        columns=(
            Column("Measure", row_header=True),
            Column("Intervention: mean", align="right"),
            Column("Comparison: mean", align="right"),
            Column("Standardised difference", align="right"),
            Column("95% of simple draws", align="right"),
        ),
        rows=tuple(
            (
                _say(row.measure),
                f"{row.intervention_mean:,.2f}",
                f"{row.comparison_mean:,.2f}",
                f"{row.difference:+.2f}" if np.isfinite(row.difference) else "no spread",
                f"{row.chance_low:+.2f} to {row.chance_high:+.2f}" if np.isfinite(row.chance_low) else "no spread",
            )
            for row in rows
        ),
        identifier=f"{identifier}-data",
        note="Differences of means over the standard deviation of all schools of the draw of which the measure is known.",
    )


def _say(measure: str) -> str:
    words = measure.replace("_", " ").replace(" percent", ", per cent")
    return words[:1].upper() + words[1:]
