"""The pages of the diary: what they show, what they do, and how much they ask of the database."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.diary.actions.session_records import record_session
from service.diary.actions.sessions import cancel_session
from service.diary.models import Absence, PresenceDay, Session, SessionRecord
from service.diary.weeks import in_words, month_of, week_of
from service.permissions import Role
from service.practice.models import Contact
from service.programmes.actions import placements
from tests.service.conftest import SignedIn
from tests.service.diary.drawing import MONDAY, TUESDAY, at, draw_absence, draw_entry, draw_session, place
from tests.service.universe import TODAY, Universe, draw_membership, draw_person

FRIDAY = date(2026, 11, 20)


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_the_week_shows_days_and_sessions_in_order(universe: Universe, signed_in: SignedIn) -> None:
    draw_session(universe)
    text = page(signed_in(universe.lead), "diary")
    places = [text.index(word) for word in ("Monday 16 November", "Wednesday 18 November", "Friday 20 November")]
    assert places == sorted(places)
    assert "Drop-in for parents and carers" in text
    assert "09:00 to 10:00" in text
    assert "Plan a session" not in text


def test_the_week_of_another_school_is_empty(universe: Universe, signed_in: SignedIn) -> None:
    draw_session(universe)
    assert "Nothing is planned" in page(signed_in(universe.other_school[Role.SAFEGUARDING_LEAD]), "diary")


@pytest.mark.parametrize("week", ["", "2026-11-18", "tomorrow", "2026-13-45", "9999-12-31", "0001-01-01"])
def test_a_week_that_cannot_be_is_this_week(universe: Universe, signed_in: SignedIn, week: str) -> None:
    assert "16 to 20 November 2026" in page(signed_in(universe.worker), "diary", query=f"?week={week}")
    assert week_of(week).monday == MONDAY
    assert month_of(week).first == date(2026, 11, 1)


def test_two_days_are_written_as_people_write_them() -> None:
    assert in_words(MONDAY, MONDAY) == "16 November 2026"
    assert in_words(MONDAY, FRIDAY) == "16 to 20 November 2026"
    assert in_words(date(2026, 11, 30), date(2026, 12, 4)) == "30 November to 4 December 2026"
    assert in_words(date(2026, 12, 28), date(2027, 1, 1)) == "28 December 2026 to 1 January 2027"


def test_a_long_week_is_shown_in_pages_with_few_questions_to_the_database(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for hour in range(8, 18):
        for day in (MONDAY, TODAY, FRIDAY):
            draw_session(universe, starts_at=at(day, hour), ends_at=at(day, hour, 30))
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(20):
        assert 'rel="next"' in page(client, "diary")
    with django_assert_max_num_queries(12):
        assert "Page 1" in page(client, "session-list")


def test_one_tap_and_the_week_is_entered(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    client = signed_in(universe.worker)
    assert "As planned" in page(client, "presence-week")
    response = client.post(reverse("presence-as-planned"), {"week": "2026-11-16"}, follow=True)
    assert "2 days entered" in response.content.decode()
    assert "Enters each agreed day" not in response.content.decode()
    assert PresenceDay.objects.count() == 2


def test_days_are_chosen_one_by_one(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    data = {"d20261116_900001": "part of the day", "d20261117_900001": "by phone or video", "d20261118_900001": ""}
    response = signed_in(universe.worker).post(reverse("presence-week"), data, follow=True)
    assert "2 days entered" in response.content.decode()
    assert dict(PresenceDay.objects.values_list("day", "actual")) == {
        MONDAY: "part of the day",
        TUESDAY: "by phone or video",
    }


def test_a_choice_that_is_not_in_the_list_is_refused_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    response = signed_in(universe.worker).post(reverse("presence-week"), {"d20261116_900001": "asleep"})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert not PresenceDay.objects.exists()


def test_a_manager_enters_the_week_of_a_worker(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    url = reverse("worker-week", args=[universe.worker.public_id])
    response = signed_in(universe.manager).post(url, {"d20261116_900001": "not in"}, follow=True)
    assert response.status_code == 200
    assert PresenceDay.objects.get().recorded_by == universe.manager


def test_a_worker_without_a_placement_is_told_so(universe: Universe, signed_in: SignedIn) -> None:
    assert "You are not placed in a school" in page(signed_in(universe.worker), "presence-week")


def test_an_entry_is_corrected_with_a_reason(universe: Universe, signed_in: SignedIn) -> None:
    row = draw_entry(universe)
    url = reverse("presence-correct", args=[row.public_id])
    client = signed_in(universe.worker)
    assert "There is a problem" in client.post(url, {"actual": "not in"}).content.decode()
    response = client.post(url, {"actual": "not in", "reason": "Called to court"}, follow=True)
    assert "Entry corrected" in response.content.decode()
    stale = client.post(url, {"actual": "all day", "reason": "Again"})
    assert "corrected before" in stale.content.decode()


def test_a_colleague_at_the_school_corrects_no_entry_of_hers(universe: Universe, signed_in: SignedIn) -> None:
    row = draw_entry(universe)
    colleague = User.objects.create_user("colleague@northbrook.example.org", name="Colleague")
    draw_membership(colleague, Role.SOCIAL_WORKER, universe.alder)
    url = reverse("presence-correct", args=[row.public_id])
    response = signed_in(colleague).post(url, {"actual": "not in", "reason": "Because"})
    assert response.status_code == 403


def test_the_month_of_a_school_tells_its_gaps_in_words(universe: Universe, signed_in: SignedIn) -> None:
    place(universe, starts=date(2026, 11, 9))
    text = page(signed_in(universe.lead), "presence-month", universe.alder.public_id)
    assert "Nobody is placed here from 1 to 8 November 2026." in text
    assert "No entry for 3 agreed days: 9 November, 11 November, 16 November." in text


def test_the_month_shows_the_school_who_is_away_and_who_covers_but_not_why(
    universe: Universe, signed_in: SignedIn
) -> None:
    placement = place(universe)
    stand_in = draw_person(Role.SOCIAL_WORKER, universe.ash, "ash")
    placements.cover(by=universe.manager, placement=placement, worker=stand_in, starts=TODAY, ends=TODAY)
    draw_absence(universe)
    text = page(signed_in(universe.lead), "presence-month", universe.alder.public_id)
    assert f"Away, covered by {stand_in}" in text
    assert "ourt" not in text
    assert "court" in page(signed_in(universe.worker), "presence-week")


def test_the_month_of_a_school_asks_little_of_the_database(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    draw_entry(universe)
    client = signed_in(universe.lead)
    with django_assert_max_num_queries(24):
        page(client, "presence-month", universe.alder.public_id, query="?month=2026-11-01")


def test_the_school_takes_the_attendance_record_of_a_month_away(universe: Universe, signed_in: SignedIn) -> None:
    draw_entry(universe)
    client = signed_in(universe.lead)
    assert "month=2026-11-01" in page(client, "presence-month", universe.alder.public_id)
    address = reverse("presence-file", args=[universe.alder.public_id, "csv"])
    lines = client.get(address, {"month": "2026-11-01"}).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Day,Who,Planned,In school"
    assert any(line.endswith("In school all day") for line in lines[1:])
    told = Entry.objects.get(action=Action.EXPORT)
    assert told.details == {"what": "presence", "kind": "csv", "rows": len(lines) - 1, "month": "2026-11"}
    book = client.get(reverse("presence-file", args=[universe.alder.public_id, "xlsx"]))
    assert book.content[:2] == b"PK"
    assert client.get(reverse("presence-file", args=[universe.alder.public_id, "exe"])).status_code == 404
    assert client.get(reverse("presence-file", args=[universe.beech.public_id, "csv"])).status_code == 404


def test_schools_stand_in_the_order_of_their_names_without_a_figure(universe: Universe, signed_in: SignedIn) -> None:
    draw_entry(universe)
    text = page(signed_in(universe.manager), "presence-schools")
    places = [text.index(name) for name in ("Alder Academy", "Ash Primary", "Beech High")]
    assert places == sorted(places)
    assert "Cedar" not in text


def test_days_away_are_declared_and_withdrawn(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    client = signed_in(universe.worker)
    data = {"first": "2026-11-18", "last": "2026-11-20", "why": "leave"}
    assert "Absence declared for 1 school" in client.post(reverse("absence-add"), data, follow=True).content.decode()
    url = reverse("absence-withdraw", args=[Absence.objects.get().public_id])
    assert "Absence withdrawn" in client.post(url, {"reason": "Postponed"}, follow=True).content.decode()
    wrong = client.post(reverse("absence-add"), data | {"last": "2026-11-01"})
    assert "The last day lies before the first" in wrong.content.decode()


def session_data(universe: Universe, **changes: str) -> dict[str, str]:
    return {
        "kind": "drop-in",
        "audience": "parents",
        "school": str(universe.alder.public_id),
        "worker": str(universe.worker.public_id),
        "place": "Library",
        "date": "2026-11-20",
        "starts": "09:00",
        "ends": "10:00",
    } | changes


def test_a_weekly_session_is_planned_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    client = signed_in(universe.worker)
    page(client, "session-add")
    response = client.post(reverse("session-add"), session_data(universe, weekly="on"), follow=True)
    assert "5 sessions planned" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends": "08:00"}, "ends before it begins"),
        ({"date": "2026-10-28"}, "is closed on 28 October 2026"),
        ({"place": ""}, "Enter room"),
        ({"starts": "soon"}, "Enter a valid time"),
    ],
)
def test_what_is_wrong_with_a_session_is_told_on_the_page(
    universe: Universe, signed_in: SignedIn, changes: dict[str, str], message: str
) -> None:
    place(universe)
    response = signed_in(universe.worker).post(reverse("session-add"), session_data(universe, **changes))
    assert message in response.content.decode()
    assert not Session.objects.exists()


def test_a_school_out_of_scope_is_no_choice(universe: Universe, signed_in: SignedIn) -> None:
    place(universe)
    for school in (universe.beech, universe.cedar):
        data = session_data(universe, school=str(school.public_id))
        response = signed_in(universe.worker).post(reverse("session-add"), data)
        assert "Select a valid choice" in response.content.decode()


def test_where_nobody_is_placed_no_session_is_offered(universe: Universe, signed_in: SignedIn) -> None:
    assert "Nobody is placed in a school of yours" in page(signed_in(universe.manager), "session-add")


def test_a_session_is_moved_and_cancelled_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    session = draw_session(universe)
    client = signed_in(universe.worker)
    data = {"date": "2026-11-20", "starts": "14:00", "ends": "15:00", "reason": "Assembly"}
    response = client.post(reverse("session-move", args=[session.public_id]), data, follow=True)
    assert "14:00 to 15:00" in response.content.decode()
    assert "Moved" in page(client, "session", session.public_id)
    moved = Session.objects.get(moved_from=session)
    client.post(reverse("session-cancel", args=[moved.public_id]), {"reason": "Court"})
    assert "Cancelled" in page(client, "session", moved.public_id)


def test_a_record_with_a_contact_is_made_on_the_page(universe: Universe, signed_in: SignedIn) -> None:
    session = draw_session(universe, TUESDAY)
    url = reverse("session-record", args=[session.public_id])
    client = signed_in(universe.worker)
    text = unescape(client.get(url).content.decode())
    assert '<option value="preventative" selected>' in text
    data = {
        "attended": "7", "done": ["advice"], "record": "on", "role": "preventative", "raised_by": "parent",
        "topic": "attendance", "time_band": "30 to 60 minutes",
    }  # fmt: skip
    assert "Session recorded" in client.post(url, data, follow=True).content.decode()
    contact = Contact.objects.get()
    assert (contact.kind_of_work, contact.role, contact.account) == ("group work", "preventative", "")
    assert [code.code for code in contact.topics.all()] == ["attendance"]
    corrected = client.post(url, {"attended": "8", "reason": "Miscounted"}, follow=True).content.decode()
    assert "Replaced by a correction" in corrected
    assert Contact.objects.count() == 1


def test_a_record_without_a_contact_makes_none(universe: Universe, signed_in: SignedIn) -> None:
    session = draw_session(universe, TUESDAY)
    signed_in(universe.worker).post(reverse("session-record", args=[session.public_id]), {"attended": "0"})
    assert SessionRecord.objects.get().attended == 0
    assert not Contact.objects.exists()


def test_the_school_reads_a_session_without_how_many_came(universe: Universe, signed_in: SignedIn) -> None:
    session = draw_session(universe, TUESDAY)
    record_session(by=universe.worker, session=session, attended=17, done=["advice"])
    text = page(signed_in(universe.lead), "session", session.public_id)
    assert "What came of it" not in text
    assert "Record attendance" not in text
    assert "What came of it" in page(signed_in(universe.manager), "session", session.public_id)


def test_sessions_are_narrowed_by_state_and_kind(universe: Universe, signed_in: SignedIn) -> None:
    held, to_record = draw_session(universe, MONDAY), draw_session(universe, TUESDAY)
    to_come, cancelled = draw_session(universe), draw_session(universe, date(2026, 11, 27))
    record_session(by=universe.worker, session=held, attended=3, done=[])
    cancel_session(by=universe.worker, session=cancelled, reason="Court")
    client = signed_in(universe.worker)
    for shown, session in (
        ("recorded", held), ("to record", to_record), ("to come", to_come), ("cancelled", cancelled),
    ):  # fmt: skip
        text = page(client, "session-list", query=f"?shown={shown}&kind=drop-in")
        links = [row for row in Session.objects.all() if str(row.public_id) in text]
        assert links == [session]
    assert "No sessions." in page(client, "session-list", query="?kind=training")
    assert "There is a problem" in page(client, "session-list", query="?kind=party")


def test_a_week_in_two_schools_asks_no_more_than_in_one(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    draw_entry(universe)
    place(universe, school=universe.ash, weekdays=[1], share_of_time=20)
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(14):
        assert "Ash Primary" in page(client, "presence-week")
