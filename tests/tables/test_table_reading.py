from __future__ import annotations

import csv
import os
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swis.errors import TableError
from swis.tables import csv_blocks
from swis.tables import text as text_module
from swis.tables.claims import CLAIMS
from swis.tables.column import Column, Kind
from swis.tables.declared import TABLES
from swis.tables.read import load_table, read_table
from swis.tables.table import Table

DRAWN = Table(
    "drawn",
    "drawn.csv",
    "A drawn table.",
    "Things.",
    "Nothing.",
    (
        Column("name", Kind.LABEL, "The name."),
        Column("number", Kind.WHOLE_NUMBER, "How many.", minimum=0),
        Column("colour", Kind.CODE, "Its colour.", required=False, codes=(("red", ""), ("blue", ""))),
    ),
    key=("name",),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drawn.csv"


def read(path: Path, content: str | bytes) -> pl.DataFrame:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(DRAWN, path)


def refused(path: Path, content: str | bytes) -> str:
    with pytest.raises(TableError) as caught:
        read(path, content)
    return str(caught.value)


def test_rows_carry_their_number_in_the_file_with_the_heading_as_row_one(path: Path) -> None:
    frame = read(path, "name,number,colour\nA,1,red\n\n,,\nB,2,\n")
    assert frame.to_dicts() == [
        {"row": 2, "name": "A", "number": 1, "colour": "red"},
        {"row": 5, "name": "B", "number": 2, "colour": None},
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfname,number,colour\nA,1,red\n",
        b"name,number,colour\r\nA,1,red\r\n",
        b"name,number,colour\rA,1,red\r",
        b"name,number,colour\nA,1,red",
        b"name,number,colour\nA,1,red\n\n\n,,\n",
        b'"name","number","colour"\n"A","1","red"\n',
        b" name , number,colour\n A ,1 ,\xc2\xa0red\n",
        b"colour,number,name\nred,1,A\n",
    ],
)
def test_harmless_differences_of_form_are_read_alike(path: Path, content: bytes) -> None:
    assert read(path, content).drop("row").to_dicts() == [{"name": "A", "number": 1, "colour": "red"}]


def test_windows_text_is_read_and_said_so(path: Path) -> None:
    path.write_bytes("name,number,colour\nCafé “A”,1,\n".encode("cp1252"))
    loaded = load_table(DRAWN, path)
    assert loaded.frame["name"].to_list() == ["Café “A”"]
    assert [repair.what for repair in loaded.repairs] == ["not UTF-8; read as Windows-1252"]


def test_a_comma_and_a_line_break_between_quotation_marks_belong_to_the_cell(path: Path) -> None:
    assert read(path, 'name,number,colour\n"A, the\nfirst",1,\nB,2,\n')["row"].to_list() == [2, 3]


@pytest.mark.parametrize(("written", "value"), [('"1,002"', 1002), ("5.0", 5), ("+3", 3), ('"1,234,567"', 1234567)])
def test_separators_in_numbers_are_taken_off_and_counted(path: Path, written: str, value: int) -> None:
    path.write_text(f"name,number,colour\nA,{written},\nB,7,\n")
    loaded = load_table(DRAWN, path)
    assert loaded.frame["number"].to_list() == [value, 7]
    assert [(repair.rows, repair.column) for repair in loaded.repairs] == [((2,), "number")]


@pytest.mark.parametrize("symbol", ["c", "C", "x", ":", "..", "SUPP", "*", "-", "<5", "z", "n/a"])
def test_a_suppressed_number_is_refused_and_is_not_zero(path: Path, symbol: str) -> None:
    message = refused(path, f"name,number,colour\nA,{symbol},\n")
    assert "drawn.csv, column number: 1 of 1 values is suppressed" in message
    assert "(row 2)" in message and "not zero" in message


@pytest.mark.parametrize("value", ["-1", "1.5", "1,5", "1 002", "two", "1e3", "nan", "٣", "9" * 20, "0x1", "1_000"])
def test_what_is_no_count_is_refused_with_its_row(path: Path, value: str) -> None:
    assert "(row 3)" in refused(path, f'name,number,colour\nA,1,\nB,"{value}",\n')


def test_all_problems_of_a_file_are_told_at_once_and_rows_are_named_up_to_ten(path: Path) -> None:
    rows = "".join(f"A{i},-1,\n" for i in range(14))
    message = refused(path, f"name,number,colour\n{rows},1,\nB,1,green\n")
    assert "3 problems" in message
    assert "14 of 16 values are less than 0 (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 4 more)" in message
    assert "column name: 1 of 16 values is empty (row 16)" in message
    assert "column colour: 1 of 16 values is none of the codes (row 17). Write one of: red, blue." in message


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("name,colour", "the column number is missing. Add it"),
        ("name,Number,colour", "the column number is missing. Rename Number to number."),
        ("name,number,colour,size", "the column 'size' is not known. Take it out."),
        ("name,number,number,colour", "the column number is there 2 times. Keep one."),
        ("name,number,colour,", "a column has no name"),
        ("name;number;colour", "not separated by commas"),
        ("name\tnumber\tcolour", "not separated by commas"),
    ],
)
def test_a_heading_that_is_not_the_declared_one_is_refused(path: Path, heading: str, says: str) -> None:
    assert says in refused(path, heading + "\nA,1,red\n")


def test_a_column_that_may_be_empty_may_as_well_not_be_there(path: Path) -> None:
    path.write_text("name,number\nA,1\n", encoding="utf-8")
    assert read_table(DRAWN, path)["colour"].to_list() == [None]


def test_a_misspelt_column_that_may_be_empty_is_not_taken_for_absent(path: Path) -> None:
    assert "the column colour is missing. Rename color to colour." in refused(path, "name,number,color\nA,1,red\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n ,\n", "is empty"),
        (b"name,number,colour\n", "has a heading but no rows"),
        (b"name,number,colour\nA,1\nB,2,,\n", "2 of 2 rows do not have 3 cells (rows 2, 3)"),
        (b'name,number,colour\n"A,1,\nB,2,\n', "quotation mark"),
        (b"\x00\x01\x02", "is not a text file"),
        (b"PK\x03\x04rest", "is a workbook"),
        ("name,number,colour\nA,1,\n".encode("utf-16"), "UTF-16"),
        (b"name,number,colour\n\x81,1,\n", "neither UTF-8 nor Windows-1252"),
        (b"name,number,colour\n" + b"A" * 200_000 + b",1,\n", "not well-formed CSV"),
        (b"name,number,colour\nA,1,\nA,2,\n", "the same name more than once: A (rows 2, 3)"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(path: Path, content: bytes, says: str) -> None:
    assert says in refused(path, content)


def test_a_missing_file_a_folder_a_link_and_a_pipe_are_refused_in_words(path: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not there"):
        read_table(DRAWN, path)
    path.mkdir()
    with pytest.raises(TableError, match="is a folder"):
        read_table(DRAWN, path)
    path.rmdir()
    path.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(TableError, match="is a link"):
        read_table(DRAWN, path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(TableError, match="not an ordinary file"):
        read_table(DRAWN, path)


def test_a_huge_file_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "MAX_ROWS", 3)
    assert "more than 3 rows" in refused(path, "name,number,colour\n" + "".join(f"A{i},1,\n" for i in range(4)))
    monkeypatch.setattr(text_module, "MAX_BYTES", 20)
    assert "larger than 20 bytes" in refused(path, "name,number,colour\nA,1,\n")


def test_money_is_decimal_and_never_a_float(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "item,category,amount,basis,useful_life_years,period,source\n"
        'phones,ancillary,"£1,182.88",purchase,4,autumn,\nstaff,staffing,0.10,period,,autumn,\n'
    )
    loaded = load_table(CLAIMS, path)
    assert loaded.frame["amount"].to_list() == [Decimal("1182.88"), Decimal("0.10")]
    assert loaded.frame["useful_life_years"].to_list() == [Decimal(4), None]
    assert loaded.repairs[0].rows == (2,)


def test_money_with_parts_of_a_penny_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "item,category,amount,basis,useful_life_years,period,source\nstaff,staffing,0.105,period,,autumn,\n"
    )
    with pytest.raises(TableError, match="two decimals"):
        read_table(CLAIMS, path)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(path: Path, content: bytes) -> None:
    try:
        read(path, content)
    except TableError as error:
        assert "drawn.csv" in str(error)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_hold_no_row_is_lost(path: Path, rows: list[tuple[str, str, str]]) -> None:
    file = StringIO(newline="")
    csv.writer(file).writerows([("name", "number", "colour"), *rows])
    try:
        frame = read(path, file.getvalue())
    except TableError:
        return
    assert frame.height == sum(any(cell.strip() for cell in row) for row in rows)


NUMBERS = st.sampled_from(
    [
        "0",
        "7",
        "007",
        "12.0",
        "1.5",
        "-0",
        "+3",
        "-1",
        "1 002",
        "1_000",
        "1e3",
        "c",
        "<5",
        "",
        "9" * 12,
        "9" * 13,
        "\u0663",
        "x,",
    ]
)
NAMES = st.sampled_from(["A", "B ", "\u00a0C", "\x1cD", 'E"e', "F,f", "G\ng", "\u00e9", "", " "])
COLOURS = st.sampled_from(["red", "blue", " red", "green", ""])


@given(st.lists(st.tuples(NAMES, NUMBERS, COLOURS), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_of_many_blocks_is_read_and_refused_as_one_of_a_single_block(
    path: Path, rows: list[tuple[str, str, str]], ends: str
) -> None:
    file = StringIO(newline="")
    csv.writer(file, lineterminator=ends).writerows([("name", "number", "colour"), *rows])
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    keyless = replace(DRAWN, key=())
    answers = []
    for size in (csv_blocks.BLOCK, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK", size)
            try:
                loaded = load_table(keyless, path)
                answers.append((loaded.frame.rows(), loaded.frame.schema, loaded.repairs, loaded.sha256))
            except TableError as error:
                answers.append(str(error))
    assert answers[0] == answers[1]


def test_rows_of_uneven_width_and_blank_ones_are_numbered_through_all_blocks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK", 40)
    rows = [f"A{i},{i},red" for i in range(60)]
    rows[20:22] = ["", ",,"]
    rows[40] = '"A40, the first",40,blue'
    read(path, "name,number,colour\n" + "\n".join(rows))
    assert [repair.rows for repair in load_table(DRAWN, path).repairs] == [(22, 23)]
    rows[50] = "A50,50"
    assert "1 of 58 rows do not have 3 cells (row 52)" in refused(path, "name,number,colour\n" + "\n".join(rows))
    rows[50] = "A50,-50,red"
    assert "1 of 58 values is less than 0 (row 52)" in refused(path, "name,number,colour\n" + "\n".join(rows))
    rows[50] = "A1,50,red"
    assert "same name more than once: A1 (rows 3, 52)" in refused(path, "name,number,colour\n" + "\n".join(rows))
    rows[50] = '"A50,50,red'
    assert "drawn.csv: line 61 is not well-formed CSV" in refused(path, "name,number,colour\n" + "\n".join(rows))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whole_numbers_are_read_as_they_were_written(path: Path, numbers: list[int]) -> None:
    rows = "".join(f"A{i},{number},\n" for i, number in enumerate(numbers))
    assert read(path, "name,number,colour\n" + rows)["number"].to_list() == numbers


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_declared_table_can_be_understood_without_its_code(table: Table) -> None:
    assert table.counted and table.not_counted
    assert set(table.key) <= set(table.column_names)
    for column in table.columns:
        assert column.description.endswith(".")
        assert bool(column.codes) == (column.kind is Kind.CODE)


def test_a_useful_life_of_no_years_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "item,category,amount,basis,useful_life_years,period,source\nphones,ancillary,9,purchase,0,autumn,\n"
    )
    with pytest.raises(TableError, match=r"useful_life_years: 1 of 1 values is not above 0 \(row 2\)"):
        read_table(CLAIMS, path)
