"""A document as a Word file with real headings, header rows, captions that Word numbers, and alternatives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu
from docx.text.paragraph import Paragraph as WordParagraph

from swis.report.document import (
    TONE_WORDS,
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    Run,
    Table,
    Text,
)
from swis.report.printable import printable
from swis.report.word_fields import add_bookmark, add_field, add_jump, add_web_link, close_field, open_field
from swis.report.word_styles import prepare
from swis.report.word_tables import add_table

FIXED_TIME = datetime(2020, 1, 1)
"""The time that every report carries, so that the same report has the same bytes on any day."""

_EMU_PER_PIXEL = 9525
_LONGEST_PROPERTY = 255
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


def write_word(document: Document) -> bytes:
    """The document as a .docx file. The data of the figures follow at the end as tables."""
    word = docx.Document()
    prepare(word, language=document.language)
    _set_properties(word, document)
    names = dict.fromkeys((*document.labels, *(heading.anchor for heading in _headings(document))))
    pen = _Pen(document, word, {name: f"_swis_{number}" for number, name in enumerate(names, start=1)})
    pen.add_front()
    for block in (*document.body, *document.annex):
        pen.add(block)
    return _pack(word)


def _headings(document: Document) -> tuple[Heading, ...]:
    return tuple(block for block in (*document.body, *document.annex) if isinstance(block, Heading))


def _set_properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    properties.title = printable(document.title)[:_LONGEST_PROPERTY]
    properties.subject = printable(document.subtitle)[:_LONGEST_PROPERTY]
    properties.comments = printable(document.description)[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = printable(document.source)[:_LONGEST_PROPERTY]
    properties.language, properties.keywords, properties.revision = document.language, "", 1
    properties.created = properties.modified = FIXED_TIME


def _pack(word: WordDocument) -> bytes:
    raw, packed = io.BytesIO(), io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            # A zip dates every entry by the clock; these all bear the same date.
            entry = zipfile.ZipInfo(name, date_time=(FIXED_TIME.year, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


@dataclass(frozen=True)
class _Pen:
    """What a block needs to be written: the model, the Word document, and the bookmark of every identifier."""

    document: Document
    word: WordDocument
    bookmarks: dict[str, str]

    def add_front(self) -> None:
        self.word.add_paragraph(printable(self.document.title), style="Title")
        for text, style in ((self.document.subtitle, "Subtitle"), (self.document.source, "Source Line")):
            if text.strip():
                self.word.add_paragraph(printable(text), style=style)
        headings = self.document.contents(with_annex=True)
        if not headings:
            return
        self.word.add_paragraph("Contents", style="Contents Heading")
        entries = [self.word.add_paragraph(style=f"toc {heading.level}") for heading in headings]
        # A field, so that Word can renew it, with its entries written out, so that nothing waits for that.
        open_field(entries[0], r'TOC \o "1-2" \n \h \z \u')
        for entry, heading in zip(entries, headings, strict=True):
            add_jump(entry, printable(heading.text), self.bookmarks[heading.anchor])
        close_field(entries[-1])

    def add(self, block: Block, *, inside: bool = False) -> None:
        match block:
            case Heading(level, text, anchor):
                heading = self.word.add_paragraph(style=f"Heading {level}")
                add_bookmark(heading, self.bookmarks[anchor], lambda: heading.add_run(printable(text)))
            case Paragraph(words):
                self.write(self.word.add_paragraph(style="Callout" if inside else "Normal"), words)
            case Bullets(items):
                for item in items:
                    self.write(self.word.add_paragraph(style="Callout Bullet" if inside else "List Bullet"), item)
            case Callout():
                self._add_callout(block)
            case Table():
                self._add_table(block)
            case Figure():
                self._add_figure(block)
            case PageBreak():
                self.word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def write(self, paragraph: WordParagraph, text: Text) -> None:
        for run in self.document.runs(text):
            self._write_run(paragraph, run)

    def _write_run(self, paragraph: WordParagraph, run: Run) -> None:
        if run.target is None:
            written = paragraph.add_run(run.text)
            written.bold = True if run.style == "strong" else None
            written.italic = True if run.style == "emphasis" else None
        elif run.target.startswith("#"):
            add_field(paragraph, f"REF {self.bookmarks[run.target[1:]]} \\h", run.text)
        else:
            add_web_link(paragraph, run.text, run.target)

    def _add_callout(self, callout: Callout) -> None:
        title = self.word.add_paragraph(style="Callout Title")
        title.add_run(f"{TONE_WORDS[callout.tone]}: ").bold = False
        title.add_run(printable(callout.title))
        for block in callout.blocks:
            self.add(block, inside=True)
        self.word.add_paragraph()

    def _add_caption(self, identifier: str, caption: str) -> WordParagraph:
        paragraph = self.word.add_paragraph(style="Caption")
        label = self.document.labels[identifier]
        kind, _, number = label.rpartition(" ")

        def write_label() -> None:
            if kind in ("Table", "Figure"):
                paragraph.add_run(f"{kind} ")
                add_field(paragraph, f"SEQ {kind} \\* ARABIC", number)
            else:
                paragraph.add_run(label)

        add_bookmark(paragraph, self.bookmarks[identifier], write_label)
        paragraph.add_run(f": {printable(caption)}").bold = False
        return paragraph

    def _add_table(self, table: Table) -> None:
        self._add_caption(table.identifier, table.caption).paragraph_format.keep_with_next = True
        add_table(self.word, table, self.write)
        self.write(self.word.add_paragraph(style="Table Note"), table.note)

    def _add_figure(self, figure: Figure) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        drawing = figure.drawing
        width, height = (Emu(round(pixels * _EMU_PER_PIXEL)) for pixels in (drawing.width, drawing.height))
        picture = paragraph.add_run().add_picture(io.BytesIO(drawing.png), width=width, height=height)
        label = self.document.labels[figure.identifier]
        picture._inline.docPr.set("descr", printable(figure.alt))
        picture._inline.docPr.set("name", label)
        self._add_vector(picture._inline.find(f".//{qn('a:blip')}"), drawing.svg, name=label.replace(" ", "-").lower())
        self._add_caption(figure.identifier, figure.caption)

    def _add_vector(self, blip: BaseOxmlElement, svg: str, *, name: str) -> None:
        """The SVG beside the PNG: Word shows the first it can."""
        package = self.word.part.package
        part = Part(PackURI(f"/word/media/{name}.svg"), "image/svg+xml", svg.encode("utf-8"), package)
        relation = self.word.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        blip.append(
            parse_xml(
                f'<a:extLst {nsdecls("a", "r")}><a:ext uri="{_SVG_EXTENSION}">'
                f'<asvg:svgBlip xmlns:asvg="{_SVG_NAMESPACE}" r:embed="{relation}"/></a:ext></a:extLst>'
            )
        )
