from __future__ import annotations

import math

import pytest
from hypothesis import assume, given

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.published import published_method
from swis.estimate.separation import find_separation
from tests.estimate.drawn import few, has_estimate, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load

EVERY = (*PANELS, PRINTED)
FINITE = [name for name in EVERY if name != "Lambeth/s47"]
Z = 1.959963984540054


@pytest.mark.parametrize("name", FINITE)
def test_the_published_coefficient_is_that_of_r(name: str) -> None:
    result, r = published_method(comparison(name)), load("poisson")[name]
    scale = math.sqrt(r["schools"] / (r["schools"] - 1))
    error = r["se_cluster_raw"] * scale
    # Score equations solved to 1e-10 on both sides; days in care lose three digits of the sandwich to their size.
    assert result.log_ratio == pytest.approx(r["beta"], abs=1e-9)
    assert result.standard_error == pytest.approx(error, rel=1e-7)
    assert result.interaction.low == pytest.approx(math.exp(r["beta"] - Z * error), rel=1e-7)
    assert result.interaction.high == pytest.approx(math.exp(r["beta"] + Z * error), rel=1e-7)
    assert result.interaction.p == pytest.approx(math.erfc(abs(r["beta"]) / error / math.sqrt(2)), rel=1e-6)
    assert result.limiting_standard_error is None


@pytest.mark.parametrize("name", EVERY)
def test_the_published_term_effects_and_constants_are_those_of_r(name: str) -> None:
    table_, r = comparison(name), load("poisson")[name]
    scale = math.sqrt(r["schools"] / (r["schools"] - 1))
    lines = {line.name: line for line in published_method(table_).terms}
    for term, effect in r["term_effects"].items():
        half = Z * r["term_se_cluster_raw"][term] * scale
        assert lines[term].ratio == pytest.approx(math.exp(effect), rel=1e-8)
        assert [lines[term].low, lines[term].high] == pytest.approx(
            [math.exp(effect - half), math.exp(effect + half)], rel=1e-6
        )
    assert lines[table_.reference].ratio == 1.0
    assert lines[table_.reference].low is None
    for school, effect in r["school_effects"].items():
        constant = published_method(table_, constant_school=school).constant
        assert constant is not None
        half = Z * r["school_se_cluster_raw"][school] * scale
        assert constant.ratio == pytest.approx(math.exp(effect), rel=1e-8)
        assert [constant.low, constant.high] == pytest.approx(
            [math.exp(effect - half), math.exp(effect + half)], rel=1e-6
        )


def test_where_the_printed_ratio_was_ten_to_the_minus_eight_there_is_no_estimate() -> None:
    result = published_method(comparison("Lambeth/s47"))
    assert result.log_ratio == -math.inf
    assert (result.interaction.ratio, result.interaction.low, result.interaction.p) == (0.0, None, None)
    assert result.total_change.low is None
    assert result.standard_error is None
    assert not result.significant
    # The sandwich tends to a finite number as the estimate runs off: what software prints beside it.
    assert result.limiting_standard_error is not None
    assert 0.1 < result.limiting_standard_error < 10


@few
@given(tables(rates=(0.001, 0.003, 0.01), unobserved=0.1))
def test_a_separated_interaction_never_has_a_number_between_zero_and_infinity(drawn: Comparison) -> None:
    separation = find_separation(drawn)
    assume(separation)
    try:
        result = published_method(drawn)
    except NotEstimable:
        return
    assert separation.identified
    assert separation.direction != 0
    assert result.interaction.ratio in (0.0, math.inf)
    assert result.interaction.low is result.interaction.high is result.interaction.p is None
    assert not result.significant


@few
@given(tables())
def test_swapping_the_arms_inverts_the_interaction_and_its_interval(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    one, two = published_method(drawn).interaction, published_method(swap_arms(drawn)).interaction
    assert two.ratio == pytest.approx(1 / one.ratio, rel=1e-7)
    assert (one.low is None) == (two.low is None)
    if one.low is not None and two.high is not None:
        assert two.high == pytest.approx(1 / one.low, rel=1e-4)


@few
@given(tables(schools=(2, 2), terms=(2, 2), rates=(0.03,)))
def test_a_table_that_is_fitted_exactly_has_no_standard_error_and_no_finding(drawn: Comparison) -> None:
    # Two schools and two terms leave no residual: a sandwich of rounding errors gave p = 0 here.
    assume(has_estimate(drawn))
    result = published_method(drawn)
    assert result.interaction.p is None
    assert not result.significant


def test_a_constant_of_a_school_without_events_is_zero() -> None:
    drawn = table([[3, 2, 4], [5, 1, 1], [0, 0, 0]], intervention=[1, 0, 0])
    constant = published_method(drawn, constant_school="S2").constant
    assert constant is not None
    assert (constant.ratio, constant.low) == (0.0, None)


def test_every_school_of_the_table_counts_in_the_scale() -> None:
    drawn = table([[3, 2, 4], [5, 1, 1], [2, 2, 4]], intervention=[1, 0, 0])
    with_empty = table([[3, 2, 4], [5, 1, 1], [2, 2, 4], [0, 0, 0]], intervention=[1, 0, 0, 0])
    less, more = published_method(with_empty).standard_error, published_method(drawn).standard_error
    assert less is not None
    assert more is not None
    assert less / more == pytest.approx(math.sqrt((4 / 3) / (3 / 2)), rel=1e-9)


@pytest.mark.parametrize(
    "drawn",
    [
        table([[0, 0], [0, 0]], intervention=[1, 0]),
        table([[3, 4], [0, 0]], intervention=[1, 0]),
        table([[3, 4], [1, 2]], intervention=[1, 1]),
        table([[3, 4]], intervention=[1]),
        table([[3, 0, 4], [5, 0, 1]], intervention=[1, 0]),
        table([[3, 5, 0], [5, 2, 0]], intervention=[1, 0]),
    ],
    ids=["all zero", "an arm without events", "no comparison", "one school", "a term without events", "nothing after"],
)
def test_a_table_without_a_comparison_is_refused_in_words(drawn: Comparison) -> None:
    with pytest.raises(NotEstimable, match="section_47: the published method has no estimate"):
        published_method(drawn)
