"""Placing, covering, changing and ending, and what each lets a worker see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.models import User
from service.audit.models import Entry
from service.permissions import Permission, Role, forget_memberships, holds
from service.programmes.actions import placements
from service.programmes.models import Allocation, Arm, Placement, SchoolArm
from service.programmes.placements import _uncovered, agreed_days, gaps, schools_of, schools_without_worker, workers_of
from service.schools.models import ClosureDay
from tests.service.universe import TODAY, Universe, draw_membership

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def newcomer(universe: Universe) -> User:
    user = User.objects.create_user("new@northbrook.example.org", name="Newcomer")
    draw_membership(user, Role.SOCIAL_WORKER, universe.ash, ends=date(2026, 10, 1))
    return user


def place(universe: Universe, **terms: Any) -> Placement:
    terms = {
        "by": universe.manager,
        "worker": universe.worker,
        "school": universe.alder,
        "mode": "own office",
        "base": "Room 12",
        "weekdays": [0, 2],
        "share_of_time": 60,
        "starts": date(2026, 9, 7),
    } | terms
    return placements.place_worker(**terms)


def sees(user: User, universe: Universe) -> bool:
    forget_memberships(user)
    return holds(user, Permission.VIEW_CONTACTS, school=universe.alder)


def test_a_placed_worker_sees_the_school_and_it_is_in_the_audit(universe: Universe, newcomer: User) -> None:
    assert not sees(newcomer, universe)
    placement = place(universe, worker=newcomer)
    assert sees(newcomer, universe)
    entry = Entry.objects.filter(subject=str(placement.public_id)).get()
    assert (entry.action, entry.school) == ("create", universe.alder.urn)


def test_an_ended_placement_takes_the_school_away_after_its_last_day(universe: Universe, newcomer: User) -> None:
    placement = place(universe, worker=newcomer)
    placements.end_placement(by=universe.manager, placement=placement, on=date(2026, 11, 17), reason="Left the team")
    assert not sees(newcomer, universe)
    assert Placement.objects.get(pk=placement.pk).end_reason == "Left the team"


def test_sight_that_came_by_invitation_goes_with_the_placement(universe: Universe) -> None:
    placement = place(universe)
    placements.end_placement(by=universe.manager, placement=placement, on=date(2026, 11, 17), reason="Left the team")
    assert not sees(universe.worker, universe)


def test_a_change_of_terms_leaves_no_day_without_sight(universe: Universe) -> None:
    placement = place(universe)
    placements.change_placement(by=universe.manager, placement=placement, starts=TODAY, reason="Days", weekdays=[1])
    assert sees(universe.worker, universe)


def test_a_placement_that_has_not_begun_is_called_off_and_never_holds(universe: Universe, newcomer: User) -> None:
    placement = place(universe, worker=newcomer, starts=date(2027, 1, 4))
    placements.end_placement(by=universe.manager, placement=placement, on=TODAY, reason="Took another post")
    assert workers_of(universe.alder, date(2027, 1, 4)) == []
    assert workers_of(universe.alder, date(2027, 1, 3)) == []
    assert not sees(newcomer, universe)


def test_who_covers_stands_in_the_place_of_who_is_covered(universe: Universe, newcomer: User) -> None:
    placement = place(universe)
    placements.cover(by=universe.manager, placement=placement, worker=newcomer, starts=TODAY, ends=date(2026, 11, 24))
    assert workers_of(universe.alder, TODAY) == [newcomer]
    assert workers_of(universe.alder, date(2026, 11, 25)) == [universe.worker]
    assert schools_of(newcomer, TODAY) == [universe.alder]
    assert agreed_days(placement, *NOVEMBER) == [date(2026, 11, day) for day in (2, 4, 9, 11, 16, 25, 30)]


def test_cover_on_days_that_somebody_covers_is_refused(universe: Universe, newcomer: User) -> None:
    placement = place(universe)
    placements.cover(by=universe.manager, placement=placement, worker=newcomer, starts=TODAY, ends=TODAY)
    with pytest.raises(ValidationError, match="Somebody covers on these days"):
        placements.cover(by=universe.manager, placement=placement, worker=newcomer, starts=TODAY, ends=TODAY)


def test_closed_days_and_the_half_term_are_no_agreed_days(universe: Universe) -> None:
    placement = place(universe)
    ClosureDay.objects.create(
        authority=universe.northbrook, school=universe.alder, day=date(2026, 11, 2), reason="Training"
    )
    days = agreed_days(placement, date(2026, 10, 19), date(2026, 11, 4))
    assert days == [date(2026, 10, 19), date(2026, 10, 21), date(2026, 11, 4)]


def test_other_terms_follow_the_day_after_the_old_ones_end(universe: Universe) -> None:
    old = place(universe)
    new = placements.change_placement(
        by=universe.manager,
        placement=old,
        starts=date(2026, 11, 23),
        reason="Fewer days",
        weekdays=[0],
        share_of_time=20,
    )
    old.refresh_from_db()
    assert (old.ends, new.follows, new.base) == (date(2026, 11, 22), old, "Room 12")
    assert agreed_days(new, *NOVEMBER) == [date(2026, 11, 23), date(2026, 11, 30)]


def test_a_feeder_primary_is_served_for_as_long_as_the_placement_lasts(universe: Universe) -> None:
    placement = place(universe)
    feeder = placements.serve_feeder(
        by=universe.manager,
        placement=placement,
        school=universe.ash,
        base="Head's office",
        weekdays=[3],
        share_of_time=10,
    )
    assert schools_of(universe.worker, TODAY) == [universe.alder, universe.ash]
    placements.end_placement(by=universe.manager, placement=placement, on=TODAY, reason="Moved")
    feeder.refresh_from_db()
    assert feeder.ends == TODAY


def test_a_school_that_is_no_feeder_is_not_served_as_one(universe: Universe) -> None:
    placement = place(universe)
    with pytest.raises(ValidationError, match="no feeder primary"):
        placements.serve_feeder(
            by=universe.manager,
            placement=placement,
            school=universe.beech,
            base="Office",
            weekdays=[3],
            share_of_time=10,
        )


def test_a_gap_between_two_workers_is_shown_unless_the_school_was_closed(universe: Universe, newcomer: User) -> None:
    first = place(universe)
    placements.end_placement(by=universe.manager, placement=first, on=date(2026, 11, 20), reason="Left")
    place(universe, worker=newcomer, starts=date(2026, 12, 1), ends=date(2026, 12, 18))
    place(universe, worker=newcomer, starts=date(2027, 1, 4))
    shown = gaps(universe.alder, date(2026, 11, 1), date(2027, 1, 31))
    assert shown == [(date(2026, 11, 21), date(2026, 11, 30))]
    assert schools_without_worker([universe.alder, universe.beech], date(2026, 11, 25)) == [
        (universe.alder, date(2026, 11, 20))
    ]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"weekdays": []}, "at least one day"),
        ({"weekdays": [5]}, "Monday to Friday"),
        ({"share_of_time": 0}, "from 1 to 100"),
        ({"share_of_time": 101}, "from 1 to 100"),
        ({"base": " "}, "where the worker is to be found"),
        ({"mode": "by telephone"}, "how the worker is in the school"),
        ({"mode": "shared office"}, "with whom"),
        ({"shares_with": "The nurse"}, "Only a shared office"),
        ({"ends": date(2026, 9, 1)}, "must not lie before"),
    ],
)
def test_terms_that_cannot_be_are_refused(universe: Universe, terms: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        place(universe, **terms)
    assert not Placement.objects.exists()


def test_more_than_a_whole_week_is_refused_but_one_after_the_other_is_not(universe: Universe) -> None:
    place(universe, ends=date(2026, 12, 18))
    place(universe, starts=date(2027, 1, 4), ends=date(2027, 4, 1))
    place(universe, school=universe.ash, share_of_time=40)
    with pytest.raises(ValidationError, match="0 per cent"):
        place(universe, school=universe.beech, share_of_time=10)


def test_the_same_worker_is_not_placed_twice_in_a_school(universe: Universe) -> None:
    place(universe)
    with pytest.raises(ValidationError, match="already"):
        place(universe, share_of_time=10, starts=TODAY)


def test_who_is_no_social_worker_is_not_placed(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="invited as a social worker"):
        place(universe, worker=universe.stranger)


def test_a_comparison_school_gets_no_worker_once_it_is_told_and_until_the_end_of_the_comparison(
    universe: Universe,
) -> None:
    allocation = Allocation.objects.create(
        certificate="", nominations_file="", steps=[], method="simple", drawn_on=date(2026, 9, 1),
        published_on=date(2026, 9, 20), kept_until=date(2027, 7, 21), entered_by=universe.evaluator,
    )  # fmt: skip
    SchoolArm.objects.create(allocation=allocation, school=universe.beech, arm=Arm.COMPARISON, drawn_arm=Arm.COMPARISON)
    with pytest.raises(ValidationError, match="comparison school until 21 July 2027"):
        place(universe, school=universe.beech)
    place(universe, school=universe.beech, starts=date(2027, 9, 1))


def test_an_arm_that_is_not_told_shows_in_no_refusal(universe: Universe) -> None:
    allocation = Allocation.objects.create(
        certificate="", nominations_file="", steps=[], method="simple", drawn_on=date(2026, 9, 1),
        entered_by=universe.evaluator,
    )  # fmt: skip
    SchoolArm.objects.create(allocation=allocation, school=universe.beech, arm=Arm.COMPARISON, drawn_arm=Arm.COMPARISON)
    place(universe, school=universe.beech)


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.PROGRAMME_LEAD, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR])
def test_only_a_team_manager_places(universe: Universe, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        place(universe, by=universe.own[role])


def test_a_manager_of_another_authority_neither_places_nor_ends(universe: Universe) -> None:
    stranger = universe.elsewhere[Role.TEAM_MANAGER]
    with pytest.raises(PermissionDenied):
        place(universe, by=stranger)
    placement = place(universe)
    with pytest.raises(PermissionDenied):
        placements.end_placement(by=stranger, placement=placement, on=TODAY, reason="Because")
    with pytest.raises(PermissionDenied):
        placements.cover(by=stranger, placement=placement, worker=universe.worker, starts=TODAY, ends=TODAY)


@given(st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 15)), max_size=6))
def test_a_day_is_either_held_or_in_one_gap(drawn: list[tuple[int, int]]) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    held = sorted((first + timedelta(days=start), first + timedelta(days=start + length)) for start, length in drawn)
    held = [(begins, ends) for begins, ends in held if begins <= last and ends >= first]
    empty = _uncovered(held, first, last)
    for day in (first + timedelta(days=n) for n in range(30)):
        in_gaps = sum(begins <= day <= ends for begins, ends in empty)
        assert in_gaps == (0 if any(begins <= day <= ends for begins, ends in held) else 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_of_time": 0},
        {"share_of_time": 101},
        {"ends": date(2026, 9, 1)},
        {"shares_with": "The nurse"},
    ],
)
def test_the_database_refuses_a_placement_that_cannot_be(universe: Universe, wrong: dict[str, Any]) -> None:
    facts = {
        "worker": universe.worker, "school": universe.alder, "mode": "own office", "base": "Room", "weekdays": [0],
        "share_of_time": 50, "starts": date(2026, 9, 7), "placed_by": universe.manager,
    } | wrong  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.create(**facts)
