"""A half-termly review in a real browser: prepared by both sides, held, closed, and taken away as a pack."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import Browser

from service.accounts.models import User
from service.reviews.models import KeptForm, Review, ReviewAction, State
from tests.service.browser.journey import Journey
from tests.service.browser.looking import DESK, PHONE, violations
from tests.service.browser.test_journeys import tab_to
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import place
from tests.service.reviews.drawing import draw_item, draw_open_child, draw_review
from tests.service.universe import Universe

pytestmark = pytest.mark.slow

REFERENCE = "BKQR-4729"
Begin = Callable[..., Journey]


@pytest.fixture
def begin(browser: Browser, live_server: Any, signed_in: SignedIn) -> Iterator[Begin]:
    """Let a person of the universe begin at the page of reviews."""
    begun: list[Journey] = []
    site = live_server.url.replace("127.0.0.1", "localhost")

    def open_as(user: User, *, width: int, scripts: bool = True) -> Journey:
        context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
        client = signed_in(user)
        context.add_cookies([{"name": c.key, "value": c.value, "url": site} for c in client.cookies.values()])
        page = context.new_page()
        page.set_default_timeout(10_000)
        journey = Journey(context, page, site)
        begun.append(journey)
        page.goto(site + reverse("review-list"))
        return journey

    yield open_as
    for journey in begun:
        journey.end()


def write_date(journey: Journey, name: str, *parts: str) -> None:
    for part, value in zip(("day", "month", "year"), parts, strict=True):
        journey.page.locator(f'main input[name="{name}_{part}"]').fill(value)


def take(journey: Journey, link: str) -> bytes:
    """Download the file behind a link."""
    with journey.page.expect_download() as download:
        journey.page.get_by_role("link", name=link).first.click()
    return Path(download.value.path()).read_bytes()


def words_of(content: bytes) -> str:
    """Everything that a Word file says."""
    word = Document(io.BytesIO(content))
    cells = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def plan(worker: Journey) -> str:
    """The worker plans the review and puts a child on its agenda. Gives back its address."""
    worker.go("Plan a review or a meeting")
    worker.select("School", "Alder Academy")
    worker.choose("What is planned?", "Half-termly review")
    write_date(worker, "day", "18", "11", "2026")
    worker.write("Where?", "The library")
    worker.select("Who chairs?", "Team manager of own")
    worker.press("Plan it")
    worker.sees("Planned", "The library")
    address = worker.page.url
    worker.go("Put something on the agenda")
    worker.choose("What is it?", "A child with open involvement")
    worker.page.locator('main select[name="child"]').select_option(REFERENCE)
    worker.write("What is to be talked about?", "Attendance since the summer.")
    worker.press("Add")
    worker.sees("On the agenda", REFERENCE)
    return address


def prepare(lead: Journey, address: str) -> None:
    """The safeguarding lead says who comes and what the school wants to talk about, and takes its pack."""
    lead.page.goto(address)
    lead.go("Add somebody")
    lead.select("Who is it?", "Safeguarding lead or deputy")
    lead.write("Name", "Ola Reed")
    lead.press("Add")
    lead.go("Put something on the agenda")
    lead.choose("What is it?", "A matter of the school")
    lead.write("What is to be talked about?", "Isolation rooms are used more this term.")
    lead.press("Add")
    lead.sees("Ola Reed", "Isolation rooms")
    pack = words_of(take(lead, "Pack for the school (Word)"))
    assert "Isolation rooms" in pack
    assert REFERENCE not in lead.page.content() + pack


def hold(manager: Journey, address: str) -> None:
    """The manager writes what is to follow, agrees an action, saves the minutes for later, and closes."""
    manager.page.goto(address)
    manager.page.locator("main tr", has_text="Isolation rooms").get_by_role("link", name="What next").click()
    manager.write("What is to follow?", "The school brings its numbers.")
    manager.press("Save")
    manager.go("Agree an action")
    manager.write("What is to be done?", "Send the numbers of internal exclusions.")
    manager.select("Who does it?", "Designated safeguarding lead of own")
    write_date(manager, "due", "4", "12", "2026")
    manager.press("Put it down")
    manager.go("Close the review")
    manager.write("What was agreed?", "Drop-ins move to another day.")
    manager.press("Save for later")
    manager.sees("Saved for later", "Written, not closed yet")
    manager.go("Close the review")
    manager.write("Note for the team", "Two families to visit.")
    manager.press("Close")
    manager.sees("There is a problem", "Tick who came")
    assert manager.page.get_by_label("What was agreed?").input_value() == "Drop-ins move to another day."
    manager.page.get_by_label(re.compile("^Ola Reed")).check()
    manager.press("Close")
    manager.sees("Closed", "Drop-ins move to another day.", "Two families to visit.")
    assert take(manager, "Pack for the team (PDF)").startswith(b"%PDF")
    pack = words_of(take(manager, "Pack for the team (Word)"))
    for words in (
        REFERENCE,
        "Attendance since the summer.",
        "The school brings its numbers.",
        "Two families to visit.",
    ):
        assert words in pack


def follow_up(lead: Journey, address: str) -> None:
    """The safeguarding lead reads what was agreed, and says that the school's action is done."""
    lead.page.goto(address)
    lead.sees("Drop-ins move to another day.", "The school brings its numbers.")
    assert "Two families" not in lead.page.content()
    lead.go("Send the numbers of internal exclusions.")
    lead.go("Done or dropped")
    lead.choose("What became of it?", "Done")
    lead.write("Note", "Sent by post.")
    lead.press("Save")
    lead.sees("Saved", "Sent by post.")


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, False), (DESK, True)], ids=["phone without scripts", "desk"])
def test_a_review_is_prepared_by_both_sides_held_closed_and_followed_up(
    universe: Universe, begin: Begin, width: int, scripts: bool
) -> None:
    place(universe)
    draw_open_child(universe, reference=REFERENCE)
    address = plan(begin(universe.worker, width=width, scripts=scripts))
    lead = begin(universe.lead, width=width, scripts=scripts)
    prepare(lead, address)
    hold(begin(universe.manager, width=width, scripts=scripts), address)
    follow_up(lead, address)
    assert Review.objects.get().state == State.CLOSED
    assert ReviewAction.objects.get().state == "done"


def test_by_keyboard_alone_a_review_is_closed(universe: Universe, begin: Begin) -> None:
    review = draw_review(universe)
    manager = begin(universe.manager, width=DESK)
    keys = manager.page.keyboard
    for words, address in (("Half-termly review", f"**/{review.public_id}/"), ("Close the review", "**/close/")):
        tab_to(manager, words)
        keys.press("Enter")
        manager.page.wait_for_url(address)
    tab_to(manager, name="came")
    keys.press("Space")
    tab_to(manager, name="agreed")
    keys.type("Drop-ins move to another day.")
    tab_to(manager, "Close")
    keys.press("Enter")
    manager.page.wait_for_url(f"**/{review.public_id}/")
    manager.sees("Closed", "Drop-ins move to another day.")


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_what_was_written_when_the_session_ended_is_found_and_sent(
    universe: Universe, begin: Begin, width: int
) -> None:
    item = draw_item(universe)
    address = reverse("review-item-next", kwargs={"public_id": item.public_id})
    away = begin(universe.manager, width=PHONE)
    away.page.goto(away.site + address)
    away.write("What is to follow?", "The school brings its numbers.")
    away.context.clear_cookies()
    away.press("Save")
    assert KeptForm.objects.get().user == universe.manager
    back = begin(universe.manager, width=PHONE)
    back.go("What you wrote on 18 November 2026")
    back.sees("was kept for you alone", "The school brings its numbers.")
    assert violations(back.page) == []
    back.go("Go on with it")
    assert back.page.get_by_label("What is to follow?").input_value() == "The school brings its numbers."
    back.press("Save")
    back.sees("Saved", "The school brings its numbers.")
    assert not KeptForm.objects.exists()
