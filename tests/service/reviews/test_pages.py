"""The pages of reviews: what each person does there, what each reads, and what the audit keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from service.audit.models import Action, Entry
from service.permissions import Role
from service.practice.models import Contact
from service.reviews.actions.closing import Minutes, amend_review
from service.reviews.actions.drafts import save_draft
from service.reviews.due import schools_due, waiting_for
from service.reviews.models import ItemKind, Review, ReviewAction, ReviewItem, State
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import placed
from tests.service.reviews.drawing import (
    LAST_HALF_TERM,
    close,
    draw_action,
    draw_closed,
    draw_item,
    draw_meeting,
    draw_review,
)
from tests.service.reviews.test_packs import SECRET, draw_full
from tests.service.universe import TODAY, Universe, draw_person

pytestmark = pytest.mark.django_db


def url_of(name: str, row: Any, **more: str) -> str:
    return reverse(name, kwargs={"public_id": row.public_id, **more})


def day_of(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_a_review_is_planned_prepared_held_and_followed_up(universe: Universe, signed_in: SignedIn) -> None:
    worker, lead, manager = (signed_in(person) for person in (universe.worker, universe.lead, universe.manager))
    placed(universe)
    worker.post(
        reverse("review-plan"),
        {"school": universe.alder.public_id, "kind": "half-termly review", "chair": universe.manager.public_id,
         "place": "Room 4", **day_of("day", TODAY)},
    )  # fmt: skip
    review = Review.objects.get()
    lead.post(url_of("review-attendee-add", review), {"role": "safeguarding lead", "name": "Ola Reed"})
    lead.post(url_of("review-item-add", review), {"kind": "topic", "text": "Isolation rooms.", "topic": "exclusion"})
    item = ReviewItem.objects.get()
    worker.post(url_of("review-item-next", item), {"what_next": "Talk to heads of year."})
    worker.post(
        url_of("review-action-agree", review),
        {"text": "Send the list.", "owner": universe.lead.public_id, **day_of("due", date(2026, 12, 4))},
    )
    response = manager.post(
        url_of("review-close", review),
        {"came": [str(review.attendees.get().public_id)], "agreed": "Drop-ins move.", "team_note": "Two families.",
         "record": "on", "role": "statutory", "raised_by": "safeguarding lead", "topic": "", "time_band": "30 to 60 minutes"},
    )  # fmt: skip
    assert response.status_code == 302
    review.refresh_from_db()
    assert review.state == State.CLOSED
    assert Contact.objects.get().kind_of_work == "review"
    action = ReviewAction.objects.get()
    lead.post(url_of("review-action-settle", action), {"state": "done", "note": "Sent.", **day_of("on", TODAY)})
    action.refresh_from_db()
    assert action.state == "done"
    manager.post(
        url_of("review-amend", review),
        {"agreed": "Drop-ins move to Mondays.", "reason": "Wrong day", "version_seen": 1},
    )
    page = lead.get(url_of("review", review)).content.decode()
    assert "Drop-ins move to Mondays." in page
    assert "Two families." not in page
    assert "Version 1, replaced" in manager.get(url_of("review", review)).content.decode()


def test_it_works_when_a_review_is_moved_cancelled_and_somebody_taken_off(
    universe: Universe, signed_in: SignedIn
) -> None:
    review, client = draw_review(universe), signed_in(universe.worker)
    client.post(url_of("review-attendee-take-off", review.attendees.get()))
    assert not review.attendees.exists()
    new = {"place": "Hall", "chair": universe.manager.public_id, "reason": "Exams", **day_of("day", date(2026, 12, 2))}
    client.post(url_of("review-move", review), new)
    review.refresh_from_db()
    assert (review.day, review.place) == (date(2026, 12, 2), "Hall")
    item = draw_item(universe, review)
    client.post(url_of("review-item-withdraw", item), {"reason": "Settled by phone."})
    item.refresh_from_db()
    assert item.withdrawn_at
    client.post(url_of("review-cancel", review), {"reason": "Closure"})
    review.refresh_from_db()
    assert review.state == State.CANCELLED
    assert "Closure" in client.get(url_of("review", review)).content.decode()


def test_it_works_when_an_action_is_postponed_and_reopened(universe: Universe, signed_in: SignedIn) -> None:
    action, client = draw_action(universe), signed_in(universe.lead)
    client.post(url_of("review-action-postpone", action), {"note": "Waiting", **day_of("due", date(2026, 12, 11))})
    client.post(url_of("review-action-settle", action), {"state": "dropped", "note": "No need", **day_of("on", TODAY)})
    client.post(url_of("review-action-reopen", action), {"note": "Needed", **day_of("due", date(2026, 12, 18))})
    page = client.get(url_of("review-action", action)).content.decode()
    for words in ("Postponed", "Dropped", "Reopened", "18 December 2026"):
        assert words in page


def test_the_school_reads_nothing_of_the_teams_on_any_page(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_full(universe)
    close(universe, review)
    client = signed_in(universe.lead)
    for url in (url_of("review", review), reverse("review-list"), reverse("review-action-list")):
        page = client.get(url).content.decode()
        assert not [secret for secret in SECRET if secret in page]


def test_the_team_reads_it_and_each_child_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_full(universe)
    page = signed_in(universe.worker).get(url_of("review", review)).content.decode()
    assert "BKQR-4729" in page
    assert "Court work took two days." in page
    read = Entry.objects.filter(action=Action.READ, subject=str(review.public_id))
    assert set(read.values_list("child_reference", flat=True)) == {"", "BKQR-4729", "MMMM-2222"}


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_a_pack_is_exported_and_audited(universe: Universe, signed_in: SignedIn, kind: str, begins: bytes) -> None:
    review = draw_full(universe)
    response = signed_in(universe.manager).get(url_of("review-pack-team", review, kind=kind))
    assert response.content.startswith(begins)
    assert response["Content-Disposition"] == f'attachment; filename="review-900001-2026-27-half-term-2-team.{kind}"'
    exported = Entry.objects.filter(action=Action.EXPORT, subject=str(review.public_id))
    assert exported.get(child="").details == {"audience": "team", "kind": kind, "children": 2}
    assert set(exported.exclude(child="").values_list("child_reference", flat=True)) == {"BKQR-4729", "MMMM-2222"}


def test_another_kind_of_pack_is_not_there(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.lead).get(url_of("review-pack-school", draw_review(universe), kind="exe"))
    assert response.status_code == 404


def test_a_pack_that_cannot_be_set_says_so(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    draw_item(universe, review, text="Meeting \U0001f600")
    response = signed_in(universe.lead).get(url_of("review-pack-school", review, kind="pdf"), follow=True)
    assert "Take the Word file" in response.content.decode()
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


def test_it_refuses_a_worker_who_would_close_a_half_termly_review(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    assert client.get(url_of("review-close", draw_review(universe))).status_code == 403
    assert client.get(url_of("review-amend", draw_closed(universe))).status_code == 403


def test_it_refuses_a_school_an_item_of_the_team(universe: Universe, signed_in: SignedIn) -> None:
    item = draw_item(universe, by=universe.worker, text="Court work.")
    assert signed_in(universe.lead).get(url_of("review-item-withdraw", item)).status_code == 404


def test_it_refuses_a_school_an_action_of_the_team(universe: Universe, signed_in: SignedIn) -> None:
    action = draw_action(universe, owner=universe.worker)
    client = signed_in(universe.lead)
    assert client.get(url_of("review-action", action)).status_code == 404
    assert client.post(url_of("review-action-settle", action), {}).status_code == 404


def test_what_an_action_refuses_stands_in_the_form(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    response = signed_in(universe.lead).post(url_of("review-item-add", review), {"kind": "topic", "text": ""})
    assert response.status_code == 200
    assert "What is to be talked about?" in response.content.decode()
    again = {"school": universe.alder.public_id, "kind": "half-termly review", "chair": universe.manager.public_id}
    response = signed_in(universe.worker).post(reverse("review-plan"), {**again, **day_of("day", date(2026, 12, 2))})
    assert "has a review for 2026-27 half-term 2 already" in response.content.decode()


def test_opening_what_was_written_of_a_review_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    planned, closed = draw_review(universe), draw_closed(universe)
    save_draft(by=universe.manager, review=planned, minutes=Minutes("So far.", "Only us."))
    client = signed_in(universe.manager)
    client.get(url_of("review-close", planned))
    client.get(url_of("review-amend", closed))
    read = Entry.objects.filter(action=Action.READ)
    assert read.get(subject=str(planned.public_id)).details == {"draft": True}
    assert read.get(subject=str(closed.records.get().public_id)).details == {"version": 1}


def test_only_a_closed_review_is_amended(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.manager).get(url_of("review-amend", draw_review(universe)), follow=True)
    assert "Only a closed review is amended" in response.content.decode()


def test_the_lists_show_what_is_asked_for(universe: Universe, signed_in: SignedIn) -> None:
    review, meeting = draw_closed(universe), draw_meeting(universe)
    client = signed_in(universe.manager)
    page = client.get(reverse("review-list"), {"show": "team around the school"}).content.decode()
    assert url_of("review", meeting) in page
    assert url_of("review", review) not in page
    page = client.get(reverse("review-list"), {"school": universe.beech.public_id}).content.decode()
    assert url_of("review", meeting) not in page


def test_actions_are_listed_as_mine_late_and_settled(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe, day=LAST_HALF_TERM)
    own = draw_action(universe, review, owner=universe.worker, text="Own")
    late = draw_action(universe, review, text="Late", due=date(2026, 11, 30))
    ReviewAction.objects.filter(pk=late.pk).update(due=date(2026, 11, 2))
    client = signed_in(universe.worker)
    for show, wanted in (("", {own, late}), ("mine", {own}), ("late", {late}), ("settled", set())):
        page = client.get(reverse("review-action-list"), {"show": show}).content.decode()
        assert {each for each in (own, late) if url_of("review-action", each) in page} == wanted


def test_a_manager_sees_which_schools_lack_a_review(universe: Universe, signed_in: SignedIn) -> None:
    placed(universe)
    [due] = schools_due(universe.manager, today=TODAY)
    assert (due.school, due.is_missing, due.is_late_on(TODAY), due.is_late_on(date(2026, 12, 7))) == (
        universe.alder, True, False, True,
    )  # fmt: skip
    client = signed_in(universe.manager)
    assert "None planned" in client.get(reverse("review-due")).content.decode()
    draw_closed(universe)
    review = draw_review(universe)
    [due] = schools_due(universe.manager, today=TODAY)
    assert (due.review, due.last) == (review, LAST_HALF_TERM)
    assert due.is_late_on(date(2026, 11, 19))
    assert url_of("review", review) in client.get(reverse("review-due")).content.decode()


def test_a_school_without_a_worker_needs_no_review(universe: Universe) -> None:
    assert schools_due(universe.manager, today=TODAY) == []
    placed(universe)
    assert schools_due(universe.elsewhere[Role.TEAM_MANAGER], today=TODAY) == []
    assert schools_due(universe.other_school[Role.SOCIAL_WORKER], today=TODAY) == []


def test_what_waits_is_told_to_who_can_do_it(universe: Universe) -> None:
    placed(universe)
    assert [each.what for each in waiting_for(universe.worker, TODAY)] == ["Plan the review of this half-term"]
    assert waiting_for(universe.lead, TODAY) == []
    assert waiting_for(universe.programme_lead, TODAY) == []
    review = draw_review(universe)
    draw_action(universe, review, due=date(2026, 11, 25))
    told = [(each.what, each.late) for each in waiting_for(universe.lead, TODAY)]
    assert told == [(f"Prepare: {review}", False), ("Action of a review", False)]
    told = [(each.what, each.late) for each in waiting_for(universe.manager, date(2026, 11, 19))]
    assert told == [(f"Close: {review}", True)]


def test_the_lists_ask_a_bounded_number_of_questions(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    review = draw_full(universe)
    for number in range(30):
        draw_action(universe, review, text=f"Action {number}", owner=universe.worker)
        draw_meeting(universe)
    client = signed_in(universe.manager)
    for name, ceiling in (("review-list", 20), ("review-action-list", 25), ("review-due", 25)):
        with django_assert_max_num_queries(ceiling):
            assert client.get(reverse(name)).status_code == 200


def test_a_review_asks_a_bounded_number_of_questions(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    review = draw_full(universe)
    for number in range(20):
        draw_action(universe, review, text=f"Action {number}", owner=universe.worker)
        draw_item(universe, review, text=f"Item {number}", kind=ItemKind.TOPIC)
    with django_assert_max_num_queries(75):
        assert signed_in(universe.worker).get(url_of("review", review)).status_code == 200


def test_a_colleague_of_the_same_school_reads_the_same(universe: Universe, signed_in: SignedIn) -> None:
    review = draw_review(universe)
    other = draw_person(Role.SAFEGUARDING_LEAD, universe.alder, "deputy")
    item = draw_item(universe, review)
    assert item.text in signed_in(other).get(url_of("review", review)).content.decode()


def test_words_that_look_like_a_name_get_a_hint_and_no_block(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.lead)
    url = url_of("review-item-add", review)
    page = client.post(url, {"kind": "topic", "text": "We spoke with Jordan about lateness."})
    assert "Jordan" not in str(page.cookies)
    page = client.get(page.headers["Location"])
    assert "A word of it looks like a name" in page.content.decode()
    assert ReviewItem.objects.count() == 1


def test_a_review_closes_with_a_name_when_it_is_sent_again(universe: Universe, signed_in: SignedIn) -> None:
    review, client = draw_review(universe), signed_in(universe.manager)
    sent = {
        "came": [str(review.attendees.get().public_id)], "agreed": "We ring Jordan.", "role": "statutory",
        "raised_by": "safeguarding lead", "topic": "", "time_band": "30 to 60 minutes",
    }  # fmt: skip
    page = client.post(url_of("review-close", review), sent)
    assert "Jordan: this looks like a name" in page.content.decode()
    review.refresh_from_db()
    assert review.is_planned
    assert client.post(url_of("review-close", review), {**sent, "names_read": "Jordan"}).status_code == 302
    review.refresh_from_db()
    assert review.state == State.CLOSED


def test_the_school_reads_what_stands_and_not_what_was_taken_out(universe: Universe, signed_in: SignedIn) -> None:
    closed = draw_closed(universe)
    amend_review(
        by=universe.manager, review=closed, minutes=Minutes("A family is visited."), reason="A name stood in it"
    )
    for person, told in ((universe.lead, False), (universe.worker, True)):
        page = signed_in(person).get(url_of("review", closed)).content.decode()
        assert ("Drop-ins move to Tuesdays." in page) is told
        assert "A family is visited." in page
        assert "A name stood in it" in page
