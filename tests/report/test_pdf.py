import io
import itertools
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from swis.errors import OutputError
from swis.report.document import Paragraph
from swis.report.pdf import write_pdf
from tests.report.drawn import full_document, small_document, small_figure, wide_table

PDF = write_pdf(full_document())


@pytest.fixture
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(PDF)) as opened:
        yield opened


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Every structure element of the document, parents before children."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))  # type: ignore[call-overload]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            if "/K" in node:
                waiting.append(node.K)
    return found


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_pdf(full_document()) == PDF


def test_it_declares_pdf_ua_and_is_tagged(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert str(metadata["dc:title"]).startswith("Three pilots")
        assert str(metadata["dc:description"]).startswith("An evaluation")


def test_every_figure_has_words_and_every_table_headers(pdf: pikepdf.Pdf) -> None:
    found = elements(pdf)
    figures = [element for element in found if element.S == "/Figure"]
    assert len(figures) == 4
    assert all(str(figure.Alt).strip() for figure in figures)
    tables = [element for element in found if element.S == "/Table"]
    heads = [element for element in found if element.S == "/THead"]
    assert len(tables) == len(heads) == 4 + 4
    assert sum(element.S == "/TH" for element in found) > 20


def test_headings_come_in_order_and_as_bookmarks(pdf: pikepdf.Pdf) -> None:
    levels = [int(str(element.S)[2:]) for element in elements(pdf) if str(element.S) in ("/H1", "/H2", "/H3", "/H4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert "In plain English" in titles
    assert titles[-1] == "Data of the figures"


def test_a_wide_table_is_set_on_a_turned_page_with_its_heading(pdf: pikepdf.Pdf) -> None:
    boxes = [page.mediabox for page in pdf.pages]
    assert any(float(box[2]) > float(box[3]) for box in boxes)


def test_all_fonts_are_in_the_file(pdf: pikepdf.Pdf) -> None:
    fonts = [
        item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all(any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3")) for font in fonts)


def test_a_document_without_headings_figures_or_provenance_can_be_set() -> None:
    assert write_pdf(small_document()).startswith(b"%PDF")
    assert write_pdf(small_document(small_figure("claims"), wide_table())).startswith(b"%PDF")


def test_letters_outside_the_typeface_are_set_in_another_where_there_is_one() -> None:
    assert write_pdf(small_document(Paragraph("ŵ ŷ φ ✓ \u200b \ufffd"))).startswith(b"%PDF")


@pytest.mark.parametrize("letter", ["\u4e2d", "\U0001f600"])
def test_a_letter_that_no_typeface_has_is_named_with_what_to_do(letter: str) -> None:
    with pytest.raises(OutputError, match=f"cannot show '{letter}'.*Latin letters"):
        write_pdf(small_document(Paragraph(f"A school called {letter}")))
