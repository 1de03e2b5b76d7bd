"""Tables of a Word file, with header rows and header columns that a screen reader finds."""

from __future__ import annotations

from collections.abc import Callable

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Row
from docx.text.paragraph import Paragraph

from swis.report.document import Align, Column, Table, Text, column_widths
from swis.report.printable import printable

_TEXT_WIDTH = Mm(170)
_POINTS, _CHARACTER = 482, 0.5
_SIZES = (9.5, 8.5, 7.5, 6.5, 5.5)
_ALIGN: dict[Align, WD_ALIGN_PARAGRAPH] = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
}
_LINES = "".join(
    f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
    for edge, size, colour in (("top", 8, "14212B"), ("bottom", 8, "14212B"), ("insideH", 4, "D5DBE0"))
)

WriteText = Callable[[Paragraph, Text], None]


def add_table(word: WordDocument, table: Table, write: WriteText) -> None:
    """The table without its caption. `write` sets a text into a paragraph."""
    size, shares = _fit(table)
    grid = word.add_table(rows=0, cols=len(table.columns))
    _describe(grid, table)
    widths = [Emu(int(_TEXT_WIDTH * share / sum(shares))) for share in shares]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    titles: tuple[Text, ...] = tuple(column.title for column in table.columns)
    _add_row(grid, titles, table.columns, widths=widths, size=size, write=write, header=True)
    for row in table.rows:
        _add_row(grid, row, table.columns, widths=widths, size=size, write=write, header=False)


def _fit(table: Table) -> tuple[float, tuple[float, ...]]:
    for size in _SIZES:
        shares = column_widths(table, room=_POINTS / (size * _CHARACTER))
        if shares:
            return size, shares
    return _SIZES[-1], (1.0,) * len(table.columns)


def _describe(grid: WordTable, table: Table) -> None:
    properties = grid._tbl.tblPr
    for name in ("w:tblLook", "w:tblLayout"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    first_column = int(table.columns[0].row_header)
    markup = parse_xml(
        f"<w:tblPr {nsdecls('w')}>"
        f"<w:tblBorders>{_LINES}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="06{"A" if first_column else "2"}0" w:firstRow="1" w:lastRow="0" '
        f'w:firstColumn="{first_column}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        "</w:tblPr>"
    )
    properties.extend(list(markup))
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), printable(table.caption))
    properties.append(caption)


def _add_row(
    grid: WordTable,
    cells: tuple[Text, ...],
    columns: tuple[Column, ...],
    *,
    widths: list[Emu],
    size: float,
    write: WriteText,
    header: bool,
) -> None:
    row: _Row = grid.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    for place, text, column, width in zip(row.cells, cells, columns, widths, strict=True):
        place.width = width
        paragraph = place.paragraphs[0]
        # By its identity: a look-up by name reads all styles again for every cell.
        paragraph._p.style = "TableText"
        paragraph.alignment = _ALIGN[column.align]
        write(paragraph, text)
        for run in paragraph.runs:
            run.font.size = Pt(size)
            if header or column.row_header:
                run.bold = True
