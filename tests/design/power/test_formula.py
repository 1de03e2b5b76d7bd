from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

from swis.design.power.formula import (
    Setting,
    clusters_per_arm,
    design_effect,
    detectable_ratio,
    exposure_needed,
    formula_power,
    harmonic_mean,
    schools_needed,
)
from swis.errors import NotEstimable

HAYES = Setting(rate=0.015, exposure=1000, k=0.25)
rates = st.floats(0.001, 0.1)
exposures = st.floats(100, 10_000)
ks = st.floats(0.05, 1.0)
ratios = st.floats(0.3, 0.95)


def test_clusters_are_those_of_the_paper_by_hand() -> None:
    # 1 + (1.959964 + .841621)^2 [.027/1000 + .0625 (.015^2 + .012^2)] / .003^2; with 1.281552 for 90%.
    assert clusters_per_arm(HAYES, 0.8) == pytest.approx(44.6594, abs=5e-5)
    assert clusters_per_arm(HAYES, 0.8, power=0.9) == pytest.approx(59.4475, abs=5e-5)
    assert schools_needed(HAYES, 0.8) == 2 * 45


def test_strata_cost_one_school_more_in_each_arm() -> None:
    stratified = Setting(rate=0.015, exposure=1000, k=0.25, strata=10)
    assert clusters_per_arm(stratified, 0.8) == pytest.approx(clusters_per_arm(HAYES, 0.8) + 1)


@pytest.mark.parametrize(("k", "ratio"), [(0.25, 0.898), (0.37, 0.8665), (0.5, 0.831)])
def test_what_134_schools_an_arm_can_find(k: float, ratio: float) -> None:
    setting = Setting(rate=0.015, exposure=1993.33, k=k)
    assert detectable_ratio(setting, schools=268) == pytest.approx(ratio, abs=5e-4)


def test_with_few_schools_t_takes_the_place_of_the_normal_distribution() -> None:
    few = Setting(rate=0.015, exposure=1000, k=0.1)
    clusters = clusters_per_arm(few, 0.6)
    assert clusters < 15
    # statsmodels: the same t test, by the noncentral distribution, needs a little less or more than a tenth of a school.
    spread = math.sqrt(few.variance(0.6) / 2)
    theirs = TTestIndPower().solve_power(effect_size=0.4 * 0.015 / spread, alpha=0.05, power=0.8)
    assert clusters == pytest.approx(theirs, abs=0.15)


def test_unequal_arms_need_more_schools_in_all() -> None:
    # By hand: the arm without has (z + z)^2 [v0 + v1 / 2] / d^2 schools, the other twice as many.
    uneven = Setting(rate=0.015, exposure=1000, k=0.25, share=2 / 3)
    v0, v1 = (rate / 1000 + (0.25 * rate) ** 2 for rate in (0.015, 0.012))
    expected = 1 + (1.959964 + 0.841621) ** 2 * (v0 + v1 / 2) / 0.003**2
    assert clusters_per_arm(uneven, 0.8) == pytest.approx(expected, rel=1e-6)
    assert schools_needed(uneven, 0.8) > schools_needed(HAYES, 0.8)


def test_design_effect_and_harmonic_mean() -> None:
    assert design_effect(0.015, 2000, 0.37) == pytest.approx(1 + 0.37**2 * 30)
    assert harmonic_mean([500, 1000, 2000]) == pytest.approx(3 / (1 / 500 + 1 / 1000 + 1 / 2000))
    assert harmonic_mean([700, 700]) == pytest.approx(700)


def test_power_at_no_effect_is_the_level() -> None:
    assert formula_power(HAYES, 1.0, schools=100) == pytest.approx(0.05)


@given(rates, exposures, ks, ratios)
def test_the_schools_needed_have_the_power_and_one_fewer_has_not(
    rate: float, exposure: float, k: float, ratio: float
) -> None:
    setting = Setting(rate, exposure, k, quantiles="normal")
    clusters = clusters_per_arm(setting, ratio)
    assert formula_power(setting, ratio, schools=2 * clusters) == pytest.approx(0.8, abs=1e-4)
    assert formula_power(setting, ratio, schools=2 * clusters * 0.98) < 0.8


@given(rates, exposures, ks, ratios, st.integers(30, 400))
def test_more_schools_exposure_and_effect_give_power_and_scatter_takes_it(
    rate: float, exposure: float, k: float, ratio: float, schools: int
) -> None:
    def power(*, r: float = ratio, s: float = schools, e: float = exposure, between: float = k) -> float:
        return formula_power(Setting(rate, e, between, quantiles="normal"), r, schools=s)

    slack = 1e-9
    assert power(s=schools * 1.3) >= power() - slack
    assert power(e=exposure * 1.5) >= power() - slack
    assert power(r=ratio * 0.9) >= power() - slack
    assert power(between=k * 1.2) <= power() + slack


@given(rates, exposures, ks, st.integers(40, 2000))
def test_the_detectable_ratio_is_found_with_the_power_on_either_side(
    rate: float, exposure: float, k: float, schools: int
) -> None:
    setting = Setting(rate, exposure, k)
    for direction in ("reduction", "increase"):
        try:
            ratio = detectable_ratio(setting, schools=schools, direction=direction)  # type: ignore[arg-type]
        except NotEstimable:
            continue
        assert formula_power(setting, ratio, schools=schools) == pytest.approx(0.8, abs=1e-6)
        assert (ratio < 1) == (direction == "reduction")


def test_exposure_needed_is_the_least_that_has_the_power() -> None:
    exposure = exposure_needed(HAYES, 0.8, schools=80)
    enough = Setting(rate=0.015, exposure=exposure, k=0.25)
    assert formula_power(enough, 0.8, schools=80) == pytest.approx(0.8, abs=1e-5)


def test_no_length_of_follow_up_makes_up_for_what_schools_differ_by() -> None:
    with pytest.raises(NotEstimable, match=r"20 schools cannot find a rate ratio of 0.8 .*\(k 0.5\) stays"):
        exposure_needed(Setting(rate=0.015, exposure=1000, k=0.5), 0.8, schools=20)


def test_what_nothing_finds_is_refused() -> None:
    with pytest.raises(NotEstimable, match="Not even an end of all events"):
        detectable_ratio(Setting(rate=0.0001, exposure=100, k=1.0), schools=10)
    with pytest.raises(NotEstimable, match="No number of schools"):
        clusters_per_arm(HAYES, 0.9999)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rate": 0}, "rate is a number above 0; 0 was given"),
        ({"rate": math.nan}, "rate is a number above 0; nan"),
        ({"exposure": -1}, "exposure is a number above 0"),
        ({"k": -0.1}, "k is a number at least 0"),
        ({"share": 1.0}, "above 0 and below 1; 1 was given"),
        ({"strata": 0}, "number of strata"),
        ({"level": 0}, "level is a number above 0"),
        ({"quantiles": "z"}, "quantiles is auto, normal or t"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(change: dict[str, float], says: str) -> None:
    with pytest.raises(NotEstimable, match=says):
        Setting(**{"rate": 0.015, "exposure": 1000, "k": 0.25, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize("ratio", [1.0, 0.0, -1.0, math.inf, math.nan])
def test_a_ratio_that_cannot_be_found_is_refused(ratio: float) -> None:
    with pytest.raises(NotEstimable, match="rate ratio"):
        clusters_per_arm(HAYES, ratio)


def test_other_doors_refuse_what_makes_no_sense() -> None:
    with pytest.raises(NotEstimable, match="power"):
        clusters_per_arm(HAYES, 0.8, power=1.0)
    with pytest.raises(NotEstimable, match="number of schools"):
        formula_power(HAYES, 0.8, schools=0)
    with pytest.raises(NotEstimable, match="Sizes of schools"):
        harmonic_mean(np.array([100.0, 0.0]))
    with pytest.raises(NotEstimable, match="Sizes of schools"):
        harmonic_mean([])
    assert formula_power(HAYES, 0.8, schools=2) == 0.0
