"""Looking at a page: what axe finds, whether it fits, and what the browser complains of."""

from __future__ import annotations

from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import ConsoleMessage, Page, Route

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SITE = "http://localhost"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
PHONE, NARROWEST, DESK = 390, 320, 1280


def show(page: Page, response: HttpResponse, address: str) -> None:
    """Open an answer of the service in the browser as if it had come from there, with its own headers."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = TYPES.get(path.rsplit(".", 1)[-1], "application/octet-stream")
            route.fulfill(path=found, content_type=kind) if found else route.fulfill(status=404)
        else:
            route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(SITE + address)
    # What is folded away must pass too.
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")


def listen(page: Page, heard: list[str]) -> None:
    """Fill a list with what the browser says on its console, such as what the content policy stopped."""

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            heard.append(message.text)

    page.on("console", note)


def violations(page: Page) -> list[str]:
    """Each rule of axe that the page breaks, with the first elements that break it."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, once for all widths of a page
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']][:3]}" for rule in found]


def sticks_out(page: Page) -> list[str]:
    """What is wider than the window, when the page scrolls sideways."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
                .slice(0, 3).map(e => e.outerHTML.slice(0, 120));
        }"""
    )
