"""The calendar that a person's own calendar program reads by a token."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from service.accounts.models import Membership
from service.audit.models import Action, Entry
from service.diary.actions.absences import declare_absence
from service.diary.actions.feeds import MOST_READS, make_feed, revoke_feed
from service.diary.actions.session_records import record_session
from service.diary.actions.sessions import cancel_session
from service.diary.feeds import calendar_of
from service.diary.models import CalendarFeed
from service.permissions import Role
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import TUESDAY, at, draw_session, place
from tests.service.universe import TODAY, Universe

FRIDAY = date(2026, 11, 20)


def read(token: str) -> tuple[int, str]:
    response = Client().get(reverse("calendar", args=[token]))
    return response.status_code, response.content.decode()


def events(token: str) -> list[tuple[str, str]]:
    """Summary and status of each event, as a calendar program reads them."""
    status, text = read(token)
    assert status == 200
    return [(str(event["SUMMARY"]), str(event.get("STATUS", ""))) for event in Calendar.from_ical(text).walk("VEVENT")]


def sessions_in(token: str) -> list[tuple[str, str]]:
    return [event for event in events(token) if event[1]]


def test_a_worker_reads_her_days_and_sessions(universe: Universe) -> None:
    draw_session(universe)
    found = events(make_feed(by=universe.worker))
    assert ("Drop-in for parents and carers, Alder Academy", "CONFIRMED") in found
    assert ("Social worker in school, Alder Academy", "") in found


def test_the_times_are_those_of_the_school_and_the_rest_is_well_formed(universe: Universe) -> None:
    draw_session(universe)
    calendar = Calendar.from_ical(calendar_of(universe.worker))
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    [event] = [event for event in calendar.walk("VEVENT") if "STATUS" in event]
    assert timezone.localtime(event["DTSTART"].dt).isoformat() == "2026-11-20T09:00:00+00:00"
    assert {"UID", "DTSTAMP"} <= set(event)
    assert str(event["LOCATION"]) == "Library, Alder Academy"


def test_a_day_away_or_covered_is_not_in_the_feed(universe: Universe) -> None:
    place(universe)
    token = make_feed(by=universe.worker)
    before = len(events(token))
    declare_absence(by=universe.worker, worker=universe.worker, first=TODAY, last=TODAY, why="sickness")
    assert len(events(token)) == before - 1
    assert "ickness" not in read(token)[1]


def test_a_cancelled_session_says_so_without_the_reason(universe: Universe) -> None:
    session = draw_session(universe)
    token = make_feed(by=universe.lead)
    cancel_session(by=universe.worker, session=session, reason="A family in need")
    assert sessions_in(token) == [("Drop-in for parents and carers, Alder Academy", "CANCELLED")]
    assert "family in need" not in read(token)[1]


def test_nothing_in_a_feed_names_anybody_or_counts_who_came(universe: Universe) -> None:
    session = draw_session(universe, TUESDAY)
    record_session(by=universe.worker, session=session, attended=17, done=["advice"])
    for user in (universe.worker, universe.lead, universe.manager):
        text = calendar_of(user).decode()
        assert universe.worker.name not in text
        assert universe.worker.email not in text
        assert "DESCRIPTION" not in text
        assert "17 " not in text


def test_the_feed_of_another_school_is_empty(universe: Universe) -> None:
    draw_session(universe)
    for user in (universe.other_school[Role.SAFEGUARDING_LEAD], universe.elsewhere[Role.TEAM_MANAGER]):
        assert events(make_feed(by=user)) == []


def test_a_manager_reads_the_sessions_of_the_authority_without_the_days(universe: Universe) -> None:
    draw_session(universe)
    assert [status for _, status in events(make_feed(by=universe.manager))] == ["CONFIRMED"]


def test_a_feed_shows_what_the_person_may_see_at_the_time_of_the_request(universe: Universe) -> None:
    draw_session(universe)
    token = make_feed(by=universe.lead)
    assert sessions_in(token)
    Membership.objects.filter(user=universe.lead).update(ends=TODAY - timedelta(days=1))
    assert events(token) == []


def test_an_unknown_a_revoked_and_an_inactive_feed_are_not_found(universe: Universe) -> None:
    token = make_feed(by=universe.worker)
    assert read("unknown")[0] == 404
    universe.worker.is_active = False
    universe.worker.save()
    assert read(token)[0] == 404
    universe.worker.is_active = True
    universe.worker.save()
    assert read(token)[0] == 200
    revoke_feed(by=universe.worker)
    assert read(token)[0] == 404
    with pytest.raises(ValidationError, match="no calendar feed"):
        revoke_feed(by=universe.worker)


def test_a_new_feed_revokes_the_one_before(universe: Universe) -> None:
    first = make_feed(by=universe.worker)
    second = make_feed(by=universe.worker)
    assert (read(first)[0], read(second)[0]) == (404, 200)


def test_the_token_is_kept_nowhere(universe: Universe) -> None:
    token = make_feed(by=universe.worker)
    read(token)
    feed = CalendarFeed.objects.get(user=universe.worker)
    assert len(token) >= 43
    assert token not in str(vars(feed))
    assert not any(token in str(vars(entry)) for entry in Entry.objects.all())


def test_a_person_without_a_diary_makes_no_feed(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        make_feed(by=universe.analyst)


def test_the_first_reading_of_a_day_is_an_export_in_the_audit(universe: Universe) -> None:
    token = make_feed(by=universe.worker)
    for _ in range(3):
        read(token)
    exports = Entry.objects.filter(action=Action.EXPORT, actor=str(universe.worker.public_id))
    assert exports.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        read(token)
    assert exports.count() == 2


def test_a_feed_that_is_read_too_often_rests_for_the_rest_of_the_hour(universe: Universe) -> None:
    token = make_feed(by=universe.worker)
    read(token)
    CalendarFeed.objects.update(reads=MOST_READS)
    response = Client().get(reverse("calendar", args=[token]))
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1), tick=False):
        assert read(token)[0] == 200


def test_the_questions_to_the_database_do_not_grow_with_the_events(
    universe: Universe, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    place(universe)
    token = make_feed(by=universe.worker)
    read(token)
    for hour in range(9, 16):
        draw_session(universe, starts_at=at(FRIDAY, hour), ends_at=at(FRIDAY, hour, 45))
    with django_assert_max_num_queries(16):
        assert len(sessions_in(token)) == 7
    with django_assert_max_num_queries(2):
        assert read("unknown")[0] == 404


def test_the_address_is_shown_once(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    made = client.post(reverse("calendar-feed-make")).content.decode()
    assert "/diary/calendars/" in made
    page = client.get(reverse("calendar-feed")).content.decode()
    assert "/diary/calendars/" not in page
    assert "You made one on 18 November 2026" in page
    client.post(reverse("calendar-feed-revoke"))
    assert "You made one" not in client.get(reverse("calendar-feed")).content.decode()


def test_a_person_sees_and_revokes_no_feed_but_the_own(universe: Universe) -> None:
    token = make_feed(by=universe.worker)
    assert not CalendarFeed.objects.visible_to(universe.manager).exists()
    with pytest.raises(ValidationError):
        revoke_feed(by=universe.manager)
    assert read(token)[0] == 200


def test_one_session_is_a_file_and_an_export(universe: Universe, signed_in: SignedIn) -> None:
    session = draw_session(universe)
    response = signed_in(universe.lead).get(reverse("session-calendar", args=[session.public_id]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="session-2026-11-20.ics"'
    assert len(Calendar.from_ical(response.content).walk("VEVENT")) == 1
    assert Entry.objects.filter(action=Action.EXPORT, subject=str(session.public_id)).count() == 1
