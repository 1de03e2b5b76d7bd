import io
import re
import zipfile

import docx
from docx.oxml.ns import qn

from swis.report.word import write_word
from tests.report.drawn import HASH, full_document, small_document

FILE = write_word(full_document())
WORD = docx.Document(io.BytesIO(FILE))
XML = zipfile.ZipFile(io.BytesIO(FILE)).read("word/document.xml").decode()


def with_style(name: str) -> list[str]:
    return [paragraph.text for paragraph in WORD.paragraphs if paragraph.style.name == name]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_word(full_document()) == FILE


def test_no_part_bears_the_time_of_writing() -> None:
    with zipfile.ZipFile(io.BytesIO(FILE)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(2020, 1, 1, 0, 0, 0)}
    assert WORD.core_properties.modified.year == 2020
    assert "docProps/thumbnail.jpeg" not in zipfile.ZipFile(io.BytesIO(FILE)).namelist()
    assert WORD.core_properties.language == "en-GB"


def test_headings_and_title_are_real_ones() -> None:
    assert with_style("Title")[0].startswith("Three pilots")
    assert with_style("Heading 1")[0] == "In plain English"
    assert with_style("Heading 1")[-2:] == ["Provenance", "Data of the figures"]
    assert with_style("Heading 2") == ["By school"]


def test_hostile_text_stays_text() -> None:
    assert any('#panic("x") *a* $b$ <c> @d' in paragraph.text for paragraph in WORD.paragraphs)


def test_every_table_repeats_its_header_row_and_says_so() -> None:
    assert len(WORD.tables) == 4 + 4
    for table in WORD.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


def test_cells_bear_a_style_that_the_file_has() -> None:
    assert {cell.paragraphs[0].style.name for table in WORD.tables for cell in table.rows[0].cells} == {"Table Text"}


def test_captions_hold_the_numbers_of_the_model_in_fields_of_word() -> None:
    captions = with_style("Caption")
    assert [caption.split(":")[0] for caption in captions if caption.startswith("Table")] == [
        f"Table {n}" for n in range(1, 5)
    ]
    assert [caption.split(":")[0] for caption in captions if caption.startswith("Figure")] == [
        f"Figure {n}" for n in range(1, 5)
    ]
    assert len(re.findall(r"SEQ Table", XML)) == 4
    assert len(re.findall(r"SEQ Figure", XML)) == 4


def test_every_reference_and_contents_entry_leads_to_a_bookmark() -> None:
    bookmarks = re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', XML)
    assert len(bookmarks) == len(set(bookmarks))
    wanted = re.findall(r"REF (\S+) \\h", XML) + re.findall(r'w:anchor="([^"]+)"', XML)
    assert len(wanted) >= 8
    assert set(wanted) <= set(bookmarks)


def test_every_field_that_is_begun_is_ended() -> None:
    kinds = re.findall(r'w:fldCharType="(\w+)"', XML)
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 0


def test_pictures_are_vectors_with_a_raster_beside_them_and_words() -> None:
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', XML)
    assert len(described) == len(WORD.inline_shapes) == XML.count("svgBlip ") == 4
    with zipfile.ZipFile(io.BytesIO(FILE)) as packed:
        names = packed.namelist()
        assert packed.read("word/media/figure-1.svg").startswith(b"<svg")
    assert (
        len([name for name in names if name.endswith(".svg")])
        == len([name for name in names if name.endswith(".png")])
        == 4
    )


def test_the_language_of_the_text_is_british_english() -> None:
    styles = zipfile.ZipFile(io.BytesIO(FILE)).read("word/styles.xml").decode()
    assert re.search(r"<w:rPrDefault>.*<w:lang w:val=\"en-GB\"/>.*</w:rPrDefault>", styles, re.DOTALL)


def test_the_provenance_is_printed_whole() -> None:
    assert any(HASH in cell.text for table in WORD.tables for row in table.rows for cell in row.cells)


def test_a_document_without_blocks_can_be_written() -> None:
    assert docx.Document(io.BytesIO(write_word(small_document()))).paragraphs[0].text == "A report"
