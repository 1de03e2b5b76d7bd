from __future__ import annotations

import random
import warnings
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from swis.errors import ReturnError
from swis.ingest.finding import Matter
from swis.ingest.limits import Limits
from swis.ingest.school_roll import read_school_roll

HEADING = ["UPN", "School", "DateOfBirth", "EntryDate", "NCYearActual", "FSM"]


def write(folder: Path, rows: list[list[Any]], name: str = "roll.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def test_a_roll_in_a_workbook_is_read_as_one_in_csv(tmp_path: Path) -> None:
    rows = [
        HEADING,
        ["A201000000001", 130000, datetime(2012, 1, 21), date(2023, 9, 1), 7, True],
        [None] * 6,
        ["A201000000002", "130000", "21/01/2013", "2024-09-01", "R", "no"],
    ]
    collected = read_school_roll(write(tmp_path, rows)).collect()
    frame = collected.tables["pupils_on_roll"]
    assert frame.select("row", "school", "born_on", "entered_on", "year_group", "free_school_meals").rows() == [
        (2, "130000", date(2012, 1, 21), date(2023, 9, 1), "7", True),
        (4, "130000", date(2013, 1, 21), date(2024, 9, 1), "R", False),
    ]
    assert collected.quality.count(Matter.BLANK) == 1


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://127.0.0.1:9","x")', "=A1"])
def test_a_formula_is_refused_with_its_row_and_never_evaluated(tmp_path: Path, formula: str) -> None:
    rows = [HEADING, ["A201000000001", 130000, date(2012, 1, 21), date(2023, 9, 1), formula, None]]
    with pytest.raises(ReturnError, match=r"roll.xlsx: row 2 holds 1 formulas. Copy the sheet and paste it as values"):
        read_school_roll(write(tmp_path, rows)).collect()


def test_sheets_beyond_the_first_with_rows_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    book = Workbook()
    for name in ("Roll", "Notes"):
        book.create_sheet(name).append(HEADING)
    book.save(path)
    assert read_school_roll(path).collect().quality.count(Matter.SHEET_NOT_READ, "Notes") == 1


def rewrite(path: Path, change: dict[str, bytes], added: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, **change, **(added or {})}.items():
            archive.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
WORKSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = rewrite(write(tmp_path, [HEADING]), {}, {"xl/bomb.bin": b"\x00" * 30_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(ReturnError, match="larger than 20,000,000 bytes unpacked"):
        read_school_roll(path, limits=Limits(bytes_unpacked=20_000_000)).collect()


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "xl\\..\\evil.xml", "C:/evil.xml"])
def test_a_name_that_leads_out_of_the_workbook_is_refused(tmp_path: Path, name: str) -> None:
    path = rewrite(write(tmp_path, [HEADING]), {}, {name: b"x"})
    with pytest.raises(ReturnError, match="leads out of the workbook"):
        read_school_roll(path).collect()
    assert not (tmp_path.parent / "evil.xml").exists()


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>', "document type"),
        (b"<?xml version='1.0'?>" + b" " * 999_990 + b"<!doctype x><worksheet/>", "document type"),
        ('<?xml version="1.0" encoding="utf-16"?><worksheet/>'.encode("utf-16"), "encoding that no workbook has"),
        (b'<?xml version="1.0" encoding="cp037"?><worksheet/>', "encoding that no workbook has"),
    ],
)
def test_xml_with_a_document_type_or_another_encoding_is_refused(tmp_path: Path, xml: bytes, words: str) -> None:
    with pytest.raises(ReturnError, match=words):
        read_school_roll(rewrite(write(tmp_path, [HEADING]), {SHEET: xml})).collect()


@pytest.mark.parametrize(
    "xml",
    [
        b"<worksheet><sheetData><row",
        f'{WORKSHEET}<sheetData><row r="x"/></sheetData></worksheet>'.encode(),
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path: Path, xml: bytes) -> None:
    with pytest.raises(ReturnError, match="damaged"):
        read_school_roll(rewrite(write(tmp_path, [HEADING]), {SHEET: xml})).collect()


@pytest.mark.parametrize(("reference", "row"), [("XFD2", 2), ("A2000000000", 2_000_000_000)])
def test_cells_far_out_are_refused_before_they_fill_the_memory(tmp_path: Path, reference: str, row: int) -> None:
    sheet = (
        f'{WORKSHEET}<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>School</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>EntryDate</t></is></c>'
        f'</row><row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(ReturnError, match=r"more than 1,048,576 rows or 2,000 columns"):
        read_school_roll(rewrite(write(tmp_path, [HEADING]), {SHEET: sheet.encode()})).collect()


def test_a_zip_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("roll.csv", "School\n")
    with pytest.raises(ReturnError, match="a zip archive, not a workbook"):
        read_school_roll(path).collect()
    path.write_bytes(b"PK\x03\x04 nothing more")
    with pytest.raises(ReturnError, match="damaged"):
        read_school_roll(path).collect()


@pytest.mark.parametrize("seed", range(60))
def test_a_workbook_with_random_damage_is_read_or_refused_and_nothing_else(tmp_path: Path, seed: int) -> None:
    path, draw = (
        write(tmp_path, [HEADING, ["A201000000001", 130000, date(2012, 1, 21), date(2023, 9, 1), 7, None]]),
        random.Random(seed),
    )
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    data = bytearray(path.read_bytes() if seed % 3 == 0 else members[name])
    for _ in range(3):
        place = draw.randrange(len(data))
        data[place : place + draw.randrange(1, 20)] = bytes([draw.randrange(32, 127)])
    if seed % 3 == 0:
        path.write_bytes(bytes(data))
    else:
        rewrite(path, {name: bytes(data)})
    try:
        read_school_roll(path).collect()
    except ReturnError as refusal:
        assert str(refusal).startswith("roll.xlsx: ")


def test_reading_a_workbook_leaves_the_filters_of_warnings_as_they_were(tmp_path: Path) -> None:
    rows = [HEADING, *[["A201000000001", 130000, date(2012, 1, 21), date(2023, 9, 1), 7, None]] * 3]
    before = list(warnings.filters)
    for _ in read_school_roll(write(tmp_path, rows)):
        assert list(warnings.filters) == before
