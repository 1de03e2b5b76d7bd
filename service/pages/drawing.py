"""Where each bar, line and word of a figure stands. Sizes are CSS pixels; nothing is scaled, so words keep their size."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

LETTER = 8.4  # an average letter of 14 px, in the widest of the typefaces that stand in for Arial
BOLD = 9.4
ROW = 20  # a line of words
BAR = 18
GAP = 14
EDGE = 42  # from the first and the last point to the edge: half of a label below
SWATCH = 26

# The palette of the Government Analysis Function; each has a pattern, a dash and a marker of its own.
COLOURS = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
DASHES = ("", "7 4", "2 3", "10 4 2 4", "14 5", "4 6")


@dataclass(frozen=True)
class Drawable:
    """Rows of numbers (one a series, None where nothing is drawn), the same in words, and what they are called."""

    names: list[str]
    labels: list[str]
    rows: list[list[float | None]]
    written: list[list[str]]


@dataclass(frozen=True)
class Words:
    x: float
    y: float
    text: str
    anchor: str = "start"
    weight: str = "400"


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    series: int

    @property
    def colour(self) -> str:
        return COLOURS[self.series]


@dataclass(frozen=True)
class Stroke:
    """A path; a marker is a short path that is filled."""

    d: str
    colour: str
    dash: str = ""
    width: float = 2.5
    filled: bool = False


@dataclass
class Drawing:
    """What one SVG holds."""

    key: str
    width: int
    height: float = 0
    words: list[Words] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)

    @property
    def is_narrow(self) -> bool:
        return self.key.endswith("-narrow")


def lines_of(text: str, width: float, *, letter: float = LETTER) -> list[str]:
    return textwrap.wrap(text, max(int(width / letter), 6)) or [""]


def point_marker(series: int, x: float, y: float) -> str:
    """A path around a point: circle, square, triangle, diamond, cross, upside-down triangle."""
    shapes = (
        f"M{x - 5:.1f} {y:.1f}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
        f"M{x - 4.5:.1f} {y - 4.5:.1f}h9v9h-9z",
        f"M{x:.1f} {y - 6:.1f}l6 10.5h-12z",
        f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z",
        f"M{x - 2:.1f} {y - 6:.1f}h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
        f"M{x:.1f} {y + 6:.1f}l6 -10.5h-12z",
    )
    return shapes[series]


def add_words(drawing: Drawing, text: str, *, x: float, room: float, weight: str = "400") -> None:
    """Words below what is there, wrapped into the room."""
    for line in lines_of(text, room, letter=LETTER if weight == "400" else BOLD):
        drawing.words.append(Words(x, drawing.height + 15, line, weight=weight))
        drawing.height += ROW


def add_key(drawing: Drawing, data: Drawable, *, lines: bool) -> None:
    """The names of the series with their marks, one below the other; a single series needs none."""
    if len(data.names) == 1:
        return
    for series, name in enumerate(data.names):
        y = drawing.height
        if lines:
            drawing.strokes.append(Stroke(f"M0 {y + 10:.1f}h{SWATCH}", COLOURS[series], DASHES[series]))
            drawing.strokes.append(Stroke(point_marker(series, SWATCH / 2, y + 10), COLOURS[series], filled=True))
        else:
            drawing.boxes.append(Box(0.5, y + 3.5, SWATCH - 1, 13, series))
        add_words(drawing, name, x=SWATCH + 10, room=drawing.width - SWATCH - 10)
    drawing.height += GAP


def draw_bars(key: str, width: int, data: Drawable, *, stacked: bool) -> Drawing:
    """Bars that lie: the label above, the value at the end, so that long names of schools fit a phone."""
    drawing = Drawing(key, width)
    add_key(drawing, data, lines=False)
    longest = max((len(text) for row in data.written for text in row), default=1)
    places = range(len(data.labels))
    sums = [sum(row[place] or 0 for row in data.rows) for place in places]
    most = max(sums if stacked else [value or 0 for row in data.rows for value in row], default=0) or 1
    scale = (width - max(longest, 8) * LETTER - 8) / most
    for place in places:
        add_words(drawing, data.labels[place], x=0, room=width, weight="700")
        if stacked:
            add_stack(drawing, data, place, scale=scale)
        else:
            for series in range(len(data.rows)):
                add_bar(drawing, data, (series, place), scale=scale)
        drawing.height += GAP
    return drawing


def add_bar(drawing: Drawing, data: Drawable, at: tuple[int, int], *, scale: float) -> None:
    series, place = at
    value = data.rows[series][place]
    length = (value or 0) * scale
    if value:
        drawing.boxes.append(Box(0.5, drawing.height + 0.5, length, BAR, series))
    text = data.written[series][place] or "no figure"
    drawing.words.append(Words(length + 6, drawing.height + BAR - 4, text))
    drawing.height += BAR + 4


def add_stack(drawing: Drawing, data: Drawable, place: int, *, scale: float) -> None:
    """The parts of one bar side by side. Its sum is not written: with one part withheld it would give that part away."""
    x = 0.5
    for series, row in enumerate(data.rows):
        if value := row[place]:
            drawing.boxes.append(Box(x, drawing.height + 0.5, value * scale, BAR + 4, series))
            x += value * scale
    if all(row[place] is None for row in data.rows):
        drawing.words.append(Words(0, drawing.height + BAR, "nothing to draw"))
    drawing.height += BAR + 8


def ticks_of(lowest: float, highest: float) -> list[float]:
    """Some four round numbers from below the lowest to above the highest; 0 is always among them."""
    low, high = Fraction(min(lowest, 0.0)), Fraction(max(highest, 0.0))  # exact: no value falls out by a rounding
    rough = (high - low or Fraction(1)) / 4
    power = Fraction(10) ** (Decimal(rough.numerator) / Decimal(rough.denominator)).adjusted()
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= rough)
    return [float(number * step) for number in range(math.floor(low / step), math.ceil(high / step) + 1)]


def draw_lines(key: str, width: int, data: Drawable) -> Drawing:
    """A line a series over the labels from left to right; a line breaks where there is no figure."""
    drawing = Drawing(key, width)
    add_key(drawing, data, lines=True)
    known = [value for row in data.rows for value in row if value is not None]
    ticks = ticks_of(min(known, default=0), max(known, default=1))
    if len(ticks) == 1:
        ticks = [0, 1]
    shown = [f"{tick:,.10g}" for tick in ticks]
    left = max(len(text) for text in shown) * LETTER + 8
    top, tall = drawing.height + 8, 200 if width < 400 else 260
    scale = tall / (ticks[-1] - ticks[0])
    for tick, text in zip(ticks, shown, strict=True):
        y = top + (ticks[-1] - tick) * scale
        drawing.strokes.append(Stroke(f"M{left:.1f} {y:.1f}H{width}", "#b1b4b6" if tick else "#0b0c0c", width=1))
        drawing.words.append(Words(left - 6, y + 5, text, anchor="end"))
    step = (width - left - 2 * EDGE) / max(len(data.labels) - 1, 1)
    across = [left + EDGE + place * step for place in range(len(data.labels))]
    for series, row in enumerate(data.rows):
        points = [None if value is None else top + (ticks[-1] - value) * scale for value in row]
        add_line(drawing, series, across, points)
    drawing.height = top + tall + 8
    add_labels_below(drawing, data.labels, across, step=step)
    return drawing


def add_line(drawing: Drawing, series: int, across: list[float], points: list[float | None]) -> None:
    d, joined = "", False
    for x, y in zip(across, points, strict=True):
        if y is not None:
            d += f"{'L' if joined else 'M'}{x:.1f} {y:.1f}"
            drawing.strokes.append(Stroke(point_marker(series, x, y), COLOURS[series], filled=True))
        joined = y is not None
    drawing.strokes.append(Stroke(d, COLOURS[series], DASHES[series]))


def add_labels_below(drawing: Drawing, labels: list[str], across: list[float], *, step: float) -> None:
    """As many labels as fit side by side, each wrapped over lines."""
    every = math.ceil(2 * EDGE / step)
    depth = 1
    for place in range(0, len(labels), every):
        lines = lines_of(labels[place], 2 * EDGE)
        depth = max(depth, len(lines))
        drawing.words += [
            Words(across[place], drawing.height + 15 + number * 17, line, anchor="middle")
            for number, line in enumerate(lines)
        ]
    drawing.height += depth * 17 + 8
