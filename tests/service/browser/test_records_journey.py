"""Information governance in a real browser: who looked, what is handed out of a record, and what goes by two people."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from service.accounts.models import User
from service.permissions import Role
from service.practice.models import Contact
from service.records.models import Disposal, Export
from service.records.tasks import build_export
from tests.service.browser.journey import Journey
from tests.service.browser.looking import DESK, PHONE, violations
from tests.service.browser.test_journeys import tab_to
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.records.drawing import draw_old_contact, draw_second
from tests.service.universe import Universe

pytestmark = pytest.mark.slow

REFERENCE = "BKQR-4729"
TOLD = "Mother said that the neighbour, Mr Ash, shouts at night."
Begin = Callable[..., Journey]


@pytest.fixture(params=[(PHONE, False), (DESK, True)], ids=["phone-without-scripts", "desk"])
def begin(request: pytest.FixtureRequest, browser: Browser, live_server: Any, signed_in: SignedIn) -> Iterator[Begin]:
    """Let a person of the universe begin at the home page: on a phone without scripts, and at a desk."""
    width, scripts = request.param
    begun: list[Journey] = []
    site = live_server.url.replace("127.0.0.1", "localhost")

    def open_as(user: User) -> Journey:
        context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
        cookies = signed_in(user).cookies.values()
        context.add_cookies([{"name": each.key, "value": each.value, "url": site} for each in cookies])
        page = context.new_page()
        page.set_default_timeout(10_000)
        journey = Journey(context, page, site)
        begun.append(journey)
        page.goto(f"{site}/")
        return journey

    yield open_as
    for journey in begun:
        journey.end()


def press(journey: Journey, words: str) -> None:
    """Come to a link or a button by the keyboard alone, and press it; without scripts nobody can tell where the focus is."""
    if not scripts_run(journey):
        journey.go(words)
        return
    tab_to(journey, words)
    with journey.page.expect_navigation():
        journey.page.keyboard.press("Enter")


def scripts_run(journey: Journey) -> bool:
    return journey.page.locator("html.js-enabled, body.js-enabled").count() > 0


def take(journey: Journey, link: str) -> dict[str, str]:
    """The texts in the archive behind a link."""
    with journey.page.expect_download() as download:
        journey.page.get_by_role("link", name=link).first.click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def clean(journey: Journey) -> None:
    if scripts_run(journey):
        assert violations(journey.page) == []


def test_who_looked_at_a_child_and_what_this_person_looked_at(
    universe: Universe, begin: Begin, signed_in: SignedIn
) -> None:
    child = draw_child(universe.worker, universe.alder, reference=REFERENCE)
    signed_in(universe.worker).get(f"/practice/children/{child.public_id}/")
    officer = begin(universe.governance)
    officer.page.goto(f"{officer.site}/audit/")
    officer.write("Child", REFERENCE)
    officer.press("Show")
    officer.sees(universe.worker.email, "read")
    press(officer, REFERENCE)
    officer.sees(f"Who looked at {REFERENCE}", universe.worker.email)
    clean(officer)
    press(officer, universe.worker.email)
    officer.sees(f"What {universe.worker.email} looked at and did", REFERENCE)
    assert officer.page.goto(f"{officer.site}/practice/children/{child.public_id}/").status == 403  # type: ignore[union-attr]


def test_a_pack_goes_out_without_what_was_taken_out_of_it_and_with_a_second_signature(
    universe: Universe, begin: Begin
) -> None:
    child = draw_child(universe.worker, universe.alder, reference=REFERENCE)
    draw_contact(universe.worker, universe.alder, child=child, account=TOLD)
    manager, second = begin(universe.manager), begin(draw_second(universe, Role.TEAM_MANAGER))
    manager.page.goto(f"{manager.site}/records/requests/open")
    manager.write("Reference of the child", REFERENCE.lower())
    manager.choose("Who asks?", "A parent or carer, for the child")
    for part, value in (("day", "16"), ("month", "11"), ("year", "2026")):
        manager.page.locator(f'main input[name="received_on_{part}"]').fill(value)
    manager.press("Open request")
    manager.sees("16 December 2026", "Another person signs it off")
    address = manager.page.url
    press(manager, "What is recorded")
    manager.sees("Mr Ash")
    clean(manager)
    manager.page.locator("main a[href$='/account']", has_text="Take out").first.click()
    manager.write("Passage to take out", "the neighbour, Mr Ash, shouts")
    manager.choose("Why?", "It is about another person")
    manager.press("Take out")
    manager.sees("[taken out: it is about another person] at night.")
    second.page.goto(address)
    second.go("What is recorded")
    second.sees("[taken out: it is about another person]")
    second.page.goto(address)
    press(second, "Sign off")
    press(second, "Sign off")
    second.sees("Signed off. The pack can be taken.")
    manager.page.goto(address)
    pack = take(manager, "Take the pack as ZIP")
    assert "at night." in pack["index.html"]
    assert "Mr Ash" not in "".join(pack.values())
    press(manager, "End the request")
    manager.press("End request")
    manager.sees("Answered")


def test_what_is_due_goes_by_two_officers(universe: Universe, begin: Begin) -> None:
    draw_old_contact(universe.worker, universe.alder)
    kept = draw_contact(universe.worker, universe.alder)
    officer, second = begin(universe.governance), begin(draw_second(universe))
    officer.open("Records")
    press(officer, "Northbrook")
    officer.page.locator("main a[href$='/contacts']").first.click()
    officer.choose("Counted from", "The last contact recorded, of the child where there is one")
    officer.write("Kept for how many years?", "6")
    officer.write("Why this long?", "Our schedule of 2026.")
    officer.press("Set rule")
    officer.open("Records")
    press(officer, "Counts")
    clean(officer)
    officer.page.locator("main label", has_text="Contacts").first.click()
    officer.press("Propose")
    officer.sees("You proposed this. Another person confirms it.")
    assert officer.page.goto(f"{officer.page.url}confirm").status == 200  # type: ignore[union-attr]
    officer.press("Delete for good")
    assert Contact.every_version.count() == 2
    second.open("Records")
    second.sees("Disposals that wait for a second person")
    second.page.locator("main a[href*='/disposals/']").first.click()
    press(second, "Confirm")
    second.sees("1 will be deleted")
    press(second, "Delete for good")
    second.sees("Disposed of", "practice.Contact")
    assert list(Contact.every_version.all()) == [kept]
    assert Disposal.objects.get().decided_by == User.objects.get(name="The second person")


def test_everything_of_the_authority_leaves_by_two_officers(
    universe: Universe, begin: Begin, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    draw_contact(universe.worker, universe.alder, account=TOLD)
    officer, second = begin(universe.governance), begin(draw_second(universe))
    officer.open("Records")
    press(officer, "Everything that the authority owns")
    officer.write("What is it for?", "The move to another system")
    officer.press("Ask for an export")
    officer.sees("Waits for a second person")
    clean(officer)
    second.open("Records")
    second.go("Everything that the authority owns (1 to decide)")
    press(second, "Approve")
    second.sees("The move to another system")
    clean(second)
    press(second, "Approve")
    second.sees("Being written")
    build_export.call(str(Export.objects.get().public_id))
    officer.page.reload()
    assert TOLD in take(officer, "Take the file")["practice.contact.csv"]
