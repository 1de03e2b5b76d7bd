"""What study.toml may not say, one broken thing a test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import ProtocolError, StudyError
from swis.study.read import read_study
from swis.study.read_protocol import read_protocol
from tests.study.conftest import CORRECTION, MONEY, PROTOCOL, DrawStudy


def refused(folder: Path) -> str:
    with pytest.raises(ProtocolError) as caught:
        read_study(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format = 1", "format = 2", "does not read"),
        ("format = 1", "format = true", "does not read"),
        ("format = 1\n", "", "has no format"),
        ("[study]", "[studdy]", r"unknown section or key 'studdy'. Take it out. Did you mean study\?"),
        ("launched = ", "lauched = ", r"unknown key 'lauched'. Take it out. Did you mean launched\?"),
        ('launched = "2019-04"', 'launched = "April 2019"', "launched is not a month"),
        ('launched = "2019-04"', "launched = 2019", "launched is not a month"),
        ('"matched comparison"', '"matched"', "Write one of: matched comparison, randomised"),
        ('authority = "Nowhere"\n', "", r"\[study\] has no authority"),
        ('reference = "Autumn 2018"', 'reference = "Autumn 2016"', "Autumn 2016.* is not there"),
        ('after = ["Autumn 2019"]', "after = []", "names no term"),
        ('after = ["Autumn 2019"]', 'after = ["Autumn 2017"]', "not the last"),
        ('after = ["Autumn 2019"]', 'after = ["Autumn 2018", "Autumn 2019"]', "among the terms after the start"),
        ('after = ["Autumn 2019"]', 'after = ["Autum 2019"]', r"Did you mean Autumn 2019\?"),
        ('order = ["Autumn 2017", ', 'order = ["Autumn 2017", "Autumn 2017", ', "is there 2 times"),
        ('"Autumn 2017" = "2017-09"', '"Autumn 2017" = "2018-10"', "in the order in which they begin"),
        ('"Autumn 2017" = "2017-09"', '"Autumn 2016" = "2016-09"', r"\[terms.starts\].*Autumn 2016"),
        ('Elm = { arm = "intervention", ', "Elm = { ", r"\[schools.Elm\] has no arm"),
        ('Elm = { arm = "intervention"', 'Elm = { arm = "control"', "intervention, comparison"),
        ("Elm = {", '"" = { arm = "comparison" }\nElm = {', "a school without a name"),
        ("Elm = {", 'elm = { arm = "intervention" }\nElm = {', "differ only in their spelling"),
        ('["Oak_INT"]', '["Elm_INT"]', "the label Elm_INT is there 2 times"),
        ('["Oak_INT"]', '"Oak_INT"', "printed_as is not a list of texts"),
        ('kind = "events"', 'kind = "children"', "Write one of: events, days"),
        ("primary = true", "per = 0", "per is 0, which cannot be"),
        ("primary = true", 'schools = ["Elm", "Yew"]', "'Yew'"),
        ("primary = true", 'constant_school = "Yew"', "'Yew'"),
        ("[[outcome]]", "[outcome]", "double brackets"),
        ("workers = 2", "workers = -1", "workers is -1"),
        ("workers = 2", "workers = 2.5", "workers is not a whole number"),
        ("workers = 2", "workers = true", "workers is not a whole number"),
        (
            "[programme]",
            '[analysis]\npermutation_unit = "cluster"\n[programme]',
            "no school with a social worker has a",
        ),
        ("[programme]", "[analysis]\nworthwhile_rate_ratio = 1.0\n[programme]", "is 1, which is no effect"),
    ],
)
def test_what_contradicts_itself_is_refused(draw_study: DrawStudy, old: str, new: str, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        read_study(draw_study(protocol={old: new}))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('school = "Elm"', 'school = "Yew"', "'Yew'"),
        ('outcome = "s47"', 'outcome = "s17"', "'s17'"),
        ('term = "Autumn 2017"\n', "", "has no term"),
        ('term = "Autumn 2017"', 'term = "Autumn 2016"', "Autumn 2016"),
        ("printed = 4", "printed = 7", "says that 7 is printed, but the file has 4"),
        ("corrected = 5", "corrected = -5", "is not a count"),
        ("corrected = 5", 'corrected = "five"', "is not a count"),
        ('field = "count"', 'field = "arm"', "is not an arm"),
        ('kind = "inferred"', 'kind = "guess"', "forced by the table, inferred"),
        ('reason = "drawn"\n', "", "has no reason"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(draw_study: DrawStudy, old: str, new: str, says: str) -> None:
    assert old in CORRECTION
    with pytest.raises(ProtocolError, match=says):
        read_study(draw_study(add=CORRECTION.replace(old, new)))


def test_a_correction_of_a_school_without_rows_for_the_outcome_is_refused(draw_study: DrawStudy) -> None:
    yew = 'Yew = { arm = "comparison" }\nElm = {'
    folder = draw_study(protocol={"Elm = {": yew}, add=CORRECTION.replace('"Elm"', '"Yew"'))
    assert "matches no row" in refused(folder)


def test_an_arm_correction_must_agree_with_the_protocol(draw_study: DrawStudy) -> None:
    wrong = """
[[correction]]
outcome = "s47"
school = "Elm"
field = "arm"
printed = "intervention"
corrected = "comparison"
kind = "inferred"
reason = "drawn"
"""
    assert "but [schools.Elm] has intervention" in refused(draw_study(add=wrong))


def test_the_same_correction_twice_is_refused(draw_study: DrawStudy) -> None:
    assert "is there 2 times" in refused(draw_study(add=CORRECTION + CORRECTION))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("months = 4", "months = 13", "months is 13"),
        ("months = 4", 'months = 4\nshare_of_year = "4/3"', "share_of_year"),
        ("months = 4", 'months = 4\nshare_of_year = "1/0"', "is not a fraction"),
        ("months = 4", "months = 4\ndiscount_rate = nan", "discount_rate is not a number"),
        ("months = 4", "months = 4\ndiscount_rate = 3.5", "at most 1"),
        ("months = 4", 'months = 4\nannuity_rule = "annuity"', "ordinary, due, straight line"),
        ("months = 4", "months = 4\nuseful_life_years = 0", "above 0"),
    ],
)
def test_impossible_money_settings_are_refused(draw_study: DrawStudy, old: str, new: str, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        read_study(draw_study(add=MONEY.replace(old, new)))


def test_every_problem_is_told_at_once(draw_study: DrawStudy) -> None:
    folder = draw_study(
        protocol={'authority = "Nowhere"\n': "", "workers = 2": "workers = 0", "primary = true": "primry = true"},
        terms={"count": "counts"},
    )
    with pytest.raises(StudyError) as caught:
        read_study(folder)
    for said in ("authority", "workers is 0", "'primry'", "Rename counts to count"):
        assert said in str(caught.value)


def test_strata_need_a_stratum_of_every_school(draw_study: DrawStudy) -> None:
    assert "Elm, Oak, Ash, Fir have no stratum" in refused(draw_study(add='\n[analysis]\nstrata = "stratum"\n'))


def test_a_published_cost_with_a_pound_sign_is_refused(draw_study: DrawStudy) -> None:
    add = '\n[[published_cost]]\nwhat = "total"\nprinted = "£5"\n'
    assert "Leave the pound sign out" in refused(draw_study(add=add))


def test_claims_without_money_settings_are_refused(draw_study: DrawStudy) -> None:
    claims = "item,category,amount,basis,useful_life_years,period,source\nstaff,staffing,5,period,,autumn,\n"
    assert "[money]" in refused(draw_study(files={"claims.csv": claims}))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"format = ", b"= 1", b"format = 1\n" * 2, b"a = " + b"[" * 9_000]
)
def test_a_protocol_that_is_no_toml_or_empty_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"study\.toml"):
        read_protocol(data)


@given(st.binary(max_size=300))
def test_whatever_bytes_stand_in_for_the_protocol_the_answer_is_a_message(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_protocol(data)


@given(st.integers(0, len(PROTOCOL) - 1), st.integers(1, 12), st.text(max_size=4))
def test_a_mangled_protocol_is_read_or_refused_but_never_breaks(place: int, length: int, new: str) -> None:
    mangled = PROTOCOL[:place] + new + PROTOCOL[place + length :]
    try:
        read_protocol(mangled.encode("utf-8", "replace"))
    except ProtocolError as error:
        assert "study.toml" in str(error)
