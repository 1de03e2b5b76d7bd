"""One difference-in-differences, as an analyst asks for it."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from scipy.stats import norm, t

from swis.errors import NotEstimable
from swis.estimate.cluster import cr1, cr2, cr3
from swis.estimate.did import Variance, poisson_did
from swis.estimate.poisson import fit_comparison
from tests.estimate.drawn import table
from tests.oracles.load import comparison

COUNTS = [[4, 6, 3], [5, 7, 2], [3, 4, 6], [6, 5, 7], [0, 0, 0], [2, 5, 4]]
ARMS = [1, 1, 0, 0, 0, 1]
DRAWN = table(COUNTS, intervention=ARMS)
ESTIMATORS = {"CR1": cr1, "CR2": cr2, "CR3": cr3}


def test_two_schools_and_two_terms_give_the_ratio_of_ratios() -> None:
    by_hand = (3 / 6) / (7 / 4)
    assert poisson_did(table([[6, 3], [4, 7]], intervention=[1, 0]), variance="model").ratio == pytest.approx(by_hand)


@pytest.mark.parametrize("variance", ["CR1", "CR2", "CR3"])
def test_interval_and_p_are_t_quantiles_of_the_error_that_was_asked_for(variance: Variance) -> None:
    found = poisson_did(DRAWN, variance=variance, level=0.9)
    error = ESTIMATORS[variance](DRAWN, fit_comparison(DRAWN))
    assert found.standard_error == error.se
    half = t.ppf(0.95, error.df) * found.standard_error
    assert (log(found.low), log(found.high)) == pytest.approx((found.log_ratio - half, found.log_ratio + half))
    assert found.p == pytest.approx(2 * t.sf(abs(found.log_ratio) / found.standard_error, error.df))
    assert (found.variance, found.level) == (variance, 0.9)


def test_the_models_own_error_goes_with_normal_quantiles() -> None:
    found = poisson_did(DRAWN, variance="model")
    assert found.degrees_of_freedom is None
    assert log(found.high) == pytest.approx(found.log_ratio + norm.ppf(0.975) * found.standard_error)
    assert found.p == pytest.approx(2 * norm.sf(abs(found.log_ratio) / found.standard_error))


def test_the_jackknife_is_the_default_and_the_estimate_is_the_same_for_all() -> None:
    assert poisson_did(DRAWN).variance == "CR3"
    every: list[Variance] = ["CR1", "CR2", "CR3", "model"]
    assert len({poisson_did(DRAWN, variance=each).log_ratio for each in every}) == 1


def test_the_pilots_ratios_are_those_of_the_reference() -> None:
    found = poisson_did(comparison("Stockport/s47"), variance="CR2")
    assert found.log_ratio == pytest.approx(0.3012221, abs=1e-6)
    assert found.standard_error == pytest.approx(0.4399395, abs=1e-6)
    assert found.degrees_of_freedom == pytest.approx(5.073659, abs=1e-5)


def test_schools_and_school_terms_are_counted_without_those_that_say_nothing() -> None:
    found = poisson_did(DRAWN)
    assert (found.schools_with, found.schools_without, found.schools_left_out) == (3, 2, 1)
    assert (found.terms, found.school_terms, found.events) == (3, 15, np.array(COUNTS).sum())


def test_it_prints_what_a_reviewer_asks_first() -> None:
    found = poisson_did(DRAWN)
    assert repr(found).count("\n") == 0
    assert "95% CI" in repr(found)
    lines = str(found).splitlines()
    assert lines[0] == "Poisson difference-in-differences: section_47"
    assert f"{abs(1 - found.ratio):.0%} {'fewer' if found.ratio < 1 else 'more'}" in lines[1]
    assert lines[2].startswith(
        "5 schools (3 with, 2 without), 3 terms, 15 school-terms, 69 counted; 1 schools left out"
    )
    assert "(CR3), t with 4 degrees of freedom" in lines[3]
    assert "Poisson model" in str(poisson_did(DRAWN, variance="model"))


def test_one_or_two_schools_on_a_side_are_warned_of() -> None:
    found = poisson_did(table([[4, 6, 3], [5, 7, 2], [3, 4, 6]], intervention=[1, 0, 0]), variance="CR1")
    assert any(warning.startswith("only 1 school with a social worker") for warning in found.warnings)
    assert any(warning.startswith("only 2 schools without") for warning in found.warnings)
    assert f"Warning: {found.warnings[0]}" in str(found)


@pytest.mark.parametrize("analysis", ["Southampton/s47", "Stockport/s17"])
def test_a_clustered_error_below_that_of_the_bare_model_is_warned_of(analysis: str) -> None:
    found = poisson_did(comparison(analysis), variance="CR1")
    assert any("smaller than that of the bare Poisson model" in warning for warning in found.warnings)


def test_no_warning_where_schools_are_many_and_errors_sound() -> None:
    assert not poisson_did(table(COUNTS * 4, intervention=ARMS * 4)).warnings


def test_an_arm_without_events_after_the_start_has_no_estimate() -> None:
    with pytest.raises(NotEstimable, match=r"no estimate: .*exact interval or the randomisation test"):
        poisson_did(table([[4, 6, 0], [5, 7, 0], [3, 4, 6], [6, 5, 7]], intervention=[1, 1, 0, 0]))


def test_a_jackknife_that_loses_its_only_school_names_it() -> None:
    with pytest.raises(NotEstimable, match="no CR3 standard error: without S0 there is no estimate"):
        poisson_did(table([[4, 6, 3], [5, 7, 2], [3, 4, 6]], intervention=[1, 0, 0]))


@pytest.mark.parametrize("variance", ["CR1", "CR2", "CR3"])
def test_counts_that_fit_exactly_leave_no_standard_error(variance: Variance) -> None:
    with pytest.raises(NotEstimable, match="nothing but rounding"):
        poisson_did(table([[4, 4, 4]] * 6, intervention=ARMS), variance=variance)


def test_more_pupils_in_every_term_change_nothing() -> None:
    more = table(COUNTS, intervention=ARMS, pupils=[[100.0 * (school + 1)] * 3 for school in range(6)])
    assert poisson_did(more).ratio == pytest.approx(poisson_did(DRAWN).ratio)


def test_a_tenth_of_the_pupils_after_the_start_is_ten_times_the_rate() -> None:
    pupils = np.full((6, 3), 300.0)
    pupils[np.array(ARMS) == 1, 2] = 30.0
    fewer = poisson_did(table(COUNTS, intervention=ARMS, pupils=pupils))
    assert fewer.ratio == pytest.approx(10 * poisson_did(DRAWN).ratio)
    assert exp(fewer.log_ratio) == fewer.ratio
