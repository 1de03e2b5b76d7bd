"""Presence: what was planned, what was entered, and what each person may enter."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.diary.actions.absences import declare_absence, withdraw_absence
from service.diary.actions.presence import correct_presence, enter_presence, enter_week, enter_week_as_planned
from service.diary.models import Absence, Actual, Planned, PresenceDay
from service.diary.presence import days_of_school, days_of_worker
from service.permissions import Role
from service.programmes.actions import placements
from service.schools.models import ClosureDay
from tests.service.diary.drawing import MONDAY, TUESDAY, draw_absence, draw_entry, place
from tests.service.universe import TODAY, Universe, draw_membership, draw_person

FRIDAY = date(2026, 11, 20)


def planned_days(universe: Universe, user: User | None = None) -> dict[date, str]:
    days = days_of_worker(universe.worker, first=MONDAY, last=FRIDAY, seen_by=user or universe.worker)
    return {day.day: str(day.planned) for day in days}


def test_agreed_weekdays_of_an_open_school_are_planned(universe: Universe) -> None:
    place(universe)
    assert planned_days(universe) == {
        MONDAY: "in school",
        TUESDAY: "not agreed",
        TODAY: "in school",
        date(2026, 11, 19): "not agreed",
        FRIDAY: "not agreed",
    }


def test_a_closure_day_is_not_planned(universe: Universe) -> None:
    place(universe)
    ClosureDay.objects.create(authority=universe.northbrook, school=universe.alder, day=MONDAY, reason="Training")
    assert MONDAY not in planned_days(universe)


def test_a_declared_absence_takes_its_days_away_until_it_is_withdrawn(universe: Universe) -> None:
    absence = draw_absence(universe)
    assert planned_days(universe)[TODAY] == "away"
    assert planned_days(universe)[TUESDAY] == "not agreed"
    withdraw_absence(by=universe.worker, absence=absence, reason="The hearing was put off")
    assert planned_days(universe)[TODAY] == "in school"
    absence.refresh_from_db()
    assert absence.withdrawn_reason == "The hearing was put off"


def test_a_covered_day_is_away_for_the_one_and_planned_for_the_other(universe: Universe) -> None:
    placement = place(universe)
    stand_in = draw_person(Role.SOCIAL_WORKER, universe.ash, "ash")
    placements.cover(by=universe.manager, placement=placement, worker=stand_in, starts=TODAY, ends=FRIDAY)
    days = days_of_school(universe.alder, first=TODAY, last=TODAY, seen_by=universe.lead)
    told = {day.worker: day.planned_in_words for day in days}
    assert told == {universe.worker: f"Away, covered by {stand_in}", stand_in: "In school"}


def test_one_tap_enters_the_agreed_days_up_to_today(universe: Universe) -> None:
    place(universe)
    rows = enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=MONDAY)
    assert [(row.day, row.planned, row.actual) for row in rows] == [
        (MONDAY, "in school", "all day"),
        (TODAY, "in school", "all day"),
    ]


def test_one_tap_enters_a_declared_absence_as_not_in(universe: Universe) -> None:
    draw_absence(universe, MONDAY, MONDAY)
    rows = enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=MONDAY)
    assert [(row.planned, row.actual) for row in rows] == [("away", "not in"), ("in school", "all day")]


def test_one_tap_enters_a_scheduled_drop_in_as_part_of_the_day(universe: Universe) -> None:
    place(universe, mode="scheduled drop-ins")
    rows = enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=MONDAY)
    assert {row.actual for row in rows} == {Actual.PART}


def test_one_tap_twice_enters_nothing_twice(universe: Universe) -> None:
    draw_entry(universe, MONDAY, "not in")
    assert len(enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=MONDAY)) == 1
    assert enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=MONDAY) == []
    assert PresenceDay.objects.get(day=MONDAY).actual == "not in"


def test_a_week_long_past_may_be_entered_late(universe: Universe) -> None:
    place(universe)
    rows = enter_week_as_planned(by=universe.worker, worker=universe.worker, monday=date(2026, 9, 14))
    assert [row.day for row in rows] == [date(2026, 9, 14), date(2026, 9, 16)]


def test_a_visit_on_a_day_that_was_not_agreed_is_entered_as_such(universe: Universe) -> None:
    assert draw_entry(universe, TUESDAY, "by phone or video").planned == Planned.NOT_AGREED


def test_a_correction_supersedes_and_keeps_the_entry_before(universe: Universe) -> None:
    first = draw_entry(universe)
    second = correct_presence(by=universe.worker, entry=first, actual="not in", reason="Called to court")
    first.refresh_from_db()
    assert first.actual == "all day"
    assert first.superseded_at is not None
    assert second.replaces == first
    entry = Entry.objects.filter(action=Action.SUPERSEDE).get()
    assert (entry.details["before"], entry.details["after"], entry.reason) == ("all day", "not in", "Called to court")


def test_a_correction_without_reason_or_change_or_of_a_corrected_entry_is_refused(universe: Universe) -> None:
    first = draw_entry(universe)
    with pytest.raises(ValidationError, match="Say why"):
        correct_presence(by=universe.worker, entry=first, actual="not in", reason="  ")
    with pytest.raises(ValidationError, match="says already"):
        correct_presence(by=universe.worker, entry=first, actual="all day", reason="Again")
    correct_presence(by=universe.worker, entry=first, actual="not in", reason="Called to court")
    with pytest.raises(ValidationError, match="corrected before"):
        correct_presence(by=universe.worker, entry=first, actual="part of the day", reason="Again")


@pytest.mark.parametrize(
    ("day", "message"),
    [(date(2026, 11, 23), "still to come"), (date(2026, 9, 4), "was not placed"), (MONDAY, "entered already")],
)
def test_a_day_that_cannot_be_is_refused(universe: Universe, day: date, message: str) -> None:
    draw_entry(universe, MONDAY)
    with pytest.raises(ValidationError, match=message):
        enter_presence(by=universe.worker, worker=universe.worker, school=universe.alder, day=day, actual="all day")


def test_an_unknown_code_is_refused(universe: Universe) -> None:
    place(universe)
    with pytest.raises(ValidationError, match="Choose one"):
        enter_presence(by=universe.worker, worker=universe.worker, school=universe.alder, day=MONDAY, actual="asleep")


def test_a_week_with_one_wrong_day_enters_none(universe: Universe) -> None:
    place(universe)
    entries = {(universe.alder, MONDAY): "all day", (universe.alder, FRIDAY): "all day"}
    with pytest.raises(ValidationError, match="still to come"):
        enter_week(by=universe.worker, worker=universe.worker, monday=MONDAY, entries=entries)
    with pytest.raises(ValidationError, match="not in the week"):
        enter_week(
            by=universe.worker, worker=universe.worker, monday=date(2026, 11, 9), entries={(universe.alder, TODAY): "not in"}
        )  # fmt: skip
    assert not PresenceDay.objects.exists()


def test_nobody_but_the_worker_and_the_manager_enters_her_days(universe: Universe) -> None:
    place(universe)
    colleague = User.objects.create_user("colleague@northbrook.example.org", name="Colleague")
    draw_membership(colleague, Role.SOCIAL_WORKER, universe.alder)
    refused = (
        colleague,
        universe.lead,
        universe.elsewhere[Role.TEAM_MANAGER],
        universe.other_school[Role.SOCIAL_WORKER],
    )
    for by in refused:
        with pytest.raises(PermissionDenied):
            enter_presence(by=by, worker=universe.worker, school=universe.alder, day=MONDAY, actual="all day")
    row = enter_presence(
        by=universe.manager, worker=universe.worker, school=universe.alder, day=MONDAY, actual="all day"
    )
    assert row.recorded_by == universe.manager
    for by in refused:
        with pytest.raises(PermissionDenied):
            correct_presence(by=by, entry=row, actual="not in", reason="Because")


def test_the_database_keeps_one_entry_a_day(universe: Universe) -> None:
    row = draw_entry(universe)
    with pytest.raises(IntegrityError), transaction.atomic():
        PresenceDay.objects.create(
            worker=row.worker, school=row.school, day=row.day, planned="in school", actual="not in", recorded_by=row.worker
        )  # fmt: skip


def test_an_absence_stands_at_each_school_of_the_worker(universe: Universe) -> None:
    place(universe)
    place(universe, school=universe.ash, weekdays=[1], share_of_time=20)
    rows = declare_absence(by=universe.worker, worker=universe.worker, first=TODAY, last=FRIDAY, why="sickness")
    assert {row.school for row in rows} == {universe.alder, universe.ash}


@pytest.mark.parametrize(
    ("first", "last", "why", "message"),
    [
        (TODAY, MONDAY, "leave", "before the first"),
        (TODAY, date(2028, 1, 1), "leave", "a year at most"),
        (TODAY, FRIDAY, "fishing", "Choose one"),
        (date(2026, 9, 1), date(2026, 9, 2), "leave", "not placed"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    universe: Universe, first: date, last: date, why: str, message: str
) -> None:
    place(universe)
    with pytest.raises(ValidationError, match=message):
        declare_absence(by=universe.worker, worker=universe.worker, first=first, last=last, why=why)
    assert not Absence.objects.exists()


def test_an_absence_is_declared_and_withdrawn_by_the_worker_and_the_manager_alone(universe: Universe) -> None:
    absence = draw_absence(universe)
    colleague = User.objects.create_user("colleague@northbrook.example.org", name="Colleague")
    draw_membership(colleague, Role.SOCIAL_WORKER, universe.alder)
    for by in (colleague, universe.lead, universe.elsewhere[Role.TEAM_MANAGER]):
        with pytest.raises(PermissionDenied):
            withdraw_absence(by=by, absence=absence, reason="Because")
        with pytest.raises(PermissionDenied):
            declare_absence(by=by, worker=universe.worker, first=TODAY, last=FRIDAY, why="leave")
    assert not Absence.objects.visible_to(colleague).exists()
    withdraw_absence(by=universe.manager, absence=absence, reason="Entered in error")
    with pytest.raises(ValidationError, match="withdrawn before"):
        withdraw_absence(by=universe.manager, absence=absence, reason="Again")


def test_the_school_sees_that_a_worker_is_away_and_never_why(universe: Universe) -> None:
    draw_absence(universe)
    assert not Absence.objects.visible_to(universe.lead).exists()
    [day] = days_of_school(universe.alder, first=TODAY, last=TODAY, seen_by=universe.lead)
    assert day.planned_in_words == "Away"


def test_the_entries_of_a_school_are_seen_there_and_by_its_manager(universe: Universe) -> None:
    row = draw_entry(universe)
    for user in (universe.worker, universe.lead, universe.manager):
        assert list(PresenceDay.objects.visible_to(user)) == [row]
    for user in (
        universe.other_school[Role.SAFEGUARDING_LEAD],
        universe.elsewhere[Role.TEAM_MANAGER],
        universe.analyst,
    ):
        assert not PresenceDay.objects.visible_to(user).exists()
    assert (
        days_of_school(universe.alder, first=MONDAY, last=MONDAY, seen_by=universe.elsewhere[Role.TEAM_MANAGER]) == []
    )
