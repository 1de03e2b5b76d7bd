from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from swis.errors import ReturnError
from swis.ingest.finding import Matter
from swis.ingest.school_roll import read_school_roll
from tests.ingest.drawn_returns import draw_upn

ON_ROLL = (
    "pupilonrolltableid,NativeId,dob,surname,upn,sex,entrydate,termlysessionspossible,termlysessionsauthorised,"
    "termlysessionsunauthorised,enrolstatus,senprovision,ncyearactual\n"
)


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def pupil(record: str, school: str, upn: str, missed: str = "8.0,2.0") -> str:
    return f"{record},{school},2012-Jan-21 00:00:00,SUR1,{upn},F,2023-Sep-05 00:00:00,134.0,{missed},C,N,7\n"


def test_a_census_file_is_read_with_its_collection_and_without_names(tmp_path: Path) -> None:
    path = put(tmp_path, "2024_autumn_pupilonroll.csv", ON_ROLL + pupil("a", "SCH1", draw_upn(1)))
    frame = read_school_roll(path).collect().tables["pupils_on_roll"]
    columns = (
        "collection",
        "school",
        "born_on",
        "entered_on",
        "sessions_possible",
        "sessions_unauthorised",
        "year_group",
    )
    assert frame.select(columns).rows() == [
        ("2024 autumn", "SCH1", date(2012, 1, 21), date(2023, 9, 5), 134, 2, "7"),
    ]
    assert "SUR1" not in str(frame.rows())


def test_each_file_of_a_folder_gives_its_table(tmp_path: Path) -> None:
    put(tmp_path, "2024_autumn_pupilonroll.csv", ON_ROLL + pupil("a", "SCH1", draw_upn(1)))
    put(
        tmp_path,
        "2024_autumn_pupilnolongeronroll.csv",
        "pupilnolongeronrolltableid,NativeId,dob,upn,sex,entrydate,leavingdate,ncyearleaving\n"
        f"b,SCH1,2012-Jan-21 00:00:00,{draw_upn(2)},M,2023-Sep-05 00:00:00,2024-Oct-06 00:00:00,8\n",
    )
    put(
        tmp_path,
        "2024_autumn_termlysessiondetailsonroll.csv",
        "pupilonrolltableid,NativeId,sessions,attendancereason\na,SCH1,8.0,I\na,SCH1,,M\na,SCH1,2.0,?\n",
    )
    put(
        tmp_path,
        "2024_autumn_termlyexclusionsonroll.csv",
        "pupilonrolltableid,NativeId,category,startdate,sessions,reason1\na,SCH1,FIXD,2024-Oct-06 00:00:00,4.0,PP\n",
    )
    put(
        tmp_path,
        "2024_autumn_fsmperiodsonroll.csv",
        "pupilonrolltableid,fsmstartdate,fsmenddate\na,2024-Jan-06 00:00:00,\n",
    )
    collected = read_school_roll(tmp_path).collect()
    assert {name: frame.height for name, frame in collected.tables.items()} == {
        "pupils_on_roll": 1,
        "pupils_no_longer_on_roll": 1,
        "absence_sessions": 1,
        "exclusions": 1,
        "free_school_meal_periods": 1,
    }
    assert collected.quality.count(Matter.NO_VALUE, "absence_sessions", "sessions") == 1
    assert collected.quality.count(Matter.UNKNOWN_CODE, "absence_sessions", "absence_code") == 1
    assert len(collected.quality.files) == len(collected.quality.sha256) == 5


def test_an_extract_with_leaving_dates_keeps_the_pupils_who_are_still_there(tmp_path: Path) -> None:
    text = f"UPN,URN,StartDate,EndDate\n{draw_upn(1)},100000,05/09/2019,\n{draw_upn(2)},100000,05/09/2019,20/12/2019\n"
    collected = read_school_roll(put(tmp_path, "roll.csv", text)).collect()
    assert collected.tables["pupils_on_roll"]["left_on"].to_list() == [None, date(2019, 12, 20)]
    assert collected.tables["pupils_on_roll"]["collection"].to_list() == [None, None]


def test_pupils_on_two_rolls_and_twice_on_one_are_told_apart(tmp_path: Path) -> None:
    rows = [("a", "SCH1", 1), ("b", "SCH2", 1), ("c", "SCH1", 2), ("d", "SCH1", 2), ("e", "SCH3", 3)]
    text = ON_ROLL + "".join(pupil(record, school, draw_upn(number)) for record, school, number in rows)
    found = {f.matter: f.places for f in read_school_roll(put(tmp_path, "roll.csv", text)).collect().quality.findings}
    assert found[Matter.AT_SEVERAL_SCHOOLS] == (3,)
    assert found[Matter.DUPLICATE] == (5,)


def test_the_same_pupil_in_two_terms_is_no_duplicate(tmp_path: Path) -> None:
    for term in ("autumn", "spring"):
        put(tmp_path, f"2024_{term}_pupilonroll.csv", ON_ROLL + pupil("a", "SCH1", draw_upn(1)))
    quality = read_school_roll(tmp_path).collect().quality
    assert quality.count(Matter.DUPLICATE) == quality.count(Matter.AT_SEVERAL_SCHOOLS) == 0


def test_more_sessions_missed_than_possible_are_found(tmp_path: Path) -> None:
    text = ON_ROLL + pupil("a", "SCH1", draw_upn(1), "130.0,5.0") + pupil("b", "SCH1", draw_upn(2), "130.0,4.0")
    quality = read_school_roll(put(tmp_path, "roll.csv", text)).collect().quality
    assert [f.places for f in quality.findings if f.matter is Matter.MORE_MISSED_THAN_POSSIBLE] == [(2,)]


def test_a_random_number_in_place_of_a_unique_pupil_number_is_a_finding_and_kept(tmp_path: Path) -> None:
    collected = read_school_roll(put(tmp_path, "roll.csv", ON_ROLL + pupil("a", "SCH1", "21db2df8-fa0"))).collect()
    assert collected.tables["pupils_on_roll"]["unique_pupil_number"].to_list() == ["21db2df8-fa0"]
    assert collected.quality.count(Matter.UPN_MALFORMED) == 1
    assert "21db2df8" not in str(collected.quality)


def test_a_pupil_without_a_school_is_dropped_and_counted(tmp_path: Path) -> None:
    text = ON_ROLL + pupil("a", "", draw_upn(1)) + pupil("b", "SCH1", "")
    quality = read_school_roll(put(tmp_path, "roll.csv", text)).collect().quality
    assert quality.count(Matter.NO_VALUE, "pupils_on_roll", "school") == 1
    assert quality.rows_kept["pupils_on_roll"] == 1


def test_a_file_without_a_school_is_refused_with_the_names_that_it_may_have(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="its heading lacks urn or laestab or estab or school"):
        read_school_roll(put(tmp_path, "roll.csv", "UPN,EntryDate,DOB\n")).collect()
