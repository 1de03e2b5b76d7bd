"""What is written of a review is not lost before the review is closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Entry
from service.practice.tickets import FIELD, issue_ticket
from service.reviews.actions.closing import Minutes
from service.reviews.actions.drafts import TICKET, save_draft
from service.reviews.models import Review
from tests.service.conftest import SignedIn
from tests.service.reviews.drawing import MINUTES, close, draw_review
from tests.service.universe import Universe

pytestmark = pytest.mark.django_db


def close_url(review: Review) -> str:
    return reverse("review-close", kwargs={"public_id": review.public_id})


def send(client: Client, review: Review, by: User, **words: Any) -> Any:
    """The form of a page that was opened before, as it is sent now."""
    ticket = issue_ticket(by, TICKET, subject=review.public_id).text
    return client.post(close_url(review), {FIELD: ticket, **words})


def test_a_draft_is_saved_without_the_rest_of_the_form_and_offered_again(
    universe: Universe, signed_in: SignedIn
) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    response = send(client, review, universe.manager, agreed="So far.", team_note="Only us.", save="draft")
    assert response.status_code == 302
    review.refresh_from_db()
    assert (review.draft_agreed, review.draft_team_note, review.draft_by) == ("So far.", "Only us.", universe.manager)
    page = client.get(close_url(review)).content.decode()
    assert "So far." in page
    assert "Only us." in page
    assert not review.records.exists()


def test_the_school_does_not_read_a_draft(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    save_draft(by=universe.worker, review=review, minutes=Minutes("So far.", "Only us."))
    page = signed_in(universe.lead).get(reverse("review", kwargs={"public_id": review.public_id})).content.decode()
    assert "So far." not in page
    assert "Written, not closed yet" not in page
    with pytest.raises(PermissionDenied):
        save_draft(by=universe.lead, review=review, minutes=Minutes("Mine"))


def test_closing_takes_the_draft_away(universe: Universe) -> None:
    review = draw_review(universe)
    save_draft(by=universe.manager, review=review, minutes=MINUTES)
    closed = close(universe, review)
    assert (closed.draft_agreed, closed.draft_team_note) == ("", "")
    with pytest.raises(ValidationError, match="is closed"):
        save_draft(by=universe.manager, review=review, minutes=MINUTES)


def test_a_draft_that_is_too_long_stands_in_the_form(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    response = send(signed_in(universe.manager), review, universe.manager, agreed="x" * 4001, save="draft")
    assert response.status_code == 200
    assert "x" * 4001 in response.content.decode()


def test_what_is_sent_after_the_session_had_ended_is_kept(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    response = send(Client(), review, universe.manager, agreed="An hour of notes.", team_note="Ours.")
    assert response.status_code == 302
    page = signed_in(universe.manager).get(close_url(review)).content.decode()
    assert "An hour of notes." in page
    assert Entry.objects.filter(details__at_the_door=True, actor=str(universe.manager.public_id)).exists()


def test_it_is_kept_beside_what_somebody_else_wrote_in_the_meantime(universe: Universe) -> None:
    review = draw_review(universe)
    save_draft(by=universe.worker, review=review, minutes=Minutes("The worker’s.", ""))
    send(Client(), review, universe.manager, agreed="The manager’s.")
    send(Client(), review, universe.manager, agreed="The manager’s.")
    review.refresh_from_db()
    assert review.draft_agreed == "The worker’s.\n\nThe manager’s."


def test_nothing_is_kept_for_who_may_not_write_there(universe: Universe) -> None:
    review = draw_review(universe)
    for person in (universe.lead, *universe.other_school.values(), *universe.elsewhere.values()):
        send(Client(), review, person, agreed="Not mine to write.")
    Client().post(close_url(review), {FIELD: "forged", "agreed": "Not mine to write."})
    with time_machine.travel(timezone.now() - timedelta(days=8)):
        old = issue_ticket(universe.manager, TICKET, subject=review.public_id).text
    Client().post(close_url(review), {FIELD: old, "agreed": "Too late."})
    other = issue_ticket(universe.manager, "contact", subject=review.public_id).text
    Client().post(close_url(review), {FIELD: other, "agreed": "Another form."})
    review.refresh_from_db()
    assert review.draft_agreed == ""


def test_nothing_is_kept_of_a_closed_review(universe: Universe) -> None:
    review = close(universe, draw_review(universe))
    send(Client(), review, universe.manager, agreed="Afterwards.")
    review.refresh_from_db()
    assert review.draft_agreed == ""


def test_a_form_that_is_refused_keeps_its_words_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    response = send(signed_in(universe.manager), review, universe.manager, agreed="All of it.")
    page = response.content.decode()
    assert "Tick who came." in page
    assert "All of it." in page
    review.refresh_from_db()
    assert review.draft_agreed == ""


def opened(client: Client, review: Review) -> dict[str, str]:
    """What the page of the form carries hidden, as it is opened now."""
    page = client.get(close_url(review)).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("ticket", "draft_seen")}  # type: ignore[union-attr]


@pytest.mark.parametrize("save", [{"save": "draft"}, {}], ids=["saved for later", "closed"])
def test_two_people_who_write_at_once_lose_nothing(
    universe: Universe, signed_in: SignedIn, save: dict[str, str]
) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    form = opened(client, review)
    save_draft(by=universe.worker, review=review, minutes=Minutes("The worker’s.", "A note."))
    sent = {**form, **save, "agreed": "The manager’s.", "team_note": "", "came": str(review.attendees.get().public_id)}
    page = client.post(close_url(review), sent).content.decode()
    assert "wrote in this form in the meantime" in page
    assert "The worker’s.\n\nThe manager’s." in page
    review.refresh_from_db()
    assert (review.draft_agreed, review.is_planned) == ("The worker’s.", True)
    mark = re.search(r'name="draft_seen" value="([^"]*)"', page)
    assert mark
    both = {"draft_seen": mark.group(1), "agreed": "The worker’s. The manager’s.", "team_note": "A note."}
    assert client.post(close_url(review), {**sent, **both}).status_code == 302
    review.refresh_from_db()
    told = review.draft_agreed if save else review.records.get().agreed
    assert told == "The worker’s. The manager’s."


def test_a_form_that_was_sent_twice_closes_once_and_says_so(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    sent = {**opened(client, review), "agreed": "All.", "came": str(review.attendees.get().public_id)}
    assert [client.post(close_url(review), sent).status_code for _ in range(2)] == [302, 302]
    assert review.records.count() == 1
    assert client.post(close_url(review), {**sent, "agreed": "Other."}).status_code == 200


def test_a_draft_with_a_character_that_no_database_holds_is_saved_without_it(
    universe: Universe, signed_in: SignedIn
) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    assert send(client, review, universe.manager, agreed="A\x00B", save="draft").status_code == 302
    review.refresh_from_db()
    assert review.draft_agreed == "AB"
    sent = {**opened(client, review), "agreed": "A\x00B", "came": str(review.attendees.get().public_id)}
    assert client.post(close_url(review), sent).status_code == 302
    assert review.records.get().agreed == "AB"


def test_a_form_without_anybody_to_tick_says_what_to_do(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    assert "Nobody is on the list yet" not in client.get(close_url(review)).content.decode()
    review.attendees.all().delete()
    assert "Save for later, add who came" in client.get(close_url(review)).content.decode()
