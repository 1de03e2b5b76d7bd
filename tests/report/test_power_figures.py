from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from swis.design.power.answers import DetectableCurve, PowerSurface, Simulation, detectable_curve, power_surface
from swis.design.power.assumptions import Assumptions
from swis.design.power.simulate import simulate_power
from swis.errors import OutputError
from swis.report.figures.power import detectable_figure, power_figure, surface_figure

TRIAL = Assumptions(rate=0.005, k=0.37, schools=80, authorities=4, pupils=1000, terms=6)


def test_the_power_curve_tells_size_and_what_is_found() -> None:
    figure = power_figure(simulate_power(TRIAL, [0.6, 0.8, 1.6], seed=1, trials=400), identifier="p")
    assert "Where there is no effect one is claimed in" in figure.alt
    assert "A rate ratio of 0.60 or less is found in 80% or more." in figure.alt
    assert "A rate ratio of 1.60 or more is found" in figure.alt
    assert [row[0] for row in figure.data.rows] == ["0.6", "0.8", "1", "1.6"]
    assert "Rate ratio" in figure.drawing.svg


def test_a_curve_that_finds_nothing_says_so() -> None:
    figure = power_figure(simulate_power(TRIAL, [0.95], seed=1, trials=200), identifier="p")
    assert "No ratio shown is found in 80%" in figure.alt
    alone = power_figure(simulate_power(TRIAL, [], seed=1, trials=200), identifier="p")
    assert len(alone.data.rows) == 1


def test_detectable_effects_have_a_line_for_each_curve_and_gaps_in_the_table() -> None:
    curves = [detectable_curve(replace(TRIAL, k=k), [8, 40, 200], label=f"k {k}") for k in (0.2, 0.9)]
    figure = detectable_figure(curves, identifier="d")
    assert "k 0.2: " in figure.alt
    assert figure.data.rows[0][2] == "none"
    assert {"k 0.2", "k 0.9"} <= set(figure.drawing.svg.replace("<", ">").split(">"))


def test_a_figure_of_nothing_is_refused() -> None:
    nothing = DetectableCurve("", 0.8, (4,), (nan,))
    for curves in ([], [nothing], [detectable_curve(TRIAL, [80])] * 5):
        with pytest.raises(OutputError, match="1 to 4 curves"):
            detectable_figure(curves, identifier="d")
    mixed = detectable_figure([nothing, detectable_curve(TRIAL, [80])], identifier="d")
    assert "nothing is found with so few schools" in mixed.alt


def test_the_surface_prints_every_power_and_its_table_the_formula_too() -> None:
    surface = power_surface(TRIAL, schools=[40, 160], ratios=[0.7, 0.9], simulation=Simulation(seed=1, trials=300))
    figure = surface_figure(surface, identifier="s")
    for power in surface.simulated.ravel():
        assert f">{power * 100:.0f}<" in figure.drawing.svg
    assert f"{surface.simulated[0, 0]:.0%} ({surface.formula[0, 0]:.0%})" in figure.data.rows[0]
    assert "0.70: found with 80% power by 160 schools. 0.90: by none of these." in figure.alt


def test_the_same_surface_is_drawn_alike() -> None:
    values = np.array([[0.1, 0.9]])
    surface = PowerSurface((40,), (0.9, 0.7), values, values, np.array([0.05]), 100, 1)
    assert surface_figure(surface, identifier="s").drawing.svg == surface_figure(surface, identifier="s").drawing.svg
