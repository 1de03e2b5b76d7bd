from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.costs.annuity import annuity_factor, equivalent_cost, implied_purchase_price, to_pence
from swis.errors import StudyError
from swis.tables.printed import Printed

RATE, YEARS, TERM = Decimal("0.035"), Decimal(4), Fraction(4, 12)


def cost(purchase: str, rule: str = "ordinary", share: Fraction = TERM) -> Decimal:
    return to_pence(equivalent_cost(Decimal(purchase), rate=RATE, life_years=YEARS, share_of_year=share, rule=rule))


def test_the_ordinary_factor_and_its_reciprocal_are_the_tabulated_ones() -> None:
    factor = annuity_factor(rate=RATE, years=YEARS)
    assert round(factor, 10) == Decimal("3.6730792086")
    assert round(1 / factor, 10) == Decimal("0.2722511395")


def test_the_factor_of_payments_in_advance_is_one_years_interest_more() -> None:
    assert round(annuity_factor(rate=RATE, years=YEARS, rule="due"), 10) == Decimal("3.8016369809")


def test_without_interest_every_rule_is_the_straight_line() -> None:
    for rule in ("ordinary", "due", "straight line"):
        assert annuity_factor(rate=Decimal(0), years=YEARS, rule=rule) == 4


@pytest.mark.parametrize(("rule", "expected"), [("ordinary", "907.50"), ("due", "876.82"), ("straight line", "833.33")])
def test_ten_thousand_pounds_over_a_third_of_a_year(rule: str, expected: str) -> None:
    assert cost("10000", rule) == Decimal(expected)


@pytest.mark.parametrize(
    ("purchase", "rule", "expected"),
    [
        ("6610.55", "ordinary", "599.91"),
        ("13034.44", "ordinary", "1182.88"),
        ("6841.92", "due", "599.91"),
        ("13490.64", "due", "1182.88"),
        ("7198.92", "straight line", "599.91"),
        ("14194.56", "straight line", "1182.88"),
    ],
)
def test_the_implied_prices_lead_forward_to_the_published_costs(purchase: str, rule: str, expected: str) -> None:
    assert cost(purchase, rule) == Decimal(expected)


@pytest.mark.parametrize(("purchase", "expected"), [("6592.49", "599.91"), ("12998.82", "1182.88")])
def test_a_share_counted_in_days(purchase: str, expected: str) -> None:
    assert cost(purchase, share=Fraction(122, 365)) == Decimal(expected)


def test_monthly_and_four_monthly_payments_at_the_effective_rate() -> None:
    monthly, termly = ((1 + RATE) ** (1 / Decimal(n)) - 1 for n in (12, 3))
    assert round(annuity_factor(rate=monthly, years=Decimal(48)) / 4, 6) == Decimal("11.194907")
    assert to_pence(10_000 / annuity_factor(rate=monthly, years=Decimal(48)) * 4) == Decimal("893.26")
    assert round(annuity_factor(rate=termly, years=Decimal(12)), 6) == Decimal("11.146813")
    assert round(annuity_factor(rate=termly, years=Decimal(12), rule="due"), 6) == Decimal("11.275370")


@pytest.mark.parametrize(
    ("printed", "rule", "price", "low", "high"),
    [
        ("599.91", "ordinary", "6610.55", "6610.50", "6610.61"),
        ("1182.88", "ordinary", "13034.44", "13034.38", "13034.49"),
        ("599.91", "due", "6841.92", "6841.86", "6841.98"),
        ("1182.88", "due", "13490.64", "13490.58", "13490.70"),
    ],
)
def test_the_price_that_a_published_cost_implies_has_a_rounding_interval(
    printed: str, rule: str, price: str, low: str, high: str
) -> None:
    implied = implied_purchase_price(Printed(printed), rate=RATE, life_years=YEARS, share_of_year=TERM, rule=rule)
    assert [to_pence(value) for value in (implied.price, implied.low, implied.high)] == [
        Decimal(text) for text in (price, low, high)
    ]
    assert f"{Decimal(price):,}" in repr(implied)


def test_what_can_be_sold_at_the_end_lowers_the_cost() -> None:
    terms = {"rate": RATE, "life_years": YEARS, "share_of_year": Fraction(1)}
    with_interest = equivalent_cost(Decimal(1000), **terms, resale=Decimal(1000))
    assert round(with_interest, 20) == 35  # a thing that keeps its price costs its interest
    assert equivalent_cost(Decimal(1000), **terms, resale=Decimal(200), rule="straight line") == 200


@given(st.decimals(0, 10**6, places=2), st.sampled_from(["ordinary", "due", "straight line"]))
def test_the_price_implied_by_a_cost_leads_back_to_it(purchase: Decimal, rule: str) -> None:
    printed = Printed(str(cost(str(purchase), rule)))
    implied = implied_purchase_price(printed, rate=RATE, life_years=YEARS, share_of_year=TERM, rule=rule)
    assert implied.low <= purchase <= implied.high


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rate": Decimal("-0.01")}, "discount rate"),
        ({"rate": Decimal("NaN")}, "discount rate"),
        ({"life_years": Decimal(0)}, "useful life"),
        ({"share_of_year": Fraction(5, 4)}, "share of a year"),
        ({"share_of_year": Fraction(0)}, "share of a year"),
        ({"rule": "declining"}, "annuity rule"),
        ({"resale": Decimal(-1)}, "below 0"),
    ],
)
def test_impossible_terms_are_refused(changes: dict[str, object], says: str) -> None:
    terms = {"rate": RATE, "life_years": YEARS, "share_of_year": TERM} | changes
    with pytest.raises(StudyError, match=says):
        equivalent_cost(Decimal(1000), **terms)


def test_a_purchase_below_nothing_is_refused() -> None:
    with pytest.raises(StudyError, match="below 0"):
        equivalent_cost(Decimal(-1), rate=RATE, life_years=YEARS, share_of_year=TERM)


def test_an_exact_half_penny_rounds_upwards() -> None:
    assert cost("3.90", "straight line") == Decimal("0.33")
