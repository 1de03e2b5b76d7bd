from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.costs.discount import GREEN_BOOK_HEALTH, discount_factors, present_value
from swis.costs.prices import Deflators, gdp_deflators, in_prices_of, read_deflators
from swis.costs.unit_costs import UnitCost, read_unit_costs, reprice
from swis.errors import SettingError, TableError

# HM Treasury, "How to use the GDP deflator series: practical examples" (Annex A): its table for illustration, 2002-03 = 100.
TREASURY = Deflators(
    {
        "1992-93": Decimal("77.756"),
        "1997-98": Decimal("88.480"),
        "1998-99": Decimal("91.031"),
        "1999-00": Decimal("93.046"),
        "2002-03": Decimal("100"),
        "2003-04": Decimal("102.789"),
    },
    "HM Treasury, Annex A",
)
YEARS = [str(year) for year in range(2009, 2025)]


def test_the_examples_of_the_treasury_come_out_as_printed() -> None:
    inflation = TREASURY.ratio(from_year="1998-99", to_year="1999-00") - 1
    assert round(inflation * 100, 2) == Decimal("2.21")
    assert round((TREASURY.ratio(from_year="1997-98", to_year="2002-03") - 1) * 100, 2) == Decimal("13.02")
    inflated = in_prices_of(Decimal("7.4"), from_year="1998-99", to_year="2003-04", deflators=TREASURY)
    assert round(inflated, 2) == Decimal("8.36")
    deflated = in_prices_of(Decimal("85.32"), from_year="2002-03", to_year="1992-93", deflators=TREASURY)
    assert round(deflated, 2) == Decimal("66.34")


def test_the_shipped_deflator_names_its_publication_and_its_years() -> None:
    shipped = gdp_deflators()
    assert list(shipped.index) == YEARS
    assert "HM Treasury" in shipped.source
    assert shipped.index["2024"] == 100


@given(st.sampled_from(YEARS), st.sampled_from(YEARS), st.sampled_from(YEARS))
def test_going_by_way_of_another_year_changes_nothing(start: str, way: str, end: str) -> None:
    there = in_prices_of(in_prices_of(Decimal(100), from_year=start, to_year=way), from_year=way, to_year=end)
    assert abs(there - in_prices_of(Decimal(100), from_year=start, to_year=end)) < Decimal("1e-40")


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("2019-20", "no financial years"),
        ("1999", "calendar years 2009 to 2024"),
        ("nineteen", "no year"),
        ("2019-21", "2019-20"),
    ],
)
def test_a_year_that_the_index_does_not_have_is_refused_rather_than_guessed(year: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        in_prices_of(Decimal(1), from_year=year, to_year=2024)


def test_an_own_index_of_financial_years_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deflators.csv"
    path.write_text("year,price_index,source\n2020-21,104,Ours\n2019-20,100,Ours\n")
    own = read_deflators(path)
    assert in_prices_of(Decimal(50), from_year="2019-20", to_year="2020-21", deflators=own) == 52
    path.write_text("year,price_index,source\n2019-21,104,Ours\n")
    with pytest.raises(TableError, match="row 2"):
        read_deflators(path)


def test_discounting_by_the_green_book() -> None:
    assert [round(factor, 4) for factor in discount_factors(5)] == [1, 0.9662, 0.9335, 0.9019, 0.8714]
    assert present_value([100, 103.5, 107.1225]) == pytest.approx(300)
    assert discount_factors(2, rate=GREEN_BOOK_HEALTH)[1] == pytest.approx(1 / 1.015)
    for years, rate in ((0, 0.035), (31, 0.035), (3, -0.1), (3, 3.5)):
        with pytest.raises(SettingError):
            discount_factors(years, rate=rate)


UNIT_COSTS = (
    "what,pounds,low,high,price_year,payer,source\n"
    "s47,100.00,80,150,2019,authority,Made up\ncare_day,20,,,2024,authority,Made up\n"
)


def test_unit_costs_are_brought_to_one_year_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "unit_costs.csv"
    path.write_text(UNIT_COSTS)
    enquiry, day = reprice(read_unit_costs(path), price_year=2024)
    assert round(enquiry.pounds, 2) == Decimal("123.29")
    assert enquiry.low is not None
    assert round(enquiry.low, 2) == Decimal("98.63")
    assert "from 2019 prices by HM Treasury" in enquiry.source
    assert (day.pounds, day.source, day.least) == (20, "Made up", 20)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Made up\ncare", " \ncare", "source"),
        ("80,150", "120,150", "row 2: .*between its low"),
        ("2019", "last year", "row 2"),
        ("authority,Made up\ncare", "nobody,Made up\ncare", "payer"),
        ("100.00", "-1", "pounds"),
    ],
)
def test_a_unit_cost_that_cannot_be_is_refused_with_its_row(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "unit_costs.csv"
    path.write_text(UNIT_COSTS.replace(old, new))
    with pytest.raises(TableError, match=words):
        read_unit_costs(path)


def test_the_example_file_is_refused_until_its_figures_are_replaced() -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "money" / "unit_costs.csv"
    with pytest.raises(TableError, match=r"unit_costs.csv, row 2: .*still the example"):
        read_unit_costs(example)


def test_no_unit_cost_is_without_a_source() -> None:
    cost = UnitCost("s47", Decimal(1), "2024", "authority", "Made up")
    with pytest.raises(SettingError, match="no source"):
        replace(cost, source=" ")
