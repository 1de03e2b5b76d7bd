"""The one picture of the report: what was published of every analysis, beside what its data can carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import INK, PAGE_WIDTH, PAPER, QUIET, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap
from swis.report.figures.ratios import Interval, RatioAxis, interval_layers, no_difference

PublishedClaim = Literal["significant", "not significant"]
Verdict = Literal["supported", "not supported", "cannot tell"]

_LABELS, _PLOT, _PUBLISHED = 112, 178, 142
_CARRIED = PAGE_WIDTH - _LABELS - _PLOT - _PUBLISHED - 6
_HEADER = 46
_INDENT = 20
_APART = 10
_AXIS_TITLE = "Rate ratio; 1 = no difference"
_SIGNS: dict[Verdict, str] = {
    "supported": "M-1,0.1L-0.3,0.8L1,-0.8",
    "not supported": "M-0.8,-0.8L0.8,0.8M0.8,-0.8L-0.8,0.8",
    "cannot tell": "M-0.55,-0.45C-0.5,-1.2,0.6,-1.2,0.55,-0.4C0.5,0,0,0,0,0.45M0,0.85L0,1",
}
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class ClaimRow:
    """One published analysis: its interval and claim as published, ours, and the verdict with its reason."""

    label: str
    published: Interval
    published_claim: PublishedClaim
    ours: Interval
    verdict: Verdict
    reason: str

    @property
    def claimed(self) -> bool:
        """Whether an effect was claimed."""
        return self.published_claim == "significant"


def claims_figure(rows: Sequence[ClaimRow], *, identifier: str) -> Figure:
    """Published claim against verdict for every analysis: intervals on the left, both judgements in words on the right.

    Rows in which an effect was claimed are banded. Hollow marks are published, filled ones ours; an interval that goes
    on beyond the axis ends in an arrowhead.
    """
    if not rows:
        raise OutputError(f"The figure {identifier!r} has no rows to draw.")
    return Figure(
        identifier=identifier,
        caption="What was published and what the data can carry. Shaded rows: an effect was claimed. An arrowhead means "
        "that the interval goes on beyond the axis.",
        alt=" ".join([headline(rows), *map(_sentence, rows)]),
        drawing=draw(_chart(rows)),
        data=_data(rows, identifier),
    )


def headline(rows: Sequence[ClaimRow]) -> str:
    """How many effects were claimed and how many of those claims the data support, in a sentence or two."""
    claimed = [row for row in rows if row.claimed]
    standing = sum(row.verdict == "supported" for row in claimed)
    among = f"{len(rows)} {'analysis' if len(rows) == 1 else 'analyses'}"
    if not claimed:
        return f"No effect was claimed in {among}."
    claims = f"{_count(len(claimed))} {'effect was' if len(claimed) == 1 else 'effects were'} claimed"
    return f"{claims} in {among}. {_stand(standing, len(claimed))}"


def _stand(standing: int, claimed: int) -> str:
    if standing == 0:
        return "It does not stand." if claimed == 1 else "None of them stands."
    if standing == claimed:
        return "It stands." if claimed == 1 else "All of them stand."
    return f"{_count(standing)} of them {'stands' if standing == 1 else 'stand'}."


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _sentence(row: ClaimRow) -> str:
    return (
        f"{row.label}: published {row.published.words}, {row.published_claim}; here {row.ours.words}, "
        f"{row.verdict}: {row.reason.rstrip('.')}."
    )


def _chart(rows: Sequence[ClaimRow]) -> alt.HConcatChart:
    labels = [[Line(words, bold=row.claimed) for words in wrap(row.label, _LABELS - 12)] for row in rows]
    carried = [_carried(row) for row in rows]
    heights = [LINE_HEIGHT * max(len(label), len(said), 3) + 16 for label, said in zip(labels, carried, strict=True)]
    middles, height = stack(heights, top=_HEADER), sum(heights) + _HEADER
    bands = [(m - h / 2, m + h / 2) for row, m, h in zip(rows, middles, heights, strict=True) if row.claimed]
    strips: tuple[tuple[float, list[alt.Chart]], ...] = (
        (_LABELS, Canvas(_LABELS, height).lines(labels, middles, left=4)),
        (_PLOT, _plot(rows, middles, height)),
        (_PUBLISHED, _published(rows, middles, height)),
        (
            _CARRIED,
            [*_signs(rows, carried, middles, height), *Canvas(_CARRIED, height).lines(carried, middles, left=6)],
        ),
    )
    titles = ("", "", "Published said", "What the data can carry")
    columns = [
        alt.layer(*_bands(bands, width, height), *layers, *_title(title, width, height)).properties(
            width=width, height=height
        )
        for (width, layers), title in zip(strips, titles, strict=True)
    ]
    return (
        alt.hconcat(*columns, spacing=0, bounds="flush").properties(title=headline(rows)).resolve_scale(x="independent")
    )


def _bands(bands: list[tuple[float, float]], width: float, height: float) -> list[alt.Chart]:
    if not bands:
        return []
    values = [{"y": top + 1.5, "y2": bottom - 1.5} for top, bottom in bands]
    mark = alt.Chart(alt.InlineData(values=values)).mark_rect(color=SHADE, opacity=0.4)
    return [mark.encode(x=alt.value(0), x2=alt.value(width), y=Canvas(width, height).y(), y2="y2:Q")]


def _title(title: str, width: float, height: float) -> list[alt.Chart]:
    if not title:
        return []
    return [Canvas(width, height).text([{"words": title, "x": 6, "y": 14}], colour=INK, bold=True)]


def _plot(rows: Sequence[ClaimRow], middles: Sequence[float], height: float) -> list[alt.Chart]:
    axis = RatioAxis.over((interval for row in rows for interval in (row.published, row.ours)), width=_PLOT)
    y = Canvas(_PLOT, height).y()
    pairs = list(zip(rows, middles, strict=True))
    published = [axis.marks(row.published) | {"y": middle - _APART} for row, middle in pairs]
    ours = [axis.marks(row.ours) | {"y": middle + _APART} for row, middle in pairs]
    return [
        no_difference(axis, title=_AXIS_TITLE),
        *interval_layers(published, axis, y, title=_AXIS_TITLE, hollow=True),
        *interval_layers(ours, axis, y, title=_AXIS_TITLE),
        *_key(axis, height),
    ]


def _key(axis: RatioAxis, height: float) -> list[alt.Chart]:
    y = Canvas(_PLOT, height).y()
    layers: list[alt.Chart] = [
        alt.Chart(alt.InlineData(values=[{"y": -1, "y2": _HEADER - 8}]))
        .mark_rect(color=PAPER, opacity=1)
        .encode(x=alt.value(0), x2=alt.value(_PLOT), y=y, y2="y2:Q")
    ]
    for words, top, hollow in (("published", 8, True), ("this report", 26, False)):
        place: dict[str, Any] = {"from": axis.at(10), "to": axis.at(38), "estimate": axis.at(24), "y": top}
        layers += interval_layers([place], axis, y, title=_AXIS_TITLE, hollow=hollow)
        text = alt.Chart(alt.InlineData(values=[{"x": axis.at(48), "y": top, "words": words}]))
        layers.append(
            text.mark_text(align="left", baseline="middle").encode(
                x=axis.encoding("x", title=_AXIS_TITLE), y=y, text="words:N"
            )
        )
    return layers


def _published(rows: Sequence[ClaimRow], middles: Sequence[float], height: float) -> list[alt.Chart]:
    canvas = Canvas(_PUBLISHED, height)
    cells = [
        [Line("Significant", PAPER, bold=True, indent=7) if row.claimed else Line("Not significant", QUIET)]
        + [Line(words, INK if row.claimed else QUIET) for words in wrap(row.published.words, _PUBLISHED - 8)]
        for row in rows
    ]
    boxes = [
        {"x": 6, "x2": 86, "y": top - 11, "y2": top + 9}
        for row, cell, middle in zip(rows, cells, middles, strict=True)
        for top in [middle - LINE_HEIGHT * (len(cell) - 1) / 2]
        if row.claimed
    ]
    return [*([canvas.boxes(boxes, colour=INK, corner=3)] if boxes else []), *canvas.lines(cells, middles, left=6)]


def _carried(row: ClaimRow) -> list[Line]:
    verdict = Line(row.verdict.capitalize(), bold=True, indent=_INDENT)
    width = _CARRIED - 12
    numbers = [Line(words) for words in wrap(row.ours.words, width)]
    return [verdict, *numbers, *(Line(words, QUIET) for words in wrap(row.reason, width))]


def _signs(
    rows: Sequence[ClaimRow], cells: Sequence[Sequence[Line]], middles: Sequence[float], height: float
) -> list[alt.Chart]:
    canvas = Canvas(_CARRIED, height)
    signs = []
    for verdict, shape in _SIGNS.items():
        values = [
            {"x": 13, "y": middle - LINE_HEIGHT * (len(cell) - 1) / 2}
            for row, cell, middle in zip(rows, cells, middles, strict=True)
            if row.verdict == verdict
        ]
        if values:
            mark = alt.Chart(alt.InlineData(values=values)).mark_point(
                shape=shape, size=130, filled=False, color=INK, strokeWidth=2.4, strokeCap="round", opacity=1
            )
            signs.append(mark.encode(x=canvas.x(), y=canvas.y()))
    return signs


def _data(rows: Sequence[ClaimRow], identifier: str) -> Table:
    return Table(
        caption="Published claim and verdict for every analysis",
        columns=(
            Column("Analysis", row_header=True),
            Column("Published rate ratio (95% interval)"),
            Column("Published said"),
            Column("Rate ratio here (95% interval)"),
            Column("Verdict"),
            Column("Reason"),
        ),
        rows=tuple(
            (row.label, row.published.words, row.published_claim, row.ours.words, row.verdict, row.reason)
            for row in rows
        ),
        identifier=f"{identifier}-data",
    )
