"""The pages of enquiries: what they show, what they do, and how much they ask of the database."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from service.audit.models import Action, Entry
from service.enquiries.actions.enquiries import answer, close, withdraw
from service.enquiries.forms import DANGER
from service.enquiries.models import Enquiry
from service.permissions import Role, forget_memberships
from service.practice.actions.code_lists import add_local_code, label_code
from service.practice.models import Code, Contact
from service.programmes.actions import placements
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import place
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.enquiries.test_waiting import asked_on
from tests.service.universe import TODAY, Universe, draw_membership, draw_person


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def question(universe: Universe, **changes: str) -> dict[str, str]:
    return {
        "school": str(universe.alder.public_id),
        "topic": "attendance",
        "urgency": "this week",
        "year_group": "9",
        "question": "When does an absence become a matter for you?",
    } | changes


def test_a_lead_asks_and_sees_that_it_waits(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.lead)
    assert DANGER in page(client, "enquiry-ask")
    response = client.post(reverse("enquiry-ask"), question(universe), follow=True)
    text = unescape(response.content.decode())
    assert "Enquiry sent" in text
    assert "Waiting for an answer" in text


def test_what_cannot_wait_is_told_whom_to_ring_and_not_sent(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.lead).post(reverse("enquiry-ask"), question(universe, urgency="now"))
    text = unescape(response.content.decode())
    assert f"{DANGER} What you wrote was not sent." in text
    assert "When does an absence" in text
    assert not Enquiry.objects.exists()


def test_what_looks_like_a_name_gets_a_hint_and_then_goes_through(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.lead)
    data = question(universe, question="I worry about Jordan Smith in year 9. May I ring?")
    hinted = client.post(reverse("enquiry-ask"), data)
    text = unescape(hinted.content.decode())
    assert "Jordan Smith looks like a name" in text
    assert "<title>Not sent yet: ask something" in text
    assert '<h1 class="govuk-heading-l">Not sent yet: ask something</h1>' in text
    assert not Enquiry.objects.exists()
    changed = data | {"names_read": "Jordan Smith", "question": "I worry about Jo Bloggs of year 9."}
    assert "Jo Bloggs looks like a name" in unescape(client.post(reverse("enquiry-ask"), changed).content.decode())
    client.post(reverse("enquiry-ask"), data | {"names_read": "Jordan Smith"})
    assert Enquiry.objects.count() == 1


def test_an_answer_with_what_looks_like_a_name_gets_a_hint_and_then_goes_through(
    universe: Universe, signed_in: SignedIn
) -> None:
    enquiry = draw_enquiry(universe)
    client, url = signed_in(universe.worker), reverse("enquiry-answer", args=[enquiry.public_id])
    data = answer_data(answer=f"Yes, ask {universe.lead.name} to ring Jordan Smith of Alder Academy.")
    text = unescape(client.post(url, data).content.decode())
    assert "Your answer was not sent yet. Jordan Smith looks like a name." in text
    assert "to ring Jordan Smith" in text and 'name="names_read" value="Jordan Smith"' in text
    assert enquiry.steps.count() == 0
    client.post(url, data | {"names_read": "Jordan Smith"})
    assert enquiry.steps.count() == 1


def test_reopening_with_what_looks_like_a_name_gets_a_hint_too(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="Yes.")
    client, url = signed_in(universe.lead), reverse("enquiry-reopen", args=[enquiry.public_id])
    typed = {"text": "And what about Jordan?"}
    assert "Jordan looks like a name" in client.post(url, typed).content.decode()
    assert enquiry.steps.count() == 1
    client.post(url, typed | {"names_read": "Jordan"})
    assert enquiry.steps.count() == 2


def test_topics_stand_in_the_words_of_the_authority(universe: Universe, signed_in: SignedIn) -> None:
    def core(code: str) -> Code:
        return Code.objects.get(authority=None, list_name="topic", code=code)

    enquiry = draw_enquiry(universe, topic="neglect")
    label = {"by": universe.administrator, "authority": universe.northbrook}
    label_code(**label, code=core("neglect"), label="Needs not met", hidden=True)
    label_code(**label, code=core("attendance"), label="Not in school")
    add_local_code(**label, parent=core("behaviour"), name="Suspension")
    client = signed_in(universe.lead)
    asked = page(client, "enquiry-ask")
    assert "Not in school" in asked and "Suspension" not in asked and "Needs not met" not in asked
    assert "Needs not met" in page(client, "enquiry-list")
    assert "Enquiry about needs not met" in page(client, "enquiry", enquiry.public_id)
    answering = page(signed_in(universe.worker), "enquiry", enquiry.public_id)
    assert '<option value="neglect" selected>Needs not met</option>' in answering
    elsewhere = page(signed_in(universe.elsewhere[Role.SAFEGUARDING_LEAD]), "enquiry-ask")
    assert "Attendance" in elsewhere and "Not in school" not in elsewhere


def test_the_name_of_the_school_is_no_name(universe: Universe, signed_in: SignedIn) -> None:
    data = question(universe, question="May parents of Alder Academy come on Friday?")
    signed_in(universe.lead).post(reverse("enquiry-ask"), data)
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize("changes", [{"question": ""}, {"topic": "weather"}, {"urgency": ""}, {"year_group": "99"}])
def test_what_is_wrong_with_a_question_is_told_on_the_page(
    universe: Universe, signed_in: SignedIn, changes: dict[str, str]
) -> None:
    response = signed_in(universe.lead).post(reverse("enquiry-ask"), question(universe, **changes))
    assert "There is a problem" in response.content.decode()
    assert not Enquiry.objects.exists()


def test_a_lead_asks_for_no_school_but_her_own(universe: Universe, signed_in: SignedIn) -> None:
    data = question(universe, school=str(universe.beech.public_id))
    assert signed_in(universe.lead).post(reverse("enquiry-ask"), data).status_code == 200
    assert not Enquiry.objects.exists()


def test_a_lead_of_two_schools_chooses_between_them(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.lead, Role.SAFEGUARDING_LEAD, universe.ash)
    client = signed_in(universe.lead)
    assert "Ash Primary</option>" in page(client, "enquiry-ask")
    client.post(reverse("enquiry-ask"), question(universe, school=str(universe.ash.public_id)))
    assert Enquiry.objects.get().school == universe.ash


def answer_data(**changes: str) -> dict[str, str]:
    return {
        "answer": "From ten sessions in a term.",
        "steps_seen": "0",
        "record": "on",
        "role": "statutory",
        "raised_by": "safeguarding lead",
        "topic": "attendance",
        "time_band": "5 to 30 minutes",
    } | changes


def test_a_worker_answers_in_place_and_records_a_contact(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    client = signed_in(universe.worker)
    text = page(client, "enquiry", enquiry.public_id)
    assert '<option value="attendance" selected>' in text
    response = client.post(reverse("enquiry-answer", args=[enquiry.public_id]), answer_data(), follow=True)
    assert "Answer sent, and recorded as a contact" in response.content.decode()
    contact = Contact.objects.get()
    assert (contact.school, contact.worker, contact.account) == (universe.alder, universe.worker, "")
    told = page(signed_in(universe.lead), "enquiry", enquiry.public_id)
    assert "From ten sessions in a term." in told
    assert "recorded in the contact log" not in told


def test_an_answer_without_the_tick_makes_no_contact(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    data = answer_data()
    del data["record"]
    signed_in(universe.worker).post(reverse("enquiry-answer", args=[enquiry.public_id]), data)
    assert not Contact.objects.exists()
    enquiry.refresh_from_db()
    assert enquiry.state == "answered"


def test_an_answer_that_is_refused_keeps_what_was_typed(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    url = reverse("enquiry-answer", args=[enquiry.public_id])
    client = signed_in(universe.manager)
    answer(by=universe.worker, enquiry=enquiry, text="Yes.")
    text = client.post(url, answer_data()).content.decode()
    assert "in the meantime" in text
    assert "From ten sessions in a term." in text
    assert "There is a problem" in client.post(url, answer_data(answer="", role="magician")).content.decode()
    assert not Contact.objects.exists()


def test_the_school_closes_reopens_and_withdraws_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    enquiry, other = draw_enquiry(universe), draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="Yes.")
    client = signed_in(universe.lead)
    closed = client.post(reverse("enquiry-close", args=[enquiry.public_id]), follow=True)
    assert "Enquiry closed" in closed.content.decode()
    again = client.post(reverse("enquiry-close", args=[enquiry.public_id]), follow=True)
    assert "This enquiry is closed" in again.content.decode()
    url = reverse("enquiry-reopen", args=[enquiry.public_id])
    assert "Enquiry reopened" in client.post(url, {"text": "And in Year 11?"}, follow=True).content.decode()
    url = reverse("enquiry-withdraw", args=[other.public_id])
    assert "There is a problem" in client.post(url, {"text": ""}).content.decode()
    assert "Enquiry withdrawn" in client.post(url, {"text": "Settled"}, follow=True).content.decode()


def test_what_waits_stands_first_by_urgency_and_then_by_age(universe: Universe, signed_in: SignedIn) -> None:
    answered = asked_on(universe, date(2026, 11, 2))
    answer(by=universe.worker, enquiry=answered, text="Yes.")
    young = asked_on(universe, date(2026, 11, 17))
    old = asked_on(universe, date(2026, 11, 10))
    urgent = asked_on(universe, date(2026, 11, 18), urgency="today")
    text = page(signed_in(universe.worker), "enquiry-list")
    places = [text.index(str(enquiry.public_id)) for enquiry in (urgent, old, young, answered)]
    assert places == sorted(places)
    assert "6 school days" in text
    assert "When does an absence" not in text


def test_enquiries_are_narrowed_by_state_and_school(universe: Universe, signed_in: SignedIn) -> None:
    waiting, closed, withdrawn = (draw_enquiry(universe) for _ in range(3))
    answer(by=universe.worker, enquiry=closed, text="Yes.")
    close(by=universe.lead, enquiry=closed)
    withdraw(by=universe.lead, enquiry=withdrawn, reason="Settled")
    client = signed_in(universe.manager)
    for query, shown in (
        ("", {waiting}),
        ("?state=closed", {closed}),
        ("?state=withdrawn", {withdrawn}),
        ("?state=every", {waiting, closed, withdrawn}),
        (f"?state=every&school={universe.beech.public_id}", set()),
    ):
        text = page(client, "enquiry-list", query=query)
        assert {row for row in Enquiry.objects.all() if str(row.public_id) in text} == shown
    assert "There is a problem" in page(client, "enquiry-list", query=f"?school={universe.cedar.public_id}")
    searches = Entry.objects.filter(action=Action.SEARCH, actor=str(universe.manager.public_id))
    assert {"filters": ["state"], "what": "enquiries"} in [entry.details for entry in searches]


def test_a_reading_is_in_the_audit_with_nothing_of_the_text(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    page(signed_in(universe.worker), "enquiry", enquiry.public_id)
    entry = Entry.objects.get(action=Action.READ)
    assert (entry.subject, entry.actor) == (str(enquiry.public_id), str(universe.worker.public_id))


def test_a_manager_sees_what_waits_too_long(universe: Universe, signed_in: SignedIn) -> None:
    old, young = asked_on(universe, date(2026, 11, 2)), asked_on(universe, date(2026, 11, 17))
    client = signed_in(universe.manager)
    text = page(client, "enquiry-late")
    assert str(old.public_id) in text
    assert str(young.public_id) not in text
    assert str(young.public_id) in page(client, "enquiry-late", query="?days=0")
    assert "There is a problem" in page(client, "enquiry-late", query="?days=many")


def test_a_long_list_is_shown_in_pages_with_few_questions_to_the_database(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        draw_enquiry(universe)
    client = signed_in(universe.manager)
    with django_assert_max_num_queries(14):
        assert "Page 1" in page(client, "enquiry-list")
    with django_assert_max_num_queries(14):
        page(client, "enquiry-late", query="?days=0")


def test_a_choice_of_digest_is_saved(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    response = client.post(reverse("digest-choice"), {"frequency": "never"}, follow=True)
    assert "Your choice is saved" in response.content.decode()
    assert "There is a problem" in client.post(reverse("digest-choice"), {"frequency": "hourly"}).content.decode()


def test_who_covers_answers_in_that_time_alone(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    stand_in = draw_person(Role.SOCIAL_WORKER, universe.ash, "ash")
    url = reverse("enquiry", args=[enquiry.public_id])
    assert signed_in(stand_in).get(url).status_code == 404
    placements.cover(by=universe.manager, placement=place(universe), worker=stand_in, starts=TODAY, ends=TODAY)
    forget_memberships(stand_in)
    assert "Your answer" in page(signed_in(stand_in), "enquiry", enquiry.public_id)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert signed_in(stand_in).get(url).status_code == 404


def test_one_enquiry_asks_little_of_the_database(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    enquiry = draw_enquiry(universe)
    for number in range(10):
        answer(by=universe.worker, enquiry=enquiry, text=f"Answer {number}")
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(24):
        page(client, "enquiry", enquiry.public_id)
