from __future__ import annotations

import math
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given

from swis.estimate.cluster import cr1, cr2, cr3, leave_one_out
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from tests.estimate.drawn import add_empty_school, few, has_estimate, has_scatter, swap_arms, table, tables
from tests.oracles.independent import statsmodels_did
from tests.oracles.load import PANELS, PRINTED, comparison, load

FINITE = [name for name in (*PANELS, PRINTED) if name != "Lambeth/s47"]
# Both sides solve the score equations to about 1e-10; days in care, with counts near 1000, lose three digits to rounding.
RELATIVE = 1e-7


@pytest.mark.parametrize("name", FINITE)
def test_cr1_is_the_sandwich_of_r(name: str) -> None:
    table_, r = comparison(name), load("poisson")[name]
    fit = fit_comparison(table_)
    with_events, every = r["schools_with_events"], r["schools"]
    error = cr1(table_, fit)
    assert error.se == pytest.approx(r["se_cluster_raw"] * sqrt(with_events / (with_events - 1)), rel=RELATIVE)
    assert error.df == with_events - 1
    as_published = cr1(table_, fit, count_all_schools=True)
    assert as_published.se == pytest.approx(r["se_cluster_raw"] * sqrt(every / (every - 1)), rel=RELATIVE)


@pytest.mark.parametrize("name", FINITE)
def test_cr2_is_that_of_clubsandwich(name: str) -> None:
    table_, r = comparison(name), load("poisson")[name]
    error = cr2(table_, fit_comparison(table_))
    # The pseudo-inverse root of a matrix with a null direction costs half of the digits.
    assert error.se == pytest.approx(r["cr2_clubSandwich"]["se"], rel=1e-6)
    assert error.df == pytest.approx(r["cr2"]["df"], rel=1e-5)


@pytest.mark.parametrize("name", FINITE)
def test_cr3_is_the_jackknife_of_refits_in_r(name: str) -> None:
    table_, r = comparison(name), load("poisson")[name]
    error = cr3(table_, fit_comparison(table_))
    if math.isnan(r["se_cr3"]):
        assert error.se is None
        assert "there is no estimate" in error.why
    else:
        assert error.se == pytest.approx(r["se_cr3"], rel=RELATIVE)
    ours = leave_one_out(table_)
    for school, beta in r["delete_one_beta"].items():
        if beta is None or not np.isfinite(beta):
            assert ours[school] is None
        else:
            assert ours[school] == pytest.approx(beta, abs=1e-8)


@few
@given(tables(unobserved=0.1))
def test_cr1_is_the_sandwich_of_statsmodels(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    schools = int((~drawn.without_events).sum())
    raw = statsmodels_did(drawn).se_cluster_raw
    # Where few cells leave residuals of rounding alone there is nothing relative to compare.
    assert cr1(drawn, fit_comparison(drawn)).se == pytest.approx(
        raw * sqrt(schools / (schools - 1)), rel=1e-5, abs=1e-7
    )


@few
@given(tables(schools=(3, 8)))
def test_every_clustered_error_is_the_same_with_arms_swapped_and_with_empty_schools(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    for error in (cr1, cr2, cr3):
        one = error(drawn, fit_comparison(drawn)).se
        swapped, more = swap_arms(drawn), add_empty_school(drawn, intervention=True)
        for other in (swapped, more):
            two = error(other, fit_comparison(other)).se
            assert (one is None) == (two is None)
            # A standard error that is rounding has no digits to agree on.
            assert one is None or two == pytest.approx(one, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("error", [cr1, cr2, cr3])
@pytest.mark.parametrize(
    "drawn",
    [
        table([[3, 2, 0], [2, 4, 3]], intervention=[1, 0]),
        table([[0, 0], [0, 0]], intervention=[1, 0]),
        table([[3, 4]], intervention=[1]),
        table([[3, 4], [0, 0]], intervention=[1, 0]),
        table([[3, 4], [1, 2]], intervention=[1, 1]),
    ],
    ids=["separated", "all zero", "one school", "an arm without events", "no comparison"],
)
def test_without_an_estimate_there_is_no_standard_error_and_it_says_why(error: object, drawn: Comparison) -> None:
    result = error(drawn, fit_comparison(drawn))  # type: ignore[operator]
    assert result.se is None
    assert result.why
    assert "none; " in repr(result)
