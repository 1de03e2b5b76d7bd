from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swis.errors import ReturnError
from swis.ingest import csv_rows
from swis.ingest.finding import Matter, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.opening import OpenFile
from swis.ingest.reading import no_progress
from swis.ingest.schools_register import read_school_absence, read_school_links, read_schools_register
from swis.ingest.ssda903 import read_ssda903
from tests.ingest.measure import measure_peak_megabytes

HEADING = "LA,ESTAB,URN,PERCTOT,PPERSABS10\n"
TRY = (
    "from pathlib import Path\nfrom swis.errors import ReturnError\nfrom swis.ingest.ssda903 import read_ssda903\n"
    "rows = 0\ntry:\n    for batch in read_ssda903(Path({path!r})):\n        rows += batch['episodes'].height if 'episodes' in "
    "batch else 0\nexcept ReturnError as error:\n    print(error)\nprint(rows)\n"
)
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def put(folder: Path, content: str | bytes, name: str = "absence.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def test_symbols_among_numbers_become_null_with_the_symbol_beside_them(tmp_path: Path) -> None:
    rows = "201,3614,100000,2.6,3.4\n202,2841,100027,NE,SUPP\n202,2842,100028,:,x\n202,2843,100029,LOWCOV,..\n202,1,100030,<3,z\n"
    collected = read_school_absence(put(tmp_path, HEADING + rows)).collect()
    frame = collected.tables["school_absence"]
    assert frame["absence_percent"].to_list() == [2.6, None, None, None, None]
    assert frame["absence_percent_symbol"].to_list() == [None, "NE", ":", "LOWCOV", "<3"]
    assert frame["persistent_absence_percent_symbol"].to_list() == [None, "SUPP", "x", "..", "z"]
    assert collected.quality.count(Matter.SYMBOL, "school_absence", "absence_percent") == 4


def test_national_rows_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = "201,3614,100000,2.6,3.4\nNAT,SPE,,10.1,28.8\n,,NAT,5.5,13.7\n"
    quality = read_school_absence(put(tmp_path, HEADING + rows)).collect().quality
    assert (quality.rows_read["school_absence"], quality.rows_kept["school_absence"]) == (3, 1)
    assert quality.count(Matter.NO_VALUE, column="urn") == 1
    assert quality.count(Matter.NOT_A_SCHOOL, column="urn") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_encodings_line_ends_and_quotes_make_no_difference(tmp_path: Path, encoding: str, end: str, quote: str) -> None:
    text = (
        f"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n100000,100001,{quote}École{quote},Successor,01/09/2019\n"
    )
    collected = read_school_links(put(tmp_path, text.replace("\n", end).encode(encoding))).collect()
    (row,) = collected.tables["school_links"].select("row", "urn", "linked_urn", "linked_name", "link").rows()
    assert row == (2, "100000", "100001", "École", "Successor")
    assert collected.quality.count(Matter.NOT_UTF_8) == (encoding == "cp1252")


def test_rows_keep_their_numbers_past_blank_and_ragged_ones(tmp_path: Path) -> None:
    rows = "201,1,100000,1,1\n\n201,1,100001,1\n,,,,\n201,1,100002,1,1,1\n201,1,100003,1,1"
    collected = read_school_absence(put(tmp_path, HEADING + rows)).collect()
    assert collected.tables["school_absence"]["row"].to_list() == [2, 7]
    found = {f.matter: f.places for f in collected.quality.findings}
    assert found[Matter.BLANK] == (3, 5)
    assert found[Matter.RAGGED] == (4, 6)
    assert collected.quality.rows_read["school_absence"] == 4


CELL = st.text(st.sampled_from("a1 ,\n\"';é"), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    block=st.sampled_from([64, 300, 4_000_000]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_both_ways_of_reading_give_what_the_csv_module_gives(
    tmp_path: Path, rows: list[list[str]], quoting: Literal[0, 1], block: int, end: str
) -> None:
    out = StringIO(newline="")
    csv.writer(out, quoting=quoting, lineterminator=end).writerows([["x", "y", "z"], *rows])
    path, tally = put(tmp_path, out.getvalue()), Tally()
    tally.begin_file(path.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_BLOCK", block)
        reader = csv_rows.CsvRows(OpenFile(path, LIMITS, no_progress), LIMITS, tally)
        blocks = list(reader.blocks({0: "x", 2: "z"}, "table"))
    read = [(n, x or "", z or "") for frame in blocks for n, x, z in frame.select("row", "x", "z").rows()]
    records = list(csv.reader(StringIO(out.getvalue(), newline="")))[1:]
    assert read == [(n, r[0], r[2]) for n, r in enumerate(records, 2) if len(r) == 3 and any(r)]
    quality = tally.sum_up("row")
    assert quality.count(Matter.BLANK) == sum(not any(record) for record in records)
    assert quality.count(Matter.RAGGED) == sum(len(record) != 3 and any(record) for record in records)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.lists(st.text(st.sampled_from('a ,"'), max_size=8), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    ended=st.booleans(),
)
def test_quotation_marks_anywhere_are_read_as_by_the_csv_module_or_refused(
    tmp_path: Path, text: list[str], end: str, ended: bool
) -> None:
    whole, tally = end.join(["x,y,z", *text]) + ended * end, Tally()
    path = put(tmp_path, whole)
    tally.begin_file(path.name)
    reader = csv_rows.CsvRows(OpenFile(path, LIMITS, no_progress), LIMITS, tally)
    try:
        records = list(csv.reader(StringIO(whole, newline=""), strict=True))[1:]
    except csv.Error:
        with pytest.raises(ReturnError, match="not well-formed CSV"):
            list(reader.blocks({0: "x", 1: "y", 2: "z"}, "table"))
        return
    blocks = list(reader.blocks({0: "x", 1: "y", 2: "z"}, "table"))
    read = [[cell or "" for cell in row] for frame in blocks for row in frame.select("x", "y", "z").rows()]
    assert read == [record for record in records if len(record) == 3 and any(record)]


def test_a_file_with_every_cell_in_quotation_marks_needs_no_csv_module(tmp_path: Path) -> None:
    rows = "".join(f"201,{n},{100000 + n},2.6,3.4\n" for n in range(30_000))
    plain, marked = put(tmp_path, HEADING + rows), put(tmp_path, _mark(HEADING + rows), "marked.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows.CsvRows, "_read_quoted", None)
        found = read_school_absence(marked).collect()
    assert found.tables["school_absence"].equals(read_school_absence(plain).collect().tables["school_absence"])


@pytest.mark.parametrize("heading", ['"URN"\r,"LinkURN"', '"URN"x,"LinkURN"', '"URN","Link\nURN'])
def test_a_heading_with_marks_that_do_not_fit_is_refused(tmp_path: Path, heading: str) -> None:
    with pytest.raises(ReturnError, match=r"row 1 is not well-formed CSV|is not school_links"):
        read_school_links(put(tmp_path, f"{heading}\n100000,100001\n")).collect()


def _mark(text: str) -> str:
    return "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines())


def test_a_formula_is_kept_as_text_and_found(tmp_path: Path) -> None:
    rows = '100000,100001,"=HYPERLINK(""http://x"",""y"")",Successor,\n'
    collected = read_school_links(put(tmp_path, "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n" + rows)).collect()
    assert collected.tables["school_links"]["linked_name"].to_list() == ['=HYPERLINK("http://x","y")']
    assert collected.quality.count(Matter.FORMULA, "school_links", "linked_name") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xfeL\x00A\x00", "UTF-16"),
        (HEADING.encode() + b"201,1,1000\x0000,1,1\n", "NUL bytes"),
        (b"\x1f\x8b\x08\x00", "packed with gzip"),
        (b"\xd0\xcf\x11\xe0old", "old workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"A,B\n1,2\n", "its heading lacks URN"),
        (HEADING.encode() + b"201,1,100000,\x81,1\n", "neither UTF-8 nor Windows-1252"),
        (HEADING.encode() + b'201,1,"100000,1,1\n' * 3, "not well-formed CSV"),
        (b"URN,URN,LA\n", "there more than once"),
        (b"a," * 5000 + b"\n", "more than 2,000 columns"),
    ],
)
def test_what_is_no_table_of_schools_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ReturnError, match=words) as refusal:
        read_school_absence(put(tmp_path, content)).collect()
    assert str(refusal.value).startswith("absence.csv: ")


def test_a_row_without_an_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "episodes.csv"
    with path.open("w", encoding="ascii") as file:
        file.write(EPISODES)
        for _ in range(200):
            file.write("x" * 1_000_000)
    said, megabytes = measure_peak_megabytes(TRY.format(path=str(path)), tmp_path)
    path.unlink()
    assert "has a row longer than 1,000,000 bytes" in said
    assert megabytes < 400


def test_ten_million_rows_of_junk_are_refused_after_the_first_of_them(tmp_path: Path) -> None:
    path = tmp_path / "episodes.csv"
    piece = "junk,not a date,,,,,,,,,,,\n" * 100_000
    with path.open("w", encoding="ascii") as file:
        file.write(EPISODES)
        for _ in range(100):
            file.write(piece)
    said, megabytes = measure_peak_megabytes(TRY.format(path=str(path)), tmp_path)
    path.unlink()
    assert "rows cannot be read as episodes; reading stopped" in said
    assert "junk" not in said
    assert megabytes < 500


@pytest.mark.parametrize("quote", ["", '"'])
def test_ragged_junk_is_refused_however_it_is_quoted(tmp_path: Path, quote: str) -> None:
    path = put(tmp_path, EPISODES + f"{quote}a{quote},b\n" * 5_000, "episodes.csv")
    with pytest.raises(ReturnError, match="rows cannot be read as episodes"):
        read_ssda903(path).collect()


def test_a_few_bad_rows_do_not_stop_a_file(tmp_path: Path) -> None:
    good, bad = "1,01/04/2021,S,C2,N1,U6,PR1,,,,,,\n", "1,soon,S,C2,N1,U6,PR1,,,,,,\n"
    path = put(tmp_path, EPISODES + good * 30 + bad * 10, "episodes.csv")
    quality = read_ssda903(path, limits=Limits(bad_rows=10)).collect().quality
    assert quality.rows_kept["episodes"] == 30
    assert quality.count(Matter.UNREADABLE, "episodes", "started_on") == 10


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for times in (1, 8):
        path = tmp_path / "episodes.csv"
        piece = "".join(f"{n},01/04/2021,S,C2,N1,U6,PR1,05/05/2021,E8,,,,\n" for n in range(100_000))
        with path.open("w", encoding="ascii") as file:
            file.write(EPISODES)
            for _ in range(times):
                file.write(piece)
        said, megabytes = measure_peak_megabytes(TRY.format(path=str(path)), tmp_path)
        assert said == f"{times * 100_000}\n"
        peaks.append(megabytes)
    assert peaks[1] < 600
    assert peaks[1] - peaks[0] < 250


def test_the_register_is_read_with_its_numbers_and_dates(tmp_path: Path) -> None:
    heading = (
        "URN,LA (code),EstablishmentNumber,EstablishmentName,EstablishmentStatus (code),OpenDate,CloseDate,"
        "PhaseOfEducation (code),NumberOfPupils,PercentageFSM,HeadLastName\n"
    )
    text = (
        heading
        + '130000,201,42,"Oak, the",1,29/05/1993,,4,1463,32.7,Doe\n130001,201,43,Elm,2,01/09/2010,01/09/2009,2,SUPP,,Roe\n'
    )
    collected = read_schools_register(put(tmp_path, text.encode("cp1252"))).collect()
    frame = collected.tables["schools"]
    assert frame["authority_and_establishment"].to_list() == ["2010042", "2010043"]
    assert frame["school_name"].to_list() == ["Oak, the", "Elm"]
    assert frame["pupils"].to_list() == [1463, None]
    assert collected.quality.count(Matter.ENDS_BEFORE_START, "schools", "closed_on") == 1
    assert "Doe" not in str(frame.rows())
