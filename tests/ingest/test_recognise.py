from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from swis.errors import ReturnError
from swis.ingest.families import read_families
from swis.ingest.finding import Matter
from swis.ingest.recognise import ReturnKind, list_all_files, look_at, recognise

PUBLIC = Path(__file__).parent / "data" / "cin_census_2021_small.xml"
HEADINGS = {
    "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB": ReturnKind.LOOKED_AFTER_CHILDREN,
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN": ReturnKind.EPISODES,
    "CHILD,DOB,REVIEW,REVIEW_CODE": ReturnKind.SSDA903_NOT_USED,
    "CHILD,SEX,DOB,DUC": ReturnKind.SSDA903_NOT_USED,
    "pupilonrolltableid,NativeId,dob,upn,entrydate,enrolstatus,ncyearactual": ReturnKind.PUPILS_ON_ROLL,
    "URN,UPN,EntryDate,LeavingDate": ReturnKind.PUPILS_ON_ROLL,
    "pupilnolongeronrolltableid,NativeId,dob,upn,entrydate,leavingdate": ReturnKind.PUPILS_NO_LONGER_ON_ROLL,
    "pupilonrolltableid,NativeId,sessions,attendancereason": ReturnKind.ABSENCE_SESSIONS,
    "pupilonrolltableid,startdate,sessions,reason1,category": ReturnKind.EXCLUSIONS,
    "pupilonrolltableid,fsmstartdate,fsmenddate": ReturnKind.FREE_SCHOOL_MEAL_PERIODS,
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,PhaseOfEducation (code)": ReturnKind.SCHOOLS,
    "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate": ReturnKind.SCHOOL_LINKS,
    "URN,LA,ESTAB,SCHOOLTYPE,NOR,NORG,NORB,TSENELSE,TSENELK,NUMEAL,NUMFSM,NUMFSMEVER": ReturnKind.SCHOOL_PUPIL_NUMBERS,
    "LA,ESTAB,URN,PERCTOT,PPERSABS10": ReturnKind.SCHOOL_ABSENCE,
    "authority,school,academic_year,term,first_day,last_day,source": ReturnKind.TERM_CALENDAR,
    "school,cluster": ReturnKind.CLUSTERS,
    "Child,Family": ReturnKind.FAMILIES,
    "URN,ATT8SCR": None,
    "date,description,amount": None,
}


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(("heading", "kind"), HEADINGS.items())
def test_a_table_is_known_by_its_heading_whatever_its_name(
    heading: str, kind: ReturnKind | None, tmp_path: Path
) -> None:
    assert recognise(put(tmp_path, "export.csv", heading + "\n")) is kind
    assert recognise(put(tmp_path, "export_2.csv", b"\xef\xbb\xbf" + heading.upper().encode() + b"\r\n")) is kind


def test_leavers_are_told_from_pupils_on_roll_by_the_name_where_the_heading_does_not_say(tmp_path: Path) -> None:
    heading = "URN,UPN,EntryDate,LeavingDate\n"
    assert recognise(put(tmp_path, "2019_pupil_no_longer_on_roll.csv", heading)) is ReturnKind.PUPILS_NO_LONGER_ON_ROLL


def test_a_workbook_is_known_by_its_heading(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["URN", "UPN", "EntryDate"])
    book.save(tmp_path / "roll.xlsx")
    assert recognise(tmp_path / "roll.xlsx") is ReturnKind.PUPILS_ON_ROLL


def test_a_census_is_known_by_its_root_and_its_header_is_given() -> None:
    found = look_at(PUBLIC)
    assert found.kind is ReturnKind.CIN_CENSUS
    assert (found.header["year"], found.header["returned_on"]) == ("2023", "2023-03-31")


def test_only_the_beginning_of_a_census_is_read(tmp_path: Path) -> None:
    whole = PUBLIC.read_bytes()
    torn = whole[: whole.index(b"<Child>") + 20]
    assert recognise(put(tmp_path, "torn.xml", torn)) is ReturnKind.CIN_CENSUS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_xml_is_known_in_any_encoding_and_after_white_space(encoding: str, tmp_path: Path) -> None:
    text = " \n<EXPSSDA903><CHILD><HEADER/></CHILD></EXPSSDA903>"
    assert recognise(put(tmp_path, "x.xml", text.encode(encoding))) is ReturnKind.SSDA903


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\x03" * 100,
        b"%PDF-1.4",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0 old workbook",
        b"\x1f\x8b packed",
        b"<html><body>404</body></html>",
        b"<!DOCTYPE Message [<!ENTITY a 'b'>]><Message><Header/></Message>",
        b"<Message xmlns='x",
        b"<<<",
        b"<Message><Header><CollectionDetails><Collection>School</Collection></CollectionDetails></Header><Children>"
        b"<Child/></Children></Message>",
        b'"unclosed,heading',
        b"a," * 5_000,
        "ÿþ".encode("cp1252") * 10,
    ],
)
def test_what_is_no_return_is_none_and_says_why_without_an_error(content: bytes, tmp_path: Path) -> None:
    found = look_at(put(tmp_path, "what.bin", content))
    assert found.kind is None
    assert found.why_not
    assert "what.bin" not in found.why_not


def test_folders_are_walked_and_each_file_comes_once_without_hidden_ones(tmp_path: Path) -> None:
    inner = tmp_path / "2019" / "autumn"
    inner.mkdir(parents=True)
    roll = put(inner, "roll.csv", "x")
    put(inner, ".DS_Store", "x")
    put(inner, "~$roll.xlsx", "x")
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".git", "config", "x")
    assert list_all_files([tmp_path, roll, inner]) == [roll]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="is not there"):
        list_all_files([tmp_path / "nobody.csv"])


def test_families_are_read_and_no_value_is_in_what_was_found(tmp_path: Path) -> None:
    path = put(tmp_path, "families.csv", "child,family\nC1,F1\nC2,F1\nC1,F2\nC3,\n=C4,F3\n")
    collected = read_families(path).collect()
    assert collected.tables["families"].select("child", "family").rows()[:3] == [
        ("C1", "F1"),
        ("C2", "F1"),
        ("C1", "F2"),
    ]
    assert collected.quality.count(Matter.DUPLICATE) == 1
    assert collected.quality.count(Matter.NO_VALUE) == 1
    told = f"{collected.quality}{collected.quality!r}{collected.quality.table()}"
    assert not any(value in told for value in ("C1", "C4", "F1"))


def test_families_without_families_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="lacks family"):
        read_families(put(tmp_path, "families.csv", "child,house\nC1,H1\n")).collect()
