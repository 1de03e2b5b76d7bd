from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.ingest.finding import Matter, Quality, Tally
from swis.ingest.upn import CHECK_LETTERS, check_letter_of, check_unique_pupil_numbers
from tests.ingest.drawn_returns import draw_upn


def check(*numbers: str | None) -> tuple[list[str | None], Quality]:
    frame = pl.DataFrame(
        {"upn": list(numbers), "row": range(2, len(numbers) + 2)}, schema={"upn": pl.String, "row": pl.Int64}
    )
    tally = Tally()
    tally.begin_file("roll.csv")
    checked = check_unique_pupil_numbers("pupils", frame, tally, column="upn", place="row")
    return checked["upn"].to_list(), tally.sum_up("row")


@given(st.integers(0, 999_999_999))
def test_the_check_letter_is_that_of_the_plain_rule(number: int) -> None:
    upn = draw_upn(number)
    assert check_letter_of(upn) == upn[0]
    assert check(upn)[1].findings == ()


@given(st.integers(0, 999_999_999), st.sampled_from(CHECK_LETTERS))
def test_any_other_letter_is_wrong(number: int, letter: str) -> None:
    upn = draw_upn(number)
    assert check(letter + upn[1:])[1].count(Matter.UPN_WRONG_LETTER) == (letter != upn[0])


def test_a_wrong_letter_is_kept_and_found_with_its_row() -> None:
    numbers, quality = check(draw_upn(1), "A" + draw_upn(1)[1:], None)
    assert numbers == [draw_upn(1), "A" + draw_upn(1)[1:], None]
    assert [(f.matter, f.places) for f in quality.findings] == [(Matter.UPN_WRONG_LETTER, (3,))]


def test_a_temporary_number_ends_with_a_letter_that_counts_as_its_place() -> None:
    body = "20100000000C"
    letter = CHECK_LETTERS[sum(i * int(digit) for i, digit in enumerate(body[:-1], 2)) % 23 + 0]
    assert check_letter_of("?" + body) == CHECK_LETTERS[(CHECK_LETTERS.index(letter) + 13 * 2) % 23]
    assert check("A" + body)[1].count(Matter.UPN_TEMPORARY) == 1


@pytest.mark.parametrize(
    "number", ["A12345678901", "A1234567890123", "1234567890123", "21db2df8-fa0", "Å201000000001", "="]
)
def test_what_has_not_the_form_is_kept_and_found(number: str) -> None:
    numbers, quality = check(number)
    assert numbers == [number]
    assert [f.matter for f in quality.findings] == [Matter.UPN_MALFORMED]


def test_small_letters_are_written_in_capitals_and_counted() -> None:
    numbers, quality = check(draw_upn(7).lower())
    assert numbers == [draw_upn(7)]
    assert [f.matter for f in quality.findings] == [Matter.TIDIED]


def test_a_reason_for_having_no_number_is_no_number() -> None:
    assert check("UN3", "un7") == ([None, None], check(None, None)[1])


@pytest.mark.parametrize("last", ["I", "O", "S"])
def test_a_letter_outside_the_alphabet_at_the_end_does_no_harm(last: str) -> None:
    assert check_letter_of("A20100000000" + last) is None
    assert check("A20100000000" + last)[1].count(Matter.UPN_TEMPORARY) == 1
