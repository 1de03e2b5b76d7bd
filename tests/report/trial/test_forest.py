from __future__ import annotations

import math

import pytest

from swis.errors import OutputError
from swis.report.figures.forest import Forest, ForestRow, forest_figure
from swis.report.figures.ratios import Interval, RatioAxis

FOREST = Forest("Caption.", "Nothing was found.", "Outcome", 0.9)


def rows() -> list[ForestRow]:
    return [
        ForestRow("Enquiries", Interval(1.055, 0.955, 1.166), "p 0.29", bold=True),
        ForestRow("Days", Interval(1.2, 0.8, 1.9), hollow=True),
        ForestRow("Entries", Interval(None, None, None), "no events"),
        ForestRow("Test", Interval(None, 0.95, 1.1), said="0.95 to 1.10 not rejected"),
    ]


def test_the_finding_comes_first_and_every_row_is_told() -> None:
    figure = forest_figure(rows(), FOREST, identifier="forest")
    assert figure.alt.startswith("Nothing was found. Enquiries: 1.05 (0.95 to 1.17); p 0.29.")
    assert "Entries: not estimable; no events." in figure.alt
    assert "Test: 0.95 to 1.10 not rejected." in figure.alt
    assert [row[0] for row in figure.data.rows] == ["Enquiries", "Days", "Entries", "Test"]
    assert figure.data.rows[2][1] == "not estimable"
    assert figure.data.rows[3][1:4] == ("–", "0.95", "1.10")


def test_narrow_intervals_get_a_narrow_axis_and_wide_ones_an_arrowhead() -> None:
    narrow = forest_figure(rows()[:1], FOREST, identifier="forest")
    assert ">1.1<" in narrow.drawing.svg
    wide = forest_figure([ForestRow("Rare", Interval(0.4, 0.0, math.inf))], FOREST, identifier="forest")
    assert (
        "starts below this axis and ends above this axis" in wide.drawing.svg.replace("\n", " ")
        or "starts" in wide.drawing.svg
    )
    assert ">1.1<" not in wide.drawing.svg


def test_a_fine_axis_reaches_no_farther_than_it_must() -> None:
    def axis(low: float, high: float) -> RatioAxis:
        return RatioAxis.over([Interval(1.0, low, high)], width=200, fine=True)

    assert (axis(0.9, 1.1).low, axis(0.9, 1.1).high) == (0.8, 1.25)
    assert axis(0.9, 1.1).ticks == (0.8, 0.9, 1.0, 1.1, 1.25)
    assert (axis(0.55, 1.3).low, axis(0.55, 1.3).high) == (0.5, 1.6)
    assert (axis(0.45, 1.3).low, axis(0.45, 1.3).high) == (0.2, 5.0)
    assert RatioAxis.over([Interval(1.0, 0.9, 1.1)], width=200).high == 5.0


def test_without_an_effect_worth_having_there_is_no_band() -> None:
    with_band = forest_figure(rows(), FOREST, identifier="forest").drawing.svg
    without = forest_figure(rows(), Forest("Caption.", "Nothing.", "Outcome"), identifier="forest").drawing.svg
    assert len(with_band) > len(without)


def test_a_forest_of_nothing_is_refused() -> None:
    with pytest.raises(OutputError, match="no rows"):
        forest_figure([], FOREST, identifier="forest")
