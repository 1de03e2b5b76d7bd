"""Whatever somebody writes of a review is kept when it could not be sent, for the writer and for nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from service.accounts.models import Membership, User
from service.audit.models import Action, Entry
from service.config.settings import SWIS_KEPT_FORMS
from service.practice.tickets import issue_ticket
from service.reviews.actions.kept import ACTION_PAGES, ITEM_PAGES, KEPT_EACH, LONGEST, REVIEW_PAGES, discard_form
from service.reviews.actions.planning import cancel_review
from service.reviews.models import KeptForm, Review, ReviewAction, ReviewItem
from tests.service.conftest import SignedIn
from tests.service.reviews.access import draw_done
from tests.service.reviews.drawing import close, draw_action, draw_item, draw_meeting, draw_review
from tests.service.universe import Universe

pytestmark = pytest.mark.django_db
WORDS = "An hour of notes."
ON_REVIEW: dict[str, dict[str, str]] = {
    "review-item-add": {"kind": "topic", "text": WORDS},
    "review-action-agree": {
        "text": WORDS,
        "owner_name": "The head",
        "due_day": "4",
        "due_month": "12",
        "due_year": "2026",
    },
    "review-attendee-add": {"role": "head", "name": WORDS},
    "review-move": {"day_day": "20", "day_month": "11", "day_year": "2026", "reason": WORDS},
    "review-cancel": {"reason": WORDS},
}
ON_ITEM = {"review-item-next": {"what_next": WORDS}, "review-item-withdraw": {"reason": WORDS}}
ON_ACTION = {
    "review-action-settle": {"state": "done", "note": WORDS, "on_day": "18", "on_month": "11", "on_year": "2026"},
    "review-action-postpone": {"note": WORDS, "due_day": "4", "due_month": "1", "due_year": "2027"},
}


def url_of(page: str, row: Any) -> str:
    return reverse(page, kwargs={"public_id": row.public_id})


def kept_url(kept: KeptForm, page: str = "review-kept") -> str:
    return f"{reverse(page)}?kept={kept.public_id}"


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    text: str = response.content.decode()
    return text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found.group(1)


def send_too_late(client: Client, page: str, row: Any, data: dict[str, str]) -> None:
    """Open a form and send it from a browser whose session has ended."""
    ticket = hidden(read(client, url_of(page, row)), "ticket")
    response = Client().post(url_of(page, row), {**data, "ticket": ticket})
    assert response.status_code == 302


def keep_item(
    universe: Universe, signed_in: SignedIn, *, by: User | None = None, review: Review | None = None
) -> KeptForm:
    held = review or draw_review(universe)
    send_too_late(signed_in(by or universe.lead), "review-item-add", held, ON_REVIEW["review-item-add"])
    kept: KeptForm = KeptForm.objects.get()
    return kept


def test_every_form_of_a_review_is_among_those_that_are_kept() -> None:
    pages = {name for name in SWIS_KEPT_FORMS if name.startswith("review-")}
    assert pages == REVIEW_PAGES | ITEM_PAGES | ACTION_PAGES


@pytest.mark.parametrize(
    ("page", "meeting"),
    [
        (page, bool(place % 2))  # of a half-termly review and of a Team Around the School meeting, in turn
        for place, page in enumerate([*ON_REVIEW, *ON_ITEM, *ON_ACTION, "review-action-reopen", "review-amend"])
    ],
)
def test_what_comes_too_late_is_kept_offered_and_sent(
    universe: Universe, signed_in: SignedIn, page: str, meeting: bool
) -> None:
    review: Review = draw_meeting(universe) if meeting else draw_review(universe)
    row: Review | ReviewItem | ReviewAction = review
    data = {**ON_REVIEW, **ON_ITEM, **ON_ACTION}.get(page, {})
    if page in ON_ITEM:
        row = draw_item(universe, review)
    elif page in ON_ACTION:
        row = draw_action(universe, review)
    elif page == "review-action-reopen":
        row, data = draw_done(universe), {"note": WORDS, "due_day": "4", "due_month": "1", "due_year": "2027"}
    elif page == "review-amend":
        row, data = close(universe, review), {"agreed": WORDS, "reason": "Left out", "version_seen": "1"}
    if page == "review-move":
        data = data | {"chair": str(universe.manager.public_id)}
    client = signed_in(universe.manager)
    send_too_late(client, page, row, data)
    kept = KeptForm.objects.get()
    assert (kept.user, kept.page, kept.subject) == (universe.manager, page, row.public_id)
    assert "What you wrote on 18 November 2026, 10:00" in read(client, reverse("review-list"))
    assert "What you wrote was not sent" in read(client, reverse("home"))
    own = read(client, kept_url(kept))
    assert WORDS in own
    go_on = f"{url_of(page, row)}?kept={kept.public_id}"
    assert go_on in own
    assert "What you wrote here before was not sent" in read(client, url_of(page, row))
    form = read(client, go_on)
    assert WORDS in form
    for name, value in data.items():
        if name.endswith(("_day", "_month", "_year")):
            assert hidden_or_shown(form, name) == value
    sent = client.post(url_of(page, row), {**data, "ticket": hidden(form, "ticket"), **seen(form)})
    assert sent.status_code == 302, re.findall(r"govuk-error-message.*?</p>", sent.content.decode(), re.DOTALL)
    assert not KeptForm.objects.exists()


def hidden_or_shown(form: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', form)
    assert found, name
    value = re.search(r'value="([^"]*)"', found.group())
    return value.group(1) if value else ""


def seen(form: str) -> dict[str, str]:
    return {"seen": hidden(form, "seen")} if 'name="seen"' in form else {}


def test_a_stale_token_is_no_loss_either(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.lead)
    ticket = hidden(read(client, url_of("review-item-add", review)), "ticket")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    data = {**ON_REVIEW["review-item-add"], "ticket": ticket}
    assert strict.post(url_of("review-item-add", review), data).status_code == 403
    assert KeptForm.objects.get().content["text"] == [WORDS]


def test_nobody_else_reads_or_discards_it(universe: Universe, signed_in: SignedIn) -> None:
    kept = keep_item(universe, signed_in)
    for person in (universe.worker, universe.manager, universe.governance, *universe.elsewhere.values()):
        client = signed_in(person)
        for page in ("review-kept", "review-kept-discard"):
            assert client.get(kept_url(kept, page)).status_code in {302, 403}
            assert client.post(kept_url(kept, page)).status_code in {302, 403, 405}
        with pytest.raises(PermissionDenied):
            discard_form(by=person, kept=kept)
    assert WORDS not in read(
        signed_in(universe.manager), f"{url_of('review-item-add', kept.review)}?kept={kept.public_id}"
    )
    assert KeptForm.objects.exists()


def test_it_is_discarded_after_a_question(universe: Universe, signed_in: SignedIn) -> None:
    kept, client = keep_item(universe, signed_in), signed_in(universe.lead)
    assert "cannot be brought back" in read(client, kept_url(kept, "review-kept-discard"))
    client.post(kept_url(kept, "review-kept-discard"))
    assert not KeptForm.objects.exists()
    assert WORDS not in str(list(Entry.objects.values()))
    assert Entry.objects.filter(action=Action.DISPOSE, details={"page": "review-item-add"}).exists()


def test_of_a_review_that_is_over_it_can_be_read_and_not_sent(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    kept = keep_item(universe, signed_in, review=review)
    cancel_review(by=universe.worker, review=review, reason="Snow")
    text = read(signed_in(universe.lead), kept_url(kept))
    assert WORDS in text
    assert "cannot be sent any more" in text
    assert "Go on with it" not in text


def test_minutes_of_a_review_that_somebody_closed_meanwhile_are_kept_for_their_writer(universe: Universe) -> None:
    review = draw_review(universe)
    ticket = issue_ticket(universe.worker, "review-close", subject=review.public_id)
    close(universe, review)
    Client().post(url_of("review-close", review), {"ticket": ticket.text, "agreed": WORDS})
    assert (KeptForm.objects.get().user, KeptForm.objects.get().content) == (universe.worker, {"agreed": [WORDS]})


def test_who_has_left_the_school_still_reads_what_she_wrote(universe: Universe, signed_in: SignedIn) -> None:
    kept = keep_item(universe, signed_in, by=universe.worker)
    Membership.objects.filter(user=universe.worker).update(school=universe.ash)
    text = read(signed_in(User.objects.get(pk=universe.worker.pk)), kept_url(kept))
    assert WORDS in text
    assert "Alder" not in text
    assert "Go on with it" not in text


def test_what_was_sent_before_is_not_kept_again(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.lead)
    data = {**ON_REVIEW["review-item-add"], "ticket": hidden(read(client, url_of("review-item-add", review)), "ticket")}
    client.post(url_of("review-item-add", review), data)
    Client().post(url_of("review-item-add", review), data)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "data", [{"text": ""}, {"text": "x" * (LONGEST + 1)}, {f"f{n}": "x" for n in range(50)} | {"text": "x"}]
)
def test_a_form_without_words_or_beyond_all_measure_is_not_kept(universe: Universe, data: dict[str, str]) -> None:
    review = draw_review(universe)
    ticket = issue_ticket(universe.lead, "review-item-add", subject=review.public_id).text
    Client().post(url_of("review-item-add", review), {**data, "ticket": ticket})
    assert not KeptForm.objects.exists()


def test_a_forged_ticket_or_one_of_another_form_keeps_nothing(universe: Universe) -> None:
    review = draw_review(universe)
    for ticket in ("forged", issue_ticket(universe.lead, "contact", subject=review.public_id).text,
                   issue_ticket(universe.lead, "review-item-add").text,
                   issue_ticket(universe.lead, "review-item-add", subject=universe.alder.public_id).text):  # fmt: skip
        Client().post(url_of("review-item-add", review), {"kind": "topic", "text": WORDS, "ticket": ticket})
    assert not KeptForm.objects.exists()


def test_a_person_keeps_so_many_and_no_more(universe: Universe) -> None:
    review = draw_review(universe)
    for _ in range(KEPT_EACH + 1):
        ticket = issue_ticket(universe.lead, "review-item-add", subject=review.public_id).text
        Client().post(url_of("review-item-add", review), {"text": WORDS, "ticket": ticket})
    assert KeptForm.objects.count() == KEPT_EACH


@pytest.mark.parametrize("page", ["review-item-add", "review-close"])
def test_a_character_that_no_database_holds_does_not_lose_the_words(universe: Universe, page: str) -> None:
    review = draw_review(universe)
    ticket = issue_ticket(universe.manager, page, subject=review.public_id).text
    Client().post(url_of(page, review), {"text": "A\x00B", "agreed": "A\x00B", "ticket": ticket})
    review.refresh_from_db()
    kept = KeptForm.objects.first()
    assert (kept.content["text"] if kept else [review.draft_agreed]) == ["AB"]


def test_a_form_is_not_offered_of_a_review_that_is_over(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    item = draw_item(universe, review)
    close(universe, review)
    client = signed_in(universe.manager)
    for page in (*ON_REVIEW, "review-close"):
        assert client.get(url_of(page, review)).status_code == 302, page
    for page in ON_ITEM:
        assert client.get(url_of(page, item)).status_code == 302, page
    assert "This review is closed" in read(client, url_of("review", review))
