"""Entering a draw, hiding it, and telling it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.permissions import Permission, Role
from service.programmes.actions import allocation, nominations
from service.programmes.models import Allocation, Arm, SchoolArm
from tests.service.programmes.drawing import draw_certificate, submitted_round, text_of
from tests.service.universe import TODAY, Universe


def enter(universe: Universe, folder: Path, *, reserve: int = 0) -> Allocation:
    submitted = submitted_round(universe, reserve=reserve)
    certificate = draw_certificate(folder, text_of(submitted))
    return allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)


def test_a_certificate_that_holds_is_taken_with_every_step(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    names = {step["name"] for step in entered.steps}
    assert {"certificate", "nominations", "arms", "balance", "commitment"} <= names
    assert all(step["holds"] is not False for step in entered.steps)
    arms = list(entered.arms.values_list("arm", flat=True))
    assert sorted(arms) == ["comparison", "comparison", "intervention", "intervention"]


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (b'arm = "intervention"', b'arm = "comparison"', "arms"),
        (b'seed = "a seed for a test"', b'seed = "another"', "certificate"),
    ],
)
def test_an_edited_certificate_is_refused_with_the_steps_that_fail(
    universe: Universe, tmp_path: Path, before: bytes, after: bytes, step: str
) -> None:
    submitted = submitted_round(universe)
    certificate = draw_certificate(tmp_path, text_of(submitted)).replace(before, after, 1)
    with pytest.raises(ValidationError, match=rf"The certificate does not hold. {step}"):
        allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)
    assert not Allocation.objects.exists()


def test_a_draw_from_other_figures_is_refused(universe: Universe, tmp_path: Path) -> None:
    submitted = submitted_round(universe)
    certificate = draw_certificate(tmp_path, text_of(submitted).replace(",40,", ",41,"))
    with pytest.raises(ValidationError, match="nominations"):
        allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)


@pytest.mark.parametrize("data", [b"", b"format = 1", b"\xff\xfe", b"x" * 3_000_000])
def test_what_is_no_certificate_is_refused_in_words(universe: Universe, data: bytes) -> None:
    with pytest.raises(ValidationError):
        allocation.enter_allocation(by=universe.evaluator, rounds=[submitted_round(universe)], certificate=data)


def test_a_commitment_that_was_registered_has_to_be_opened(universe: Universe, tmp_path: Path) -> None:
    submitted = submitted_round(universe)
    text = text_of(submitted)
    committed = draw_certificate(tmp_path, text, committed=True)
    file = (tmp_path / "allocation_commitment.toml").read_bytes()
    registered = allocation.register_commitment(by=universe.evaluator, file=file)
    with pytest.raises(ValidationError, match="does not open the commitment"):
        allocation.enter_allocation(
            by=universe.evaluator, rounds=[submitted], certificate=draw_certificate(tmp_path, text)
        )
    entered = allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=committed)
    steps = {step["name"]: step["holds"] for step in entered.steps}
    assert entered.commitment == registered
    assert steps["published commitment"] is True
    assert steps["registered before nominations"] is True


def test_an_altered_commitment_is_refused(universe: Universe, tmp_path: Path) -> None:
    draw_certificate(tmp_path, text_of(submitted_round(universe)), committed=True)
    file = (tmp_path / "allocation_commitment.toml").read_bytes().replace(b"simple", b"pairs")
    with pytest.raises(ValidationError, match="was altered"):
        allocation.register_commitment(by=universe.evaluator, file=file)


def test_nobody_but_the_evaluator_sees_an_arm_before_it_is_told(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    people = [*universe.own.values(), *universe.other_school.values(), *universe.elsewhere.values()]
    for person in people:
        sees = person == universe.own[Role.EVALUATOR]
        assert SchoolArm.objects.visible_to(person).exists() is sees, person
        assert Allocation.objects.visible_to(person).exists() is sees, person
    assert SchoolArm.objects.visible_to(universe.evaluator).count() == 4
    assert entered.published_on is None


def test_from_the_day_on_each_sees_the_arms_of_the_own_schools(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    allocation.publish(by=universe.evaluator, allocation=entered, on=date(2026, 11, 20))
    assert not SchoolArm.objects.visible_to(universe.programme_lead).exists()
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Europe/London"))):
        assert SchoolArm.objects.visible_to(universe.programme_lead).count() == 4
        assert [each.school for each in SchoolArm.objects.visible_to(universe.lead)] == [universe.alder]
        assert not SchoolArm.objects.visible_to(universe.elsewhere[Role.PROGRAMME_LEAD]).exists()
        assert Allocation.objects.visible_to(universe.programme_lead).count() == 1


def test_another_permission_opens_no_arm_that_is_not_told(universe: Universe, tmp_path: Path) -> None:
    enter(universe, tmp_path)
    for permission in (Permission.VIEW_PLACEMENTS, Permission.MANAGE_PLACEMENTS, Permission.VIEW_PROGRAMME):
        assert not SchoolArm.objects.visible_to(universe.manager, permission).exists()


def test_a_school_in_reserve_stands_in_for_one_that_withdrew_before_arms_are_told(
    universe: Universe, tmp_path: Path
) -> None:
    entered = enter(universe, tmp_path, reserve=2)
    leaving = entered.arms.get(school=universe.beech)
    nomination = entered.rounds.get().nominations.get(school=universe.beech)
    nominations.withdraw_school(by=universe.programme_lead, nomination=nomination, on=TODAY, reason="New head")
    allocation.publish(by=universe.evaluator, allocation=entered, on=TODAY)
    follower = entered.arms.get(drawn_arm=Arm.RESERVE, reserve_place=1)
    assert (follower.arm, follower.stands_in_for) == (leaving.arm, leaving)
    assert entered.arms.get(school=universe.beech).arm == Arm.WITHDREW
    assert entered.arms.get(reserve_place=2).arm == Arm.RESERVE


def test_a_round_is_drawn_from_once_unless_the_draw_is_set_aside(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    submitted = entered.rounds.get()
    certificate = entered.certificate.encode()
    with pytest.raises(ValidationError, match="drawn from already"):
        allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)
    allocation.set_aside(by=universe.evaluator, allocation=entered, reason="A rehearsal")
    again = allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)
    assert SchoolArm.objects.live().count() == 4
    allocation.publish(by=universe.evaluator, allocation=again, on=TODAY)
    with pytest.raises(ValidationError, match="stays as it is"):
        allocation.set_aside(by=universe.evaluator, allocation=again, reason="Not the wanted arms")


def test_a_day_before_the_draw_is_refused(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    with pytest.raises(ValidationError, match="before the draw"):
        allocation.publish(by=universe.evaluator, allocation=entered, on=date(2026, 11, 16))


def test_who_withdraws_after_arms_were_told_keeps_the_arm(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path, reserve=1)
    nomination = entered.rounds.get().nominations.get(school=universe.beech)
    nominations.withdraw_school(by=universe.programme_lead, nomination=nomination, on=TODAY, reason="New head")
    allocation.publish(by=universe.evaluator, allocation=entered, on=date(2026, 11, 17))
    beech = entered.arms.get(school=universe.beech)
    assert beech.arm == beech.drawn_arm
    assert entered.arms.get(drawn_arm=Arm.RESERVE).arm == Arm.RESERVE


@pytest.mark.parametrize("role", [Role.PROGRAMME_LEAD, Role.TEAM_MANAGER, Role.STEERING, Role.ADMINISTRATOR])
def test_only_an_evaluator_enters_and_publishes(universe: Universe, tmp_path: Path, role: Role) -> None:
    entered = enter(universe, tmp_path)
    by = universe.own[role]
    with pytest.raises(PermissionDenied):
        allocation.publish(by=by, allocation=entered, on=TODAY)
    with pytest.raises(PermissionDenied):
        allocation.set_aside(by=by, allocation=entered, reason="Because")
    with pytest.raises(PermissionDenied):
        allocation.register_commitment(by=by, file=b"", authority=universe.northbrook)


def test_an_evaluator_of_another_authority_does_neither(universe: Universe, tmp_path: Path) -> None:
    entered = enter(universe, tmp_path)
    with pytest.raises(PermissionDenied):
        allocation.publish(by=universe.elsewhere[Role.EVALUATOR], allocation=entered, on=TODAY)


def test_the_database_refuses_two_arms_for_a_school_and_setting_aside_what_was_told(universe: Universe) -> None:
    facts = {"certificate": "", "nominations_file": "", "steps": [], "method": "simple", "drawn_on": TODAY}
    drawn = Allocation.objects.create(entered_by=universe.evaluator, published_on=TODAY, **facts)
    other = Allocation.objects.create(entered_by=universe.evaluator, **facts)
    arm = {"school": universe.alder, "arm": Arm.COMPARISON, "drawn_arm": Arm.COMPARISON}
    SchoolArm.objects.create(allocation=drawn, **arm)
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolArm.objects.create(allocation=other, **arm)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=drawn.pk).update(set_aside_on=TODAY, set_aside_because="Not wanted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=other.pk).update(published_on=date(2026, 11, 1))
