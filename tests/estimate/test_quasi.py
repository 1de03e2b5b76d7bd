from __future__ import annotations

import math

import pytest
from hypothesis import assume, given

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.quasi import quasi_p, quasi_poisson
from swis.estimate.separation import find_separation
from tests.estimate.drawn import add_empty_school, few, fewer, has_estimate, has_scatter, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load

FINITE = [name for name in (*PANELS, PRINTED) if name != "Lambeth/s47"]


@pytest.mark.parametrize("name", FINITE)
def test_the_quasi_poisson_interval_is_that_of_r(name: str) -> None:
    result, r = quasi_poisson(comparison(name)), load("poisson")[name]
    assert result.df == r["df"]
    # Fits to 1e-10. The ends divide rounding of the likelihood (1e-12 of up to 5e4 for days) by its slope there.
    assert result.dispersion == pytest.approx(r["phi"], rel=1e-8)
    assert math.log(result.ratio) == pytest.approx(r["beta"], abs=1e-8)
    assert result.standard_error == pytest.approx(r["se_quasi"], rel=1e-8)
    assert [result.low, result.high] == pytest.approx(r["quasi_interval"], rel=1e-6)
    assert result.p == pytest.approx(r["quasi_p"], rel=1e-6)


def test_in_lambeth_the_exactly_fitted_school_terms_keep_their_degrees_of_freedom() -> None:
    result, r = quasi_poisson(comparison("Lambeth/s47")), load("poisson")["Lambeth/s47"]
    variant = r["with_exactly_fitted_zeros"]
    assert (result.df, r["df"]) == (13, 11)
    # The fit stops at e^-25 of the way, so that exactly fitted school-terms expect 1e-10 events rather than none.
    assert result.dispersion == pytest.approx(r["phi_with_exactly_fitted_zeros"], rel=1e-6)
    assert result.dispersion < r["phi"]
    assert [result.ratio, result.low] == [0.0, 0.0]
    assert result.high == pytest.approx(variant["quasi_interval"][1], rel=1e-6)
    assert result.p == pytest.approx(variant["quasi_p"], rel=1e-6)
    assert result.high < r["quasi_interval"][1]
    assert result.p < r["quasi_p"]
    assert result.standard_error is None


@fewer
@given(tables(unobserved=0.1))
def test_the_interval_holds_the_estimate_and_swapping_arms_inverts_it(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    result, swapped = quasi_poisson(drawn), quasi_poisson(swap_arms(drawn))
    assert result.low <= result.ratio <= result.high
    # Very flat likelihoods end an interval far out, where only the logarithm has digits.
    assert math.log(swapped.ratio) == pytest.approx(-math.log(result.ratio), abs=1e-7)
    assert _log(swapped.low) == pytest.approx(-_log(result.high), abs=1e-4)
    assert swapped.p == pytest.approx(result.p, rel=1e-6)


def _log(ratio: float) -> float:
    return -math.inf if ratio == 0 else math.log(ratio)


@few
@given(tables(rates=(0.001, 0.003, 0.01), unobserved=0.1))
def test_a_rate_ratio_is_infinite_or_zero_exactly_where_the_linear_programme_says_so(drawn: Comparison) -> None:
    separation = find_separation(drawn)
    try:
        result = quasi_poisson(drawn)
    except NotEstimable:
        return
    assert separation.identified
    assert {0.0: -1, math.inf: 1}.get(result.ratio, 0) == separation.direction
    assert result.low <= result.ratio <= result.high


@fewer
@given(tables(rates=(0.001, 0.003)))
def test_a_separated_interval_turns_over_with_the_arms(drawn: Comparison) -> None:
    assume(find_separation(drawn).direction != 0 and has_scatter(drawn))
    try:
        result, swapped = quasi_poisson(drawn), quasi_poisson(swap_arms(drawn))
    except NotEstimable:
        return
    assert _log(swapped.high) == pytest.approx(-_log(result.low), abs=1e-4)
    assert _log(swapped.low) == pytest.approx(-_log(result.high), abs=1e-4)


@fewer
@given(tables())
def test_schools_without_events_do_not_count(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    more, result = quasi_poisson(add_empty_school(drawn, intervention=False)), quasi_poisson(drawn)
    assert (more.df, more.high) == (result.df, pytest.approx(result.high, rel=1e-9))


def test_the_p_value_of_an_end_of_the_interval_is_five_per_cent() -> None:
    table_ = comparison("Stockport/s47")
    result = quasi_poisson(table_)
    assert quasi_p(table_, math.log(result.low)) == pytest.approx(0.05, abs=1e-7)
    assert quasi_p(table_, math.log(result.high)) == pytest.approx(0.05, abs=1e-7)
    assert quasi_p(table_) == pytest.approx(result.p, abs=1e-12)


def test_a_wider_level_gives_a_wider_interval() -> None:
    narrow, wide = (quasi_poisson(comparison("Stockport/s17"), level=level) for level in (0.9, 0.95))
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0]), "no rate ratio"),
        (table([[3, 4, 1], [0, 0, 0]], intervention=[1, 0]), "no rate ratio"),
        (table([[3, 4, 1], [4, 3, 2]], intervention=[1, 1]), "no rate ratio"),
        (table([[3, 4, 1]], intervention=[1]), "no rate ratio"),
        (table([[3, 4], [4, 3]], intervention=[1, 0]), "no degrees of freedom"),
        (table([[3, 0, 4, 2], [5, 0, 1, 3], [1, 0, 1, 1]], intervention=[1, 0, 0]), "a term has no events"),
    ],
)
def test_what_has_no_answer_is_refused_in_words(drawn: Comparison, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        quasi_poisson(drawn)


def test_the_fit_is_shared_with_the_regression() -> None:
    table_ = comparison("Stockport/s17")
    assert quasi_poisson(table_).ratio == pytest.approx(math.exp(fit_comparison(table_).programme[0]), rel=1e-12)
