"""A table as a file. Text that a spreadsheet would run as a formula is made harmless."""

from __future__ import annotations

import csv
import datetime
import io
import re
from decimal import Decimal
from typing import TypeAlias

from django.http import HttpResponse
from django.utils.timezone import is_aware, localtime
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from service.pages.tables import Cell, Link, Suppressed, Table, Tag

Plain: TypeAlias = "str | int | float | Decimal | datetime.date | datetime.time | None"

FORMULA = re.compile(
    r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]"
)  # also the full-width signs, which Excel reads alike
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def neutralise(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet would take it for a formula; control characters are dropped."""
    text = CONTROL.sub("", text)
    return f"'{text}" if FORMULA.match(text) else text


def plain(value: Cell) -> Plain:
    """A cell as a spreadsheet holds it: numbers and dates as such, links and tags by their words."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case Link() | Tag():
            return neutralise(value.text)
        case Suppressed():
            return neutralise(value.mark)
        case datetime.datetime():
            return localtime(value).replace(tzinfo=None) if is_aware(value) else value
        case str():
            return neutralise(value)
    return value


def attachment(content: bytes, *, content_type: str, filename: str) -> HttpResponse:
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", filename)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def csv_response(table: Table, filename: str) -> HttpResponse:
    """The table as CSV: a heading, then a line a row; UTF-8 with the mark that Excel needs; dates as 2026-06-03."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([neutralise(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([plain(value) for value in row])
    return attachment(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", filename=filename)


def workbook_response(table: Table, filename: str) -> HttpResponse:
    """The table as an Excel workbook: the figures on the first sheet, the caption and the notes on the second."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(NOT_IN_A_SHEET_NAME.sub(" ", CONTROL.sub("", table.caption))[:31].strip() or "Table")
    write_rows(sheet, [tuple(column.label for column in table.columns), *table.rows])
    for number, column in enumerate(table.columns, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.cell(1, number).alignment = Alignment(horizontal="right" if column.numeric else "left")
        longest = max([len(column.label), *(len(str(plain(row[number - 1]) or "")) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, 60)
    sheet.freeze_panes = "A2"
    withheld = f"{table.mark.mark}: {table.mark.meaning}." if table.is_withholding else ""
    notes = workbook.create_sheet("Notes")
    write_rows(notes, [(text,) for text in (table.caption, table.note, withheld) if text])
    content = io.BytesIO()
    workbook.save(content)
    return attachment(content.getvalue(), content_type=WORKBOOK, filename=filename)


def write_rows(sheet: Worksheet, rows: list[tuple[Cell, ...]]) -> None:
    for line, row in enumerate(rows, start=1):
        for number, value in enumerate(row, start=1):
            cell = sheet.cell(line, number)
            cell.value = plain(value)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
