from __future__ import annotations

import math

import pytest
from hypothesis import given

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.firth import firth
from tests.estimate.drawn import fewer, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load


@pytest.mark.parametrize("name", (*PANELS, PRINTED))
def test_the_bias_reduced_estimate_is_that_of_brglm2(name: str) -> None:
    result, r = firth(comparison(name)), load("firth")[name]["all_schools"]
    # brglm2 stops at 1e-12 of an adjusted score that for days in care is of the order of 1e4; the ends are roots to 1e-12 of
    # a likelihood whose maximum R searched to 1e-8.
    assert result.log_ratio == pytest.approx(r["beta"], abs=1e-7)
    assert result.standard_error == pytest.approx(r["se"], rel=1e-7)
    assert [result.low, result.high] == pytest.approx(r["interval"], rel=1e-6)
    assert result.p == pytest.approx(r["penalised_ratio_p"], rel=1e-6)


def test_a_school_without_events_stays_in_a_penalised_likelihood() -> None:
    r = load("firth")["Stockport/s47"]
    result = firth(comparison("Stockport/s47"))
    assert r["schools_with_events"]["beta"] != pytest.approx(r["all_schools"]["beta"], abs=1e-5)
    assert result.log_ratio == pytest.approx(r["all_schools"]["beta"], abs=1e-8)


@fewer
@given(tables(schools=(2, 5), terms=(2, 3), rates=(0.001, 0.01)))
def test_the_estimate_is_finite_whatever_the_counts_and_turns_over_with_the_arms(drawn: Comparison) -> None:
    result, swapped = firth(drawn), firth(swap_arms(drawn))
    assert math.isfinite(result.log_ratio)
    assert result.low < result.ratio < result.high
    assert swapped.log_ratio == pytest.approx(-result.log_ratio, abs=1e-7)
    assert swapped.p == pytest.approx(result.p, abs=1e-6)


@pytest.mark.parametrize(
    "drawn",
    [
        table([[3, 4], [1, 2]], intervention=[1, 1]),
        table([[3, 4], [1, 2]], intervention=[0, 0]),
        table([[3, 4]], intervention=[1]),
        table([[3, 0, 4], [1, 0, 2]], intervention=[1, 0], pupils=[[9, 0, 9], [9, 0, 9]]),
    ],
    ids=["no comparison", "no intervention", "one school", "a term without pupils"],
)
def test_what_is_not_there_cannot_be_compared(drawn: Comparison) -> None:
    with pytest.raises(NotEstimable, match="not there to compare"):
        firth(drawn)
