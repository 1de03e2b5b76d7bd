"""The script that keeps drafts, in a browser whose clock the test turns: when it keeps, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

import service.practice

SCRIPT = Path(service.practice.__file__).parent / "static/practice/autosave.js"
ADDRESS = "https://swis.example/"
PAGE = f"""<form data-autosave="{ADDRESS}keep"><textarea name="account"></textarea>
<p role="status" data-autosave-status></p></form>"""


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"saved": "10:00"}, "Draft kept at 10:00"),
        (200, {"saved": "", "why": "You have 100 drafts."}, "Not kept as a draft. You have 100 drafts."),
        (403, {}, "What you type is not being kept at the moment."),
    ],
)
def test_it_keeps_each_minute_while_typing_goes_on_and_says_what_came_of_it(
    browser: Browser, status: int, answer: dict[str, str], said: str
) -> None:
    kept: list[str] = []

    def reply(route: Route) -> None:
        if route.request.url.endswith("keep"):
            kept.append(route.request.url)
            route.fulfill(status=status, body=json.dumps(answer))
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page = browser.new_page()
    page.route("**/*", reply)
    page.clock.install(time=0)
    page.goto(ADDRESS)
    page.add_script_tag(content=SCRIPT.read_text(), type="module")
    for _ in range(7):  # seventy seconds, and never half a minute of quiet
        page.locator("textarea").press("a")
        page.clock.run_for(10_000)
    page.get_by_text(said).wait_for()
    assert len(kept) == 1
    page.close()
