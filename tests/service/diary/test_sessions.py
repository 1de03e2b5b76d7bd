"""Planning, moving, cancelling and recording sessions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from service.audit.models import Action, Entry
from service.diary.actions.session_records import contact_of, record_session
from service.diary.actions.sessions import cancel_session, move_session, plan_session
from service.diary.models import Session, SessionKind, SessionRecord
from service.permissions import Role
from service.practice.models import Contact
from service.schools.models import ClosureDay
from tests.service.diary.drawing import MONDAY, TUESDAY, at, draw_session, place, plan
from tests.service.universe import Universe

FRIDAY = date(2026, 11, 20)


def test_a_session_is_planned_where_the_worker_is_placed(universe: Universe) -> None:
    session = draw_session(universe)
    assert (session.worker, session.planned_by, session.school) == (universe.worker, universe.worker, universe.alder)
    assert Entry.objects.filter(
        action=Action.CREATE, subject=str(session.public_id), school=universe.alder.urn
    ).exists()


def test_a_weekly_series_ends_with_the_half_term_and_leaves_out_closure_days(universe: Universe) -> None:
    place(universe)
    ClosureDay.objects.create(authority=universe.northbrook, day=date(2026, 12, 4), reason="Training day")
    made = plan_session(
        by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(FRIDAY), weekly=True
    )
    days = [timezone.localdate(session.starts_at) for session in made.sessions]
    assert days == [date(2026, 11, 20), date(2026, 11, 27), date(2026, 12, 11), date(2026, 12, 18)]
    assert made.skipped == [date(2026, 12, 4)]
    assert len({session.series for session in made.sessions}) == 1


def test_a_series_keeps_the_time_of_the_clock_when_the_clocks_change(universe: Universe) -> None:
    place(universe)
    first = date(2027, 3, 26)  # summer time begins on 28 March
    made = plan_session(
        by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(first, kind=SessionKind.GROUP), weekly=True
    )  # fmt: skip
    assert [timezone.localtime(session.starts_at).hour for session in made.sessions] == [9]
    made = plan_session(
        by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(date(2027, 3, 25)), weekly=True
    )
    assert [timezone.localtime(session.starts_at).hour for session in made.sessions] == [9, 9]
    assert [session.starts_at.utcoffset() for session in made.sessions] == [timedelta(0), timedelta(hours=1)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends_at": at(FRIDAY, 9)}, "ends before it begins"),
        ({"ends_at": at(date(2026, 11, 21), 10)}, "on the same day"),
        ({"place": "  "}, "Say where"),
        ({"starts_at": at(date(2026, 10, 28), 9), "ends_at": at(date(2026, 10, 28), 10)}, "is closed on 28 October"),
        ({"starts_at": at(date(2026, 11, 21), 9), "ends_at": at(date(2026, 11, 21), 10)}, "is closed on 21 November"),
    ],
)
def test_a_session_that_cannot_be_is_refused(universe: Universe, changes: dict[str, Any], message: str) -> None:
    place(universe)
    with pytest.raises(ValidationError, match=message):
        plan_session(by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(FRIDAY, **changes))


def test_a_series_that_begins_in_a_holiday_is_refused(universe: Universe) -> None:
    place(universe)
    with pytest.raises(ValidationError, match="in no half-term"):
        plan_session(
            by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(date(2026, 12, 28)), weekly=True
        )  # fmt: skip


def test_staff_may_be_trained_on_a_day_when_the_school_is_closed_to_children(universe: Universe) -> None:
    ClosureDay.objects.create(authority=universe.northbrook, day=FRIDAY, reason="Training day")
    assert draw_session(universe, FRIDAY, kind=SessionKind.TRAINING).kind == "training"


def test_no_session_where_the_worker_is_not_placed(universe: Universe) -> None:
    place(universe)
    with pytest.raises(ValidationError, match="is not placed in Beech High"):
        plan_session(by=universe.manager, school=universe.beech, worker=universe.worker, plan=plan())


def test_two_sessions_of_one_worker_do_not_overlap_unless_one_is_cancelled(universe: Universe) -> None:
    session = draw_session(universe)
    with pytest.raises(ValidationError, match="another session at that time"):
        draw_session(universe, starts_at=at(FRIDAY, 9, 30), ends_at=at(FRIDAY, 11))
    draw_session(universe, starts_at=at(FRIDAY, 10), ends_at=at(FRIDAY, 11))
    cancel_session(by=universe.worker, session=session, reason="Too few rooms")
    assert draw_session(universe).pk != session.pk


def test_a_moved_session_is_cancelled_and_planned_anew(universe: Universe) -> None:
    before = draw_session(universe)
    after = move_session(
        by=universe.worker, session=before, starts_at=at(FRIDAY, 9, 30), ends_at=at(FRIDAY, 10, 30), reason="Assembly"
    )
    before.refresh_from_db()
    assert before.is_cancelled
    assert (after.moved_from, after.place, after.kind) == (before, before.place, before.kind)


def test_a_move_that_cannot_be_leaves_the_session_as_it_was(universe: Universe) -> None:
    before = draw_session(universe)
    with pytest.raises(ValidationError, match="is closed"):
        move_session(
            by=universe.worker, session=before, starts_at=at(date(2026, 12, 28), 9), ends_at=at(date(2026, 12, 28), 10),
            reason="Assembly",
        )  # fmt: skip
    before.refresh_from_db()
    assert not before.is_cancelled


def test_a_session_is_cancelled_once_and_for_a_reason(universe: Universe) -> None:
    session = draw_session(universe)
    with pytest.raises(ValidationError, match="Say why"):
        cancel_session(by=universe.worker, session=session, reason=" ")
    cancel_session(by=universe.worker, session=session, reason="Court")
    with pytest.raises(ValidationError, match="cancelled before"):
        cancel_session(by=universe.worker, session=session, reason="Court")
    with pytest.raises(ValidationError, match="was cancelled"):
        record_session(by=universe.worker, session=session, attended=3, done=[])


def test_a_record_says_how_many_and_enters_the_contact_log_by_codes_alone(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    row = record_session(
        by=universe.worker, session=session, attended=7, done=["information", "signposted"], contact=contact_of(session)
    )
    contact = row.contact
    assert contact is not None
    assert (contact.kind_of_work, contact.raised_by, contact.time_band) == ("group work", "parent", "30 to 60 minutes")
    assert (contact.date, contact.worker, contact.account, contact.child) == (TUESDAY, universe.worker, "", None)


@pytest.mark.parametrize(
    ("kind", "kind_of_work"),
    [
        ("drop-in", "group work"),
        ("group", "group work"),
        ("training", "training"),
        ("team around the school", "meeting"),
    ],
)
def test_each_kind_of_session_is_a_kind_of_work(universe: Universe, kind: str, kind_of_work: str) -> None:
    assert contact_of(draw_session(universe, TUESDAY, kind=SessionKind(kind)))["kind_of_work"] == kind_of_work


def test_a_corrected_record_keeps_the_one_before_and_makes_no_second_contact(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    first = record_session(by=universe.worker, session=session, attended=7, done=[], contact=contact_of(session))
    with pytest.raises(ValidationError, match="Say why"):
        record_session(by=universe.worker, session=session, attended=8, done=[])
    second = record_session(
        by=universe.worker, session=session, attended=8, done=[], contact=contact_of(session), reason="Miscounted"
    )
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert (second.replaces, second.contact) == (first, first.contact)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("attended", "done", "message"),
    [(-1, [], "between 0 and"), (2001, [], "between 0 and"), (3, ["tea"], "the list"), (3, ["advice"] * 2, "the list")],
)
def test_a_record_that_cannot_be_is_refused(universe: Universe, attended: int, done: list[str], message: str) -> None:
    session = draw_session(universe, TUESDAY)
    with pytest.raises(ValidationError, match=message):
        record_session(by=universe.worker, session=session, attended=attended, done=done)


def test_a_session_to_come_is_not_recorded(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="has not begun"):
        record_session(by=universe.worker, session=draw_session(universe), attended=3, done=[])


def test_a_contact_that_is_refused_leaves_no_record(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    wrong = contact_of(session) | {"role": "magician"}
    with pytest.raises(ValidationError, match="magician"):
        record_session(by=universe.worker, session=session, attended=7, done=[], contact=wrong)
    assert not SessionRecord.objects.exists()


def test_a_recorded_session_is_not_cancelled(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    record_session(by=universe.worker, session=session, attended=0, done=[])
    with pytest.raises(ValidationError, match="was held"):
        cancel_session(by=universe.worker, session=session, reason="Nobody came")


def test_every_action_asks_for_the_school_of_the_session(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    later = (at(FRIDAY, 9), at(FRIDAY, 10))
    people = (
        universe.lead,
        universe.other_school[Role.SOCIAL_WORKER],
        universe.elsewhere[Role.TEAM_MANAGER],
        universe.analyst,
    )
    for by in people:
        for act in (
            lambda by=by: plan_session(by=by, school=universe.alder, worker=universe.worker, plan=plan()),
            lambda by=by: cancel_session(by=by, session=session, reason="Because"),
            lambda by=by: move_session(by=by, session=session, starts_at=later[0], ends_at=later[1], reason="Because"),
            lambda by=by: record_session(by=by, session=session, attended=1, done=[]),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert Session.objects.count() == 1


def test_the_school_sees_its_sessions_and_not_how_many_came(universe: Universe) -> None:
    session = draw_session(universe, MONDAY)
    record_session(by=universe.worker, session=session, attended=7, done=[])
    assert list(Session.objects.visible_to(universe.lead)) == [session]
    assert not SessionRecord.objects.visible_to(universe.lead).exists()
    assert not Session.objects.visible_to(universe.other_school[Role.SAFEGUARDING_LEAD]).exists()


def test_a_session_happens_on_the_day_of_london(universe: Universe) -> None:
    assert plan(starts_at=datetime.fromisoformat("2026-06-30T23:30:00+00:00")).day == date(2026, 7, 1)
