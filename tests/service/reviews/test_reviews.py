"""Planning, preparing, closing and amending a review."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.audit.models import Action, Entry
from service.diary.actions.session_records import contact_of as session_contact
from service.diary.actions.session_records import record_session
from service.practice.models import Contact
from service.reviews.actions.agenda import say_what_next, withdraw_item
from service.reviews.actions.checks import mark_of
from service.reviews.actions.closing import Minutes, amend_review, contact_of
from service.reviews.actions.planning import ask_attendee, cancel_review, move_review, plan_review, take_off_attendee
from service.reviews.models import AttendeeRole, ItemKind, Kind, Review, ReviewItem, State
from service.schools.models import Term
from tests.service.diary.drawing import at, draw_session
from tests.service.practice.drawing import draw_child
from tests.service.reviews.drawing import (
    LAST_HALF_TERM,
    MINUTES,
    close,
    draw_action,
    draw_closed,
    draw_item,
    draw_meeting,
    draw_open_child,
    draw_review,
)
from tests.service.universe import TODAY, Universe

pytestmark = pytest.mark.django_db


def test_a_review_belongs_to_the_half_term_of_its_day(universe: Universe) -> None:
    review = draw_review(universe, day=date(2026, 12, 2))
    assert (review.school_year, review.half_term, review.chair) == ("2026-27", 2, universe.manager)
    assert Entry.objects.filter(action=Action.CREATE, subject=str(review.public_id), school="900001").exists()


def test_a_half_term_has_one_review_unless_it_is_cancelled(universe: Universe) -> None:
    review = draw_review(universe)
    with pytest.raises(ValidationError, match="has a review for 2026-27 half-term 2 already"):
        draw_review(universe, day=date(2026, 12, 2))
    cancel_review(by=universe.worker, review=review, reason="The school is closed that day.")
    assert draw_review(universe, day=date(2026, 12, 2)).is_planned


@pytest.mark.parametrize("kind", Kind.values)
def test_a_plan_that_was_sent_twice_makes_one_review(universe: Universe, kind: str) -> None:
    planned = draw_review(universe, kind=kind)
    assert draw_review(universe, kind=kind) == planned
    assert Entry.objects.filter(action=Action.CREATE, subject=str(planned.public_id)).count() == 1


def test_the_database_keeps_a_second_review_of_a_half_term_out(universe: Universe) -> None:
    held = draw_review(universe)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            school=held.school, school_year=held.school_year, half_term=held.half_term, day=held.day,
            chair=held.chair, planned_by=universe.worker,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(2020, 1, 6)}, "day"),
        ({"kind": "assembly"}, "kind"),
        ({"place": "x" * 61}, "place"),
    ],
)
def test_a_review_that_cannot_be_is_not_planned(universe: Universe, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as told:
        draw_review(universe, **changes)
    assert field in told.value.message_dict


def test_without_term_dates_no_half_termly_review_is_planned(universe: Universe) -> None:
    Term.objects.filter(authority=universe.northbrook).delete()
    with pytest.raises(ValidationError, match="has entered"):
        draw_review(universe)
    assert draw_meeting(universe).half_term is None


def test_a_manager_of_the_authority_takes_the_chair(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="team manager"):
        draw_review(universe, chair=universe.worker)
    assert draw_meeting(universe, chair=universe.worker).chair == universe.worker
    with pytest.raises(ValidationError, match="of the team"):
        draw_meeting(universe, chair=universe.lead)


def test_a_school_prepares_but_does_not_plan_move_cancel_or_close(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        draw_review(universe, by=universe.lead)
    review = draw_review(universe)
    with pytest.raises(PermissionDenied):
        move_review(by=universe.lead, review=review, day=TODAY, chair=universe.manager, reason="Exams")
    with pytest.raises(PermissionDenied):
        cancel_review(by=universe.lead, review=review, reason="Exams")
    for person in (universe.lead, universe.worker):
        with pytest.raises(PermissionDenied):
            close(universe, review, by=person)


def test_nobody_of_another_school_prepares(universe: Universe) -> None:
    review = draw_review(universe)
    for person in [*universe.other_school.values(), *universe.elsewhere.values()]:
        with pytest.raises(PermissionDenied):
            draw_item(universe, review, by=person)


def test_moving_keeps_the_half_term_and_says_why(universe: Universe) -> None:
    review = draw_review(universe)
    moved = move_review(
        by=universe.worker, review=review, day=date(2027, 1, 6), chair=universe.manager, reason="Exams", place="Room 4"
    )
    assert (moved.half_term, moved.day, moved.place) == (2, date(2027, 1, 6), "Room 4")
    assert Entry.objects.get(action=Action.CHANGE, subject=str(review.public_id)).reason == "Exams"
    with pytest.raises(ValidationError, match="Say why"):
        move_review(by=universe.worker, review=moved, day=TODAY, chair=universe.manager, reason=" ")


def test_an_attendee_stands_once_and_can_be_taken_off(universe: Universe) -> None:
    review = draw_review(universe)
    ask_attendee(by=universe.lead, review=review, role=AttendeeRole.SAFEGUARDING_LEAD, name=" Ola Reed ")
    assert review.attendees.count() == 1
    take_off_attendee(by=universe.lead, attendee=review.attendees.get())
    assert not review.attendees.exists()
    with pytest.raises(ValidationError, match="Enter the name"):
        ask_attendee(by=universe.lead, review=review, role=AttendeeRole.HEAD, name="")


def test_what_the_school_raises_is_read_by_both_sides(universe: Universe) -> None:
    item = draw_item(universe)
    assert (item.from_school, item.shared) == (True, True)
    for person in (universe.lead, universe.worker, universe.manager):
        assert ReviewItem.objects.visible_to(person).filter(pk=item.pk).exists()


def test_what_the_team_raises_is_the_teams_unless_it_is_shared(universe: Universe) -> None:
    review = draw_review(universe)
    own = draw_item(universe, review, by=universe.worker, text="Court work took two days.")
    told = draw_item(universe, review, by=universe.worker, text="The menu has changed.", shared=True)
    assert list(ReviewItem.objects.visible_to(universe.lead)) == [told]
    assert list(ReviewItem.objects.visible_to(universe.worker)) == [own, told]


def test_a_child_by_reference_is_never_shared_with_the_school(universe: Universe) -> None:
    review, child = draw_review(universe), draw_open_child(universe)
    with pytest.raises(ValidationError, match="not shared"):
        draw_item(universe, review, by=universe.worker, kind=ItemKind.OPEN_CHILD, child=child, shared=True)
    item = draw_item(universe, review, by=universe.worker, kind=ItemKind.OPEN_CHILD, child=child)
    assert item.year_group == "9"
    assert not ReviewItem.objects.visible_to(universe.lead).exists()


def test_a_school_gives_no_reference(universe: Universe) -> None:
    review, child = draw_review(universe), draw_open_child(universe)
    with pytest.raises(ValidationError, match="reference does not belong"):
        draw_item(universe, review, kind=ItemKind.MAY_COME, child=child)
    item = draw_item(universe, review, kind=ItemKind.MAY_COME, text="Often late since September.", year_group="8")
    assert (item.child, item.known_to_social_care) == (None, "not asked")


def test_a_child_without_open_involvement_may_come(universe: Universe) -> None:
    review, child = draw_review(universe), draw_child(universe.worker, universe.alder, known_to_social_care="no")
    with pytest.raises(ValidationError, match="No involvement"):
        draw_item(universe, review, by=universe.worker, kind=ItemKind.OPEN_CHILD, child=child)
    item = draw_item(universe, review, by=universe.worker, kind=ItemKind.MAY_COME, child=child, text="")
    assert item.known_to_social_care == "no"


def test_a_child_of_another_school_or_a_closed_record_is_refused(universe: Universe) -> None:
    review = draw_review(universe)
    other = draw_child(universe.manager, universe.beech, reference="ZZZZ-1111")
    hidden = draw_child(universe.manager, universe.alder, reference="HHHH-1111", restricted=True)
    for child in (other, hidden):
        with pytest.raises(ValidationError):
            draw_item(universe, review, by=universe.worker, kind=ItemKind.MAY_COME, child=child)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "gossip"}, {"topic": "weather"}, {"year_group": "99"}, {"known_to_social_care": "maybe"}, {"text": " "},
        {"kind": ItemKind.OPEN_CHILD}, {"text": "x" * 4001},
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_is_refused(universe: Universe, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draw_item(universe, draw_review(universe), by=universe.worker, **changes)


def test_a_form_that_was_sent_twice_makes_one_item(universe: Universe) -> None:
    review = draw_review(universe)
    assert draw_item(universe, review) == draw_item(universe, review)


def test_an_item_that_is_sent_again_to_be_shared_does_not_stay_the_teams(universe: Universe) -> None:
    review = draw_review(universe)
    own = draw_item(universe, review, by=universe.worker, text="The menu has changed.")
    told = draw_item(universe, review, by=universe.worker, text="The menu has changed.", shared=True)
    assert told != own
    assert list(ReviewItem.objects.visible_to(universe.lead)) == [told]


def test_the_school_withdraws_what_it_raised_and_nothing_else(universe: Universe) -> None:
    review = draw_review(universe)
    own = draw_item(universe, review)
    told = draw_item(universe, review, by=universe.worker, text="The menu has changed.", shared=True)
    assert withdraw_item(by=universe.lead, item=own, reason="Settled by phone.").withdrawn_at
    with pytest.raises(ValidationError, match="The team raised this"):
        withdraw_item(by=universe.lead, item=told, reason="No need.")


def test_what_next_is_written_by_the_team_until_the_review_closes(universe: Universe) -> None:
    item = draw_item(universe)
    with pytest.raises(PermissionDenied):
        say_what_next(by=universe.lead, item=item, what_next="Visit")
    assert say_what_next(by=universe.worker, item=item, what_next="Talk to heads of year.").what_next
    close(universe, item.review)
    with pytest.raises(ValidationError, match="is closed"):
        say_what_next(by=universe.worker, item=item, what_next="Other")


def test_closing_records_who_came_and_what_was_agreed(universe: Universe) -> None:
    review = draw_review(universe)
    absent = ask_attendee(by=universe.worker, review=review, role=AttendeeRole.HEAD, name="Jo Finch")
    closed = close(universe, review, came=[a for a in review.attendees.all() if a != absent])
    assert (closed.state, closed.closed_by) == (State.CLOSED, universe.manager)
    assert list(closed.attendees.values_list("name", "came")) == [("Ola Reed", True), ("Jo Finch", False)]
    assert closed.records.get().agreed == MINUTES.agreed


def test_a_closed_review_does_not_change(universe: Universe) -> None:
    closed = draw_closed(universe)
    for deed in (
        lambda: draw_item(universe, closed),
        lambda: draw_action(universe, closed),
        lambda: close(universe, closed, minutes=Minutes("Something else.")),
        lambda: cancel_review(by=universe.worker, review=closed, reason="No"),
        lambda: ask_attendee(by=universe.lead, review=closed, role=AttendeeRole.HEAD, name="Jo"),
        lambda: take_off_attendee(by=universe.lead, attendee=closed.attendees.get()),
        lambda: move_review(by=universe.worker, review=closed, day=TODAY, chair=universe.manager, reason="No"),
    ):
        with pytest.raises(ValidationError, match="is closed"):
            deed()


def test_a_review_is_not_closed_before_its_day_or_without_anybody(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="has not been held"):
        close(universe, draw_review(universe, day=date(2026, 11, 19)))
    with pytest.raises(ValidationError, match="Tick who came"):
        close(universe, draw_review(universe, day=LAST_HALF_TERM), came=[])


def test_an_amendment_supersedes_with_a_reason(universe: Universe) -> None:
    closed = draw_closed(universe)
    after = amend_review(
        by=universe.manager,
        review=closed,
        minutes=Minutes("Drop-ins move to Mondays."),
        reason="Wrong day",
        version_seen=1,
    )
    assert after.version == 2
    assert closed.records.filter(superseded_at=None).get() == after
    assert closed.records.count() == 2
    assert Entry.objects.filter(action=Action.SUPERSEDE, subject=str(after.public_id)).exists()
    with pytest.raises(ValidationError, match="in the meantime"):
        amend_review(by=universe.manager, review=closed, minutes=MINUTES, reason="Again", version_seen=1)
    with pytest.raises(ValidationError, match="Say why"):
        amend_review(by=universe.manager, review=closed, minutes=MINUTES, reason="")
    with pytest.raises(PermissionDenied):
        amend_review(by=universe.worker, review=closed, minutes=MINUTES, reason="I was there")


def test_a_review_enters_the_contact_log_with_codes_alone_when_wished(universe: Universe) -> None:
    review = draw_review(universe)
    closed = close(universe, review, contact={**contact_of(review), "account": "Must not be kept"})
    contact = Contact.objects.get()
    assert closed.contact == contact
    assert (contact.kind_of_work, contact.account, contact.date) == ("review", "", TODAY)


def test_a_meeting_that_the_diary_recorded_enters_the_log_once(universe: Universe) -> None:
    session = draw_session(
        universe, date(2026, 11, 18), kind="team around the school", audience="professionals",
        starts_at=at(date(2026, 11, 18), 8), ends_at=at(date(2026, 11, 18), 9),
    )  # fmt: skip
    record_session(by=universe.worker, session=session, attended=6, done=[], contact=session_contact(session))
    meeting = draw_meeting(universe)
    with pytest.raises(ValidationError, match="diary has put this meeting"):
        close(universe, meeting, by=universe.worker, contact=contact_of(meeting))
    assert close(universe, meeting, by=universe.worker).contact is None


def test_the_audit_holds_no_text_of_a_review(universe: Universe) -> None:
    draw_item(universe, text="Secret words")
    told = " ".join(str(entry.details) for entry in Entry.objects.all())
    assert "Secret" not in told


def test_a_planned_review_can_be_planned_by_the_manager(universe: Universe) -> None:
    review = plan_review(by=universe.manager, school=universe.beech, day=TODAY)
    assert (review.chair, review.kind) == (universe.manager, Kind.HALF_TERMLY)


def test_what_somebody_else_wrote_to_follow_is_not_written_over_unread(universe: Universe) -> None:
    item = draw_item(universe)
    begun = mark_of(item.what_next)
    say_what_next(by=universe.manager, item=item, what_next="Ask the head.", seen=begun)
    stale = ReviewItem.objects.get(pk=item.pk)
    with pytest.raises(ValidationError, match="in the meantime"):
        say_what_next(by=universe.worker, item=stale, what_next="Ask the governors.", seen=begun)
    say_what_next(by=universe.worker, item=stale, what_next="Ask the head.", seen=begun)  # the same words
    say_what_next(by=universe.worker, item=stale, what_next="Ask both.", seen=mark_of("Ask the head."))
    stale.refresh_from_db()
    assert stale.what_next == "Ask both."


def test_an_item_is_withdrawn_once_whoever_has_an_old_page(universe: Universe) -> None:
    item = draw_item(universe)
    stale = ReviewItem.objects.get(pk=item.pk)
    withdraw_item(by=universe.lead, item=item, reason="Settled by phone.")
    assert withdraw_item(by=universe.manager, item=stale, reason="Another.").withdrawn_reason == "Settled by phone."
    with pytest.raises(ValidationError, match="was withdrawn"):
        say_what_next(by=universe.worker, item=stale, what_next="Nothing.")
    entry = Entry.objects.filter(action=Action.CHANGE).latest("sequence")
    assert entry.details == {"fields": ["withdrawn_at", "withdrawn_reason"]}


def test_a_review_is_not_moved_before_its_half_term_nor_years_away(universe: Universe) -> None:
    review = draw_review(universe)
    for day, words in ((date(2026, 10, 14), "before the half-term"), (date(2028, 11, 18), "within a year")):
        with pytest.raises(ValidationError, match=words):
            move_review(by=universe.worker, review=review, day=day, chair=universe.manager, reason="A slip")
    for kind in Kind.values:
        with pytest.raises(ValidationError, match="within a year"):
            draw_review(universe, day=date(2036, 11, 18), kind=kind)
    meeting = draw_meeting(universe)
    assert move_review(
        by=universe.worker, review=meeting, day=date(2026, 10, 14), chair=universe.manager, reason="It was then"
    ).day == date(2026, 10, 14)  # fmt: skip
