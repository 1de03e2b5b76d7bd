from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import TableError
from swis.tables.printed import Printed

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.50", "0.495", "0.505"),
        ("1.5", "1.45", "1.55"),
        ("1.43E-08", "1.425E-8", "1.435E-8"),
        ("0.00", "-0.005", "0.005"),
        ("84,387", "84386.5", "84387.5"),
        ("-2", "-2.5", "-1.5"),
    ],
)
def test_the_rounding_interval_is_half_a_unit_of_the_last_digit_either_way(text: str, low: str, high: str) -> None:
    printed = Printed(text)
    assert (printed.low, printed.high) == (Decimal(low), Decimal(high))
    assert repr(printed) == f"Printed({text!r}: {printed.low} to {printed.high})"


@pytest.mark.parametrize(("number", "fits"), [("1.875", True), ("1.885", True), ("1.8749", False), ("1.8851", False)])
def test_a_half_may_have_been_rounded_either_way_to_an_even_digit(number: str, fits: bool) -> None:
    assert Printed("1.88").fits(Decimal(number)) is fits


def test_a_half_above_an_odd_digit_rounds_away_under_either_rule() -> None:
    assert not Printed("0.33").fits(Decimal("0.335"))
    assert Printed("0.33").fits(Decimal("0.325"))


@given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 5))
def test_a_number_fits_what_it_is_printed_as_and_only_that(number: Decimal, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    prints = {number.quantize(unit, rounding=rounding) for rounding in ROUNDINGS}
    nearby = {p + step * unit for p in prints for step in (-1, 0, 1)}
    assert {p for p in nearby if Printed(f"{p:f}").fits(number)} == prints


@given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 5))
def test_a_number_that_was_cut_off_is_told_from_one_that_was_rounded(number: Decimal, places: int) -> None:
    cut = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    printed = Printed(f"{cut:f}")
    assert printed.fits(number) or printed.cuts_off(number)
    assert not (printed.fits(number) and printed.cuts_off(number))


def test_the_published_examples() -> None:
    assert Printed("0.07").fits(0.0712)
    assert Printed("11.04").fits(11.0449) and not Printed("11.04").fits(11.0454)
    assert not Printed("1.82").fits(1.8286) and Printed("1.82").cuts_off(1.8286)
    assert Printed("84,387").cuts_off(Decimal("84387.91"))
    assert Printed("2.50").fits(Fraction(500, 200))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_numbers_without_a_value_fit_nothing(number: float) -> None:
    assert not Printed("1").fits(number)
    assert not Printed("1").cuts_off(number)


def test_a_number_too_large_for_a_float_is_compared_exactly() -> None:
    assert not Printed("1").fits(10**400)


@pytest.mark.parametrize(
    "text", ["", " 1", "one", "1,00", "1.", ".5", "1e99999", "£5", "0x1", "١", "nan", "1_0", "9" * 99]
)
def test_what_is_not_a_printed_number_is_refused(text: str) -> None:
    with pytest.raises(TableError, match="is not a number as printed"):
        Printed(text)


@given(st.text(max_size=30))
def test_any_text_is_a_printed_number_or_refused(text: str) -> None:
    try:
        printed = Printed(text)
    except TableError:
        return
    assert printed.low < printed.value < printed.high
