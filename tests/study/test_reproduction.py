"""Printed beside ours: which of the published numbers follow, with and without the declared corrections."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from swis.estimate.published import published_method
from swis.study.published import PublishedEstimate
from swis.study.read import read_study
from swis.study.reproduction import Reproduced, reproduce
from swis.tables.printed import Printed
from swis.tables.published_estimates import CONSTANT, INTERVENTION_BY_TIME, TOTAL_CHANGE
from tests.estimate.drawn import table

STUDIES = Path(__file__).parents[2] / "studies"
PILOTS = {
    "southampton": ("s17", "s47", "days_in_care"),
    "stockport": ("s17", "s47", "days_in_care"),
    "lambeth": ("s17", "s47"),
}
THE_EIGHT = [(pilot, outcome) for pilot, outcomes in PILOTS.items() for outcome in outcomes]
EVERY_PART = ("estimate", "lower", "upper")

CUT_OFF = "the digits beyond were cut off, not rounded"
ROUNDED_QUANTILE = "1.96 in place of the exact normal quantile gives the printed digits"
NO_ESTIMATE = "not an estimate: the data put the ratio at 0, and software stops where it happens to"
WIDTH_ALONE = f"{NO_ESTIMATE}; only the width of the printed interval reproduces"
PRODUCT = "the printed figure multiplies two numbers that were already rounded"

WITH_CORRECTIONS = {
    ("lambeth", "s17", "Autumn 2017", "lower"): CUT_OFF,
    ("lambeth", "s47", "Autumn 2019", "upper"): ROUNDED_QUANTILE,
    ("lambeth", "s47", INTERVENTION_BY_TIME, "estimate"): NO_ESTIMATE,
    ("lambeth", "s47", INTERVENTION_BY_TIME, "lower"): WIDTH_ALONE,
    ("lambeth", "s47", INTERVENTION_BY_TIME, "upper"): WIDTH_ALONE,
    ("stockport", "days_in_care", TOTAL_CHANGE, "estimate"): PRODUCT,
}
ONLY_WITHOUT = {
    ("stockport", "s17"): {
        ("Autumn 2019", "estimate"),
        ("Autumn 2019", "lower"),
        *((INTERVENTION_BY_TIME, part) for part in EVERY_PART),
        (TOTAL_CHANGE, "estimate"),
    },
    ("lambeth", "s17"): {
        ("Autumn 2017", "estimate"),
        ("Autumn 2017", "upper"),
        *(("Autumn 2019", part) for part in EVERY_PART),
        *((INTERVENTION_BY_TIME, part) for part in EVERY_PART),
        (TOTAL_CHANGE, "estimate"),
    },
    ("lambeth", "s47"): {
        *(("Autumn 2017", part) for part in EVERY_PART),
        ("Autumn 2019", "estimate"),
        ("Autumn 2019", "lower"),
        *((CONSTANT, part) for part in EVERY_PART),
    },
}
"""What follows with the corrections and not without. Stockport's upper end of Autumn 2019 (section 17) follows either way."""


@cache
def reproduced(pilot: str, outcome: str, *, corrected: bool = True) -> tuple[Reproduced, ...]:
    study = read_study(STUDIES / pilot)
    method = published_method(
        study.comparison(outcome, corrected=corrected), constant_school=study.outcome(outcome).constant_school
    )
    return reproduce(study.published_of(outcome), method)


def differing(pilot: str, outcome: str, *, corrected: bool = True) -> set[tuple[str, str]]:
    return {(one.coefficient, one.part) for one in reproduced(pilot, outcome, corrected=corrected) if not one.agrees}


def test_with_the_corrections_exactly_these_printed_numbers_do_not_follow() -> None:
    found = {
        (pilot, outcome, one.coefficient, one.part): one.reason
        for pilot, outcome in THE_EIGHT
        for one in reproduced(pilot, outcome)
        if not one.agrees
    }
    assert found == WITH_CORRECTIONS


def test_every_printed_number_but_the_reference_terms_is_compared() -> None:
    for pilot, outcome in THE_EIGHT:
        published = read_study(STUDIES / pilot).published_of(outcome)
        numbers = [number for one in published for number in (one.irr, one.ci_low, one.ci_high) if number is not None]
        assert [one.printed for one in reproduced(pilot, outcome)] == numbers


@pytest.mark.parametrize(("pilot", "outcome"), THE_EIGHT)
def test_without_the_corrections_exactly_these_numbers_differ_further(pilot: str, outcome: str) -> None:
    further = differing(pilot, outcome, corrected=False) - differing(pilot, outcome)
    assert further == ONLY_WITHOUT.get((pilot, outcome), set())
    # A correction mends; it spoils nothing that followed before.
    assert differing(pilot, outcome) <= differing(pilot, outcome, corrected=False)


def test_a_number_that_agrees_rounds_to_the_printed_digits_and_gives_no_reason() -> None:
    for pilot, outcome in THE_EIGHT:
        for one in reproduced(pilot, outcome):
            if one.agrees:
                assert one.ours is not None
                assert one.printed.low <= Decimal(one.ours) <= one.printed.high
                assert one.reason == ""
            else:
                assert one.reason


def printed(coefficient: str, irr: str, low: str | None = None, high: str | None = None) -> PublishedEstimate:
    ends = [None if end is None else Printed(end) for end in (low, high)]
    return PublishedEstimate(2, "section_47", coefficient, Printed(irr), *ends, "", "table", "drawn")


DRAWN = published_method(table([[4, 6, 3], [5, 7, 2], [3, 4, 6], [6, 5, 7]], intervention=[1, 1, 0, 0]))
EFFECT = DRAWN.interaction


def reasons(*estimates: PublishedEstimate) -> list[str]:
    return [one.reason for one in reproduce(estimates, DRAWN)]


def test_a_number_that_has_nothing_to_do_with_the_table_does_not_follow() -> None:
    assert reasons(printed(INTERVENTION_BY_TIME, "9.99")) == ["does not follow from the table"]


def test_a_constant_without_its_school_says_so() -> None:
    assert reasons(printed(CONSTANT, "0.01")) == ["the study does not say which school the constant belongs to"]


def test_an_interval_where_the_method_gives_none_says_so() -> None:
    one_school_each = published_method(table([[4, 6, 3], [5, 4, 7]], intervention=[1, 0]))
    found = reproduce((printed(INTERVENTION_BY_TIME, "0.39", "0.10", "0.90"),), one_school_each)
    assert [one.reason for one in found] == ["", *["the method gives no interval here"] * 2]


def test_a_product_of_rounded_numbers_is_told_from_one_that_is_wrong() -> None:
    last, effect = DRAWN.terms[-1], EFFECT
    # Printed with one digit, the factors are far enough off for their product to differ from the true total.
    rough = Decimal(f"{last.ratio:.1f}") * Decimal(f"{effect.ratio:.1f}")
    total = f"{rough:.2f}"
    assert not Printed(total).fits(DRAWN.total_change.ratio)
    factors = (printed(last.name, f"{last.ratio:.1f}"), printed(INTERVENTION_BY_TIME, f"{effect.ratio:.1f}"))
    assert reasons(*factors, printed(TOTAL_CHANGE, total)) == ["", "", PRODUCT]
    assert reasons(printed(TOTAL_CHANGE, total)) == ["does not follow from the table"]


def test_a_cut_off_number_is_told_from_one_that_is_wrong() -> None:
    digits = f"{EFFECT.ratio:.8f}"
    cut = next(digits[:end] for end in range(4, 10) if int(digits[end]) >= 5)
    assert reasons(printed(INTERVENTION_BY_TIME, cut)) == [CUT_OFF]
