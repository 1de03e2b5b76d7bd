"""Money: the cost-effectiveness plane, the acceptability curve, budgets by year, and what hangs on each input."""

from __future__ import annotations

from typing import Any

import altair as alt

from swis.costs.budget import BudgetImpact
from swis.costs.cost_effect import whole_pounds
from swis.costs.money_result import Weighed
from swis.costs.published_trial import PublishedAcceptability
from swis.costs.tornado import Tornado
from swis.errors import OutputError
from swis.report.document import Column, Figure, Table
from swis.report.drawing import GRID, INK, PAGE_WIDTH, PAPER, QUIET, RULE, SHADE, draw
from swis.report.figures.canvas import LINE_HEIGHT, Canvas, Line, stack, wrap

_HEIGHT = 320
_SHOWN = 400
"""Draws that are drawn as points: enough for the shape, few enough for the file."""
_PRINTED = (0, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 50_000, 75_000, 100_000)
"""The worths for which the table beside the curve has a row, where the curve has them."""
_LABELS, _VALUES = 210, 170


def plane_figure(weighed: Weighed, *, identifier: str, worth: float) -> Figure:
    """The cost-effectiveness plane: redrawn trials as rings, the estimate a diamond, the worth of one averted a dashed line.

    Below and right of the line the programme is worth its money. 400 of the draws are shown; the shares count all of them.
    """
    draws, shares = weighed.draws, weighed.drawn_plane
    parts = [
        ("Better and dearer", shares.better_and_dearer),
        ("Better and cheaper", shares.better_and_cheaper),
        ("Worse and dearer", shares.worse_and_dearer),
        ("Worse and cheaper", shares.worse_and_cheaper),
    ]
    probability = float((worth * draws.effect - draws.cost > 0).mean())
    told = "; ".join(f"{name.lower()} {share:.1%}" for name, share in parts)
    return Figure(
        identifier=identifier,
        caption=f"Costs and {draws.outcome} averted, per {draws.per}. Rings: trials redrawn from the schools of this one; "
        f"diamond: the estimate. Below the dashed line one averted costs less than {whole_pounds(worth)}.",
        alt=f"The estimate is {whole_pounds(draws.estimate[0])} more and {draws.estimate[1]:.3g} averted per {draws.per}. Of "
        f"{len(draws.cost):,} redrawn trials: {told}. Below the line of {whole_pounds(worth)}: {probability:.1%}.",
        drawing=draw(_plane_chart(weighed, worth)),
        data=Table(
            caption="Where the redrawn trials lie on the plane",
            columns=(Column("Outcomes and cost with a social worker", row_header=True), Column("Share", "right")),
            rows=(
                *((name, f"{share:.1%}") for name, share in parts),
                (f"Below {whole_pounds(worth)}", f"{probability:.1%}"),
            ),
            identifier=f"{identifier}-data",
        ),
    )


def acceptability_figure(
    weighed: Weighed, *, identifier: str, published: PublishedAcceptability | None = None
) -> Figure:
    """The probability of being worth its money over what one averted is worth: line, draws dashed, literature as diamonds."""
    curve, drawn = weighed.curve, weighed.drawn_curve
    beside = {} if published is None else dict(zip(published.worths, published.probabilities, strict=True))
    worths = sorted({*(set(curve.worths) & set(_PRINTED) or curve.worths), *beside})
    ours, counted = (dict(zip(each.worths, each.probabilities, strict=True)) for each in (curve, drawn))
    literature = f" Diamonds: printed elsewhere ({published.source}), not a result of these data." if published else ""
    highest = max(zip(curve.probabilities, curve.worths, strict=True))
    return Figure(
        identifier=identifier,
        caption=f"How probable it is that the programme is worth its money, by what one of {curve.outcome} averted is worth. "
        f"Line: by regression; dashed: counted in redrawn trials.{literature}",
        alt=f"The probability runs from {curve.probabilities[0]:.1%} at {whole_pounds(curve.worths[0])} to "
        f"{curve.probabilities[-1]:.1%} at {whole_pounds(curve.worths[-1])}; at most {highest[0]:.1%}. "
        + " ".join(f"Printed elsewhere at {whole_pounds(worth)}: {share:.1%}." for worth, share in beside.items()),
        drawing=draw(_curve_chart(weighed, beside)),
        data=Table(
            caption="Probability of being worth its money",
            columns=(
                Column("Worth of one averted", row_header=True),
                Column("By regression", "right"),
                Column("In redrawn trials", "right"),
                *((Column("Printed elsewhere", "right"),) if beside else ()),
            ),
            rows=tuple(
                (
                    whole_pounds(worth),
                    _share(ours.get(worth)),
                    _share(counted.get(worth)),
                    *((_share(beside.get(worth)),) if beside else ()),
                )
                for worth in worths
            ),
            identifier=f"{identifier}-data",
        ),
    )


def budget_figure(budget: BudgetImpact, *, identifier: str) -> Figure:
    """What has to be found each year as bars, and what is left after savings as a tick with its interval."""
    years = budget.years
    net = " Ticks: net of what is saved, with its interval." if budget.saved_known else ""
    return Figure(
        identifier=identifier,
        caption=f"What has to be found each year, in {budget.price_year} prices, not discounted.{net}",
        alt=" ".join(
            f"Year {year.year}: {year.schools:,} schools, {whole_pounds(year.cost)}"
            + (f", net {whole_pounds(year.net)}." if budget.saved_known else ".")
            for year in years
        ),
        drawing=draw(_budget_chart(budget)),
        data=Table(
            caption="Budget by year",
            columns=(
                Column("Year", row_header=True),
                *(Column(name, "right") for name in ("Schools", "Cost", "Saved", "Net", "Net at present value")),
            ),
            rows=tuple(
                (
                    str(year.year),
                    f"{year.schools:,}",
                    whole_pounds(year.cost),
                    whole_pounds(year.saved) if budget.saved_known else "not known",
                    whole_pounds(year.net),
                    whole_pounds(year.net * year.factor),
                )
                for year in years
            ),
            identifier=f"{identifier}-data",
        ),
    )


def tornado_figure(tornado: Tornado, *, identifier: str) -> Figure:
    """One bar for each input, from the net cost at its low to that at its high; the rule stands at the net cost as it is."""
    if not tornado.bars:
        raise OutputError(f"The figure {identifier!r} has no input to move: no unit cost has a low and a high.")
    first = tornado.bars[0]
    return Figure(
        identifier=identifier,
        caption=f"Net cost per school and year ({tornado.price_year} prices) when one input at a time goes to its low and to its "
        f"high. The rule stands at {whole_pounds(tornado.net)}, with every input as it is.",
        alt=f"Most hangs on {first.what}: {whole_pounds(first.net_at_low)} to {whole_pounds(first.net_at_high)}. "
        + " ".join(f"{bar.what}: {_ends(bar.net_at_low, bar.net_at_high)}." for bar in tornado.bars[1:]),
        drawing=draw(_tornado_chart(tornado)),
        data=Table(
            caption="Net cost at the ends of each input",
            columns=(
                Column("Input", row_header=True),
                *(Column(name, "right") for name in ("Low", "High", "Net cost at low", "Net cost at high")),
                Column("Source"),
            ),
            rows=tuple(
                (
                    bar.what,
                    f"{bar.low:,.4g}",
                    f"{bar.high:,.4g}",
                    whole_pounds(bar.net_at_low),
                    whole_pounds(bar.net_at_high),
                    bar.source,
                )
                for bar in tornado.bars
            ),
            identifier=f"{identifier}-data",
        ),
    )


def _plane_chart(weighed: Weighed, worth: float) -> alt.LayerChart | alt.FacetChart:
    draws = weighed.draws
    shown = [
        {"effect": float(effect), "cost": float(cost)}
        for effect, cost in zip(draws.effect[:_SHOWN], draws.cost[:_SHOWN], strict=True)
    ]
    (cost, effect), everything = draws.estimate, [*shown, {"effect": 0.0, "cost": 0.0}]
    ends = {name: _stretch([row[name] for row in everything]) for name in ("effect", "cost")}
    x = alt.X("effect:Q", scale=alt.Scale(domain=ends["effect"], nice=False), axis=_axis("Averted", ",.3~g"))
    y = alt.Y("cost:Q", scale=alt.Scale(domain=ends["cost"], nice=False), axis=_axis("Cost, £", ",.0f"))
    line = [{"effect": at, "cost": at * worth} for at in ends["effect"]]
    return alt.layer(
        _values(shown).mark_point(color=RULE, filled=False, size=18, opacity=0.55, strokeWidth=0.8).encode(x=x, y=y),
        _values([{"at": 0}]).mark_rule(color=INK).encode(x=alt.X("at:Q")),
        _values([{"at": 0}]).mark_rule(color=INK).encode(y=alt.Y("at:Q")),
        _values(line).mark_line(color=INK, strokeDash=[6, 4], clip=True).encode(x=x, y=y),
        _values([{"effect": effect, "cost": cost}])
        .mark_point(color=INK, fill=PAPER, shape="diamond", size=170, opacity=1, strokeWidth=2)
        .encode(x=x, y=y),
    ).properties(width=PAGE_WIDTH - 90, height=_HEIGHT)


def _curve_chart(weighed: Weighed, beside: dict[float, float]) -> alt.LayerChart | alt.FacetChart:
    regression, counted = (
        [{"worth": worth, "share": share} for worth, share in zip(each.worths, each.probabilities, strict=True)]
        for each in (weighed.curve, weighed.drawn_curve)
    )
    x = alt.X("worth:Q", scale=alt.Scale(nice=False), axis=_axis("What one averted is worth, £", ",.0f"))
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=_axis("Probability", ".0%"))
    layers = [
        _values([{"share": 0.5}]).mark_rule(color=RULE, strokeDash=[2, 3]).encode(y=y),
        _values(regression).mark_line(color=INK, strokeWidth=1.8).encode(x=x, y=y),
        _values(counted).mark_line(color=QUIET, strokeWidth=1.6, strokeDash=[6, 4]).encode(x=x, y=y),
    ]
    if beside:
        printed = [{"worth": worth, "share": share} for worth, share in beside.items()]
        mark = _values(printed).mark_point(color=INK, fill=PAPER, shape="diamond", size=110, opacity=1, strokeWidth=1.6)
        layers.append(mark.encode(x=x, y=y))
    return alt.layer(*layers).properties(width=PAGE_WIDTH - 80, height=_HEIGHT)


def _budget_chart(budget: BudgetImpact) -> alt.LayerChart | alt.FacetChart:
    rows = [
        {
            "year": f"Year {year.year}",
            "cost": year.cost,
            "net": year.net,
            "low": year.cost - year.saved_high,
            "high": year.cost - year.saved_low,
        }
        for year in budget.years
    ]
    order = [f"Year {year.year}" for year in budget.years]
    x = alt.X("year:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, domain=False, ticks=False))
    bars = _values(rows).mark_bar(color=SHADE, stroke=INK, strokeWidth=1.2, size=46)
    layers = [bars.encode(x=x, y=alt.Y("cost:Q", axis=_axis("£ a year", ",.0f")))]
    if budget.saved_known:
        layers += [
            _values(rows).mark_rule(color=INK, strokeWidth=1.6).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
            _values(rows).mark_tick(color=INK, thickness=3, size=26).encode(x=x, y=alt.Y("net:Q")),
        ]
    return alt.layer(*layers).properties(width=PAGE_WIDTH - 100, height=_HEIGHT - 60)


def _tornado_chart(tornado: Tornado) -> alt.HConcatChart:
    labels = [[Line(words) for words in wrap(bar.what, _LABELS)] for bar in tornado.bars]
    heights = [LINE_HEIGHT * len(label) + 17 for label in labels]
    middles, height = stack(heights), sum(heights)
    strip, plot_width = Canvas(_LABELS, height), PAGE_WIDTH - _LABELS - _VALUES - 24
    rows = [
        {"from": min(ends), "to": max(ends), "y": middle - 9, "y2": middle + 9}
        for ends, middle in zip(((bar.net_at_low, bar.net_at_high) for bar in tornado.bars), middles, strict=True)
    ]
    limits = _stretch([value for row in rows for value in (row["from"], row["to"])])
    across = alt.X("from:Q", scale=alt.Scale(domain=limits, nice=False), axis=None)
    bars = _values(rows).mark_rect(color=SHADE, stroke=INK, strokeWidth=1.2, opacity=1)
    base = _values([{"net": tornado.net}]).mark_rule(color=INK, strokeWidth=1.6)
    plot = alt.layer(
        bars.encode(x=across, x2="to:Q", y=strip.y(), y2="y2:Q"),
        base.encode(x=alt.X("net:Q", scale=alt.Scale(domain=limits, nice=False), axis=None)),
    )
    said = [[Line(_ends(bar.net_at_low, bar.net_at_high))] for bar in tornado.bars]
    return alt.hconcat(
        alt.layer(*strip.lines(labels, middles)).properties(width=_LABELS, height=height),
        plot.properties(width=plot_width, height=height),
        alt.layer(*Canvas(_VALUES, height).lines(said, middles)).properties(width=_VALUES, height=height),
        spacing=10,
        bounds="flush",
    )


def _values(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _axis(title: str, form: str) -> alt.Axis:
    return alt.Axis(format=form, title=title, titleColor=QUIET, gridColor=GRID, domain=False, tickCount=6)


def _stretch(values: list[float]) -> list[float]:
    """The ends of the values with a little room, so that nothing lies on the border."""
    room = (max(values) - min(values)) * 0.05 or 1.0
    return [min(values) - room, max(values) + room]


def _ends(first: float, second: float) -> str:
    low, high = sorted((first, second))
    return f"{whole_pounds(low)} to {whole_pounds(high)}"


def _share(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.1%}"
