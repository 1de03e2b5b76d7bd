"""The page in a real browser: axe at WCAG 2.2 AA, and no sideways scrolling on a small screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from swis.report.html import write_html
from tests.report.drawn import full_document

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(write_html(full_document()), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    # What is folded away must pass too.
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    yield page


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 30


def test_words_in_figures_are_set_in_the_font_that_the_page_carries(page: Page) -> None:
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('700 14px Lato'))")
    faces = page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').map(face => face.weight)")
    assert sorted(faces) == ["400", "700"]


def test_the_skip_link_shows_and_leads_to_the_report(page: Page) -> None:
    page.set_viewport_size({"width": 768, "height": 900})
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_printed_page_holds_every_figure_within_its_margins(page: Page) -> None:
    page.set_viewport_size({"width": 643, "height": 900})
    page.emulate_media(media="print")
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().right))"
    )
    page.emulate_media(media="screen")
    assert widest <= 643
