"""A question or an answer that was sent after the session had ended is kept for its writer, and for nobody else."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.enquiries.actions.enquiries import answer
from service.enquiries.actions.kept_texts import KEPT_EACH, LONGEST, discard_text
from service.enquiries.models import Enquiry, KeptText
from service.practice.tickets import issue_ticket
from tests.service.conftest import SignedIn
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.enquiries.test_pages import answer_data, page, question
from tests.service.universe import Universe


def ticket_on(client: Client, name: str, *args: object) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page(client, name, *args))
    assert found
    return found.group(1)


def keep_question(universe: Universe, signed_in: SignedIn, **changes: str) -> Client:
    """A question that the safeguarding lead sends after her session has ended; gives back her next session."""
    ticket = ticket_on(signed_in(universe.lead), "enquiry-ask")
    response = Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket, **changes))
    assert response.status_code == 302
    return signed_in(universe.lead)


def test_an_unseen_nul_character_is_dropped_from_what_is_kept_and_sent(universe: Universe, signed_in: SignedIn) -> None:
    client = keep_question(universe, signed_in, question="Ought I\x00 to ring?")
    assert KeptText.objects.get().content["question"] == "Ought I to ring?"
    client.post(reverse("enquiry-ask"), question(universe, question="Ought I\x00 to ring?"))
    assert Enquiry.objects.get().question == "Ought I to ring?"


def test_a_question_sent_after_the_session_waits_for_its_writer(universe: Universe, signed_in: SignedIn) -> None:
    client = keep_question(universe, signed_in)
    assert not Enquiry.objects.exists()
    kept = KeptText.objects.get()
    assert (kept.user, kept.kind) == (universe.lead, "ask")
    for name in ("enquiry-list", "enquiry-ask"):
        assert "Go on with it: Question of 18 November 2026, 10:00" in page(client, name)
    assert "When does an absence" not in page(client, "enquiry-ask")
    assert "When does an absence" in page(client, "enquiry-ask", query=f"?kept={kept.public_id}")


def test_what_was_kept_goes_when_it_is_sent(universe: Universe, signed_in: SignedIn) -> None:
    client = keep_question(universe, signed_in)
    text = page(client, "enquiry-ask", query=f"?kept={KeptText.objects.get().public_id}")
    ticket = re.search(r'name="ticket" value="([^"]+)"', text)
    assert ticket
    client.post(reverse("enquiry-ask"), question(universe, ticket=ticket.group(1)))
    assert Enquiry.objects.count() == 1
    assert not KeptText.objects.exists()


def test_an_answer_with_a_stale_token_is_kept_with_its_enquiry(universe: Universe, signed_in: SignedIn) -> None:
    enquiry = draw_enquiry(universe)
    client = signed_in(universe.worker)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    data = answer_data(ticket=ticket_on(client, "enquiry", enquiry.public_id))
    assert strict.post(reverse("enquiry-answer", args=[enquiry.public_id]), data).status_code == 403
    kept = KeptText.objects.get()
    assert (kept.user, kept.enquiry) == (universe.worker, enquiry)
    text = page(client, "enquiry", enquiry.public_id, query=f"?kept={kept.public_id}")
    assert "From ten sessions in a term." in text


def test_nobody_else_sees_or_discards_what_was_kept(universe: Universe, signed_in: SignedIn) -> None:
    keep_question(universe, signed_in)
    kept = KeptText.objects.get()
    for user in (universe.worker, universe.manager):
        assert not KeptText.objects.visible_to(user).exists()
        signed_in(user).post(f"{reverse('kept-text-discard')}?kept={kept.public_id}")
        with pytest.raises(PermissionDenied):
            discard_text(by=user, kept=kept)
    assert KeptText.objects.exists()


def test_a_text_is_discarded_for_good_and_the_audit_knows(universe: Universe, signed_in: SignedIn) -> None:
    client = keep_question(universe, signed_in)
    url = f"{reverse('kept-text-discard')}?kept={KeptText.objects.get().public_id}"
    assert "Discard what you wrote?" in client.get(url).content.decode()
    assert "Text discarded" in client.post(url, follow=True).content.decode()
    assert not KeptText.objects.exists()
    assert Entry.objects.filter(action=Action.DISPOSE).exists()


def test_a_form_that_its_page_dealt_with_is_not_kept(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.lead)
    ticket = ticket_on(client, "enquiry-ask")
    client.post(reverse("enquiry-ask"), question(universe, ticket=ticket, topic="weather"))
    client.post(reverse("enquiry-ask"), question(universe, ticket=ticket))
    assert Enquiry.objects.count() == 1
    Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket))
    assert not KeptText.objects.exists()


def test_a_form_sent_twice_asks_once(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.lead)
    ticket = ticket_on(client, "enquiry-ask")
    for _ in range(2):
        client.post(reverse("enquiry-ask"), question(universe, ticket=ticket))
    assert Enquiry.objects.count() == 1


def test_a_second_question_on_a_form_that_was_sent_is_kept_when_the_session_has_ended(
    universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.lead)
    ticket = ticket_on(client, "enquiry-ask")
    client.post(reverse("enquiry-ask"), question(universe, ticket=ticket))
    Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket, urgency="today"))
    assert KeptText.objects.get().content["urgency"] == "today"


@pytest.mark.parametrize("ticket", ["", "forged", "W10:1:2"])
def test_without_a_ticket_of_ours_nothing_is_kept(universe: Universe, ticket: str) -> None:
    Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket))
    assert not KeptText.objects.exists()


def test_what_is_no_text_of_ours_is_not_kept(universe: Universe) -> None:
    def send(user: User, kind: str, **changes: str) -> None:
        ticket = issue_ticket(user, kind).text
        Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket, **changes))

    send(universe.lead, "ask", question=" ")
    send(universe.lead, "ask", question="x" * (LONGEST + 1))
    send(universe.lead, "contact")
    send(universe.lead, "answer")
    universe.lead.is_active = False
    universe.lead.save()
    send(universe.lead, "ask")
    assert not KeptText.objects.exists()


def test_a_person_keeps_only_so_many(universe: Universe) -> None:
    for number in range(KEPT_EACH + 2):
        ticket = issue_ticket(universe.lead, "ask").text
        Client().post(reverse("enquiry-ask"), question(universe, ticket=ticket, question=f"Question {number}"))
    assert KeptText.objects.count() == KEPT_EACH


@pytest.mark.parametrize(
    ("page_name", "label"), [("enquiry-reopen", "What is still open"), ("enquiry-withdraw", "Why")]
)
def test_what_is_still_open_and_why_it_is_withdrawn_are_kept_too(
    universe: Universe, signed_in: SignedIn, page_name: str, label: str
) -> None:
    enquiry = draw_enquiry(universe)
    if page_name == "enquiry-reopen":
        answer(by=universe.worker, enquiry=enquiry, text="From ten sessions in a term.")
    client = signed_in(universe.lead)
    words = {"text": "And in the sixth form?"}
    data = {**words, "ticket": ticket_on(client, page_name, enquiry.public_id)}
    assert Client().post(reverse(page_name, args=[enquiry.public_id]), data).status_code == 302
    kept = KeptText.objects.get()
    assert f"Go on with it: {label}" in page(client, "enquiry-list")
    again = page(client, page_name, enquiry.public_id, query=f"?kept={kept.public_id}")
    assert "And in the sixth form?" in again
    ticket = re.search(r'name="ticket" value="([^"]+)"', again)
    assert ticket
    sent = {**words, "ticket": ticket.group(1)}
    assert client.post(reverse(page_name, args=[enquiry.public_id]), sent).status_code == 302
    assert not KeptText.objects.exists()
    Client().post(reverse(page_name, args=[enquiry.public_id]), data)  # sent before
    assert not KeptText.objects.exists()


def test_a_character_that_no_database_holds_does_not_lose_a_question(universe: Universe, signed_in: SignedIn) -> None:
    keep_question(universe, signed_in, question="When does an\x00 absence count?")
    assert KeptText.objects.get().content["question"] == "When does an absence count?"
