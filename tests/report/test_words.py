"""Numbers as words: whatever the number, what is said of it must be true."""

from __future__ import annotations

import re
from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from swis.report.words import (
    change,
    interval,
    join,
    number_word,
    p_value,
    per_pupils,
    percent,
    plural,
    pounds,
    ratio,
    span,
)

every = settings(max_examples=400, deadline=None, derandomize=True)
ratios = st.one_of(
    st.floats(0, 1e6, allow_subnormal=False),
    st.floats(0.9, 1.1),
    st.floats(-20, 14).map(lambda log: float(10.0**log)),
    st.just(inf),
)
shares = st.one_of(st.floats(0, 1), st.floats(0, 0.002), st.floats(0.99, 1), st.floats(0.049, 0.051))


def number(words: str) -> float:
    return float(words.replace(",", ""))


def is_true_of(words: str, value: float) -> bool:
    """Whether what `change` said is true of the ratio, to half of the last digit."""
    if words in ("gone altogether", "unchanged", "higher without limit"):
        return value == {"gone altogether": 0, "unchanged": 1, "higher without limit": inf}[words]
    if words == "all but unchanged":
        return value != 1 and abs(value - 1) <= 0.005 + 1e-9
    if words == "more than 99% lower":
        return 0 < value < 0.01
    if found := re.fullmatch(r"(\d+)% (lower|higher)", words):
        sign = -1 if found[2] == "lower" else 1
        return (value - 1) * sign > 0 and abs(value - (1 + sign * int(found[1]) / 100)) <= 0.005 + 1e-9
    found = re.fullmatch(r"([\d.,]+) times as high", words)
    # Three digits are shown at the least: half of the last is at most 0.5% of the number.
    return found is not None and value > 1.9 and abs(number(found[1]) / value - 1) <= 0.0051


@every
@given(ratios)
@example(0.0)
@example(1.0)
@example(0.995)
@example(1.005)
@example(1.995)
@example(1e-12)
def test_a_change_is_true_of_the_ratio(value: float) -> None:
    assert is_true_of(change(value), value)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.65, "35% lower"), (1.24, "24% higher"), (4.0, "4.00 times as high"), (1.43e-8, "more than 99% lower")],
)
def test_a_change_reads_like_this(value: float, words: str) -> None:
    assert change(value) == words


@every
@given(ratios, ratios)
@example(0.0, inf)
@example(0.998, 1.002)
@example(0.0, 0.553)
@example(0.9996, 0.9999)
def test_an_interval_keeps_its_ends_and_the_side_of_one_that_they_lie_on(one: float, other: float) -> None:
    low, high = sorted((one, other))
    words = interval(low, high)
    if low == 0 and high == inf:
        assert words == "no limit either way"
        return
    assume(low < inf)
    ends = re.fullmatch(r"(\S+) (?:or more|to (\S+))", words)
    assert ends is not None
    assert (ends[2] is None) == (high == inf)
    for shown, value in ((ends[1], low), (ends[2], high)):
        if shown is None:
            continue
        assert number(shown) == pytest.approx(value, rel=0.053, abs=0)
        if abs(value - 1) > 1e-6:
            assert (number(shown) > 1) == (value > 1)
            assert (number(shown) < 1) == (value < 1)


def test_an_interval_that_is_not_there_is_none() -> None:
    assert interval(None, 2.0) == interval(0.5, None) == "none"


@every
@given(ratios, ratios)
@example(0.0, inf)
@example(0.0, 0.0)
def test_a_span_says_both_ends_truly(one: float, other: float) -> None:
    low, high = sorted((one, other))
    words = span(low, high)
    if high == inf and low == 0:
        assert words == "anything from none at all to any multiple"
    elif high == inf:
        found = re.fullmatch(r"from (.*) upwards, without limit", words)
        assert found is not None
        assert is_true_of(found[1], low)
    else:
        found = re.fullmatch(r"from (.*?) to (.*)", words)
        assert found is not None
        assert found[1] == "none at all" if low == 0 else is_true_of(found[1], low)
        assert is_true_of(found[2], high)


@every
@given(shares)
@example(0.0)
@example(0.05)
@example(0.05 + 1e-5)
@example(0.04999)
@example(0.0999)
@example(1.0)
def test_a_p_value_is_rounded_and_stays_on_its_side_of_five_per_cent(p: float) -> None:
    words = p_value(p)
    if words == "< 0.0001":
        assert p < 0.0001
        return
    digits = len(words.split(".")[1])
    assert abs(number(words) - p) <= 0.5 * 10.0**-digits + 1e-12
    if abs(p - 0.05) > 1e-6:
        assert (number(words) > 0.05) == (p > 0.05)
        assert (number(words) < 0.05) == (p < 0.05)
    assert number(words) > 0


def test_a_p_value_that_is_not_there_is_a_dash() -> None:
    assert p_value(None) == p_value(nan) == ratio(None) == ratio(nan) == "–"


@every
@given(shares)
@example(0.0)
@example(1.0)
@example(0.00049)
@example(0.9951)
def test_a_share_in_per_cent_is_all_or_nothing_only_where_it_is(share: float) -> None:
    words = percent(share)
    if words.startswith("less"):
        assert 0 < share < 0.001
    elif words.startswith("more"):
        assert 0.99 < share < 1
    else:
        assert abs(number(words.rstrip("%")) / 100 - share) <= (0.005 if "." not in words else 0.0005) + 1e-12
        assert (words == "0%") == (share == 0)
        assert (words == "100%") == (share == 1)


@every
@given(st.floats(1e-12, 1e9))
def test_a_ratio_is_never_shown_as_nothing(value: float) -> None:
    assert number(ratio(value)) == pytest.approx(value, rel=0.053)


def test_counts_and_lists_read_as_they_are_spoken() -> None:
    assert (number_word(0), number_word(10), number_word(11), number_word(1200)) == ("no", "ten", "11", "1,200")
    assert (plural(1, "school"), plural(0, "school"), plural(1200, "analysis", "analyses")) == (
        "1 school",
        "0 schools",
        "1,200 analyses",
    )
    assert [join(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert (per_pupils(1), per_pupils(1000)) == ("per pupil", "per 1,000 pupils")
    assert (pounds(None), pounds(Decimal("1234.565"))) == ("not known", "£1,234.57")
