"""Rate ratios as figures print and draw them: intervals, a log axis, and what lies beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from swis.report.drawing import GRID, INK, PAPER, QUIET, RULE

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_TENFOLD = (0.1, 1.0, 10.0)
_FINE = (0.5, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0)
_FINEST = (0.8, 0.9, 1.0, 1.1, 1.25)
_MOST_TICKS = 7
_ARROW = 9
_NARROWEST = (0.2, 5.0)
_WIDEST = (0.02, 50.0)


@dataclass(frozen=True)
class Interval:
    """A rate ratio with its interval. None: not estimable. `low` may be 0, `high` infinite, the estimate 0 or infinite."""

    estimate: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """The estimate and its interval, as text beside a mark."""
        if self.low is None or self.high is None:
            return "not estimable" if self.estimate is None else f"{format_ratio(self.estimate)} (no interval)"
        upper = "no upper limit" if math.isinf(self.high) else format_ratio(self.high)
        estimate = "no estimate" if self.estimate is None else format_ratio(self.estimate)
        return f"{estimate} ({format_ratio(self.low)} to {upper})"


@dataclass(frozen=True)
class IntervalRow:
    """One line of an effect figure: a method, what it gives, and a note that is printed beneath."""

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    note: str = ""

    @property
    def interval(self) -> Interval:
        """The three numbers of the row."""
        return Interval(self.estimate, self.low, self.high)


def format_ratio(value: float) -> str:
    """A rate ratio with the digits that a reader can use; never rounded to a 0 that it is not."""
    if math.isinf(value):
        return "unbounded"
    if value == 0:
        return "0"
    if value >= 99.5:
        return f"{value:,.0f}"
    if value >= 9.95:
        return f"{value:.1f}"
    if value >= 0.095:
        return f"{value:.2f}"
    if value >= 0.00095:
        return f"{value:.2g}"
    return f"{value:.2e}".replace("e-0", "e-")


@dataclass(frozen=True)
class RatioAxis:
    """A log axis for rate ratios that begins and ends on a tick and always holds 1."""

    low: float
    high: float
    width: float
    """Pixels from edge to edge; the axis keeps clear of both edges by the size of an arrowhead."""

    @classmethod
    def over(cls, intervals: Iterable[Interval], *, width: float, fine: bool = False) -> RatioAxis:
        """The axis that shows these intervals, as far as they lie between 0.02 and 50.

        It reaches from 0.2 to 5 at least; if `fine`, and everything lies between 0.5 and 2, no farther than it must.
        """
        ends = [end for item in intervals for end in (item.estimate, item.low, item.high) if end is not None]
        if fine and all(_FINE[0] <= end <= _FINE[-1] for end in ends):
            low, high = min([_FINEST[0], *ends]), max([_FINEST[-1], *ends])
            return cls(max(tick for tick in _FINE if tick <= low), min(tick for tick in _FINE if tick >= high), width)
        low = min((end for end in ends if end > 0), default=1.0)
        high = max((end for end in ends if math.isfinite(end)), default=1.0)
        low = min(max(low, _WIDEST[0]), _NARROWEST[0])
        high = max(min(high, _WIDEST[1]), _NARROWEST[1])
        below = max(tick for tick in _TICKS if tick <= low * 1.0001)
        above = min(tick for tick in _TICKS if tick >= high * 0.9999)
        return cls(below, above, width)

    @property
    def ticks(self) -> tuple[float, ...]:
        """The labelled places: each about twice the one before, or every tenfold where those would crowd."""
        if (self.low, self.high) == (_FINEST[0], _FINEST[-1]):
            return _FINEST
        if self.low >= _FINE[0] and self.high <= _FINE[-1]:
            return tuple(tick for tick in _FINE if self.low <= tick <= self.high)
        inside = tuple(tick for tick in _TICKS if self.low <= tick <= self.high)
        if len(inside) <= _MOST_TICKS:
            return inside
        tenfold = [tick for tick in inside if tick in _TENFOLD]
        ends = (end for end in (self.low, self.high) if all(max(end / tick, tick / end) > 4 for tick in tenfold))
        return tuple(sorted({*tenfold, *ends}))

    def holds(self, value: float) -> bool:
        """Whether the value has a place on the axis."""
        return self.low <= value <= self.high

    def beyond(self, interval: Interval) -> str:
        """In words, what of the interval cannot be drawn; "" where all of it can."""
        if interval.low is None or interval.high is None:
            off = interval.estimate is not None and not self.holds(interval.estimate)
            return "it lies beyond this axis" if off else ""
        if interval.high < self.low:
            return "all of it lies below this axis"
        if interval.low > self.high:
            return "all of it lies above this axis"
        ends = [
            ("starts below this axis", interval.low < self.low),
            ("ends above this axis", interval.high > self.high),
        ]
        return " and ".join(words for words, true in ends if true)

    def marks(self, interval: Interval) -> dict[str, Any]:
        """Where the interval is drawn: a line cut at the axis, an arrow at each cut, a mark if the estimate is on it."""
        found: dict[str, Any] = {}
        if interval.estimate is not None and self.holds(interval.estimate):
            found["estimate"] = interval.estimate
        if interval.low is None or interval.high is None:
            return found
        if interval.low < self.low:
            found["arrow_low"] = self.low
        if interval.high > self.high:
            found["arrow_high"] = self.high
        if interval.high >= self.low and interval.low <= self.high:
            found["from"] = max(interval.low, self.low)
            found["to"] = min(interval.high, self.high)
        return found

    def at(self, pixels: float) -> float:
        """The ratio that stands this many pixels from the left edge."""
        return float(self.low * (self.high / self.low) ** ((pixels - _ARROW) / (self.width - 2 * _ARROW)))

    def pixels(self, value: float) -> float:
        """How many pixels from the left edge a ratio on the axis stands."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return _ARROW + share * (self.width - 2 * _ARROW)

    def encoding(self, field: str, *, title: str | None) -> alt.X:
        """The horizontal channel of a chart on this axis."""
        axis = alt.Axis(
            values=list(self.ticks),
            format="~g",
            gridColor=GRID,
            title=title,
            titleColor=QUIET,
            domain=False,
            labelFlush=False,
        )
        edges = [_ARROW, self.width - _ARROW]
        scale = alt.Scale(type="log", domain=[self.low, self.high], range=edges, nice=False)
        return alt.X(f"{field}:Q", scale=scale, axis=axis)


def interval_layers(
    rows: Sequence[dict[str, Any]], axis: RatioAxis, y: alt.Y, *, title: str, hollow: bool = False
) -> list[alt.Chart]:
    """The layers that draw `axis.marks` rows: lines, arrowheads at the cuts, and estimates filled or hollow."""
    layers: list[alt.Chart] = []
    colour, width = (RULE, 1.5) if hollow else (INK, 2.6)

    def those_with(field: str) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=[row for row in rows if field in row]))

    if any("from" in row for row in rows):
        line = those_with("from").mark_rule(color=colour, strokeWidth=width)
        layers.append(line.encode(x=axis.encoding("from", title=title), x2="to:Q", y=y))
    for field, shape in (("arrow_low", "triangle-left"), ("arrow_high", "triangle-right")):
        if any(field in row for row in rows):
            arrow = those_with(field).mark_point(shape=shape, filled=True, size=95, color=colour, opacity=1)
            layers.append(arrow.encode(x=axis.encoding(field, title=title), y=y))
    if any("estimate" in row for row in rows):
        mark = those_with("estimate").mark_point(
            shape="circle", size=80, fill=PAPER if hollow else INK, stroke=colour, strokeWidth=1.8, opacity=1
        )
        layers.append(mark.encode(x=axis.encoding("estimate", title=title), y=y))
    return layers


def no_difference(axis: RatioAxis, *, title: str) -> alt.Chart:
    """The reference line at a ratio of 1."""
    rule = alt.Chart(alt.InlineData(values=[{"one": 1.0}])).mark_rule(color=INK, strokeWidth=1.2, strokeDash=[5, 3])
    return rule.encode(x=axis.encoding("one", title=title))
