"""A pack for who asked: a tagged PDF that declares PDF/UA-1, or a ZIP of CSV files with one page of HTML."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from importlib.resources import files

import font_lato
import typst
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from service.pages.downloads import neutralise
from service.records.gathering import TableTold
from service.records.models import SubjectRequest

FIXED_TIME = datetime(2020, 1, 1, tzinfo=UTC)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def title_of(request: SubjectRequest) -> str:
    return f"What is recorded of {request.child.reference}"


def write_pdf(request: SubjectRequest, contents: list[TableTold]) -> bytes:
    """The pack as a PDF. Raises `ValidationError` where it holds a letter that the typefaces lack."""
    pack = {"title": title_of(request), "received": f"{request.received_on:%d/%m/%Y}", "tables": _as_data(contents)}
    try:
        pdf = typst.compile(
            files("service.records").joinpath("pack.typ").read_bytes(),
            format="pdf",
            sys_inputs={"pack": json.dumps(pack, ensure_ascii=False)},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[font_lato.font_directory]),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=FIXED_TIME,
        )
    except typst.TypstError as error:
        raise ValidationError(
            "The PDF could not be set: the pack holds a letter or sign that its typefaces lack. Take the ZIP."
        ) from error
    return bytes(pdf)


def _as_data(contents: list[TableTold]) -> list[dict[str, object]]:
    return [
        {
            "title": table.title,
            "rows": [[[told.label, CONTROL.sub(" ", told.text)] for told in row.fields] for row in table.rows],
        }
        for table in contents
    ]


def write_zip(request: SubjectRequest, contents: list[TableTold]) -> bytes:
    """The pack as a ZIP: `index.html` to read, and a CSV file for each table."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        page = render_to_string(
            "records/pack.html", {"title": title_of(request), "request": request, "contents": contents}
        )
        archive.writestr("index.html", page.encode())
        for table in contents:
            archive.writestr(f"{table.kind}.csv", _as_csv(table).encode("utf-8-sig"))
    return content.getvalue()


def _as_csv(table: TableTold) -> str:
    names = list(dict.fromkeys(told.name for row in table.rows for told in row.fields))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows({told.name: neutralise(told.text) for told in row.fields} for row in table.rows)
    return text.getvalue()
