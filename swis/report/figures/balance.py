"""Are the comparison schools like the schools with a social worker? Balance before and after, and overlap, drawn."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from swis.design.balance import LIKE, Balance, MeasureBalance
from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap

_LABELS = 190
_PLOT = PAGE_WIDTH - _LABELS - 30
_MOST_DRAWN = 60
_REACH = 3.5
"""Standard deviations that the overlap axis reaches to each side; what lies beyond is drawn at its end and told."""


def balance_figure(balance: Balance, *, identifier: str, chosen: str) -> Figure:
    """Standardised differences of means: hollow with all candidates, filled with those that were chosen or weighted."""
    rows = [row for row in balance.rows if np.isfinite(row.difference_before)]
    if not rows:
        raise OutputError(f"The figure {identifier!r} has nothing to show: no measure has any spread.")
    return Figure(
        identifier=identifier,
        caption=f"Standardised differences between schools with a social worker and {chosen}. Hollow: all candidates. Filled: "
        f"{chosen}. Dashed: {LIKE:g} standard deviations to each side.",
        alt=_balance_finding(rows, balance, chosen),
        drawing=draw(_balance_chart(rows)),
        data=_balance_data(balance, identifier),
    )


def _balance_chart(rows: list[MeasureBalance]) -> alt.HConcatChart:
    labels, middles, height = _labels([row.measure for row in rows])
    canvas = Canvas(_LABELS, height)
    values: list[dict[str, Any]] = [
        {"y": y, "before": row.difference_before}
        | ({"after": row.difference_after} if np.isfinite(row.difference_after) else {})
        for row, y in zip(rows, middles, strict=True)
    ]
    reach = max(0.25, *(abs(value) for row in values for name, value in row.items() if name != "y")) * 1.08
    axis = alt.Axis(
        title="Difference in standard deviations", titleColor=QUIET, gridColor=GRID, domain=False, tickCount=7
    )
    scale = alt.Scale(domain=[-reach, reach], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    chart = alt.Chart(alt.InlineData(values=values))
    after = alt.Chart(alt.InlineData(values=[value for value in values if "after" in value]))
    zero = alt.Chart(alt.InlineData(values=[{"at": 0.0}])).mark_rule(color=INK, strokeWidth=1.2)
    like = alt.Chart(alt.InlineData(values=[{"at": -LIKE}, {"at": LIKE}])).mark_rule(color=RULE, strokeDash=[5, 3])
    plot = alt.layer(
        zero.encode(x=across("at")),
        like.encode(x=across("at")),
        chart.mark_point(shape="circle", size=85, fill=PAPER, stroke=INK, strokeWidth=1.6, opacity=1).encode(
            x=across("before"), y=canvas.y()
        ),
        after.mark_point(shape="diamond", size=95, filled=True, color=INK, opacity=1).encode(
            x=across("after"), y=canvas.y()
        ),
    )
    return _beside(labels, middles, canvas, plot)


def _balance_finding(rows: list[MeasureBalance], balance: Balance, chosen: str) -> str:
    parts = [
        f"The largest standardised difference is {balance.largest_before:.2f} with all candidates and "
        f"{balance.largest_after:.2f} with {chosen}."
    ]
    parts += [
        f"{_capital(row.measure)}: {_signed(row.difference_before)} before, {_signed(row.difference_after)} after."
        for row in rows
    ]
    return " ".join(parts)


def _balance_data(balance: Balance, identifier: str) -> Table:
    return Table(
        caption="Balance of the measures",
        columns=(
            Column("Measure", row_header=True),
            Column("With a social worker", align="right"),
            Column("All candidates", align="right"),
            Column("Chosen or weighted", align="right"),
            Column("Difference before", align="right"),
            Column("Difference after", align="right"),
        ),
        rows=tuple(
            (
                row.measure,
                _number(row.with_worker),
                _number(row.all_candidates),
                _number(row.weighted),
                _signed(row.difference_before),
                _signed(row.difference_after),
            )
            for row in balance.rows
        ),
        identifier=f"{identifier}-data",
        note="Differences in standard deviations of all schools of these phases.",
    )


def overlap_figure(balance: Balance, names: tuple[str, ...], *, identifier: str) -> Figure:
    """Where schools with a social worker lie among the candidates, measure by measure.

    A line from the least to the largest candidate, a bar over the middle half of them, a filled mark for each school with a
    social worker, a hollow one for each chosen school where at most sixty were chosen.
    """
    spread = _standardise(balance)
    shown = [place for place in range(len(names)) if np.isfinite(spread[balance.candidates, place]).any()]
    if not shown:
        raise OutputError(f"The figure {identifier!r} has nothing to show: no measure has any spread.")
    inside = {row.measure: row.inside for row in balance.rows}
    sentences = [f"{_capital(names[place])}: {inside[names[place]]:.0%} inside." for place in shown]
    return Figure(
        identifier=identifier,
        caption="Overlap. Line: from the least to the largest candidate. Bar: the middle half of the candidates. Filled marks: "
        "schools with a social worker. Hollow: chosen schools. In standard deviations from the mean of all schools; a mark at "
        "the edge lies there or beyond.",
        alt="Share of schools with a social worker that lie between the least and the largest candidate of their phase. "
        + " ".join(sentences),
        drawing=draw(_overlap_chart(balance, spread, names, shown)),
        data=_overlap_data(balance, names, identifier),
    )


def _standardise(balance: Balance) -> np.ndarray:
    every = np.concatenate([balance.treated, balance.candidates])
    result = np.full(balance.values.shape, np.nan)
    for place in range(balance.values.shape[1]):
        known = balance.values[every, place][np.isfinite(balance.values[every, place])]
        if known.size > 1 and known.std(ddof=1) > 1e-9 * max(float(np.abs(known).max()), 1e-300):
            result[:, place] = (balance.values[:, place] - known.mean()) / known.std(ddof=1)
    return result


def _overlap_chart(balance: Balance, spread: np.ndarray, names: tuple[str, ...], shown: list[int]) -> alt.HConcatChart:
    labels, middles, height = _labels([names[place] for place in shown], gap=26)
    canvas = Canvas(_LABELS, height)
    chosen = balance.candidates[balance.weights > 0]
    lines, marks, hollow = [], [], []
    for place, y in zip(shown, middles, strict=True):
        theirs = spread[balance.candidates, place]
        low, quarter, half, high = np.quantile(
            np.clip(theirs[np.isfinite(theirs)], -_REACH, _REACH), [0, 0.25, 0.75, 1]
        )
        lines.append({"from": low, "to": high, "quarter": quarter, "half": half, "y": y, "top": y - 6, "foot": y + 6})
        marks += [{"at": value, "y": y - 13} for value in _inside(spread[balance.treated, place])]
        if chosen.size <= _MOST_DRAWN:
            hollow += [{"at": value, "y": y + 13} for value in _inside(spread[chosen, place])]
    axis = alt.Axis(
        title="Standard deviations from the mean", titleColor=QUIET, gridColor=GRID, domain=False, tickCount=7
    )
    scale = alt.Scale(domain=[-_REACH, _REACH], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    base = alt.Chart(alt.InlineData(values=lines))
    bars = base.mark_rect(color=SHADE, opacity=1)
    ranges = base.mark_rule(color=RULE, strokeWidth=1.6)
    layers = [
        bars.encode(x=across("quarter"), x2="half:Q", y=canvas.y("top"), y2="foot:Q"),
        ranges.encode(x=across("from"), x2="to:Q", y=canvas.y()),
    ]
    if marks:
        filled = alt.Chart(alt.InlineData(values=marks)).mark_point(
            shape="circle", size=60, filled=True, color=INK, opacity=1
        )
        layers.append(filled.encode(x=across("at"), y=canvas.y()))
    if hollow:
        empty = alt.Chart(alt.InlineData(values=hollow)).mark_point(
            shape="circle", size=50, fill=PAPER, stroke=INK, strokeWidth=1.4, opacity=1
        )
        layers.append(empty.encode(x=across("at"), y=canvas.y()))
    return _beside(labels, middles, canvas, alt.layer(*layers))


def _inside(values: np.ndarray) -> list[float]:
    return [float(value) for value in np.clip(values[np.isfinite(values)], -_REACH, _REACH)]


def _overlap_data(balance: Balance, names: tuple[str, ...], identifier: str) -> Table:
    inside = {row.measure: row.inside for row in balance.rows}
    return Table(
        caption="Overlap of the measures",
        columns=(
            Column("Measure", row_header=True),
            Column("Candidates: least to largest", align="right"),
            Column("With a social worker: least to largest", align="right"),
            Column("Of these inside", align="right"),
        ),
        rows=tuple(
            (
                name,
                _range(balance.values[balance.candidates, place]),
                _range(balance.values[balance.treated, place]),
                _share(inside[name]),
            )
            for place, name in enumerate(names)
        ),
        identifier=f"{identifier}-data",
    )


def _labels(names: list[str], *, gap: float = 16) -> tuple[list[list[Line]], list[float], float]:
    labels = [[Line(words) for words in wrap(_capital(name), _LABELS)] for name in names]
    heights = [LINE_HEIGHT * len(label) + gap for label in labels]
    return labels, stack(heights), sum(heights)


def _beside(
    labels: list[list[Line]], middles: list[float], canvas: Canvas, plot: alt.LayerChart | alt.FacetChart
) -> alt.HConcatChart:
    words = alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=canvas.height)
    return alt.hconcat(words, plot.properties(width=_PLOT, height=canvas.height), spacing=10)


def _range(values: np.ndarray) -> str:
    known = values[np.isfinite(values)]
    return f"{_number(float(known.min()))} to {_number(float(known.max()))}" if known.size else "not known"


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "not known"


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}" if np.isfinite(value) else "no spread"


def _share(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "not known"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
