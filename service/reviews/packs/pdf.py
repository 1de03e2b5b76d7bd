"""A pack as a tagged PDF that declares PDF/UA-1, set by Typst. The same pack has the same bytes on any day."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import font_lato
import typst
from django.core.exceptions import ValidationError

from service.pages.tables import Table, cell_text
from service.reviews.packs.contents import Pack, cells_of, printable, widths_of

FIXED_TIME = datetime(2020, 1, 1, tzinfo=UTC)
LONG_WORD = re.compile(r"\S{24}(?=\S)")  # such as the address of a page, which would run over the edge of its column


def write_pdf(pack: Pack) -> bytes:
    """The pack as a PDF. Raises `ValidationError` where it holds a letter that the typefaces lack."""
    template = files("service.reviews.packs").joinpath("pack.typ").read_bytes()
    try:
        pdf = typst.compile(
            template,
            format="pdf",
            sys_inputs={"pack": json.dumps(_data(pack), ensure_ascii=False)},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[font_lato.font_directory]),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=FIXED_TIME,
        )
    except typst.TypstError as error:
        raise ValidationError(
            "The PDF could not be set: the pack holds a letter or sign that its typefaces lack. Take the Word file."
        ) from error
    return bytes(pdf)


def breakable(text: str) -> str:
    """The text with places in long words where a line may break; they are not seen."""
    return LONG_WORD.sub("\\g<0>\u200b", text)


def _data(pack: Pack) -> dict[str, Any]:
    return {
        "title": printable(pack.title),
        "handling": pack.handling,
        "facts": [[fact.label, breakable(printable(cell_text(fact.value)))] for fact in pack.facts],
        "parts": [
            {
                "heading": part.heading,
                "text": [breakable(printable(words)) for words in part.text if words.strip()],
                "tables": [_table(table) for table in part.tables],
            }
            for part in pack.parts
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": [column.label for column in table.columns],
        "numeric": [column.numeric for column in table.columns],
        "widths": widths_of(table),
        "rows": [[breakable(cell) for cell in row] for row in cells_of(table)],
        "note": table.note,
        "empty": table.empty,
    }
