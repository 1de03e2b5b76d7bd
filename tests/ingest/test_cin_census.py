from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from swis.errors import ReturnError
from swis.ingest.cin_census import read_cin_census
from swis.ingest.finding import Effect, Matter
from swis.tables.returns.cin_census import CIN_CENSUS
from tests.ingest.drawn_returns import FOOTER, HEADER, draw_child, write_cin_census

SMALL = Path(__file__).parent / "data" / "cin_census_2021_small.xml"
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(children: str) -> Path:
        path = tmp_path / "cin.xml"
        path.write_text(HEADER + children + FOOTER, encoding="utf-8")
        return path

    return write


def test_the_public_sample_with_every_block_gives_every_table_its_rows() -> None:
    collected = read_cin_census(SMALL).collect()
    assert {name: frame.height for name, frame in collected.tables.items()} == {
        "children": 1,
        "disabilities": 2,
        "referrals": 1,
        "assessments": 1,
        "assessment_factors": 2,
        "child_in_need_plans": 1,
        "section_47_enquiries": 1,
        "child_protection_plans": 1,
        "child_protection_reviews": 1,
        "pre_proceedings": 0,
        "initial_conferences": 2,
    }


def test_the_public_sample_has_exactly_its_known_findings() -> None:
    quality = read_cin_census(SMALL).collect().quality
    assert [(f.table, f.column, f.matter, f.effect, f.count) for f in quality.findings] == [
        ("ChildIdentifiers", "", Matter.STRAY_TEXT, Effect.NOT_READ, 1),
        ("children", "expected_on", Matter.BEFORE_1900, Effect.KEPT, 1),
        ("children", "former_unique_pupil_number", Matter.UPN_TEMPORARY, Effect.KEPT, 1),
        ("children", "former_unique_pupil_number", Matter.UPN_WRONG_LETTER, Effect.KEPT, 1),
        ("children", "sex", Matter.RECODED, Effect.RENAMED, 1),
        ("children", "unique_pupil_number", Matter.UPN_WRONG_LETTER, Effect.KEPT, 1),
    ]
    assert quality.header["year"] == "2023"
    assert quality.header["authority"] == "201"


def test_the_two_dates_of_an_initial_conference_are_kept_apart() -> None:
    tables = read_cin_census(SMALL).collect().tables
    assert tables["referrals"]["initial_conference_on"].to_list() == [date(1970, 12, 6)]
    assert tables["section_47_enquiries"]["initial_conference_on"].to_list() == [date(1970, 6, 17)]
    assert tables["initial_conferences"].select("held_on", "recorded_with").rows() == [
        (date(1970, 6, 17), "section 47 enquiry"),
        (date(1970, 12, 6), "referral"),
    ]


def test_every_table_has_the_declared_columns_and_types(write: Write) -> None:
    full, empty = read_cin_census(SMALL).collect().tables, read_cin_census(write("")).collect().tables
    for table in CIN_CENSUS.tables[1:]:
        assert tuple(full[table.name].columns) == table.column_names
        assert full[table.name].schema == empty[table.name].schema


def test_a_return_without_fault_has_one_finding_the_codes_of_its_year(tmp_path: Path) -> None:
    quality = read_cin_census(write_cin_census(tmp_path / "cin.xml", 50)).collect().quality
    assert [(f.column, f.matter) for f in quality.findings] == [("sex", Matter.RECODED)]
    assert quality.rows_read == quality.rows_kept
    assert quality.unit == "child"


@pytest.mark.parametrize("children_per_batch", [1, 7, 1000])
def test_the_size_of_a_batch_changes_nothing(tmp_path: Path, children_per_batch: int) -> None:
    path = write_cin_census(tmp_path / "cin.xml", 1500)
    whole = read_cin_census(path).collect()
    parts = read_cin_census(path, children_per_batch=children_per_batch).collect()
    for name, frame in whole.tables.items():
        assert parts.tables[name].equals(frame), name
    assert parts.quality == whole.quality


def test_events_belong_to_the_child_and_the_referral_that_they_stand_in(write: Write) -> None:
    two = draw_child(1).replace("</CINdetails>", "</CINdetails><CINdetails><CINreferralDate>2021-06-01</CINreferralDate>"
    "<Section47><S47ActualStartDate>2021-06-02</S47ActualStartDate></Section47></CINdetails>", 1)  # fmt: skip
    tables = read_cin_census(write(two + draw_child(2))).collect().tables
    assert tables["referrals"].select("child", "referral_number").rows() == [("C1", 1), ("C1", 2), ("C2", 3)]
    enquiries = tables["section_47_enquiries"].select("child", "referral_number", "started_on").rows()
    assert enquiries == [("C1", 1, date(2021, 4, 7)), ("C1", 2, date(2021, 6, 2)), ("C2", 3, date(2021, 4, 8))]


def test_the_quality_is_there_only_when_all_is_read(write: Write) -> None:
    reading = read_cin_census(write(draw_child(1)))
    with pytest.raises(RuntimeError, match="Read all batches"):
        _ = reading.quality
    reading.collect()
    assert "children: 1 read, 1 kept" in str(reading.quality)


def test_a_referral_without_a_date_is_dropped_and_counted_with_its_child(write: Write) -> None:
    bad = draw_child(2).replace(
        "<CINreferralDate>2021-04-03</CINreferralDate>", "<CINreferralDate>soon</CINreferralDate>"
    )
    collected = read_cin_census(write(draw_child(1) + bad)).collect()
    (finding,) = [f for f in collected.quality.findings if f.effect is Effect.DROPPED]
    assert (finding.table, finding.column, finding.matter) == ("referrals", "referred_on", Matter.UNREADABLE)
    assert (finding.count, finding.places) == (1, (2,))
    assert collected.quality.rows_read["referrals"] == 2
    assert collected.quality.rows_kept["referrals"] == 1
    assert "soon" not in str(collected.quality)


def test_events_of_a_child_without_an_identifier_are_dropped_with_it(write: Write) -> None:
    nameless = draw_child(1).replace("<LAchildID>C1</LAchildID>", "<LAchildID> </LAchildID>")
    quality = read_cin_census(write(nameless + draw_child(2))).collect().quality
    assert quality.count(Matter.NO_VALUE, "children", "child") == 1
    assert quality.rows_kept["children"] == quality.rows_kept["referrals"] == quality.rows_kept["assessments"] == 1


@pytest.mark.parametrize(
    ("old", "new", "column", "matter"),
    [
        ("<ReferralSource>2A<", "<ReferralSource>99<", "referral_source", Matter.UNKNOWN_CODE),
        ("<ReferralSource>2A<", "<ReferralSource>2a<", "referral_source", Matter.TIDIED),
        ("<ReferralNFA>0<", "<ReferralNFA>perhaps<", "no_further_action", Matter.UNREADABLE),
        (">2021-04-02</CINref", ">2004-04-02</CINref", "referred_on", Matter.BEFORE_BIRTH),
        (">2021-04-02</CINref", ">2022-04-01</CINref", "referred_on", Matter.IN_THE_FUTURE),
        (
            "<ReferralNFA>",
            "<CINclosureDate>2021-03-01</CINclosureDate><ReferralNFA>",
            "closed_on",
            Matter.ENDS_BEFORE_START,
        ),
    ],
)
def test_what_is_odd_in_a_referral_is_found_with_its_child(
    write: Write, old: str, new: str, column: str, matter: Matter
) -> None:
    child = draw_child(1)
    assert old in child
    quality = read_cin_census(write(draw_child(3) + child.replace(old, new))).collect().quality
    (finding,) = [f for f in quality.findings if f.matter is matter]
    assert (finding.table, finding.column, finding.count, finding.places) == ("referrals", column, 1, (2,))


def test_events_after_death_are_found(write: Write) -> None:
    dead = draw_child(1).replace(
        "</ChildIdentifiers>", "<PersonDeathDate>2021-04-06</PersonDeathDate></ChildIdentifiers>"
    )
    quality = read_cin_census(write(dead)).collect().quality
    assert quality.count(Matter.AFTER_DEATH, "section_47_enquiries", "started_on") == 1
    assert quality.count(Matter.AFTER_DEATH, "referrals") == 0


def test_a_child_twice_and_a_shared_number_are_found_across_batches(write: Write) -> None:
    again, shared = draw_child(1), draw_child(5).replace(draw_child(5).split("UPN>")[1], draw_child(2).split("UPN>")[1])
    path = write(draw_child(1) + draw_child(2) + draw_child(3) + again + shared)
    quality = read_cin_census(path, children_per_batch=1).collect().quality
    assert [(f.matter, f.places) for f in quality.findings if f.matter in (Matter.DUPLICATE, Matter.SHARED_UPN)] == [
        (Matter.DUPLICATE, (4,)),
        (Matter.SHARED_UPN, (5,)),
    ]


def test_unknown_and_repeated_elements_are_counted_and_not_read(write: Write) -> None:
    odd = draw_child(1).replace(
        "<ReferralSource>", "<Shoe><Size>9</Size></Shoe><ReferralSource>9</ReferralSource><ReferralSource>"
    )
    collected = read_cin_census(write(odd)).collect()
    assert collected.quality.count(Matter.ELEMENT_UNKNOWN, "CINdetails", "Shoe") == 1
    assert collected.quality.count(Matter.ELEMENT_REPEATED, "CINdetails", "ReferralSource") == 1
    assert collected.tables["referrals"]["referral_source"].to_list() == ["2A"]


def test_an_element_in_the_wrong_place_is_unknown_there(write: Write) -> None:
    moved = (
        draw_child(1)
        .replace("<ReferralSource>2A</ReferralSource>", "")
        .replace("<S47ActualStartDate>", "<ReferralSource>2A</ReferralSource><S47ActualStartDate>")
    )
    quality = read_cin_census(write(moved)).collect().quality
    assert quality.count(Matter.ELEMENT_UNKNOWN, "Section47", "ReferralSource") == 1


def test_pre_proceedings_are_read_and_found_too_early_before_2026(write: Write) -> None:
    block = "<PreProceedingsandFGDM><PPStartDate>2021-05-01</PPStartDate></PreProceedingsandFGDM></CINdetails>"
    path = write(draw_child(1).replace("</CINdetails>", block))
    collected = read_cin_census(path).collect()
    assert collected.tables["pre_proceedings"]["started_on"].to_list() == [date(2021, 5, 1)]
    assert collected.quality.count(Matter.TOO_EARLY_FOR_ELEMENT) == 1
    path.write_text(path.read_text(encoding="utf-8").replace("<Year>2022", "<Year>2026"), encoding="utf-8")
    assert read_cin_census(path).collect().quality.count(Matter.TOO_EARLY_FOR_ELEMENT) == 0


def test_sex_is_read_in_the_form_of_each_year(write: Write) -> None:
    new = draw_child(2).replace("<GenderCurrent>1</GenderCurrent>", "<Sex>F</Sex>")
    old = [
        draw_child(n).replace("<GenderCurrent>1<", f"<GenderCurrent>{c}<") for n, c in ((4, 1), (6, 2), (8, 0), (10, 9))
    ]
    children = read_cin_census(write(new + "".join(old))).collect().tables["children"]
    assert children["sex"].to_list() == ["F", "M", "F", "U", "U"]


def test_a_header_that_lacks_the_day_of_the_return_is_a_finding(write: Write) -> None:
    path = write(draw_child(1))
    text = path.read_text(encoding="utf-8").replace("2022-03-31</ReferenceDate>", "soon</ReferenceDate>")
    path.write_text(text, encoding="utf-8")
    assert read_cin_census(path).collect().quality.count(Matter.HEADER_WITHOUT, "header", "returned_on") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_a_return_in_any_declared_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    path = tmp_path / "cin.xml"
    text = f'<?xml version="1.0" encoding="{name}"?>\n{HEADER}{draw_child(1).replace("C1<", "Zoë1<")}{FOOTER}'
    path.write_bytes(text.encode(encoding))
    assert read_cin_census(path).collect().tables["children"]["child"].to_list() == ["Zoë1"]


def test_text_in_character_data_sections_and_references_is_read_as_text(write: Write) -> None:
    odd = draw_child(1).replace(">C1<", "><![CDATA[C<1]]>&amp;&#65;<")
    assert read_cin_census(write(odd)).collect().tables["children"]["child"].to_list() == ["C<1&A"]


def test_comments_and_processing_instructions_are_passed_over(write: Write) -> None:
    odd = draw_child(1).replace("<ReferralSource>2A", "<!-- <X> --><?look away?><ReferralSource>2<!-- x -->A")
    assert read_cin_census(write(odd)).collect().tables["referrals"]["referral_source"].to_list() == ["2A"]


def test_progress_tells_the_bytes_that_were_read(tmp_path: Path) -> None:
    path = write_cin_census(tmp_path / "cin.xml", 500)
    told: list[int] = []
    read_cin_census(path, progress=told.append).collect()
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_a_return_of_another_collection_is_refused(write: Write) -> None:
    path = write(draw_child(1))
    path.write_text(path.read_text(encoding="utf-8").replace(">CIN<", ">SC<"), encoding="utf-8")
    with pytest.raises(ReturnError, match="another collection"):
        read_cin_census(path).collect()


def test_the_findings_are_a_table_for_the_report(write: Write) -> None:
    table = read_cin_census(write(draw_child(1))).collect().quality.table()
    assert table.rows() == [("cin.xml", "children", "sex", "code of an earlier list", "renamed", 1, "1")]
    assert table.schema["count"] == pl.Int64
