from decimal import Decimal
from fractions import Fraction

import pytest

from swis.costs.annuity import to_pence
from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.costs.cost import compare_with_printed, cost_of_period
from swis.errors import StudyError
from swis.tables.printed import Printed

AUTUMN = "autumn term 2019"
MONEY = MoneySettings(price_year=2019, period=AUTUMN, share_of_year=Fraction(4, 12))


def claims(staffing: str, ancillary: str = "0", basis: str = "annuitised as published") -> list[Claim]:
    return [
        Claim("staff", "staffing", Decimal(staffing), "period", AUTUMN),
        Claim("equipment", "ancillary", Decimal(ancillary), basis, AUTUMN),
    ]


@pytest.mark.parametrize(
    ("staffing", "ancillary", "workers", "total", "per_worker"),
    [
        ("100681", "0", 5, "100681.00", "20136.20"),
        ("83788", "599.91", 6, "84387.91", "14064.65"),
        ("154091.42", "1182.88", 10, "155274.30", "15527.43"),
    ],
)
def test_the_published_totals_and_costs_per_worker_and_term(
    staffing: str, ancillary: str, workers: int, total: str, per_worker: str
) -> None:
    result = cost_of_period(claims(staffing, ancillary), MONEY, ProgrammeSize(workers=workers))
    assert result.total == Decimal(total)
    assert result.per_worker_and_term is not None
    assert to_pence(result.per_worker_and_term) == Decimal(per_worker)


def test_a_purchase_is_spread_and_the_sum_is_rounded_last() -> None:
    result = cost_of_period(claims("83788", "6610.55", "purchase"), MONEY, ProgrammeSize())
    assert to_pence(result.ancillary) == Decimal("599.91")
    assert result.ancillary != to_pence(result.ancillary)
    assert to_pence(result.total) == Decimal("84387.91")


def test_the_useful_life_of_a_claim_goes_before_that_of_the_study() -> None:
    long = Claim("boiler", "other", Decimal(1000), "purchase", AUTUMN, useful_life_years=Decimal(10))
    settings = MoneySettings(2019, AUTUMN, Fraction(1), annuity_rule="straight line")
    result = cost_of_period([long], settings, ProgrammeSize())
    assert result.other == result.total == 100


def test_a_claim_of_another_period_is_left_out_and_said_so() -> None:
    other = Claim("training", "ancillary", Decimal(500), "period", "summer term 2019")
    result = cost_of_period([*claims("1000"), other], MONEY, ProgrammeSize())
    assert result.total == 1000
    assert [left.claim.item for left in result.left_out] == ["training"]
    assert "summer term 2019" in str(result)


def test_a_cost_per_pupil_needs_the_pupils_of_every_school() -> None:
    all_known = cost_of_period(claims("1000"), MONEY, ProgrammeSize(schools=2, pupils=500))
    assert (all_known.per_school, all_known.per_pupil, all_known.per_pupil_at_most) == (500, 2, None)
    some_known = cost_of_period(claims("1000"), MONEY, ProgrammeSize(schools=2, pupils_known=250))
    assert (some_known.per_pupil, some_known.per_pupil_at_most) == (None, 4)
    assert "at most" in str(some_known)


def test_without_sizes_there_are_no_unit_costs_and_the_print_says_so() -> None:
    assert "size of the programme is not known" in str(cost_of_period(claims("1000"), MONEY, ProgrammeSize()))


def test_a_period_of_several_terms_is_shared_among_them() -> None:
    settings = MoneySettings(2019, AUTUMN, Fraction(1), terms_in_period=3)
    result = cost_of_period(claims("900"), settings, ProgrammeSize(workers=3))
    assert (result.per_worker, result.per_worker_and_term) == (300, 100)


def test_the_result_tells_its_facts_in_one_line_and_as_a_table() -> None:
    result = cost_of_period(claims("83788", "599.91"), MONEY, ProgrammeSize())
    assert repr(result) == "CostResult(autumn term 2019: £84,387.91 in 2019 prices; 2 claims, 0 left out)"
    assert result.table()["cost"].to_list() == [Decimal("83788.00"), Decimal("599.91")]


@pytest.mark.parametrize(
    ("printed", "agreement"),
    [("84,387.91", "agrees"), ("84,387", "cut off"), ("84,388", "agrees"), ("84,390", "differs")],
)
def test_a_printed_sum_agrees_is_cut_off_or_differs(printed: str, agreement: str) -> None:
    assert compare_with_printed(Decimal("84387.91"), Printed(printed)) == agreement


def test_no_claims_and_empty_programmes_are_refused() -> None:
    with pytest.raises(StudyError, match=r"claims\.csv"):
        cost_of_period([], MONEY, ProgrammeSize())
    with pytest.raises(StudyError, match="0 workers"):
        cost_of_period(claims("1"), MONEY, ProgrammeSize(workers=0))
