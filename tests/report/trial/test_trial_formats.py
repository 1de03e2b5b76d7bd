"""The report of a trial as PDF/UA, in Word and in a real browser."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from swis.report.document import Document
from swis.report.html import write_html
from swis.report.pdf import write_pdf
from swis.report.trial.compose import compose_trial
from swis.report.word import write_word
from tests.report.trial.drawn import full_trial, with_other_kinds

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return compose_trial(with_other_kinds(full_trial(tmp_path_factory.mktemp("trial") / "drawn")))


def test_the_pdf_declares_pdf_ua_and_has_every_chapter_as_bookmark(report: Document) -> None:
    with pikepdf.open(io.BytesIO(write_pdf(report))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[:3] == ["In one minute", "What was planned", "Who took part"]
    assert "Checklist" in titles


def test_word_has_every_table_and_the_figures_as_pictures(report: Document) -> None:
    word = docx.Document(io.BytesIO(write_word(report)))
    captions = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Caption"]
    assert sum(caption.startswith("Figure") for caption in captions) == len(report.figures)
    assert any("CONSORT for cluster randomised trials" in caption for caption in captions)
    assert len(word.inline_shapes) == len(report.figures)


@pytest.mark.slow
def test_axe_finds_nothing_and_no_page_scrolls_sideways(report: Document, tmp_path: Path, browser: Browser) -> None:
    path = tmp_path / "report.html"
    path.write_text(write_html(report), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
        assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []
