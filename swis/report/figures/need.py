"""Schools in the order of need: rates with intervals, and how often each is among those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from swis.design.need_profile.ranks import CERTAIN
from swis.disclosure.policy import HIDDEN
from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap
from swis.report.words import plural

MOST_SCHOOLS = 40
"""Schools in one drawing; the rest are in the data of the figure."""
_LABELS, _SHARES, _WORDS = 170, 96, 58
_PLOT = PAGE_WIDTH - _LABELS - _SHARES - _WORDS - 40
_BAR = 11


@dataclass(frozen=True)
class NeedRow:
    """One school: what was counted (None: a composite has none), the shrunken estimate with its interval, the share chosen.

    `hidden`: its count may not be shown, and neither is what follows from it.
    """

    school: str
    crude: float | None
    estimate: float
    low: float
    high: float
    in_top: float
    hidden: bool = False


def need_figure(rows: Sequence[NeedRow], *, identifier: str, what: str, top: int, mean: float) -> Figure:
    """A row a school in the order given: hollow mark as counted, filled mark and line shrunken with its interval, and a bar.

    `mean` is that of all schools, drawn dashed. Raises OutputError without rows.
    """
    if not rows:
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    drawn = rows[:MOST_SCHOOLS]
    beyond = f" {len(rows) - len(drawn)} further schools: in the data alone." if len(rows) > len(drawn) else ""
    crude = "Hollow marks: as counted. " if any(row.crude is not None and not row.hidden for row in drawn) else ""
    hidden = f" {HIDDEN}: the count is hidden, and what follows from it." if any(row.hidden for row in drawn) else ""
    return Figure(
        identifier=identifier,
        caption=f"{what}. {crude}Filled marks and lines: the likely true value with its 95% interval, small numbers treated as "
        f"small. Dashed: all schools. Bars: how often a school is among the first {top}.{hidden}{beyond}",
        alt=_tell(rows, what, top),
        drawing=draw(_chart(drawn, top, mean, what)),
        data=_data(rows, identifier, what, top),
    )


def say_share(share: float) -> str:
    """A share of draws in whole per cent; the draws do not tell what is below 1% or above 99%.

    On which side of 5% and of 95% it lies survives the rounding.
    """
    if share < 0.005:
        return "under 1%"
    if min(abs(share - 0.05), abs(share - CERTAIN)) < 0.005:
        return f"{share:.1%}"
    return "over 99%" if share >= 0.995 else f"{share:.0%}"


def _tell(rows: Sequence[NeedRow], what: str, top: int) -> str:
    sure = [row.school for row in rows if row.in_top >= CERTAIN]
    edge = [row for row in rows if 1 - CERTAIN < row.in_top < CERTAIN]
    first = max(rows, key=lambda row: row.in_top)
    head = (
        f"{what}: {plural(len(rows), 'school')}. Among the first {top} in 95% of draws or more: {', '.join(sure) or 'none'}. "
        f"Of {plural(len(edge), 'school')} it cannot be said."
    )
    return f"{head} Most often among them: {first.school}, {say_share(first.in_top)}."


def _chart(rows: Sequence[NeedRow], top: int, mean: float, what: str) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(row.school, _LABELS)] for row in rows]
    heights = [LINE_HEIGHT * len(label) + 8 for label in labels]
    middles, height = stack(heights), sum(heights)
    words = [[Line(say_share(row.in_top))] for row in rows]
    names, shares = Canvas(_LABELS, height), Canvas(_WORDS, height)
    return alt.hconcat(
        alt.layer(*names.lines(labels, middles)).properties(width=_LABELS, height=height),
        _intervals(rows, middles, names, mean, what).properties(width=_PLOT, height=height),
        _bars(rows, middles, names, top).properties(width=_SHARES, height=height),
        alt.layer(*shares.lines(words, middles)).properties(width=_WORDS, height=height),
        spacing=10,
    )


def _intervals(
    rows: Sequence[NeedRow], middles: Sequence[float], canvas: Canvas, mean: float, what: str
) -> alt.LayerChart | alt.FacetChart:
    pairs = [(row, middle) for row, middle in zip(rows, middles, strict=True)]
    shown: list[dict[str, Any]] = [
        {"low": row.low, "high": row.high, "at": row.estimate, "y": y} for row, y in pairs if not row.hidden
    ]
    crude = [{"at": row.crude, "y": y} for row, y in pairs if row.crude is not None and not row.hidden]
    hidden = [{"at": mean, "y": y, "words": HIDDEN} for row, y in pairs if row.hidden]
    ends = [each[name] for each in shown for name in ("low", "high")] + [each["at"] for each in crude] + [mean]
    room = (max(ends) - min(ends)) * 0.03 or 1.0
    low = 0.0 if min(ends) >= 0 else min(ends) - room
    axis = alt.Axis(title=_axis_title(what), titleColor=QUIET, gridColor=GRID, domain=False, tickCount=5)
    scale = alt.Scale(domain=[low, max(ends) + room], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    marks = alt.Chart(alt.InlineData(values=shown))
    layers = [
        alt.Chart(alt.InlineData(values=[{"at": mean}]))
        .mark_rule(color=RULE, strokeDash=[5, 3])
        .encode(x=across("at")),
        marks.mark_rule(color=INK, strokeWidth=1.6).encode(x=across("low"), x2="high:Q", y=canvas.y()),
        alt.Chart(alt.InlineData(values=crude))
        .mark_point(shape="circle", size=52, fill=PAPER, stroke=QUIET, strokeWidth=1.5, opacity=1)
        .encode(x=across("at"), y=canvas.y()),
        marks.mark_point(shape="circle", size=58, filled=True, color=INK, opacity=1).encode(
            x=across("at"), y=canvas.y()
        ),
        alt.Chart(alt.InlineData(values=hidden))
        .mark_text(color=QUIET, align="left", dx=6, baseline="middle")
        .encode(x=across("at"), y=canvas.y(), text="words:N"),
    ]
    return alt.layer(*layers)


def _axis_title(what: str) -> list[str]:
    return wrap(what, _PLOT)


def _bars(
    rows: Sequence[NeedRow], middles: Sequence[float], canvas: Canvas, top: int
) -> alt.LayerChart | alt.FacetChart:
    values = [
        {"share": row.in_top, "zero": 0, "one": 1, "top": y - _BAR / 2, "foot": y + _BAR / 2}
        for row, y in zip(rows, middles, strict=True)
    ]
    axis = alt.Axis(
        title=["Among the", f"first {top}"], titleColor=QUIET, format=".0%", values=[0, 1], domain=False, grid=False
    )
    scale = alt.Scale(domain=[0, 1])
    chart = alt.Chart(alt.InlineData(values=values))
    bounds = {"y": canvas.y("top"), "y2": "foot:Q"}
    return alt.layer(
        chart.mark_rect(fill=PAPER, stroke=SHADE).encode(
            x=alt.X("zero:Q", scale=scale, axis=axis), x2="one:Q", **bounds
        ),
        chart.mark_rect(fill=INK).encode(x=alt.X("zero:Q", scale=scale, axis=axis), x2="share:Q", **bounds),
    )


def _data(rows: Sequence[NeedRow], identifier: str, what: str, top: int) -> Table:
    return Table(
        caption=what,
        columns=(
            Column("School", row_header=True),
            Column("As counted", align="right"),
            Column("Likely true value", align="right"),
            Column("95% interval", align="right"),
            Column(f"Among the first {top}", align="right"),
        ),
        rows=tuple(_data_row(row) for row in rows),
        identifier=f"{identifier}-data",
    )


def _data_row(row: NeedRow) -> tuple[str, ...]:
    if row.hidden:
        return (row.school, HIDDEN, HIDDEN, HIDDEN, say_share(row.in_top))
    crude = "–" if row.crude is None else f"{row.crude:.2f}"
    return (row.school, crude, f"{row.estimate:.2f}", f"{row.low:.2f} to {row.high:.2f}", say_share(row.in_top))
