from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from swis.errors import ReturnError
from swis.ingest.finding import Matter
from swis.ingest.limits import Limits
from swis.ingest.ssda903 import read_ssda903
from tests.ingest.drawn_returns import draw_upn

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def episode(child: str, start: str, end: str = "", reason: str = "") -> str:
    return f"{child},{start},S,C2,N1,U6,PR1,{end},{reason},,AB1 2CD,EF3 4GH,1234567\n"


def draw_return(folder: Path, episodes: str) -> Path:
    put(folder, "header.csv", HEADER + f"1,1,27/03/2008,WBRI,{draw_upn(1)},,\n2,F,09/09/2011,MWBC,UN3,1.0,27/08/2016\n")
    put(folder, "episodes.csv", EPISODES + episodes)
    return folder


def test_children_and_episodes_are_read_typed_and_renamed(tmp_path: Path) -> None:
    tables = read_ssda903(draw_return(tmp_path, episode("1", "01/04/2021", "05/05/2021", "E4A"))).collect().tables
    children = tables["looked_after_children"]
    assert children["sex"].to_list() == ["M", "F"]
    assert children["unique_pupil_number"].to_list() == [draw_upn(1), None]
    assert children["mother"].to_list() == [None, True]
    (row,) = tables["episodes"].select("child", "started_on", "ended_on", "reason_ended", "placement").rows()
    assert row == ("1", date(2021, 4, 1), date(2021, 5, 5), "E4A", "U6")


def test_postcodes_and_the_number_of_the_placement_are_not_read(tmp_path: Path) -> None:
    collected = read_ssda903(draw_return(tmp_path, episode("1", "01/04/2021"))).collect()
    assert not {"AB1 2CD", "1234567"} & {cell for row in collected.tables["episodes"].rows() for cell in row}
    assert collected.quality.count(Matter.COLUMN_NOT_READ, "episodes") == 4


def test_the_xml_form_gives_the_same_rows_as_the_csv_form(tmp_path: Path) -> None:
    csv = read_ssda903(
        draw_return(tmp_path, episode("1", "01/04/2021", "05/05/2021", "X1") + episode("1", "05/05/2021"))
    )
    xml = f"""<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID><UPN>{draw_upn(1)}</UPN><SEX>1</SEX><DOB>27/03/2008</DOB>
      <ETHNIC>WBRI</ETHNIC></HEADER>
      <EPISODE><DECOM>01/04/2021</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER>
        <DEC>05/05/2021</DEC><REC>X1</REC></EPISODE>
      <EPISODE><DECOM>05/05/2021</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER>
      </EPISODE></CHILD>
      <CHILD><HEADER><CHILDID>2</CHILDID><UPN>UN3</UPN><SEX>F</SEX><DOB>09/09/2011</DOB><ETHNIC>MWBC</ETHNIC><MOTHER>1</MOTHER>
      <MC_DOB>27/08/2016</MC_DOB><OC2><CONVICTED>0</CONVICTED></OC2></HEADER></CHILD></EXPSSDA903>"""
    folder = tmp_path / "xml"
    folder.mkdir()
    from_xml = read_ssda903(put(folder, "return.xml", xml)).collect()
    for name, frame in csv.collect().tables.items():
        assert from_xml.tables[name].drop("row").equals(frame.drop("row")), name
    assert from_xml.tables["episodes"]["row"].to_list() == [1, 1]
    assert from_xml.quality.unit == "child"
    assert from_xml.quality.count(Matter.ELEMENT_UNKNOWN, "HEADER", "OC2") == 1


def test_overlaps_gaps_and_open_ends_are_told_apart_with_their_rows(tmp_path: Path) -> None:
    rows = (
        episode("1", "01/04/2021", "10/04/2021", "X1")
        + episode("1", "08/04/2021", "20/04/2021", "X1")
        + episode("1", "21/04/2021", "30/04/2021", "E4A")
        + episode("1", "01/06/2021")
        + episode("1", "01/07/2021")
        + episode("2", "01/04/2021", "10/04/2021", "X1")
        + episode("2", "10/04/2021", "12/04/2021", "E4A")
    )
    found = {f.matter: f.places for f in read_ssda903(draw_return(tmp_path, rows)).collect().quality.findings}
    assert found[Matter.OVERLAP] == (3,)
    assert found[Matter.GAP] == (4,)
    assert found[Matter.BACK_IN_CARE] == (5,)
    assert found[Matter.OPEN_BEFORE] == (6,)


def test_overlaps_are_not_looked_for_beyond_the_limit_and_that_is_a_finding(tmp_path: Path) -> None:
    rows = episode("1", "01/04/2021", "10/04/2021") + episode("1", "08/04/2021", "20/04/2021")
    quality = read_ssda903(draw_return(tmp_path, rows), limits=Limits(rows_checked_for_overlap=1)).collect().quality
    assert quality.count(Matter.OVERLAP) == 0
    assert quality.count(Matter.NOT_CHECKED) == 2


def test_the_same_episode_in_two_years_is_a_duplicate_of_the_later_file(tmp_path: Path) -> None:
    first = put(tmp_path, "episodes_2021.csv", EPISODES + episode("1", "01/04/2020"))
    second = put(
        tmp_path, "episodes_2022.csv", EPISODES + episode("2", "01/04/2021") + episode("1", "01/04/2020", "02/04/2021")
    )
    quality = read_ssda903([first, second]).collect().quality
    (finding,) = [f for f in quality.findings if f.matter is Matter.DUPLICATE]
    assert (finding.file, finding.places) == ("episodes_2022.csv", (3,))
    assert "episodes_2022.csv, episodes, started_on: same key more than once" in str(quality)


def test_what_does_not_agree_is_found(tmp_path: Path) -> None:
    rows = (
        episode("1", "01/04/2021", "", "E8")
        + episode("3", "01/04/2021")
        + episode("2", "01/04/2001", "01/03/2001", "E8")
        + episode("1", "01/05/2022", "02/05/2022", "E8")
    )
    quality = read_ssda903(draw_return(tmp_path, rows), returned_on=date(2022, 3, 31)).collect().quality
    places = {(f.column, f.matter): f.places for f in quality.findings if f.table == "episodes"}
    assert places["reason_ended", Matter.REASON_WITHOUT_END] == (2,)
    assert places["child", Matter.NOT_IN_HEADER] == (3,)
    assert places["started_on", Matter.BEFORE_BIRTH] == (4,)
    assert places["ended_on", Matter.ENDS_BEFORE_START] == (4,)
    assert places["started_on", Matter.IN_THE_FUTURE] == (5,)


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("CHILD,DOB,REVIEW,REVIEW_CODE", "reviews"),
        ("CHILD,SEX,DOB,DUC", "uasc"),
        ("CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED", "oc2"),
        ("CHILD,DOB,MISSING,MIS_START,MIS_END", "missing"),
        ("CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", "sw_episodes"),
        ("CHILD,DOB,DOLO_START,DOLO_END", "dolo"),
    ],
)
def test_the_other_files_of_the_return_are_named_and_not_read(tmp_path: Path, heading: str, name: str) -> None:
    quality = read_ssda903(put(tmp_path, "other.csv", f"{heading}\n1,secret\n")).collect().quality
    assert quality.count(Matter.FILE_NOT_READ, name) == 1
    assert quality.rows_read == {}


def test_a_file_that_is_no_part_of_the_return_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match=r"other.csv: is not looked_after_children or episodes: its heading lacks"):
        read_ssda903(put(tmp_path, "other.csv", "CHILD,SHOE\n1,9\n")).collect()


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="is a folder"):
        read_ssda903(tmp_path).collect()


def test_xml_of_another_return_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="where EXPSSDA903 must stand"):
        read_ssda903(put(tmp_path, "return.xml", "<Message></Message>")).collect()
