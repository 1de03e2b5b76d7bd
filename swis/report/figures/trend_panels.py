"""The drawing of a trend figure: two panels on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from swis.estimate.comparison import Comparison
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE
from swis.report.figures.labels import short_labels, spread

WITH, WITHOUT = "Schools with a social worker", "Schools without"

_LABEL_GAP = 16
_LEADER = 26
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")


@dataclass(frozen=True)
class _Frame:
    """The size and scales that both panels share."""

    terms: tuple[str, ...]
    top: float
    step: float
    width: float
    height: float

    @property
    def x(self) -> alt.Scale:
        return alt.Scale(domain=[-0.4, len(self.terms) - 0.7], nice=False, zero=False)

    @property
    def pixels_per_term(self) -> float:
        return self.width / (len(self.terms) - 0.3)

    def across(self, field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=self.x, axis=None)

    def up(self, field: str) -> alt.Y:
        ticks = [self.step * tick for tick in range(round(self.top / self.step) + 1)]
        axis = alt.Axis(values=ticks, format=",.4~f", title=None, domain=False, ticks=False, gridColor=GRID)
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, self.top], nice=False), axis=axis)


def trend_panels(
    comparison: Comparison, rates: NDArray[np.float64], *, title: str, launch: str | None
) -> alt.VConcatChart:
    labels = short_labels(comparison.schools)
    top, step = _nice_top(float(rates[np.isfinite(rates)].max(initial=0.0)))
    arms = (comparison.intervention, ~comparison.intervention)
    most = max(int(arm.sum()) for arm in arms)
    # Room for the longest label, for a school that stops early, and for the numbers of the vertical axis.
    labels = tuple(_with_end(label, row, comparison.terms) for label, row in zip(labels, rates, strict=True))
    width = PAGE_WIDTH - _LEADER - 6.8 * max(map(len, labels)) - 50
    frame = _Frame(comparison.terms, top, step, max(width, 240), max(150, most * _LABEL_GAP + 12))
    panels = []
    for arm, name, filled in zip(arms, (WITH, WITHOUT), (True, False), strict=True):
        index = [int(i) for i in np.flatnonzero(arm)]
        layers = [*_rules(comparison, frame, launch), *_schools(index, labels, rates, frame, filled=filled)]
        heading = alt.TitleParams(f"{name} ({len(index)}): {title}", fontSize=13.5, offset=12)
        panels.append(
            alt.layer(*layers, *_term_names(frame)).properties(width=frame.width, height=frame.height, title=heading)
        )
    return alt.vconcat(*panels, spacing=14).resolve_scale(shape="independent")


def _with_end(label: str, rates: NDArray[np.float64], terms: tuple[str, ...]) -> str:
    seen = np.flatnonzero(np.isfinite(rates))
    return label if not len(seen) or seen[-1] == len(terms) - 1 else f"{label} (to {terms[seen[-1]]})"


def _nice_top(highest: float) -> tuple[float, float]:
    if highest <= 0:
        return 1.0, 0.5
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    return math.ceil(highest / step - 1e-9) * step, step


def _rules(comparison: Comparison, frame: _Frame, launch: str | None) -> list[alt.Chart]:
    first_after = next((i for i, term in enumerate(comparison.terms) if term in comparison.after), None)
    start = None if launch is None else comparison.terms.index(launch)
    layers = []
    for place, words, dash in ((first_after, "after", [1, 0]), (start, "launch", [2, 3])):
        if place is None or (words == "launch" and place == first_after):
            continue
        values = alt.InlineData(values=[{"x": place - 0.5, "top": frame.top, "words": words}])
        chart = alt.Chart(values)
        layers += [
            chart.mark_rule(color=RULE, strokeWidth=1.4, strokeDash=dash).encode(x=frame.across("x")),
            chart.mark_text(align="left", dx=4, dy=-6, color=QUIET).encode(
                x=frame.across("x"), y=frame.up("top"), text="words:N"
            ),
        ]
    return layers


def _term_names(frame: _Frame) -> list[alt.Chart]:
    room = max(int(frame.pixels_per_term / 6.8), 4)
    values = [{"x": i, "zero": 0, "words": _broken(term, room)} for i, term in enumerate(frame.terms)]
    names = alt.Chart(alt.InlineData(values=values)).mark_text(baseline="top", dy=9, color=INK, lineBreak="\n")
    return [names.encode(x=frame.across("x"), y=frame.up("zero"), text="words:N")]


def _broken(term: str, room: int) -> str:
    return term if len(term) <= room else term.replace(" ", "\n", 1)


def _schools(
    index: Sequence[int], labels: Sequence[str], rates: NDArray[np.float64], frame: _Frame, *, filled: bool
) -> list[alt.Chart]:
    points = [
        {"school": str(i), "x": place, "rate": float(rates[i, place]), "part": f"{i}-{part}"}
        for i in index
        for part, places in enumerate(_stretches(rates[i]))
        for place in places
    ]
    if not points:
        return []
    drawn = [i for i in index if np.isfinite(rates[i]).any()]
    # By place rather than by label: two long labels may be cut to the same.
    shapes = alt.Scale(domain=[str(i) for i in drawn], range=[_SHAPES[n % len(_SHAPES)] for n in range(len(drawn))])
    shape = alt.Shape("school:N", scale=shapes, legend=None)
    chart = alt.Chart(alt.InlineData(values=points))
    ends = _ends(drawn, labels, rates, frame)
    leaders = alt.Chart(alt.InlineData(values=[end for end in ends if end["late"]]))
    labelled = alt.Chart(alt.InlineData(values=ends))
    fill = INK if filled else PAPER
    line = chart.mark_line(color=INK, strokeWidth=1.7, strokeDash=[1, 0] if filled else [5, 3])
    text = labelled.mark_text(align="left", baseline="middle", dx=9)
    return [
        line.encode(x=frame.across("x"), y=frame.up("rate"), detail="part:N"),
        leaders.mark_rule(color=RULE, strokeWidth=0.8).encode(
            x=frame.across("from"), x2="to:Q", y=frame.up("rate"), y2="place:Q"
        ),
        chart.mark_point(size=52, fill=fill, stroke=INK, strokeWidth=1.4, opacity=1).encode(
            x=frame.across("x"), y=frame.up("rate"), shape=shape
        ),
        labelled.mark_point(size=52, fill=fill, stroke=INK, strokeWidth=1.4, opacity=1).encode(
            x=frame.across("to"), y=frame.up("place"), shape=shape
        ),
        text.encode(x=frame.across("to"), y=frame.up("place"), text="words:N"),
    ]


def _stretches(rates: NDArray[np.float64]) -> list[list[int]]:
    stretches: list[list[int]] = [[]]
    for place, rate in enumerate(rates):
        if np.isfinite(rate):
            stretches[-1].append(place)
        elif stretches[-1]:
            stretches.append([])
    return stretches


def _ends(
    drawn: Sequence[int], labels: Sequence[str], rates: NDArray[np.float64], frame: _Frame
) -> list[dict[str, Any]]:
    last = {i: int(np.flatnonzero(np.isfinite(rates[i]))[-1]) for i in drawn}
    heights = [frame.height * float(rates[i, last[i]]) / frame.top for i in drawn]
    places = spread(heights, gap=_LABEL_GAP, low=0, high=frame.height)
    edge = len(frame.terms) - 1
    return [
        {
            "school": str(i),
            "words": labels[i],
            "from": edge,
            "to": edge + _LEADER / frame.pixels_per_term,
            "rate": float(rates[i, last[i]]),
            "place": place * frame.top / frame.height,
            "late": last[i] == edge,
        }
        for i, place in zip(drawn, places, strict=True)
    ]
