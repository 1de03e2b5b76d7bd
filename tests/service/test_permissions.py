"""Who holds what, where: the rules that every view and action stands on."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from service.accounts.models import Membership, User
from service.permissions import ROLES_WITH, Permission, Role, forget_memberships, holds, require, scope_of
from service.schools.models import School
from tests.service.universe import STARTED, TODAY, Universe, draw_membership


def test_every_permission_names_its_roles() -> None:
    assert set(ROLES_WITH) == set(Permission)
    assert all(ROLES_WITH.values())


def test_a_worker_sees_only_her_own_school(universe: Universe) -> None:
    assert list(School.objects.visible_to(universe.worker)) == [universe.alder]


def test_a_manager_sees_the_schools_of_his_authority(universe: Universe) -> None:
    assert set(School.objects.visible_to(universe.manager)) == {universe.alder, universe.ash, universe.beech}


def test_an_evaluator_without_authority_sees_every_school(universe: Universe) -> None:
    assert School.objects.visible_to(universe.evaluator).count() == 4


def test_a_stranger_sees_nothing(universe: Universe) -> None:
    assert not School.objects.visible_to(universe.stranger).exists()


def test_a_membership_holds_on_its_last_day_and_not_after(universe: Universe) -> None:
    user = User.objects.create_user("leaver@example.org", name="Leaver")
    membership = draw_membership(user, Role.SOCIAL_WORKER, universe.beech, ends=TODAY)
    assert scope_of(user, Permission.VIEW_SCHOOL).schools == {universe.beech.pk}
    Membership.objects.filter(pk=membership.pk).update(ends=date(2026, 11, 17))
    forget_memberships(user)
    assert not scope_of(user, Permission.VIEW_SCHOOL)


def test_a_membership_to_come_gives_nothing_yet(universe: Universe) -> None:
    user = User.objects.create_user("starter@example.org", name="Starter")
    draw_membership(user, Role.SOCIAL_WORKER, universe.beech, starts=date(2026, 11, 19))
    assert not holds(user, Permission.RECORD_CONTACT)


def test_who_is_no_longer_active_reaches_nothing(universe: Universe) -> None:
    universe.manager.is_active = False
    assert not holds(universe.manager, Permission.VIEW_CONTACTS)


def test_an_action_at_another_school_is_refused(universe: Universe) -> None:
    require(universe.worker, Permission.RECORD_CONTACT, school=universe.alder)
    with pytest.raises(PermissionDenied, match="You may not record a contact here"):
        require(universe.worker, Permission.RECORD_CONTACT, school=universe.beech)


def test_two_roles_add_up_without_mixing_their_scopes(universe: Universe) -> None:
    user = User.objects.create_user("both@example.org", name="Both")
    draw_membership(user, Role.SOCIAL_WORKER, universe.alder)
    draw_membership(user, Role.STEERING, universe.cedar, starts=STARTED)
    assert holds(user, Permission.VIEW_CONTACTS, school=universe.alder)
    assert not holds(user, Permission.VIEW_CONTACTS, school=universe.cedar)
    assert holds(user, Permission.VIEW_PUBLISHED_FIGURES, authority=universe.southmere)
    assert not holds(user, Permission.VIEW_PUBLISHED_FIGURES, authority=universe.northbrook)


@pytest.mark.parametrize(
    "permission", [Permission.VIEW_CONTACTS, Permission.VIEW_CHILD, Permission.VIEW_CASE_IDENTIFIER]
)
@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.STEERING, Role.EVALUATOR, Role.ANALYST]
)
def test_no_case_text_for_who_does_not_hold_the_case(role: Role, permission: Permission) -> None:
    assert role not in ROLES_WITH[permission]
