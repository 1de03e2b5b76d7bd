"""A table as the file that was asked for."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from service.pages.downloads import csv_response, workbook_response
from service.pages.tables import Table

FILES = {"csv": csv_response, "xlsx": workbook_response}
KINDS = (("CSV", "csv"), ("Excel", "xlsx"))


def file_of(table: Table, name: str, *, kind: str) -> HttpResponse:
    """The file. Raises `Http404` for a kind that there is not; call it before the export is recorded."""
    if kind not in FILES:
        raise Http404("There is no such file.")
    return FILES[kind](table, f"{name}.{kind}")
