"""A table as data, on a page and as a file that no spreadsheet runs."""

from __future__ import annotations

import csv
import datetime
import io
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from service.pages.downloads import csv_response, neutralise, workbook_response
from service.pages.tables import Column, Fact, Link, Suppressed, Table, Tag, cell_text

UTC = datetime.UTC
WHOLE = Table(
    "Contacts [this] term: a caption longer than the name of a sheet",
    (Column("School"), Column("Contacts", numeric=True), Column("Last"), Column("State")),
    (
        (Link("Abbey Road School", "/a", hidden="of 2026"), 1204, datetime.date(2026, 6, 3), Tag("Open", "green")),
        ("=HYPERLINK(1)", Suppressed(), None, Tag("-closed")),
    ),
    note="Counted by day.",
)


def shown(table: Table) -> str:
    return re.sub(r"\s+", " ", render_to_string("pages/table.html", {"table": table}))


def read_csv(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_response(table, "t.csv").content.decode("utf-8-sig"))))


def test_headings_and_the_first_cell_of_a_row_have_a_scope() -> None:
    page = shown(WHOLE)
    assert page.count('<th scope="col" role="columnheader"') == 4
    assert page.count('<th scope="row" role="rowheader"') == 2
    assert "<caption" in page


def test_a_card_leaves_out_what_is_empty_and_nothing_else() -> None:
    table = Table("T", (Column("A"), Column("B"), Column("C"), Column("D")), (("a", None, 0, Suppressed()),))
    assert shown(table).count("swis-table__none") == 1


def test_each_kind_of_cell_is_shown_as_what_it_is() -> None:
    page = shown(WHOLE)
    assert 'href="/a">Abbey Road School<span class="govuk-visually-hidden"> of 2026</span></a>' in page
    assert "1,204" in page
    assert "3 June 2026" in page
    assert '<strong class="govuk-tag govuk-tag--green">Open</strong>' in page
    assert (
        '<span aria-hidden="true">c</span><span class="govuk-visually-hidden">withheld to protect privacy</span>'
        in page
    )
    assert "c: withheld to protect privacy." in page
    assert "Counted by day." in page


def test_the_text_of_a_cell_is_escaped() -> None:
    page = shown(Table("T", (Column("A"),), (("<b>",), (Link("<i>", '"><script>'),))))
    assert "<b>" not in page
    assert "<script>" not in page


def test_an_empty_table_says_what_it_would_hold() -> None:
    page = shown(Table("Reviews due", (Column("School"),), (), empty="None is due."))
    assert "Reviews due" in page
    assert "None is due." in page
    assert "<table" not in page


def test_a_wide_table_scrolls_in_a_region_that_the_keyboard_reaches() -> None:
    page = shown(Table("Terms", (Column("A"),), (("x",),), wide=True))
    assert 'role="region" aria-label="Terms" tabindex="0"' in page


def test_what_stands_in_a_breakable_column_does_not_widen_the_table() -> None:
    page = shown(Table("People", (Column("Name"), Column("Address", breakable=True)), (("A", "a@example.org"),)))
    assert '<span class="swis-table__value swis-breakable">a@example.org' in page
    assert page.count("swis-breakable") == 1


def test_a_row_that_is_too_short_is_refused_with_its_number() -> None:
    with pytest.raises(ValueError, match="row 2: 1 cells for 2 columns"):
        Table("T", (Column("A"), Column("B")), (("x", 1), ("y",)))


def test_a_colour_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no colour 'pink'"):
        Tag("Open", "pink")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "Yes"),
        (0, "0"),
        (1234567, "1,234,567"),
        (Decimal("0.50"), "0.50"),
        (datetime.time(9, 5), "09:05"),
        (datetime.datetime(2026, 6, 3, 9, 5, tzinfo=UTC), "3 June 2026, 10:05"),
        (Suppressed("z"), "z"),
    ],
)
def test_values_are_written_as_people_write_them(value: object, text: str) -> None:
    assert cell_text(value) == text  # type: ignore[arg-type]


def test_places_are_fixed_by_the_column() -> None:
    page = shown(Table("T", (Column("A"), Column("Share", numeric=True, decimals=1)), (("x", 2 / 3),)))
    assert "0.7" in page
    assert "0.66" not in page


def test_a_summary_list_shows_facts_with_their_links() -> None:
    rows = [Fact("Worker", "Ada", action=Link("Change", "/c")), Fact("State", Tag("Open")), Fact("Since", None)]
    page = re.sub(r"\s+", " ", render_to_string("pages/summary_list.html", {"rows": rows}))
    assert 'href="/c">Change<span class="govuk-visually-hidden"> worker</span></a>' in page
    assert page.count("<dt") == 3


def test_a_csv_file_opens_in_excel_with_dates_and_numbers_that_can_be_reckoned_with() -> None:
    response = csv_response(WHOLE, "contacts of Alder.csv")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"] == 'attachment; filename="contacts-of-Alder.csv"'
    assert read_csv(WHOLE) == [
        ["School", "Contacts", "Last", "State"],
        ["Abbey Road School", "1204", "2026-06-03", "Open"],
        ["'=HYPERLINK(1)", "c", "", "'-closed"],
    ]


def test_the_name_of_a_file_cannot_break_its_header() -> None:
    header = csv_response(WHOLE, 'a"; x="\r\nSet-Cookie: b.csv')["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', header)


def test_a_workbook_holds_numbers_as_numbers_and_no_formula() -> None:
    workbook = load_workbook(io.BytesIO(workbook_response(WHOLE, "contacts.xlsx").content))
    figures, notes = workbook.worksheets
    assert figures.title == "Contacts  this  term  a caption"
    assert [cell.value for cell in figures[2]] == ["Abbey Road School", 1204, datetime.datetime(2026, 6, 3), "Open"]
    assert [cell.data_type for cell in figures[3]] == ["s", "s", "n", "s"]
    assert figures["A3"].value == "'=HYPERLINK(1)"
    assert [row[0].value for row in notes] == [WHOLE.caption, "Counted by day.", "c: withheld to protect privacy."]


def test_a_moment_is_written_in_british_time() -> None:
    moment = timezone.make_aware(datetime.datetime(2026, 6, 3, 9, 5))
    table = Table("T", (Column("When"),), ((moment.astimezone(UTC),),))
    assert read_csv(table)[1] == ["2026-06-03 09:05:00"]
    sheet = load_workbook(io.BytesIO(workbook_response(table, "t.xlsx").content)).worksheets[0]
    assert sheet["A2"].value == datetime.datetime(2026, 6, 3, 9, 5)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\x00=1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text).startswith("'")


@given(st.text())
def test_no_text_whatever_begins_as_a_formula(text: str) -> None:
    safe = neutralise(text)
    assert safe.lstrip()[:1] not in ("=", "+", "-", "@")
    assert neutralise(safe) == safe


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_a_workbook_without_an_error(text: str) -> None:
    assert workbook_response(Table(text, (Column(text),), ((text,),)), "t.xlsx").status_code == 200
