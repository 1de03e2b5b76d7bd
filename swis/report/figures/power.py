"""What a trial could find: power over effects, the effect found over schools, power over both."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import altair as alt

from swis.design.power.answers import DetectableCurve, PowerSurface
from swis.design.power.formula import formula_power
from swis.design.power.simulate import SimulatedPower
from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw

WANTED = 0.8
_HEIGHT = 300
_CELL = 34
_DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3])


def power_figure(curve: SimulatedPower, *, identifier: str) -> Figure:
    """Power over rate ratios: simulated as points with bars of 1.96 Monte Carlo standard errors, the formula as a line.

    At a ratio of 1 the point is the size. Dashed lines stand at 80% and at 5%.
    """
    schools = curve.assumptions.schools
    return Figure(
        identifier=identifier,
        caption=f"How often {schools:,} schools find an effect, by how large it is. Points: simulated and analysed as planned; "
        "bars: what chance in the simulation leaves open. Line: the formula. Dashed: 80%, and the 5% that are claimed "
        "where there is nothing.",
        alt=_tell_power(curve),
        drawing=draw(_power_chart(curve)),
        data=_power_table(curve, identifier),
    )


def detectable_figure(curves: Sequence[DetectableCurve], *, identifier: str) -> Figure:
    """The rate ratio that is found with the wanted power, over numbers of schools, a line for each curve.

    Where no reduction is found the line has no point. Raises OutputError with no curve, more than four, or nothing found at all.
    """
    found = [not isnan(ratio) for curve in curves for ratio in curve.ratios]
    if not 0 < len(curves) <= len(_DASHES) or not any(found):
        raise OutputError(f"The figure {identifier!r} draws 1 to {len(_DASHES)} curves on which something is found.")
    return Figure(
        identifier=identifier,
        caption=f"The smallest reduction that is found with {curves[0].power:.0%} power, by number of schools. Lower lines find "
        "only larger effects. By formula.",
        alt=_tell_detectable(curves),
        drawing=draw(_detectable_chart(curves)),
        data=_detectable_table(curves, identifier),
    )


def surface_figure(surface: PowerSurface, *, identifier: str) -> Figure:
    """Simulated power in per cent for each number of schools and rate ratio; 80% and more on dark ground."""
    return Figure(
        identifier=identifier,
        caption="Power in per cent, simulated and analysed as planned, by number of schools and rate ratio. Cells of 80% and "
        "more are dark.",
        alt=_tell_surface(surface),
        drawing=draw(_surface_chart(surface)),
        data=_surface_table(surface, identifier),
    )


def _power_chart(curve: SimulatedPower) -> alt.LayerChart | alt.FacetChart:
    points = [
        {
            "ratio": point.ratio,
            "power": point.power,
            "low": max(point.power - 1.96 * point.monte_carlo_error, 0),
            "high": min(point.power + 1.96 * point.monte_carlo_error, 1),
        }
        for point in curve.points
    ]
    low, high = curve.points[0].ratio, curve.points[-1].ratio
    steps = [low + (high - low) * step / 80 for step in range(81)] if high > low else [low]
    trial = curve.assumptions
    line = [{"ratio": r, "power": formula_power(trial.setting(), r, schools=trial.schools)} for r in steps]
    x = alt.X("ratio:Q", scale=alt.Scale(domain=[low, high], nice=False, padding=12), axis=_axis("Rate ratio", ".2f"))
    y = alt.Y("power:Q", scale=alt.Scale(domain=[0, 1]), axis=_axis("Found", ".0%"))
    rules = alt.Chart(alt.InlineData(values=[{"power": WANTED}, {"power": 0.05}])).mark_rule(
        color=RULE, strokeDash=[5, 3]
    )
    marks = alt.Chart(alt.InlineData(values=points))
    return alt.layer(
        rules.encode(y=y),
        alt.Chart(alt.InlineData(values=line)).mark_line(color=QUIET, strokeWidth=1.6).encode(x=x, y=y),
        marks.mark_rule(color=INK, strokeWidth=1.6).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        marks.mark_point(color=INK, filled=True, size=60, opacity=1).encode(x=x, y=y),
    ).properties(width=PAGE_WIDTH - 80, height=_HEIGHT)


def _axis(title: str, form: str) -> alt.Axis:
    return alt.Axis(format=form, title=title, titleColor=QUIET, gridColor=GRID, domain=False, tickCount=6)


def _detectable_chart(curves: Sequence[DetectableCurve]) -> alt.Chart:
    values = [
        {"schools": schools, "ratio": ratio, "curve": curve.label}
        for curve in curves
        for schools, ratio in zip(curve.schools, curve.ratios, strict=True)
        if not isnan(ratio)
    ]
    labels = [curve.label for curve in curves]
    legend = (
        alt.Legend(orient="top", title=None, symbolStrokeWidth=1.8, symbolType="stroke") if len(curves) > 1 else None
    )
    dash = alt.StrokeDash("curve:N", scale=alt.Scale(domain=labels, range=list(_DASHES[: len(labels)])), legend=legend)
    lowest = min(ratio for curve in curves for ratio in curve.ratios if not isnan(ratio))
    return (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(color=INK, strokeWidth=1.8, point=alt.OverlayMarkDef(color=INK, size=28))
        .encode(
            x=alt.X("schools:Q", scale=alt.Scale(zero=False, nice=True), axis=_axis("Schools in all", ",d")),
            y=alt.Y(
                "ratio:Q", scale=alt.Scale(domain=[min(lowest, 0.9), 1]), axis=_axis("Rate ratio that is found", ".2f")
            ),
            strokeDash=dash,
        )
        .properties(width=PAGE_WIDTH - 80, height=_HEIGHT)
    )


def _surface_chart(surface: PowerSurface) -> alt.LayerChart | alt.FacetChart:
    values = [
        {
            "schools": f"{schools:,}",
            "ratio": f"{ratio:.2f}",
            "power": float(surface.simulated[row, column]),
            "words": f"{surface.simulated[row, column] * 100:.0f}",
        }
        for row, schools in enumerate(surface.schools)
        for column, ratio in enumerate(surface.ratios)
    ]
    highs = (surface.simulated >= WANTED).ravel().tolist()
    down = [f"{schools:,}" for schools in surface.schools]
    across = [f"{ratio:.2f}" for ratio in surface.ratios]
    x = alt.X(
        "ratio:N",
        sort=across,
        axis=alt.Axis(title="Rate ratio", titleColor=QUIET, labelAngle=0, domain=False, ticks=False),
    )
    y = alt.Y(
        "schools:N", sort=down, axis=alt.Axis(title="Schools in all", titleColor=QUIET, domain=False, ticks=False)
    )
    shade = alt.Color("power:Q", scale=alt.Scale(domain=[0, WANTED], range=[PAPER, SHADE], clamp=True), legend=None)
    cells = alt.Chart(alt.InlineData(values=values)).mark_rect(stroke=RULE, strokeWidth=0.5, opacity=1)
    enough, short = (
        alt.Chart(alt.InlineData(values=[value for value, high in zip(values, highs, strict=True) if high == wanted]))
        for wanted in (True, False)
    )
    return alt.layer(
        cells.encode(x=x, y=y, color=shade),
        enough.mark_rect(color=INK, stroke=RULE, strokeWidth=0.5, opacity=1).encode(x=x, y=y),
        short.mark_text(color=INK).encode(x=x, y=y, text="words:N"),
        enough.mark_text(color=PAPER).encode(x=x, y=y, text="words:N"),
    ).properties(width=PAGE_WIDTH - 100, height=_CELL * len(down))


def _tell_power(curve: SimulatedPower) -> str:
    enough = [point.ratio for point in curve.points if point.power >= WANTED]
    below = [ratio for ratio in enough if ratio < 1]
    above = [ratio for ratio in enough if ratio > 1]
    parts = [f"Where there is no effect one is claimed in {curve.size.power:.1%} of simulated trials."]
    if below:
        parts.append(f"A rate ratio of {max(below):.2f} or less is found in 80% or more.")
    if above:
        parts.append(f"A rate ratio of {min(above):.2f} or more is found in 80% or more.")
    if not enough:
        best = max(curve.points, key=lambda point: point.power)
        parts.append(f"No ratio shown is found in 80%; {best.ratio:.2f} is found in {best.power:.0%}.")
    return " ".join(parts)


def _tell_detectable(curves: Sequence[DetectableCurve]) -> str:
    parts = []
    for curve in curves:
        known = [(s, r) for s, r in zip(curve.schools, curve.ratios, strict=True) if not isnan(r)]
        name = f"{curve.label}: " if curve.label else ""
        if not known:
            parts.append(f"{name}nothing is found with so few schools.")
            continue
        (fewest, least), (most, best) = known[0], known[-1]
        parts.append(f"{name}{fewest:,} schools find a rate ratio of {least:.2f}, {most:,} schools one of {best:.2f}.")
    return " ".join(parts)


def _tell_surface(surface: PowerSurface) -> str:
    parts = []
    for column, ratio in enumerate(surface.ratios):
        enough = [s for row, s in enumerate(surface.schools) if surface.simulated[row, column] >= WANTED]
        parts.append(
            f"{ratio:.2f}: found with 80% power by {min(enough):,} schools."
            if enough
            else f"{ratio:.2f}: by none of these."
        )
    return "Rate ratios and the fewest schools shown that find them. " + " ".join(parts)


def _power_table(curve: SimulatedPower, identifier: str) -> Table:
    trial = curve.assumptions
    return Table(
        caption="Power by rate ratio",
        columns=(
            Column("Rate ratio", row_header=True),
            *(
                Column(title, align="right")
                for title in ("Formula", "Simulated", "Monte Carlo standard error", "Coverage")
            ),
        ),
        rows=tuple(
            (
                f"{point.ratio:.3g}",
                f"{formula_power(trial.setting(), point.ratio, schools=trial.schools):.1%}",
                f"{point.power:.1%}",
                f"{point.monte_carlo_error:.2%}",
                "–" if isnan(point.coverage) else f"{point.coverage:.1%}",
            )
            for point in curve.points
        ),
        identifier=f"{identifier}-data",
    )


def _detectable_table(curves: Sequence[DetectableCurve], identifier: str) -> Table:
    numbers = sorted({number for curve in curves for number in curve.schools})
    by_curve = [dict(zip(curve.schools, curve.ratios, strict=True)) for curve in curves]
    return Table(
        caption=f"The rate ratio that is found with {curves[0].power:.0%} power",
        columns=(
            Column("Schools", row_header=True),
            *(Column(curve.label or "Rate ratio", align="right") for curve in curves),
        ),
        rows=tuple(
            (
                f"{number:,}",
                *("none" if isnan(found.get(number, float("nan"))) else f"{found[number]:.3f}" for found in by_curve),
            )
            for number in numbers
        ),
        identifier=f"{identifier}-data",
    )


def _surface_table(surface: PowerSurface, identifier: str) -> Table:
    return Table(
        caption="Power by number of schools and rate ratio: simulated, and the formula's in brackets",
        columns=(
            Column("Schools", row_header=True),
            Column("Size", align="right"),
            *(Column(f"{ratio:.2f}", align="right") for ratio in surface.ratios),
        ),
        rows=tuple(
            (
                f"{schools:,}",
                f"{surface.sizes[row]:.1%}",
                *(
                    f"{surface.simulated[row, column]:.0%} ({surface.formula[row, column]:.0%})"
                    for column in range(len(surface.ratios))
                ),
            )
            for row, schools in enumerate(surface.schools)
        ),
        identifier=f"{identifier}-data",
    )
