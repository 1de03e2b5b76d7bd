"""What a panel holds, at a glance: every outcome, every term, and where the events without a school are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap
from swis.report.words import percent

NOT_COVERED = "not covered"
_LABELS = 190
_ROW = 24
_DIGITS = 7.2


@dataclass(frozen=True)
class TermTotals:
    """The totals of one outcome, term by term; None where no return covers the term."""

    name: str
    totals: tuple[int | None, ...]


def totals_figure(rows: Sequence[TermTotals], terms: Sequence[str], *, identifier: str) -> Figure:
    """Totals over all schools, each row shaded from its least to its greatest: a term that falls out is seen at once."""
    return Figure(
        identifier=identifier,
        caption="Totals over all schools by outcome and term. Each row is shaded by itself, dark where the number is high. "
        "An empty frame: no return covers the term, which is not zero.",
        alt=_say(rows, terms),
        drawing=draw(_totals_chart(rows, terms)),
        data=_totals_table(rows, terms, identifier),
    )


def _say(rows: Sequence[TermTotals], terms: Sequence[str]) -> str:
    gaps = [row.name for row in rows if any(total is None for total in row.totals)]
    covered = f"{len(rows) - len(gaps)} of {len(rows)} outcomes are covered in all {len(terms)} terms"
    return f"{covered}." + (f" Not in every term: {', '.join(gaps)}." if gaps else "")


def _totals_chart(rows: Sequence[TermTotals], terms: Sequence[str]) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(row.name, _LABELS)] for row in rows]
    heights = [max(_ROW, LINE_HEIGHT * len(label) + 6) for label in labels]
    middles, height = stack(heights), sum(heights)
    canvas = Canvas(_LABELS, height)
    width = (PAGE_WIDTH - _LABELS - 20) / max(len(terms), 1)
    marks: list[dict[str, Any]] = [
        {"term": place, "y": middle - size / 2 + 2, "y2": middle + size / 2 - 2, "middle": middle, "total": total,
         "shade": _shade(row, total), "words": "" if total is None or not _fits(total, width) else f"{total:,}"}
        for row, middle, size in zip(rows, middles, heights, strict=True)
        for place, total in enumerate(row.totals)
    ]  # fmt: skip
    return alt.hconcat(
        alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=height),
        _totals_plot(marks, terms, canvas).properties(width=width * len(terms), height=height),
        spacing=10,
    )


def _fits(total: int, width: float) -> bool:
    return len(f"{total:,}") * _DIGITS < width


def _shade(row: TermTotals, total: int | None) -> float:
    most = max((each for each in row.totals if each is not None), default=0)
    return 0.0 if total is None or not most else total / most


def _totals_plot(marks: list[dict[str, Any]], terms: Sequence[str], canvas: Canvas) -> alt.LayerChart | alt.FacetChart:
    data = alt.InlineData(values=marks)
    names = [f"{place}:{term}" for place, term in enumerate(terms)]
    words = "split(" + str([name.split(":", 1)[1] for name in names]).replace("'", '"') + "[datum.value], ' ')"
    axis = alt.Axis(labelExpr=words, domain=False, ticks=False, title=None, labelAngle=0, grid=False)
    across = alt.X("term:O", axis=axis, scale=alt.Scale(paddingInner=0.06))
    boxes = alt.Chart(data).mark_rect(stroke=GRID, strokeWidth=1)
    fill = alt.condition(
        "datum.total === null",
        alt.value(PAPER),
        alt.Fill("shade:Q", scale=alt.Scale(domain=[0, 1], range=["#eef1f3", "#7d96a8"]), legend=None),
    )
    texts = alt.Chart(data).mark_text(baseline="middle", color=INK)
    return alt.layer(
        boxes.encode(x=across, y=canvas.y("y"), y2="y2:Q", fill=fill),
        texts.encode(x=across, y=canvas.y("middle"), text="words:N"),
    )


def _totals_table(rows: Sequence[TermTotals], terms: Sequence[str], identifier: str) -> Table:
    return Table(
        caption="Totals over all schools, by outcome and term",
        columns=(Column("Outcome", row_header=True), *(Column(term, "right") for term in terms)),
        rows=tuple(
            (row.name, *(NOT_COVERED if total is None else f"{total:,}" for total in row.totals)) for row in rows
        ),
        identifier=f"{identifier}-data",
    )


@dataclass(frozen=True)
class PlacedShares:
    """How many of an outcome have a school, and how many have none, by reason."""

    name: str
    placed: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def all(self) -> int:
        """Those with a school and those without."""
        return self.placed + sum(count for _, count in self.reasons)


def placed_figure(rows: Sequence[PlacedShares], *, identifier: str) -> Figure:
    """The share of each outcome that has a school, and the share of each reason why not."""
    return Figure(
        identifier=identifier,
        caption="Events and days that have a school, as a share of all in terms that the returns cover. What has none is in the "
        "table by its reason.",
        alt=" ".join(f"{row.name}: {percent(row.placed / row.all)} have a school." for row in rows),
        drawing=draw(_placed_chart(rows)),
        data=_placed_table(rows, identifier),
    )


def _placed_chart(rows: Sequence[PlacedShares]) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(row.name, _LABELS)] for row in rows]
    heights = [max(_ROW, LINE_HEIGHT * len(label) + 8) for label in labels]
    middles, height = stack(heights), sum(heights)
    canvas = Canvas(_LABELS, height)
    values = [
        {"share": row.placed / row.all, "one": 1, "y": middle - 7, "y2": middle + 7, "middle": middle,
         "words": percent(row.placed / row.all)}
        for row, middle in zip(rows, middles, strict=True)
    ]  # fmt: skip
    data = alt.InlineData(values=values)
    axis = alt.Axis(format=".0%", tickCount=5, title=None, gridColor=GRID, domain=False)
    scale = alt.Scale(domain=[0, 1])
    bars = alt.layer(
        alt.Chart(data).mark_rect(fill=PAPER, stroke=RULE).encode(
            x=alt.X("zero:Q", scale=scale, axis=axis), x2="one:Q", y=canvas.y("y"), y2="y2:Q"
        ).transform_calculate(zero="0"),
        alt.Chart(data).mark_rect(fill=QUIET).encode(
            x=alt.X("zero:Q", scale=scale, axis=axis), x2="share:Q", y=canvas.y("y"), y2="y2:Q"
        ).transform_calculate(zero="0"),
    )  # fmt: skip
    shares = [[Line(str(value["words"]))] for value in values]
    side = Canvas(60, height)
    return alt.hconcat(
        alt.layer(*canvas.lines(labels, middles)).properties(width=_LABELS, height=height),
        bars.properties(width=PAGE_WIDTH - _LABELS - 110, height=height),
        alt.layer(*side.lines(shares, middles)).properties(width=60, height=height),
        spacing=10,
    )


def _placed_table(rows: Sequence[PlacedShares], identifier: str) -> Table:
    body = []
    for row in rows:
        body.append((row.name, "has a school", f"{row.placed:,}", percent(row.placed / row.all)))
        body += [(row.name, reason, f"{count:,}", percent(count / row.all)) for reason, count in row.reasons]
    return Table(
        caption="Where events and days are, by outcome",
        columns=(
            Column("Outcome", row_header=True),
            Column("Where"),
            Column("Number", "right"),
            Column("Share", "right"),
        ),
        rows=tuple(body),
        identifier=f"{identifier}-data",
    )
