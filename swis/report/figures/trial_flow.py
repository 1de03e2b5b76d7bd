"""The flow of a trial as CONSORT draws it: schools and pupils at every stage, an arm to each side, reasons beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import INK, PAGE_WIDTH, PAPER, QUIET, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, wrap

_BETWEEN = 34
"""Pixels between two boxes, where the arrows are."""
_PAD = 9
_TOP_BOX = 300
_ASIDE_BOX = 250
_ARM_BOX = 308
_CENTRE = PAGE_WIDTH / 2
_ASIDE_LEFT = PAGE_WIDTH - _ASIDE_BOX - 1

WHOLE = "Both arms"
ARMS = ("With a social worker", "Without")


@dataclass(frozen=True)
class FlowReason:
    """How many schools left or were left, and why."""

    why: str
    schools: int


@dataclass(frozen=True)
class FlowBox:
    """One box: its title, its schools and pupils (None: not known), and reasons in the order in which they are printed."""

    title: str
    schools: int
    pupils: int | None = None
    reasons: tuple[FlowReason, ...] = ()


@dataclass(frozen=True)
class FlowOfTrial:
    """Every box of the diagram, from top to foot.

    `whole` stands before the arms part; `aside`, those who never came in, beside it (None: not told). `stages` has the box of
    the schools with a social worker, then of those without, at each stage.
    """

    whole: tuple[FlowBox, ...]
    aside: FlowBox | None
    stages: tuple[tuple[FlowBox, FlowBox], ...]

    def __post_init__(self) -> None:
        if not self.whole or not self.stages:
            raise OutputError("A flow of schools needs a box before the arms part and one stage after it.")


@dataclass
class _Sheet:
    """What is drawn so far: boxes with their words, lines from place to place, arrowheads."""

    boxes: list[dict[str, float]] = field(default_factory=list)
    cells: list[tuple[list[Line], float, float]] = field(default_factory=list)
    lines: list[dict[str, float]] = field(default_factory=list)
    heads: list[tuple[float, float, str]] = field(default_factory=list)

    def place(self, box: FlowBox, *, left: float, top: float, width: float, height: float) -> None:
        self.boxes.append({"x": left, "x2": left + width, "y": top, "y2": top + height})
        words = _words(box, width)
        self.cells.append((words, top + _PAD + LINE_HEIGHT * len(words) / 2, left + _PAD))

    def down(self, x: float, top: float, foot: float) -> None:
        """A line downwards that ends in an arrowhead."""
        self.lines.append({"x": x, "x2": x, "y": top, "y2": foot - 6})
        self.heads.append((x, foot - 5, "triangle-down"))

    def across(self, y: float, left: float, right: float) -> None:
        self.lines.append({"x": left, "x2": right, "y": y, "y2": y})


def trial_flow_figure(flow: FlowOfTrial, *, identifier: str) -> Figure:
    """Boxes from the schools that were nominated or drawn to those that were analysed, arm beside arm, with reasons."""
    return Figure(
        identifier=identifier,
        caption="Flow of schools and pupils through the trial, by arm.",
        alt=" ".join(_sentences(flow)),
        drawing=draw(_chart(flow)),
        data=_data(flow, identifier),
    )


def _chart(flow: FlowOfTrial) -> alt.LayerChart | alt.FacetChart:
    sheet = _Sheet()
    height = _place_arms(sheet, flow, _place_top(sheet, flow))
    canvas = Canvas(PAGE_WIDTH, height + 2)
    rules = alt.Chart(alt.InlineData(values=sheet.lines)).mark_rule(color=INK, strokeWidth=1.3)
    boxes = alt.Chart(alt.InlineData(values=sheet.boxes)).mark_rect(fill=PAPER, stroke=INK, strokeWidth=1.3, opacity=1)
    layers: list[alt.Chart] = [
        rules.encode(x=canvas.x(), x2="x2:Q", y=canvas.y(), y2="y2:Q"),
        boxes.encode(x=canvas.x(), x2="x2:Q", y=canvas.y(), y2="y2:Q"),
    ]
    for shape in dict.fromkeys(head[2] for head in sheet.heads):
        values = [{"x": x, "y": y} for x, y, own in sheet.heads if own == shape]
        mark = alt.Chart(alt.InlineData(values=values)).mark_point(
            shape=shape, filled=True, size=80, color=INK, opacity=1
        )
        layers.append(mark.encode(x=canvas.x(), y=canvas.y()))
    for cell, middle, left in sheet.cells:
        layers += canvas.lines([cell], [middle], left=left)
    return alt.layer(*layers).properties(width=canvas.width, height=canvas.height)


def _place_top(sheet: _Sheet, flow: FlowOfTrial) -> float:
    """The boxes before the arms part, and the one beside them; the foot of the last."""
    top = 1.0
    for number, box in enumerate(flow.whole):
        height = _height(box, _TOP_BOX)
        sheet.place(box, left=_CENTRE - _TOP_BOX / 2, top=top, width=_TOP_BOX, height=height)
        foot = top + height
        if number == len(flow.whole) - 1:
            return foot
        gap = _BETWEEN
        if number == 0 and flow.aside is not None:
            beside = _height(flow.aside, _ASIDE_BOX)
            sheet.place(flow.aside, left=_ASIDE_LEFT, top=foot + 14, width=_ASIDE_BOX, height=beside)
            middle = foot + 14 + beside / 2
            sheet.across(middle, _CENTRE, _ASIDE_LEFT - 6)
            sheet.heads.append((_ASIDE_LEFT - 5, middle, "triangle-right"))
            gap = int(beside + 28)
        sheet.down(_CENTRE, foot, foot + gap)
        top = foot + gap
    return top


def _place_arms(sheet: _Sheet, flow: FlowOfTrial, top: float) -> float:
    """The stages below one another, an arm to each side; the foot of the last."""
    lefts = (1.0, PAGE_WIDTH - _ARM_BOX - 1)
    centres = [left + _ARM_BOX / 2 for left in lefts]
    fork = top + _BETWEEN / 2
    sheet.lines.append({"x": _CENTRE, "x2": _CENTRE, "y": top, "y2": fork})
    sheet.across(fork, *centres)
    starts = [fork, fork]
    top += _BETWEEN
    for pair in flow.stages:
        height = max(_height(box, _ARM_BOX) for box in pair)
        for box, left, centre, start in zip(pair, lefts, centres, starts, strict=True):
            sheet.down(centre, start, top)
            sheet.place(box, left=left, top=top, width=_ARM_BOX, height=height)
        starts = [top + height] * 2
        top += height + _BETWEEN
    return top - _BETWEEN


def _height(box: FlowBox, width: float) -> float:
    return LINE_HEIGHT * len(_words(box, width)) + 2 * _PAD


def _words(box: FlowBox, width: float) -> list[Line]:
    room = width - 2 * _PAD
    lines = [Line(words, bold=True) for words in wrap(box.title, room * 0.95)]
    lines += [Line(words) for words in wrap(_counted(box), room)]
    for reason in box.reasons:
        first, *rest = wrap(f"{reason.schools:,}: {reason.why}", room - 10)
        lines += [Line(first, QUIET), *(Line(words, QUIET, indent=10) for words in rest)]
    return lines


def _counted(box: FlowBox) -> str:
    schools = f"{box.schools:,} {'school' if box.schools == 1 else 'schools'}"
    return schools if box.pupils is None else f"{schools}, {box.pupils:,} pupils"


def _sentences(flow: FlowOfTrial) -> list[str]:
    aside = () if flow.aside is None else (flow.aside,)
    sentences = [f"{_told(box)}." for box in (flow.whole[0], *aside, *flow.whole[1:])]
    for pair in flow.stages:
        sentences += [f"{arm}: {_told(box)}." for arm, box in zip(ARMS, pair, strict=True)]
    return sentences


def _told(box: FlowBox) -> str:
    reasons = "; ".join(f"{reason.schools:,} {reason.why}" for reason in box.reasons)
    return f"{box.title}, {_counted(box)}" + (f" ({reasons})" if reasons else "")


def _data(flow: FlowOfTrial, identifier: str) -> Table:
    aside = () if flow.aside is None else (flow.aside,)
    rows = [row for box in (flow.whole[0], *aside, *flow.whole[1:]) for row in _rows(box, WHOLE)]
    for pair in flow.stages:
        rows += [row for box, arm in zip(pair, ARMS, strict=True) for row in _rows(box, arm)]
    return Table(
        caption="Schools and pupils at every stage",
        columns=(
            Column("Stage", row_header=True),
            Column("Arm"),
            Column("Reason"),
            Column("Schools", align="right"),
            Column("Pupils", align="right"),
        ),
        rows=tuple(rows),
        identifier=f"{identifier}-data",
    )


def _rows(box: FlowBox, arm: str) -> Sequence[tuple[str, ...]]:
    pupils = "–" if box.pupils is None else f"{box.pupils:,}"
    own = (box.title, arm, "all", f"{box.schools:,}", pupils)
    return [own, *((box.title, arm, reason.why, f"{reason.schools:,}", "–") for reason in box.reasons)]
