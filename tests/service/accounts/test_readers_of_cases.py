"""Who answers for a team hears of everybody who may newly read about children."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from service.accounts.actions.invitations import invite
from service.accounts.actions.memberships import READERS_OF_CASES, grant
from service.accounts.models import User
from service.permissions import SCHOOL_ROLES, Role
from tests.service.accounts.people import set_password
from tests.service.universe import Universe, draw_membership

MAILBOX = "second.mailbox@northbrook.example.org"


@pytest.fixture
def managers(universe: Universe) -> set[str]:
    """Two managers of Northbrook and one elsewhere, who have come; gives back the addresses of the two."""
    deputy = User.objects.create_user("deputy@example.org", name="Deputy")
    draw_membership(deputy, Role.TEAM_MANAGER, universe.alder)
    for person in (universe.manager, deputy, universe.elsewhere[Role.TEAM_MANAGER], universe.governance):
        set_password(person)
    return {universe.manager.email, deputy.email}


def told(about: str) -> dict[str, str]:
    """Who was written to about somebody, and what."""
    return {letter.to[0]: str(letter.body) for letter in mail.outbox if about in letter.body and letter.to != [about]}


def place_of(role: Role, universe: Universe) -> dict[str, Any]:
    return {"school": universe.alder} if role in SCHOOL_ROLES else {"authority": universe.northbrook}


@pytest.mark.parametrize("role", sorted(READERS_OF_CASES))
def test_the_managers_are_told_who_may_newly_read_about_children(
    role: Role, universe: Universe, managers: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(by=universe.administrator, email=MAILBOX, name="Second", role=role, **place_of(role, universe))
    letters = told(MAILBOX)
    assert set(letters) == managers
    letter = letters[universe.manager.email]
    where = "Alder Academy" if role in SCHOOL_ROLES else "Northbrook"
    assert f"the role of {role.value} for {where}" in letter
    assert universe.administrator.name in letter and "18 November 2026" in letter


def test_a_role_that_reads_no_case_is_given_without_a_letter(
    universe: Universe, managers: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    for role in (Role.ANALYST, Role.STEERING, Role.PROGRAMME_LEAD, Role.ADMINISTRATOR):
        with django_capture_on_commit_callbacks(execute=True):
            grant(by=universe.administrator, user=universe.stranger, role=role, authority=universe.northbrook)
    assert not told(universe.stranger.email)


def test_a_manager_who_places_a_worker_is_not_told_and_the_other_is(
    universe: Universe, managers: set[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        grant(by=universe.manager, user=universe.stranger, role=Role.SOCIAL_WORKER, school=universe.beech)
    assert set(told(universe.stranger.email)) == managers - {universe.manager.email}


def test_without_a_manager_who_has_come_information_governance_is_told(
    universe: Universe, django_capture_on_commit_callbacks: Any
) -> None:
    set_password(universe.governance)
    with django_capture_on_commit_callbacks(execute=True):
        invite(
            by=universe.administrator, email=MAILBOX, name="Second", role=Role.TEAM_MANAGER,
            authority=universe.northbrook,
        )  # fmt: skip
    assert set(told(MAILBOX)) == {universe.governance.email}


def test_a_letter_that_cannot_be_sent_keeps_nobody_from_the_role(
    universe: Universe, managers: set[str], django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any, **more: Any) -> int:
        raise OSError("no mail server")

    monkeypatch.setattr("service.accounts.letters.send_mail", fail)
    with django_capture_on_commit_callbacks(execute=True):
        grant(by=universe.administrator, user=universe.stranger, role=Role.SAFEGUARDING_LEAD, school=universe.alder)
    assert universe.stranger.memberships.exists()
