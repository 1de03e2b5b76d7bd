"""What the library wrote in a real browser under its own policy, and a job while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from service.evidence.models import Job, JobKind, JobState, Panel
from tests.service.browser.looking import DESK, NARROWEST, listen, show, sticks_out, violations
from tests.service.conftest import SignedIn
from tests.service.evidence.drawing import Synthshire

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": DESK, "height": 800})
    yield page
    page.close()


def test_a_page_of_the_library_keeps_its_look_and_asks_for_nothing(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn, page: Page
) -> None:
    heard: list[str] = []
    asked: list[str] = []
    listen(page, heard)
    page.on("request", lambda request: asked.append(request.url))
    address = reverse("panel-quality", args=[panel.public_id])
    answer: Any = signed_in(synthshire.analyst).get(address)
    show(page, answer, address)
    assert heard == []
    assert [url for url in asked if not url.startswith("data:")] == ["http://localhost" + address]
    assert "Lato" in page.evaluate("getComputedStyle(document.body).fontFamily")
    assert page.evaluate("document.fonts.check('16px Lato')")
    assert page.locator("svg").first.bounding_box()["width"] > 200  # type: ignore[index]
    page.locator("nav.contents a").first.click()
    assert "#" in page.url
    assert page.evaluate("origin") == "null"  # nobody's: it reaches no cookie and no page of the service


def test_a_job_that_runs_is_read_by_everybody(synthshire: Synthshire, signed_in: SignedIn, page: Page) -> None:
    job = Job.objects.create(
        kind=JobKind.BUILD, authority=synthshire.authority, asked_by=synthshire.analyst, state=JobState.RUNNING,
        phase="Reading the returns", done=3, steps=7, files=[{"name": "returns.zip", "size": 3_000_000}],
    )  # fmt: skip
    address = reverse("evidence-job", args=[job.public_id])
    answer: Any = signed_in(synthshire.analyst).get(address)
    assert answer["Refresh"] == "5"
    del answer.headers["Refresh"]  # the picture is to stand still
    for width in (NARROWEST, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        show(page, answer, address)
        assert "Reading the returns, 42% done" in page.inner_text("main")
        assert violations(page) == []
        assert sticks_out(page) == []
