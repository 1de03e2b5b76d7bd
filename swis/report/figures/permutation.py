"""The real choice of schools among all that could have been made."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import altair as alt

from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import INK, PAGE_WIDTH, PAPER, draw
from swis.report.figures.canvas import Canvas
from swis.report.figures.ratios import Interval, RatioAxis, format_ratio, no_difference

_WIDTH = PAGE_WIDTH - 30
_LARGEST_DOT, _SMALLEST_DOT, _TALLEST = 11.0, 4.0, 210.0
_HEADROOM = 34
_POINTER = 125
_LISTED = 60
_AXIS_TITLE = "Rate ratio if these schools had been chosen (log scale); 1 = no difference"


def permutation_figure(
    values: Sequence[float], observed: float, *, identifier: str, outcome_name: str, p_value: float, smallest_p: float
) -> Figure:
    """The rate ratio under every possible choice of schools, one dot each, with the real choice marked.

    `values` holds every choice, the real one among them; 0 and infinity stand at the ends of the axis as triangles; a
    choice without an estimate is NaN and is counted in the caption. `p_value` and `smallest_p` (the least that so few
    choices can give) come from the test itself; nothing is tested here.
    """
    known = [value for value in values if not math.isnan(value)]
    if math.isnan(observed) or not any(math.isclose(observed, value, rel_tol=1e-9) for value in known):
        raise OutputError(f"The figure {identifier!r} needs the real choice's rate ratio among all of them.")
    without = len(values) - len(known)
    missing = f" {without} further choice{'s give' if without > 1 else ' gives'} no estimate." if without else ""
    return Figure(
        identifier=identifier,
        caption=f"Rate ratio for {outcome_name} under each of the {len(values):,} possible choices of schools. "
        f"Filled: the choice that was made. A triangle at an end of the axis: a ratio beyond it.{missing}",
        alt=f"{len(values):,} choices of schools were possible. They give rate ratios for {outcome_name} from "
        f"{format_ratio(min(known))} to {format_ratio(max(known))}; the choice that was made gives "
        f"{format_ratio(observed)}. Permutation p is {p_value:.3g}; the smallest that could have come out is "
        f"{smallest_p:.3g}.{missing}",
        drawing=draw(_chart(known, observed)),
        data=_data(known, observed, identifier=identifier, outcome_name=outcome_name),
    )


def _chart(values: Sequence[float], observed: float) -> alt.LayerChart | alt.FacetChart:
    axis = RatioAxis.over([Interval(value, None, None) for value in values], width=_WIDTH)
    real = min(range(len(values)), key=lambda i: abs(_position(values[i], axis) - _position(observed, axis)))
    size, dots = _dots(values, real, axis)
    height = max(dot["up"] for dot in dots) + size + _HEADROOM
    canvas = Canvas(_WIDTH, height)
    for dot in dots:
        dot["y"] = height - dot.pop("up")
    layers = [no_difference(axis, title=_AXIS_TITLE)]
    for shape in ("circle", "triangle-left", "triangle-right"):
        for chosen in (False, True):
            some = [dot for dot in dots if dot["shape"] == shape and dot["real"] == chosen]
            if some:
                mark = alt.Chart(alt.InlineData(values=some)).mark_point(
                    shape=shape, size=(size * 0.92) ** 2 * 0.785, opacity=1, strokeWidth=1.1 if size > 6 else 0.8,
                    stroke=INK, fill=INK if chosen else PAPER,
                )  # fmt: skip
                layers.append(mark.encode(x=axis.encoding("x", title=_AXIS_TITLE), y=canvas.y()))
    layers += _pointer(next(dot for dot in dots if dot["real"]), observed, axis, canvas)
    return alt.layer(*layers).properties(width=_WIDTH, height=height)


def _position(value: float, axis: RatioAxis) -> float:
    return axis.pixels(min(max(value, axis.low), axis.high))


def _dots(values: Sequence[float], real: int, axis: RatioAxis) -> tuple[float, list[dict[str, Any]]]:
    size = _LARGEST_DOT
    while True:
        piles: dict[tuple[str, int], list[int]] = defaultdict(list)
        for i in sorted(range(len(values)), key=lambda i: (i == real, values[i])):
            piles[_shape(values[i], axis), round(_position(values[i], axis) / size)].append(i)
        if size <= _SMALLEST_DOT or max(map(len, piles.values())) * size <= _TALLEST:
            break
        size = max(size * 0.85, _SMALLEST_DOT)
    # Beyond the smallest dot a pile is pressed together rather than let the figure grow over the page.
    rise = min(size, _TALLEST / max(map(len, piles.values())))
    dots = [
        {
            "x": axis.at(min(max(place * size, axis.pixels(axis.low)), axis.pixels(axis.high))),
            "up": size / 2 + 3 + rank * rise,
            "shape": shape,
            "real": i == real,
        }
        for (shape, place), pile in piles.items()
        for rank, i in enumerate(pile)
    ]
    return size, dots


def _shape(value: float, axis: RatioAxis) -> str:
    if axis.holds(value):
        return "circle"
    return "triangle-left" if value < axis.low else "triangle-right"


def _pointer(dot: dict[str, Any], observed: float, axis: RatioAxis, canvas: Canvas) -> list[alt.Chart]:
    # The words stand on the side that faces away from the line at 1, if there is room for them.
    place = axis.pixels(dot["x"])
    left = (place > _WIDTH - _POINTER) or (_POINTER < place < axis.pixels(1))
    values = [
        {"x": dot["x"], "y": 20, "end": dot["y"], "top": 12, "words": f"chosen in fact: {format_ratio(observed)}"}
    ]
    chart = alt.Chart(alt.InlineData(values=values))
    across = axis.encoding("x", title=_AXIS_TITLE)
    words = chart.encode(x=across, y=canvas.y("top"), text="words:N")
    side: Literal["left", "right"] = "right" if left else "left"
    return [
        chart.mark_rule(color=INK, strokeWidth=1).encode(x=across, y=canvas.y(), y2="end:Q"),
        words.mark_text(align=side, baseline="middle", fontWeight="bold", stroke=PAPER, strokeWidth=5),
        words.mark_text(align=side, baseline="middle", fontWeight="bold"),
    ]


def _data(values: Sequence[float], observed: float, *, identifier: str, outcome_name: str) -> Table:
    caption = f"Rate ratio for {outcome_name} under every choice of schools"
    if len(values) > _LISTED:
        return _binned(values, observed, identifier=identifier, caption=caption)
    marked = min(range(len(values)), key=lambda i: 0.0 if values[i] == observed else abs(values[i] - observed))
    order = sorted(range(len(values)), key=lambda i: values[i])
    return Table(
        caption=caption,
        columns=(
            Column("Place", align="right", row_header=True),
            Column("Rate ratio", align="right"),
            Column("Choice"),
        ),
        rows=tuple(
            (str(rank), format_ratio(values[i]), "made in fact" if i == marked else "possible")
            for rank, i in enumerate(order, start=1)
        ),
        identifier=f"{identifier}-data",
    )


def _binned(values: Sequence[float], observed: float, *, identifier: str, caption: str) -> Table:
    edges = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0, 2.8, 5.0, 10.0, 20.0, 50.0, math.inf)
    rows = []
    for low, high in pairwise(edges):
        inside = [value for value in values if low <= value < high or value == high == math.inf]
        if inside:
            upper = "and above" if math.isinf(high) else f"to under {high:g}"
            holds = low <= observed < high or observed == high == math.inf
            rows.append((f"{low:g} {upper}", str(len(inside)), "holds the choice made in fact" if holds else ""))
    return Table(
        caption=caption,
        columns=(Column("Rate ratio", row_header=True), Column("Choices", align="right"), Column("Note")),
        rows=tuple(rows),
        identifier=f"{identifier}-data",
    )
