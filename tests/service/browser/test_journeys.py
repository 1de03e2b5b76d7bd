"""Each person of the programme gets done what they came for, in a real browser before real processes."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from service.permissions import Role
from tests.service.browser.journey import Journey
from tests.service.browser.looking import DESK, NARROWEST, PHONE
from tests.service.operations.deployment import Deployment, deployed
from tests.service.operations.web import Web, serving

pytestmark = pytest.mark.slow

MOST_PRESSES, MOST_SECONDS = 8, 20
PERSON_SECONDS_A_PRESS = 1.6  # what a press costs a person who knows the screen: to find it, to move, to press
NEXT_DROP_IN = """
import json
from datetime import timedelta
from django.utils import timezone
from service.demonstration.people import people
from service.accounts.models import User
from service.programmes.models import Placement
from service.programmes.placements import agreed_days
first = next(p for p in people() if p.role == "social worker in schools")
placement = Placement.objects.filter(worker__public_id=first.public_id, covers=None, anchor=None, ends=None).first()
day = timezone.localdate() + timedelta(days=1)
print(json.dumps(str(agreed_days(placement, day, day + timedelta(days=120))[-1])))
"""

Begin = Callable[..., Journey]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory, prepared: Deployment) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("demonstration"), like=prepared) as deployment:
        deployment.run("demonstrate")
        yield deployment


@pytest.fixture(scope="module")
def web(demonstration: Deployment) -> Iterator[Web]:
    with serving(demonstration) as web:
        yield web


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def begin(browser: Browser, web: Web) -> Iterator[Begin]:
    """Let a person of a role sign in at a window of a width."""
    begun: list[Journey] = []

    def sign_in(role: Role, *, width: int = PHONE, scripts: bool = True) -> Journey:
        journey = Journey.begin(browser, web, width=width, scripts=scripts)
        begun.append(journey)
        journey.sign_in_as(role)
        return journey

    yield sign_in
    for journey in begun:
        journey.end()


def record_contact(journey: Journey) -> None:
    """From the home page to a saved contact, with what must be told and nothing else."""
    journey.go("Record a contact")
    journey.choose_school()
    journey.choose("Who raised it?", "Head of year or house")
    journey.choose("What kind of work was it?", "Discussion or advice to staff")
    journey.choose("Is it within the role?", "Preventative work")
    journey.choose("What was it about?", "Attendance")
    journey.choose("How long did it take?", "5 to 30 minutes")
    journey.press("Save contact")


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESK])
def test_a_contact_is_saved_in_eight_presses_and_twenty_seconds(
    begin: Begin, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    journey = begin(Role.SOCIAL_WORKER, width=width)
    began = time.monotonic()
    record_contact(journey)
    journey.sees("Contact recorded")
    waited = time.monotonic() - began
    seconds = waited + journey.presses * PERSON_SECONDS_A_PRESS
    with capsys.disabled():
        told = f"{journey.presses} presses, {waited:.1f} s of waiting, about {seconds:.0f} s in all"
        sys.stdout.write(f"\na contact at {width} pixels: {told}\n")
    assert journey.presses <= MOST_PRESSES
    assert seconds < MOST_SECONDS


def test_a_word_in_the_corridor_is_one_press_on_the_contacts_page(begin: Begin) -> None:
    journey = begin(Role.SOCIAL_WORKER)
    journey.page.goto(f"{journey.site}/practice/contacts/")
    journey.page.get_by_text("A brief word: one press").click()
    school = journey.page.locator("#brief-school")
    if school.count() and not school.input_value():
        school.select_option(index=1)
    journey.press("Teacher or tutor, preventative")
    journey.sees("Contact recorded")


def test_without_scripts_a_contact_is_saved_and_a_question_asked(begin: Begin) -> None:
    worker = begin(Role.SOCIAL_WORKER, scripts=False)
    record_contact(worker)
    worker.sees("Contact recorded")
    lead = begin(Role.SAFEGUARDING_LEAD, scripts=False)
    ask(lead, "May we talk about a pupil who is away every Monday?")
    lead.sees("Enquiry sent", "away every Monday")


def ask(lead: Journey, question: str) -> None:
    lead.go("Ask the social worker")
    lead.choose("When do you need an answer?", "Within a week")
    lead.select("What is it about?", "Attendance")
    lead.write("Your question", question)
    lead.press("Send")


def test_by_keyboard_alone_a_contact_is_saved(begin: Begin) -> None:
    journey = begin(Role.SOCIAL_WORKER, width=DESK)
    keys = journey.page.keyboard
    tab_to(journey, "Record a contact")
    keys.press("Enter")
    journey.page.wait_for_url("**/contacts/record*")
    if journey.asks_for_school:
        tab_to(journey, name="school")
        keys.press("Space")
    for group in ("raised_by", "kind_of_work", "role"):
        tab_to(journey, name=group)
        keys.press("Space")
    tab_to(journey, name="time_band")
    keys.press("ArrowDown")
    tab_to(journey, "Save contact")
    keys.press("Enter")
    journey.page.wait_for_url("**/saved*")
    journey.sees("Contact recorded")


def tab_to(journey: Journey, words: str = "", *, name: str = "") -> None:
    """Press Tab until the focus stands on something with these words, or on a field of this name, and can be seen there."""
    here = """([words, name]) => { const e = document.activeElement;
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.opacity === '0'
            || style.backgroundColor !== 'rgba(0, 0, 0, 0)';
        const found = name ? e.name === name : ['A', 'BUTTON'].includes(e.tagName) && e.innerText.includes(words);
        return {found: found, seen: box.height > 0 && marked}; }"""
    for _ in range(120):
        journey.page.keyboard.press("Tab")
        focus = journey.page.evaluate(here, [words, name])
        if focus["found"]:
            assert focus["seen"], f"the focus on {words or name} cannot be seen"
            return
    raise AssertionError(f"Tab never comes to {words or name} on {journey.page.url}")


def test_a_mistake_is_told_where_it_is_and_nothing_written_is_lost(begin: Begin) -> None:
    journey = begin(Role.SOCIAL_WORKER)
    journey.go("Record a contact")
    journey.write("What was it, and what did you advise or do?", "Talked about a timetable.")
    journey.press("Save contact")
    journey.sees("There is a problem", "Who raised it")
    assert journey.page.title().startswith("Error: ")
    expect(journey.page.locator(".govuk-error-summary")).to_be_focused()
    assert (
        journey.page.get_by_label("What was it, and what did you advise or do?").input_value()
        == "Talked about a timetable."
    )


def test_a_worker_plans_a_drop_in_enters_the_week_and_looks_at_children(
    begin: Begin, width: int, demonstration: Deployment
) -> None:
    year, month, day = json.loads(demonstration.python(NEXT_DROP_IN)).split("-")
    journey = begin(Role.SOCIAL_WORKER, width=width)
    journey.page.goto(f"{journey.site}/diary/sessions/add")
    journey.choose("What is it?", "Drop-in")
    journey.choose("For whom?", "Staff of the school")
    journey.write("Room", "The library")
    fill_date(journey, f"{year}-{month}-{day}")
    hour = 13 if width == PHONE else 14
    journey.write("Starts at", f"{hour}:00")
    journey.write("Ends at", f"{hour}:30")
    journey.press("Plan session")
    journey.sees("The library", "Drop-in")
    journey.page.goto(f"{journey.site}/diary/week")
    journey.sees("Your week in school")
    journey.page.goto(f"{journey.site}/practice/children/")
    journey.page.locator("main a", has_text=re.compile(r"^[B-Y]{4}-\d{4}")).first.click()
    journey.sees("Year")
    journey.page.goto(f"{journey.site}/practice/caseload/")
    journey.sees("Caseload")


def fill_date(journey: Journey, day: str) -> None:
    """A date in one box, or in three."""
    box = journey.page.locator('main input[type="date"]')
    if box.count():
        box.first.fill(day)
        return
    year, month, number = day.split("-")
    for name, value in (("day", number), ("month", month), ("year", year)):
        journey.page.locator(f'main input[name$="_{name}"]').first.fill(value)


def test_a_lead_sees_when_the_worker_is_in_asks_and_reads_the_answer(begin: Begin, width: int) -> None:
    question = f"How do we word a letter home about lateness, seen at {width}?"
    lead = begin(Role.SAFEGUARDING_LEAD, width=width)
    lead.sees("When the social worker is in")
    ask(lead, question)
    lead.sees("Enquiry sent")
    address = lead.page.url
    manager = begin(Role.TEAM_MANAGER, width=width)
    manager.page.goto(address)
    manager.page.get_by_role("link", name="Answer").or_(manager.page.get_by_label("Answer")).first.wait_for()
    if not manager.page.locator("main textarea").count():
        manager.go("Answer")
    manager.page.locator("main textarea").first.fill("Say what you have seen and what helps; leave blame out.")
    manager.page.locator("main").get_by_role("button", name=re.compile("answer", re.IGNORECASE)).first.click()
    lead.page.goto(address)
    lead.sees("leave blame out")
    lead.page.goto(f"{lead.site}/")
    lead.go("See what was done for the school")
    lead.sees("Summary for", "Days agreed")
    lead.page.goto(f"{lead.site}/")
    lead.go("What can be asked for")
    lead.sees("What can be asked for", "Early help assessment")
    assert lead.page.goto(f"{lead.site}/practice/contacts/").status == 403  # type: ignore[union-attr]


def test_a_manager_sees_presence_caseload_and_drift_and_has_a_worker_covered(begin: Begin, width: int) -> None:
    journey = begin(Role.TEAM_MANAGER, width=width)
    journey.go("See presence, caseload and balance of the role")
    journey.sees("Presence", "Caseload", "Silent schools")
    journey.page.goto(f"{journey.site}/programme/placements")
    journey.page.locator("main table a, main tbody a").first.click()
    journey.sees("Holds")


def test_a_programme_lead_looks_after_nominations_agreements_readiness_and_claims(begin: Begin, width: int) -> None:
    journey = begin(Role.PROGRAMME_LEAD, width=width)
    for address, says in (
        ("/programme/nominations", "First round"),
        ("/programme/allocation", "Told"),
        ("/programme/agreements", "sign"),
        ("/programme/milestones", "All agreements signed"),
        ("/programme/readiness", "Hollow Bridge School"),
        ("/programme/risks", "A worker leaves"),
        ("/programme/claims", "staffing"),
        ("/programme/governance", "Steering group"),
    ):
        journey.page.goto(journey.site + address)
        journey.sees(says)


def test_an_analyst_releases_figures_and_the_steering_group_reads_them_without_small_numbers(begin: Begin) -> None:
    analyst = begin(Role.ANALYST, width=DESK)
    analyst.go("Published figures")
    analyst.sees("Figures")
    analyst.page.goto(f"{analyst.site}/evidence/")
    analyst.go("Upload returns")
    analyst.press("Upload and build")
    analyst.sees("There is a problem")
    steering = begin(Role.STEERING, width=PHONE)
    steering.go("Published figures")
    steering.page.locator("main a[href*='/figures/']").first.click()
    steering.sees("withheld to protect privacy")


def test_an_evaluator_finds_the_draw_and_what_was_nominated(begin: Begin) -> None:
    journey = begin(Role.EVALUATOR, width=DESK)
    journey.page.goto(f"{journey.site}/programme/allocation")
    journey.page.locator("main a", has_text="Allocation drawn").first.click()
    journey.sees("Ashmere", "comparison")
    journey.page.goto(f"{journey.site}/evidence/")
    journey.sees("Begin the trial")
    assert journey.page.goto(f"{journey.site}/practice/children/").status == 403  # type: ignore[union-attr]


def test_who_looked_at_a_child_and_what_a_worker_looked_at_can_be_read(begin: Begin) -> None:
    worker = begin(Role.SOCIAL_WORKER)
    worker.page.goto(f"{worker.site}/practice/children/")
    link = worker.page.locator("main a", has_text=re.compile(r"^[B-Y]{4}-\d{4}")).first
    reference = link.inner_text()[:9]
    link.click()
    officer = begin(Role.INFORMATION_GOVERNANCE, width=DESK)
    officer.page.goto(f"{officer.site}/audit/")
    officer.write("Child", reference)
    officer.press("Show")
    officer.sees(reference, "read")
    assert officer.page.goto(f"{officer.site}/practice/contacts/").status == 403  # type: ignore[union-attr]


def test_an_administrator_invites_somebody_and_sees_no_case(begin: Begin) -> None:
    journey = begin(Role.ADMINISTRATOR, width=DESK)
    journey.page.goto(f"{journey.site}/accounts/invitations/new/")
    journey.write("Work e-mail address", "new.colleague@ashmere.example.org")
    journey.write("Name", "New Colleague")
    journey.choose("Role", "Steering group")
    journey.select("Where", "All of Ashmere")
    journey.press("Send invitation")
    journey.sees("New Colleague")
    for address in ("/practice/contacts/", "/practice/children/", "/audit/"):
        assert journey.page.goto(journey.site + address).status == 403  # type: ignore[union-attr]
