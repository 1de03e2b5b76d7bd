"""A document as a tagged PDF that declares PDF/UA-1, set by Typst."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import typst

from swis.errors import OutputError
from swis.report.document import (
    LONGEST_WORD,
    TONE_WORDS,
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    Table,
    Text,
    column_widths,
)
from swis.report.drawing import FONT_DIRECTORY
from swis.report.printable import printable

FIXED_TIME = datetime(2020, 1, 1, tzinfo=UTC)
"""The time that every report carries, so that the same report has the same bytes on any day."""

_PORTRAIT, _LANDSCAPE = 482, 728
"""Points between the margins, of an upright page and of one on its side."""
_PRINTS = (
    (9.5, _PORTRAIT), (8.5, _PORTRAIT), (7.5, _PORTRAIT),
    (8.5, _LANDSCAPE), (7.5, _LANDSCAPE), (6.5, _LANDSCAPE), (5.5, _LANDSCAPE),
)  # fmt: skip
_CHARACTER = 0.52
"""How wide a character of Lato is on average, as a share of its size."""


def write_pdf(document: Document) -> bytes:
    """The document as a PDF with tags, bookmarks and page numbers. The data of the figures follow at the end."""
    template = files("swis.report").joinpath("report.typ").read_bytes()
    try:
        pdf = typst.compile(
            template,
            format="pdf",
            sys_inputs={"report": json.dumps(_report(document), ensure_ascii=False)},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIRECTORY)]),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=FIXED_TIME,
        )
    except typst.TypstError as error:
        raise OutputError(_explain(error.message)) from error
    return bytes(pdf)


def _explain(message: str) -> str:
    missing = re.search(r'the text `"(.*)"` could not be displayed', message)
    if missing:
        return (
            f"The PDF cannot show {missing[1]!r}: its typefaces have no such letter, and PDF/UA-1 allows none to be "
            "missing. Write it in Latin letters in the study folder, or leave the PDF out."
        )
    return f"The PDF could not be set: {message}."


def _report(document: Document) -> dict[str, Any]:
    language, _, region = document.language.partition("-")
    return {
        "title": printable(document.title),
        "subtitle": printable(document.subtitle),
        "source": printable(document.source),
        "description": printable(document.description),
        "language": language,
        "region": region or None,
        "contents": bool(document.contents(with_annex=True)),
        "blocks": _blocks(document),
    }


def _blocks(document: Document) -> list[dict[str, Any]]:
    """Every block in order; headings right before a table on a turned page go with it."""
    blocks: list[dict[str, Any]] = []
    for block in (*document.body, *document.annex):
        written = _block(document, block)
        if written.get("landscape"):
            while blocks and blocks[-1]["kind"] == "heading":
                written["above"].insert(0, blocks.pop())
        blocks.append(written)
    return blocks


def _block(document: Document, block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text, anchor):
            return {"kind": "heading", "level": level, "text": printable(text), "name": anchor}
        case Paragraph(text):
            return {"kind": "paragraph", "text": _runs(document, text)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_runs(document, item) for item in items]}
        case Callout(title, blocks, tone):
            return {
                "kind": "callout",
                "tone": tone,
                "word": TONE_WORDS[tone],
                "title": printable(title),
                "blocks": [_block(document, inner) for inner in blocks],
            }
        case Table():
            return _table(document, block)
        case Figure():
            return _figure(document, block)
        case PageBreak():
            return {"kind": "break"}


def _runs(document: Document, text: Text) -> list[dict[str, Any]]:
    return [{"text": run.text, "style": run.style, "target": run.target} for run in document.runs(text)]


def _figure(document: Document, figure: Figure) -> dict[str, Any]:
    return {
        "kind": "figure",
        "name": figure.identifier,
        "label": document.labels[figure.identifier],
        "caption": printable(figure.caption),
        "alt": printable(figure.alt),
        "svg": figure.drawing.svg,
        "width": figure.drawing.width,
    }


def _table(document: Document, table: Table) -> dict[str, Any]:
    size, landscape, widths = _fit(table)
    return {
        "kind": "table",
        "name": table.identifier,
        "label": document.labels[table.identifier],
        "caption": printable(table.caption),
        "size": size,
        "landscape": landscape,
        "above": [],
        "columns": [
            {"title": printable(column.title), "align": column.align, "row_header": column.row_header, "width": width}
            for column, width in zip(table.columns, widths, strict=True)
        ],
        "rows": [[_cell(document, cell) for cell in row] for row in table.rows],
        "note": _runs(document, table.note),
    }


def _fit(table: Table) -> tuple[float, bool, tuple[float, ...]]:
    """The size of print at which no word runs over its column, whether the page is turned for it, and the widths."""
    for size, page in _PRINTS:
        widths = column_widths(table, room=page / (size * _CHARACTER))
        if widths:
            return size, page == _LANDSCAPE, widths
    return _PRINTS[-1][0], True, (1.0,) * len(table.columns)


def _cell(document: Document, text: Text) -> list[dict[str, Any]]:
    return [run | {"text": _breakable(run["text"])} for run in _runs(document, text)]


def _breakable(text: str) -> str:
    # A hash or a long label has no place to break; a zero-width space gives it some.
    return " ".join(
        word if len(word) <= LONGEST_WORD else "\u200b".join(word[i : i + 8] for i in range(0, len(word), 8))
        for word in text.split(" ")
    )
