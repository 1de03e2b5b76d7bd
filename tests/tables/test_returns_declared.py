from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import swis
from docs.generate import write_returns
from swis.tables.column import Column, Kind
from swis.tables.returns.cin_census import CIN_CENSUS
from swis.tables.returns.declared import RETURNS
from swis.tables.table import Table

TABLES = [pytest.param(table, id=f"{r.name}.{table.name}") for r in RETURNS for table in r.tables]
COLUMNS = [(table, column) for declared in RETURNS for table in declared.tables for column in table.columns]


@pytest.mark.parametrize("table", TABLES)
def test_no_name_stands_for_two_columns(table: Table) -> None:
    statutory = [name.casefold() for column in table.columns for name in column.statutory]
    assert [name for name, times in Counter(statutory).items() if times > 1] == []
    assert len(set(table.column_names)) == len(table.columns)


@pytest.mark.parametrize("table", TABLES)
def test_the_key_of_a_table_is_among_its_columns(table: Table) -> None:
    assert set(table.key) <= set(table.column_names)


def test_columns_go_on_under_names_that_are_spelt_out() -> None:
    assert [column.name for _, column in COLUMNS if not re.fullmatch(r"[a-z][a-z0-9_]*", column.name)] == []


def test_a_column_of_codes_declares_them_once_and_with_a_meaning() -> None:
    for _, column in COLUMNS:
        assert (column.kind is Kind.CODE) == bool(column.codes), column.name
        assert len(set(column.code_names)) == len(column.codes), column.name
        assert all(meaning for _, meaning in column.codes), column.name
        assert {new for _, new in column.recoded} <= set(column.code_names), column.name


def test_every_table_and_column_says_what_it_holds() -> None:
    for table, column in COLUMNS:
        assert table.description.endswith("."), table.name
        assert column.description.endswith("."), column.name


def test_statutory_names_are_used_nowhere_else_in_the_library() -> None:
    names = {name for table in CIN_CENSUS.tables for column in table.columns for name in column.statutory}
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names if len(name) > 11))
    root = Path(swis.__file__).parent
    modules = [path for path in root.rglob("*.py") if "returns" not in path.parts]
    assert [path.name for path in modules if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_the_reference_page_names_every_column_with_the_name_under_which_it_arrives() -> None:
    text = write_returns()
    for _, column in COLUMNS:
        assert f"| `{column.name}` | {_arrives(column)}" in text


def _arrives(column: Column) -> str:
    return ", ".join(f"`{name}`" for name in column.statutory) or "made by the reader"
