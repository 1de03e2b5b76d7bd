"""A pack as a Word file with headings, marked header rows and described tables. The same pack has the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table as WordTable

from service.pages.tables import Table, cell_text
from service.reviews.packs.contents import Pack, cells_of, printable, widths_of

FIXED_TIME = datetime(2020, 1, 1, tzinfo=UTC)
TEXT_WIDTH = Mm(261)


def write_word(pack: Pack) -> bytes:
    """The pack as a Word file."""
    word = Document()
    _prepare(word, pack)
    word.add_heading(printable(pack.title), level=0)
    word.add_paragraph().add_run(pack.handling).bold = True
    for fact in pack.facts:
        line = word.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        line.add_run(f"{fact.label}: ").bold = True
        line.add_run(printable(cell_text(fact.value)))
    for part in pack.parts:
        word.add_heading(part.heading, level=1)
        for words in part.text:
            word.add_paragraph(printable(words))
        for table in part.tables:
            _add_table(word, table)
    return _pack_up(word)


def _prepare(word: WordDocument, pack: Pack) -> None:
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(18)
    section.footer.paragraphs[0].text = pack.handling
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    word.styles["Title"].font.size = Pt(20)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    properties = word.core_properties
    properties.title, properties.language = printable(pack.title), "en-GB"
    properties.author, properties.comments, properties.last_modified_by = "", "", ""
    properties.created = properties.modified = FIXED_TIME.replace(tzinfo=None)
    properties.revision = 1


def _add_table(word: WordDocument, table: Table) -> None:
    rows = cells_of(table)
    caption = word.add_paragraph()
    caption.add_run(table.caption if rows else f"{table.caption}: ").bold = True
    if not rows:
        caption.add_run(table.empty)
        return
    caption.paragraph_format.keep_with_next = True
    grid = word.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    _describe(grid, table.caption)
    shares = widths_of(table)
    widths = [Emu(int(TEXT_WIDTH * share / sum(shares))) for share in shares]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for place, cells in enumerate([[column.label for column in table.columns], *rows]):
        _add_row(grid, cells, table, header=place == 0, widths=widths)
    note = word.add_paragraph(table.note)
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(4), Pt(4)


def _add_row(grid: WordTable, cells: list[str], table: Table, *, header: bool, widths: list[Emu]) -> None:
    row = grid.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, text, column, width in zip(row.cells, cells, table.columns, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.bold, run.font.size = header, Pt(9)
        paragraph.paragraph_format.space_after = Pt(2)
        if column.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _describe(grid: WordTable, caption: str) -> None:
    """Say what the table is, and that its first row heads it, for who hears the page."""
    properties = grid._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        for name, value in (("firstRow", "1"), ("firstColumn", "0"), ("noHBand", "1"), ("noVBand", "1")):
            look.set(qn(f"w:{name}"), value)
    told = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), caption)
    properties.append(told)


def _pack_up(word: WordDocument) -> bytes:
    raw, packed = io.BytesIO(), io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            # A zip dates every entry by the clock; these all bear the same date.
            entry = zipfile.ZipInfo(name, date_time=(FIXED_TIME.year, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
