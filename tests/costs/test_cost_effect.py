from __future__ import annotations

from dataclasses import replace
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from swis.costs.break_even import break_even
from swis.costs.cost_effect import CostEffect
from swis.costs.differences import regress_differences
from swis.costs.information import information_of_draws, information_value
from swis.costs.net_benefit import acceptability, acceptability_of_draws, net_benefit, quadrants, quadrants_of_draws
from swis.costs.ratio import cost_per_outcome, fieller
from swis.costs.resample import bootstrap_differences
from swis.costs.school_money import Per
from swis.costs.unit_costs import UnitCost
from swis.errors import NotEstimable, SettingError
from tests.costs.trial_of_r import school_money, stored

# Computed with R 4.2.2 before this was written; net benefit in pounds for an effect in enquiries averted per school.
ORACLE = CostEffect(cost=1000, effect=0.05, cost_se=200, effect_se=0.015, correlation=0.1)
WIDE = replace(ORACLE, effect_se=0.03)
T12 = replace(ORACLE, df=12.0)


def test_the_worked_example_comes_out_to_every_printed_digit() -> None:
    ratio = cost_per_outcome(ORACLE)
    assert ratio.standing == "ratio"
    assert ratio.ratio == pytest.approx(20_000, abs=1e-9)
    assert round(ratio.interval.low, 2) == 10_513.83
    assert round(ratio.interval.high, 2) == 49_214.00
    curve = acceptability(ORACLE, (10_000, 20_000, 30_000, 50_000))
    assert [round(share, 6) for share in curve.probabilities] == [0.017710, 0.5, 0.854348, 0.976286]
    benefit = net_benefit(ORACLE, 30_000)
    assert (benefit.value, round(benefit.se, 4)) == (500, 473.8143)
    assert round(information_value(ORACLE, 30_000, units_a_year=1, years=1).each, 4) == 35.4934
    assert fieller(WIDE).shape == "outside"


@pytest.mark.parametrize(("name", "estimate"), [("normal", ORACLE), ("wide", WIDE), ("t12", T12)])
def test_what_follows_from_two_differences_agrees_with_root_finding_and_integration_in_r(
    name: str, estimate: CostEffect
) -> None:
    expected = stored()[name]
    benefit = net_benefit(estimate, 30_000)
    assert benefit.value == pytest.approx(expected["net_benefit"])
    assert benefit.se == pytest.approx(expected["se"], rel=1e-12)
    assert benefit.probability == pytest.approx(expected["probability"], rel=1e-12)
    information = information_value(estimate, 30_000, units_a_year=1, years=1)
    assert information.each == pytest.approx(expected["information"], rel=1e-8)  # R integrates to about 1e-10
    interval = fieller(estimate)
    assert [interval.low, interval.high] == pytest.approx(
        expected["fieller"], rel=1e-7
    )  # R's roots, to 1e-10 of the gap


@pytest.mark.parametrize(
    ("name", "per", "covariates"),
    [("school", "school", ()), ("pupil", "1,000 pupil-years", ()), ("adjusted", "school", ("pupil_years", "fsm"))],
)
@pytest.mark.parametrize("variance", ["HC3", "equal"])
def test_the_two_regressions_agree_with_r(name: str, per: Per, covariates: tuple[str, ...], variance: str) -> None:
    expected = stored()[name]
    found = regress_differences(school_money(*covariates), per=per, variance=variance)  # type: ignore[arg-type]
    assert (found.cost, found.effect) == pytest.approx((expected["cost"], expected["averted"]), rel=1e-10)
    assert found.df == expected["df"]
    spread = expected[variance]
    assert (found.cost_se, found.effect_se) == pytest.approx((spread["cost"], spread["averted"]), rel=1e-10)
    assert found.covariance == pytest.approx(spread["covariance"], rel=1e-8)


def test_the_draws_have_the_variance_of_the_difference_of_cell_means() -> None:
    table = school_money()
    draws = bootstrap_differences(table, seed=1, draws=20_000)
    values = np.column_stack([table.cost, -table.count])
    variance, weight = np.zeros((2, 2)), 0.0
    for place in range(table.authority.max() + 1):
        cells = [values[(table.authority == place) & (table.intervention == arm)] for arm in (True, False)]
        share = 1 / sum(1 / len(cell) for cell in cells)
        variance += share**2 * sum(np.cov(cell.T) / len(cell) for cell in cells)
        weight += share
    variance /= weight**2
    # Equal weights: the information of a cell does not vary, so this is exact but for the number of draws (sd of a sd: 0.5%).
    assert draws.cost.std() == pytest.approx(sqrt(variance[0, 0]), rel=0.02)
    assert draws.effect.std() == pytest.approx(sqrt(variance[1, 1]), rel=0.02)
    assert np.cov(draws.cost, draws.effect)[0, 1] == pytest.approx(
        variance[0, 1], abs=0.02 * sqrt(np.prod(np.diag(variance)))
    )


@pytest.mark.parametrize("per", ["school", "1,000 pupil-years"])
def test_bootstrap_and_regression_estimate_the_same_difference(per: Per) -> None:
    table = school_money("fsm")
    draws = bootstrap_differences(table, seed=3, draws=4_000, per=per)
    found = regress_differences(table, per=per)
    if per == "school":
        assert draws.estimate == pytest.approx((found.cost, found.effect), rel=1e-9)
    assert draws.as_normal().cost_se == pytest.approx(found.cost_se, rel=0.1)
    assert draws.as_normal().effect_se == pytest.approx(found.effect_se, rel=0.15)


def test_without_covariates_the_weighted_estimates_are_the_same_too() -> None:
    found = regress_differences(school_money(), per="1,000 pupil-years")
    draws = bootstrap_differences(school_money(), seed=3, draws=2_000, per="1,000 pupil-years")
    assert draws.estimate == pytest.approx((found.cost, found.effect), rel=1e-9)


def test_the_same_seed_gives_the_same_draws_and_another_others() -> None:
    first, again, other = (bootstrap_differences(school_money(), seed=seed, draws=2_000) for seed in (5, 5, 6))
    assert np.array_equal(first.cost, again.cost)
    assert not np.array_equal(first.cost, other.cost)


def test_counted_shares_and_closed_forms_agree_on_normal_draws() -> None:
    generator = np.random.default_rng(4)
    covariance = [[200**2, 0.1 * 200 * 0.015], [0.1 * 200 * 0.015, 0.015**2]]
    simulated = generator.multivariate_normal([1000, 0.05], covariance, size=400_000)
    draws = replace(
        bootstrap_differences(school_money(), seed=1, draws=2_000), cost=simulated[:, 0], effect=simulated[:, 1]
    )
    worths = (10_000.0, 20_000.0, 30_000.0, 50_000.0)
    assert acceptability_of_draws(draws, worths).probabilities == pytest.approx(
        acceptability(ORACLE, worths).probabilities, abs=0.003
    )
    counted, closed = quadrants_of_draws(draws), quadrants(ORACLE)
    assert counted.worse_and_dearer == pytest.approx(closed.worse_and_dearer, abs=0.0005)
    simulation = information_of_draws(draws, 30_000, units_a_year=1, years=1)
    assert simulation.each == pytest.approx(35.4934, abs=4 * simulation.error)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-0.95, 0.95))
def test_the_four_quadrants_sum_to_one_and_match_brute_integration(
    cost: float, effect: float, correlation: float
) -> None:
    shares = quadrants(CostEffect(cost, effect, 1.0, 1.0, correlation))
    parts = (shares.better_and_dearer, shares.better_and_cheaper, shares.worse_and_dearer, shares.worse_and_cheaper)
    assert sum(parts) == pytest.approx(1, abs=1e-6)
    given_cost = stats.norm(0, 1)
    both = integrate.quad(
        lambda x: (
            given_cost.pdf(x - cost) * stats.norm.cdf((-effect - correlation * (x - cost)) / sqrt(1 - correlation**2))
        ),
        min(cost - 10, -1),
        0,
        epsabs=1e-9,
        limit=200,
    )[0]
    assert shares.worse_and_cheaper == pytest.approx(both, abs=1e-5)


@given(
    st.floats(-3000, 3000),
    st.floats(-0.2, 0.2),
    st.floats(1, 800),
    st.floats(0.001, 0.1),
    st.floats(-0.95, 0.95),
    st.floats(-1e6, 1e6),
)
def test_a_ratio_is_in_fiellers_set_exactly_if_its_test_does_not_reject(
    cost: float, effect: float, cost_se: float, effect_se: float, correlation: float, ratio: float
) -> None:
    estimate = CostEffect(cost, effect, cost_se, effect_se, correlation)
    gap = abs(cost - ratio * effect)
    spread = sqrt(cost_se**2 + ratio**2 * effect_se**2 - 2 * ratio * estimate.covariance)
    limit = stats.norm.ppf(0.975)
    if abs(gap / spread - limit) > 1e-6:
        assert fieller(estimate).holds(ratio) == (gap / spread < limit)


def test_fieller_says_each_of_its_shapes() -> None:
    everything = CostEffect(cost=10, effect=0.001, cost_se=200, effect_se=0.015, correlation=0.0)
    assert fieller(everything).shape == "everything"
    assert "no ratio is ruled out" in str(fieller(everything))
    assert "or more, or" in str(fieller(WIDE))
    q = stats.norm.ppf(0.975)
    half = CostEffect(cost=1000, effect=q * 0.02, cost_se=0.0, effect_se=0.02, correlation=0.0)
    shape = fieller(half)
    assert shape.shape == "one-sided"
    assert (shape.low, shape.high) == (pytest.approx(1000 / (2 * q * 0.02)), inf)
    assert "or more" in str(shape)
    other = fieller(replace(half, cost=-1000.0))
    assert (other.low, other.high) == (-inf, pytest.approx(-1000 / (2 * q * 0.02)))
    assert fieller(replace(half, cost=0.0)).shape == "everything"


@pytest.mark.parametrize(
    ("estimate", "standing", "words"),
    [
        (ORACLE, "ratio", "clearly averts"),
        (WIDE, "not told", "may be 0 means nothing"),
        (replace(ORACLE, cost=-1000.0), "better and cheaper", "saves money"),
        (replace(ORACLE, cost=-100.0), "better and cheaper", "not certain"),
        (replace(ORACLE, cost=100.0), "ratio", "may cost nothing"),
        (replace(ORACLE, effect=-0.05), "dominated", "clearly"),
        (replace(ORACLE, effect=-0.005), "dominated", "not beyond doubt"),
        (replace(ORACLE, effect=-0.005, cost=-50.0), "not told", "not clear"),
    ],
)
def test_a_ratio_is_told_only_where_it_means_something(estimate: CostEffect, standing: str, words: str) -> None:
    told = cost_per_outcome(estimate)
    assert told.standing == standing
    assert (told.ratio is not None) == (standing == "ratio")
    assert words in told.reason
    assert standing in str(told) or standing == "ratio"


def test_more_than_nothing_is_always_worth_knowing_and_certainty_is_worth_nothing() -> None:
    assert information_value(ORACLE, 0, units_a_year=1, years=1).each > 0
    certain = replace(ORACLE, cost_se=0.0, effect_se=0.0)
    assert information_value(certain, 30_000, units_a_year=1, years=1).each == 0
    one, ten = (information_value(ORACLE, 30_000, units_a_year=100, years=years).total for years in (1, 10))
    assert ten == pytest.approx(one * sum(1.035**-year for year in range(10)))


def test_the_t_distribution_comes_near_the_normal_one_with_many_schools() -> None:
    many = replace(ORACLE, df=1e6)
    near, normal = (information_value(each, 30_000, units_a_year=1, years=1).each for each in (many, ORACLE))
    assert near == pytest.approx(normal, rel=1e-4)


def test_break_even_asks_from_both_ends() -> None:
    enquiry = UnitCost("s47", pounds=2_000, price_year="2024", payer="authority", source="made up for this test")  # type: ignore[arg-type]
    told = break_even(ORACLE, enquiry)
    assert told.needed == 0.5
    assert not told.possible
    assert told.threshold.ratio == 20_000
    assert "does not reach that" in str(told)
    assert "No threshold price" in str(break_even(WIDE, enquiry))
    with pytest.raises(SettingError, match="costs nothing"):
        break_even(ORACLE, replace(enquiry, pounds=0))  # type: ignore[arg-type]


def test_a_year_of_a_follow_up_keeps_every_ratio() -> None:
    year = ORACLE.a_year_of(2)
    assert (year.cost, year.effect_se, year.per) == (500, 0.0075, "school and year")
    assert cost_per_outcome(year).ratio == pytest.approx(20_000)
    with pytest.raises(NotEstimable):
        ORACLE.a_year_of(0)


@pytest.mark.parametrize(
    "wrong", [{"cost": nan}, {"effect": inf}, {"cost_se": -1.0}, {"correlation": 1.2}, {"df": 1.0}]
)
def test_an_estimate_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(NotEstimable):
        replace(ORACLE, **wrong)  # type: ignore[arg-type]


def test_worths_and_draws_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="0 or more"):
        net_benefit(ORACLE, -1)
    with pytest.raises(SettingError, match="too few"):
        bootstrap_differences(school_money(), seed=1, draws=1_999)
    with pytest.raises(SettingError, match="units affected"):
        information_value(ORACLE, 1, units_a_year=0, years=1)


def test_printing_says_what_a_reviewer_asks_first() -> None:
    said = str(regress_differences(school_money()))
    assert "95% CI" in said
    assert "60 schools" in said or "schools with a social worker" in said
    assert "HC3, t with 109 degrees of freedom" in said
