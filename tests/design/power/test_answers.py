from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from swis.design.power.answers import Simulation, detectable_curve, find, power_surface, terms_needed
from swis.design.power.assumptions import Assumptions
from swis.design.power.formula import formula_power, schools_needed
from swis.design.power.randomisation import randomisation_poisson
from swis.errors import NotEstimable

TRIAL = Assumptions(rate=0.005, k=0.37, schools=268, authorities=21, pupils=1000, terms=6)
QUICK = Simulation(seed=1, trials=3000, analyse=randomisation_poisson)


def test_the_schools_found_have_the_power_in_simulation() -> None:
    found = find("schools", replace(TRIAL, pupils_cv=0.5), ratio=0.85, simulation=QUICK)
    assert found.reached
    assert found.formula.value == schools_needed(replace(TRIAL, pupils_cv=0.5).setting(), 0.85)
    # Schools of unequal size need more than the formula says when pupils are weighed.
    assert found.answer.value > found.formula.value * 1.05
    assert found.answer.there.power == pytest.approx(0.8, abs=2 * found.answer.there.monte_carlo_error + 1e-9)


def test_the_ratio_found_has_the_power_on_either_side() -> None:
    less = find("ratio", TRIAL, ratio=0.5, simulation=QUICK)
    more = find("ratio", TRIAL, ratio=2.0, simulation=QUICK)
    assert less.answer.ratio < 1 < more.answer.ratio
    assert less.reached and more.reached


def test_the_terms_found_are_whole_and_enough() -> None:
    found = find("terms", TRIAL, ratio=0.87, simulation=QUICK)
    assert found.answer.value == int(found.answer.value)
    assert found.reached
    terms = terms_needed(TRIAL, 0.87)
    assert formula_power(replace(TRIAL, terms=terms).setting(), 0.87, schools=268) >= 0.8
    assert formula_power(replace(TRIAL, terms=terms - 1).setting(), 0.87, schools=268) < 0.8


def test_what_no_follow_up_can_find_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotEstimable, match=r"however long they are followed\. Take more schools"):
        find("terms", replace(TRIAL, schools=42), ratio=0.9, simulation=QUICK)
    with pytest.raises(NotEstimable, match="no effect"):
        terms_needed(TRIAL, 1.0)


def test_every_authority_keeps_two_schools() -> None:
    found = find("schools", TRIAL, ratio=0.3, simulation=QUICK)
    assert found.answer.value >= 42
    assert found.reached  # more power than was wanted is no failure


@pytest.mark.parametrize(("ratio", "power"), [(1.0, 0.8), (0.0, 0.8), (0.8, 1.0), (0.8, 0.01), (0.9999, 0.8)])
def test_a_search_that_cannot_end_is_refused(ratio: float, power: float) -> None:
    with pytest.raises(NotEstimable):
        find("schools", TRIAL, ratio=ratio, simulation=QUICK, power=power)


def test_the_curve_of_detectable_ratios_rises_and_has_gaps_where_nothing_is_found() -> None:
    curve = detectable_curve(replace(TRIAL, authorities=1, rate=0.0005), [4, 40, 80, 160, 320])
    assert isnan(curve.ratios[0])
    assert list(curve.ratios[1:]) == sorted(curve.ratios[1:])
    assert curve.ratios[-1] < 1


def test_a_surface_holds_power_and_size_for_every_number_of_schools() -> None:
    told = []
    surface = power_surface(
        replace(TRIAL, authorities=5),
        schools=[160, 40, 80],
        ratios=[0.9, 0.7],
        simulation=Simulation(seed=1, trials=1000),
        progress=lambda *step: told.append(step),
    )
    assert surface.schools == (40, 80, 160)
    assert surface.ratios == (0.7, 0.9)
    assert surface.simulated.shape == surface.formula.shape == (3, 2)
    assert (np.diff(surface.simulated, axis=0) > 0).all()
    assert (surface.simulated[:, 0] > surface.simulated[:, 1]).all()
    assert np.abs(surface.simulated - surface.formula).max() < 0.08
    assert len(told) == 3
