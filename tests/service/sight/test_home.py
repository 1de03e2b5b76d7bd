"""The home page of each person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from service.accounts.models import Invitation
from service.diary.models import SessionRecord
from service.enquiries.actions.enquiries import answer
from service.enquiries.models import Enquiry
from service.permissions import Role
from service.practice.actions.restrictions import break_glass, restrict_child
from service.programmes.models import Placement
from service.schools.models import ClosureDay, Term
from service.sight.waiting import waiting_for
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import MONDAY, draw_entry, draw_session, place
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.practice.access import a_draft
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.reviews.drawing import draw_review
from tests.service.universe import TODAY, Universe

CEILING = 40


def home(client: Client) -> str:
    response = client.get(reverse("home"))
    assert response.status_code == 200
    return unescape(response.content.decode())


def told(universe: Universe, user: Any) -> list[str]:
    return [each.what for each in waiting_for(user, TODAY)]


def test_a_worker_begins_with_the_button_that_records_a_contact(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    text = home(signed_in(universe.worker))
    button = text.index(f'href="{reverse("contact-record")}" role="button"')
    assert button < text.index("Today") < text.index("Waiting for you")
    assert "Alder Academy, Room 12" in text


def test_a_worker_is_told_of_drafts_enquiries_and_days_without_an_entry(universe: Universe) -> None:
    place(universe)
    a_draft(universe)
    enquiry = draw_enquiry(universe)
    draw_entry(universe, day=MONDAY)
    rows = {each.what: each for each in waiting_for(universe.worker, TODAY)}
    assert rows["1 draft to finish"].url == reverse("draft-list")
    assert rows["Answer: attendance"].url == reverse("enquiry", args=[enquiry.public_id])
    days = rows["3 days in school have no entry"]  # 4, 9 and 11 November
    assert days.late
    assert "week=2026-11-04" in days.url


def test_a_referral_without_an_answer_is_told_to_who_made_it_and_to_the_manager(universe: Universe) -> None:
    draw_contact(universe.worker, universe.alder, outcome="referral", date=TODAY - timedelta(days=9))
    draw_contact(universe.worker, universe.alder, outcome="referral", date=TODAY - timedelta(days=2))
    for person in (universe.worker, universe.manager):
        rows = {each.what: each for each in waiting_for(person, TODAY)}
        assert rows["1 referral has no answer"].url == f"{reverse('contact-list')}?unanswered=on"
    for person in (universe.lead, universe.elsewhere[Role.TEAM_MANAGER]):
        assert not any("referral" in what for what in told(universe, person))


def test_a_session_without_a_record_waits_until_it_has_one(universe: Universe) -> None:
    session = draw_session(universe, day=MONDAY)
    what = "Say what came of it: Drop-in for parents and carers"
    assert what in told(universe, universe.worker)
    SessionRecord.objects.create(session=session, attended=3, recorded_by=universe.worker)
    assert what not in told(universe, universe.worker)


def test_a_lead_sees_when_the_worker_is_in_and_what_was_answered(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    enquiry = draw_enquiry(universe)
    answer(by=universe.worker, enquiry=enquiry, text="From ten sessions in a term.")
    text = home(signed_in(universe.lead))
    assert f'href="{reverse("enquiry-ask")}" role="button"' in text
    assert "Record a contact" not in text
    assert "Wednesday 18 November" in text
    assert "Monday 23 November" in text
    assert "Read the answer: attendance" in text
    assert "From ten sessions" not in text


def test_a_manager_sees_who_is_agreed_for_today_and_what_has_waited_long(
    universe: Universe, signed_in: SignedIn
) -> None:
    place(universe)
    enquiry = draw_enquiry(universe)
    assert not any("without an answer" in what for what in told(universe, universe.manager))
    Enquiry.objects.filter(pk=enquiry.pk).update(waiting_since=timezone.now() - timedelta(days=10))
    text = home(signed_in(universe.manager))
    assert "Enquiry without an answer for 8 school days" in text
    assert "Room 12" in text
    assert "Room 12" not in home(signed_in(universe.elsewhere[Role.TEAM_MANAGER]))


def test_reviews_to_plan_and_to_prepare_wait_too(universe: Universe) -> None:
    place(universe)
    assert "Plan the review of this half-term" in told(universe, universe.worker)
    review = draw_review(universe, day=TODAY + timedelta(days=5))
    for person in (universe.worker, universe.manager, universe.lead):
        assert f"Prepare: {review}" in told(universe, person)
    assert "Plan the review of this half-term" not in told(universe, universe.worker)
    assert not any("review" in what.lower() for what in told(universe, universe.elsewhere[Role.TEAM_MANAGER]))


def test_nobody_is_agreed_for_a_school_that_is_closed(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    ClosureDay.objects.create(authority=universe.northbrook, school=universe.alder, day=TODAY, reason="Training")
    assert "Nobody is agreed for a school today" in home(signed_in(universe.manager))


def test_a_manager_is_told_of_schools_without_an_entry_for_two_weeks(universe: Universe) -> None:
    what = "1 school has had no entry for two weeks"
    place(universe, starts=TODAY - timedelta(days=7))
    assert what not in told(universe, universe.manager)
    Placement.objects.update(starts=date(2026, 9, 7))
    assert what in told(universe, universe.manager)
    draw_contact(universe.worker, universe.alder, date=MONDAY)
    assert what not in told(universe, universe.manager)


def test_an_opened_record_waits_for_the_review_of_somebody_else(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    restrict_child(
        by=universe.manager, child=child, category="own or relative", reason="A relative of staff",
        review_by=TODAY + timedelta(days=30),
    )  # fmt: skip
    break_glass(by=universe.worker, reference=child.reference, reason="The child is missing tonight")
    what = "1 opening of a restricted record to review"
    assert what in told(universe, universe.manager)
    assert what in told(universe, universe.governance)
    assert what not in told(universe, universe.worker)
    assert what not in told(universe, universe.elsewhere[Role.TEAM_MANAGER])


def test_an_administrator_is_told_of_invitations_that_ran_out_and_terms_that_end(universe: Universe) -> None:
    assert told(universe, universe.administrator) == []
    membership = universe.worker.memberships.get()
    Invitation.objects.create(
        user=universe.worker, membership=membership, token_hash="0" * 64,
        sent=timezone.now() - timedelta(days=20), expires=timezone.now() - timedelta(days=6),
    )  # fmt: skip
    Term.objects.filter(authority=universe.northbrook, number__gt=1).delete()
    assert told(universe, universe.administrator) == [
        "Enter the next term dates",
        "1 invitation was not used in time",
    ]
    assert told(universe, universe.elsewhere[Role.ADMINISTRATOR]) == []


def test_who_has_no_role_is_told_whom_to_ask(universe: Universe, signed_in: SignedIn) -> None:
    assert "Ask the administrator of your authority" in home(signed_in(universe.stranger))


def test_who_is_not_signed_in_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/").headers["Location"].startswith("/accounts/")


@pytest.mark.parametrize("role", list(Role))
def test_each_home_page_has_a_ceiling_of_questions(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Callable[[int], Any], role: Role
) -> None:
    place(universe)
    for _ in range(7):
        draw_enquiry(universe)
    client = signed_in(universe.own[role])
    with django_assert_max_num_queries(CEILING):
        text = home(client)
    assert role.value in text.lower()
