"""What two people, or one who presses twice, do to a review at once; each in a connection of its own, on either engine."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from service.accounts.models import User
from service.practice.models import Contact
from service.reviews.actions import closing, drafts, planning
from service.reviews.actions.closing import Minutes
from service.reviews.models import Kind, Review, ReviewRecord
from tests.service.accounts.test_at_the_same_moment import together, wait_before
from tests.service.reviews.drawing import draw_meeting, draw_review
from tests.service.universe import TODAY, Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", Kind.values)
def test_two_presses_plan_one_review(transactional_db: None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    universe: Universe = make_universe()
    made: list[Review] = []

    def press() -> None:
        made.append(
            planning.plan_review(
                by=universe.worker, school=universe.alder, day=TODAY, kind=kind, chair=universe.manager
            )
        )

    wait_before(planning, "_place", monkeypatch)
    together(press, press)
    assert set(made) == {Review.objects.get()}  # an SQLite in memory may refuse the second press


def test_a_review_that_two_people_close_is_closed_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    universe: Universe = make_universe()
    review = draw_meeting(universe)
    came = list(review.attendees.all())

    def press(by: User, agreed: str) -> None:
        minutes, stale = Minutes(agreed), Review.objects.get(pk=review.pk)
        closing.close_review(by=by, review=stale, minutes=minutes, came=came, contact=closing.contact_of(stale))

    wait_before(closing, "_check_attendance", monkeypatch)
    told = together(lambda: press(universe.worker, "The worker’s."), lambda: press(universe.manager, "The manager’s."))
    assert told == []
    record = ReviewRecord.objects.get()
    assert Review.objects.get().closed_by == record.recorded_by
    assert Contact.objects.count() == 1


def test_of_two_who_save_a_draft_the_second_is_told_and_nothing_is_written_over(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    universe: Universe = make_universe()
    review = draw_review(universe)
    seen = closing.draft_mark(review)
    refused: list[ValidationError] = []

    def press(by: User, agreed: str) -> None:
        try:
            drafts.save_draft(by=by, review=review, minutes=Minutes(agreed), draft_seen=seen)
        except ValidationError as error:
            refused.append(error)

    wait_before(drafts, "_write", monkeypatch)
    together(lambda: press(universe.worker, "The worker’s."), lambda: press(universe.manager, "The manager’s."))
    review.refresh_from_db()
    assert review.draft_agreed in {"The worker’s.", "The manager’s."}
    assert len(refused) <= 1  # an SQLite in memory may refuse the second press before it looks
    if connection.vendor == "postgresql":
        assert [error.code for error in refused] == ["draft"]
