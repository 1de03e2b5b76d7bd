"""Every component in a real browser: axe at WCAG 2.2 AA, narrow and wide, with and without scripts, under the content policy."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, Route, expect

from service.pages.security import CONTENT_SECURITY_POLICY
from tests.service.browser.looking import SITE, TYPES, listen, sticks_out, violations

pytestmark = pytest.mark.slow


def serve(route: Route) -> None:
    """Answer each request of the browser from Django itself, without a server and without a database."""
    address = urlsplit(route.request.url)
    if address.path.startswith("/static/"):
        found = finders.find(address.path.removeprefix("/static/"))
        route.fulfill(path=found, content_type=TYPES[address.path.rsplit(".", 1)[-1]])
        return
    client = Client(headers={"host": "localhost"})
    ask = client.post if route.request.method == "POST" else client.get
    response = ask(f"{address.path}?{address.query}")
    route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)


def open_page(browser: Browser, *, scripts: bool) -> Iterator[Page]:
    # axe is a script itself, so "without scripts" means that none of ours arrives.
    page, heard = browser.new_page(viewport={"width": 320, "height": 800}), []
    page.route("**/*", serve)
    if not scripts:
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    listen(page, heard)
    with override_settings(ROOT_URLCONF="tests.service.pages.gallery", CONTENT_SECURITY_POLICY=CONTENT_SECURITY_POLICY):
        yield page
    page.close()
    assert heard == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from open_page(browser, scripts=True)


@pytest.fixture
def bare_page(browser: Browser) -> Iterator[Page]:
    yield from open_page(browser, scripts=False)


def unfold(page: Page) -> None:
    for details in page.locator("details").all():
        details.locator("summary").click()


def send_empty(page: Page) -> None:
    page.goto(f"{SITE}/gallery?page=2")
    with page.expect_navigation():
        page.get_by_role("button", name="Save contact").click()


def test_axe_finds_nothing_in_any_component_at_any_width(page: Page) -> None:
    send_empty(page)
    unfold(page)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticks_out(page) == []
        assert violations(page) == []


def test_axe_finds_nothing_when_no_script_arrives(bare_page: Page) -> None:
    bare_page.goto(f"{SITE}/gallery")
    assert sticks_out(bare_page) == []
    assert violations(bare_page) == []


def test_a_form_is_sent_and_mended_without_scripts(bare_page: Page) -> None:
    send_empty(bare_page)
    assert bare_page.title() == "Error: Gallery – Social Workers in Schools"
    bare_page.get_by_role("link", name="Enter date of the contact").click()
    assert bare_page.evaluate("location.hash") == "#id_day_day"


def test_every_place_can_be_reached_from_a_phone_with_and_without_scripts(page: Page, bare_page: Page) -> None:
    bare_page.goto(f"{SITE}/gallery")
    expect(bare_page.get_by_role("link", name="Enquiries")).to_be_visible()
    page.goto(f"{SITE}/gallery")
    expect(page.get_by_role("link", name="Enquiries")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Enquiries")).to_be_visible()


def test_the_error_summary_takes_the_focus_and_leads_to_the_fields(page: Page) -> None:
    page.goto(f"{SITE}/confirmation?form")
    page.get_by_role("button", name="End placement").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Answer “What was it about?”").click()
    assert page.evaluate("document.activeElement.id") == "id_about_0"


def test_the_first_tab_leads_past_the_header(page: Page) -> None:
    page.goto(f"{SITE}/accessibility")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_everything_that_can_be_pressed_is_24_pixels_high(page: Page) -> None:
    page.goto(f"{SITE}/confirmation")
    small = page.evaluate(
        """[...document.querySelectorAll('header a, header button, nav a, main button, main .govuk-button-group a')]
            .filter(e => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 24)
            .map(e => e.outerHTML)"""
    )
    assert small == []


def test_a_tile_can_be_tapped_all_over(page: Page) -> None:
    page.goto(f"{SITE}/gallery")
    tile = page.locator(".swis-tiles label").nth(1)
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    assert page.locator("#id_kind_1").is_checked()


def test_one_drawing_of_each_figure_shows_and_keeps_the_size_of_its_words(page: Page) -> None:
    page.goto(f"{SITE}/gallery")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        shown = page.locator("figure svg:visible")
        assert shown.count() == page.locator("figure").count()
        for drawing in shown.all():
            scale = drawing.evaluate("e => e.getBoundingClientRect().width / e.viewBox.baseVal.width")
            assert scale == pytest.approx(1, abs=0.01)


def test_no_word_of_a_figure_leaves_its_drawing(page: Page) -> None:
    page.goto(f"{SITE}/gallery")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        outside = page.evaluate(
            """[...document.querySelectorAll('figure svg')].flatMap(svg => {
                const edge = svg.getBoundingClientRect();
                if (edge.width === 0) return [];
                return [...svg.querySelectorAll('text')].filter(t => {
                    const box = t.getBoundingClientRect();
                    return box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1;
                }).map(t => t.textContent);
            })"""
        )
        assert outside == []


def test_a_printed_page_leaves_out_what_cannot_be_used_on_paper(page: Page) -> None:
    page.goto(f"{SITE}/gallery?page=2")
    page.emulate_media(media="print")
    for gone in ("nav[aria-label=Menu]", ".govuk-pagination", ".govuk-footer", ".govuk-button"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator("h1").is_visible()
