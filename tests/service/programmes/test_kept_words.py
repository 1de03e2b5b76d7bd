"""What a programme lead writes is not lost when the session ends before it is sent."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from service.practice.models import Draft
from service.practice.tickets import FIELD
from service.programmes.models import EarlierMinutes
from tests.service.conftest import SignedIn
from tests.service.programmes.drawing import draw_meeting
from tests.service.universe import Universe

DECIDED = "The head of Alder finds a room until January."


def sent_by(client: Client, address: str, **typed: str) -> dict[str, str]:
    """What a browser would send of the form at an address."""
    page = client.get(address).content.decode()
    form = page[page.index("<form", page.index("<main")) :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return fields | typed


def test_minutes_sent_after_the_session_has_ended_are_kept_and_go_on_where_they_were(
    universe: Universe, signed_in: SignedIn
) -> None:
    meeting = draw_meeting(universe)
    address = reverse("meeting-minute", kwargs={"public_id": meeting.public_id})
    client = signed_in(universe.programme_lead)
    typed = sent_by(client, address, agenda="Rooms", notes=DECIDED)
    assert Client().post(address, typed).status_code == 302
    draft = Draft.objects.get()
    assert (draft.user, str(draft)) == (universe.programme_lead, "Agenda and decisions of a meeting")
    assert reverse("draft-list") in client.get("/").content.decode()
    assert "Agenda and decisions of a meeting" in client.get(reverse("draft-list")).content.decode()
    read = client.get(f"{reverse('draft-read')}?draft={draft.public_id}").content.decode()
    assert DECIDED in read
    again = f"{address}?draft={draft.public_id}"
    assert DECIDED in client.get(again).content.decode()
    client.post(address, sent_by(client, again, agenda="Rooms", notes=DECIDED))
    meeting.refresh_from_db()
    assert meeting.notes == DECIDED
    assert not Draft.objects.exists()
    assert not EarlierMinutes.objects.exists()


def test_the_text_of_an_agreement_that_is_refused_is_shown_again_and_not_kept_as_a_draft(
    universe: Universe, signed_in: SignedIn
) -> None:
    client, address = signed_in(universe.programme_lead), reverse("agreement-text-write")
    page = client.post(address, sent_by(client, address, audience="nobody", text=DECIDED)).content.decode()
    assert DECIDED in page and f'name="{FIELD}"' in page
    assert not Draft.objects.exists()


def test_only_the_writer_reads_a_draft_of_minutes(universe: Universe, signed_in: SignedIn) -> None:
    meeting = draw_meeting(universe)
    address = reverse("meeting-minute", kwargs={"public_id": meeting.public_id})
    Client().post(address, sent_by(signed_in(universe.programme_lead), address, notes=DECIDED))
    draft = Draft.objects.get()
    for user in (universe.manager, universe.worker):
        response = signed_in(user).get(f"{reverse('draft-read')}?draft={draft.public_id}")
        assert response.status_code == 302
    assert signed_in(universe.lead).get(reverse("draft-list")).status_code == 403


def test_minutes_with_a_stale_token_are_kept_and_the_page_speaks_of_no_school(
    universe: Universe, signed_in: SignedIn
) -> None:
    meeting = draw_meeting(universe)
    address = reverse("meeting-minute", kwargs={"public_id": meeting.public_id})
    client = signed_in(universe.programme_lead)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    refused = strict.post(address, sent_by(client, address, notes=DECIDED) | {"csrfmiddlewaretoken": "stale"})
    assert refused.status_code == 403
    assert "cover no school" not in refused.content.decode()
    assert Draft.objects.get().content["notes"] == [DECIDED]
