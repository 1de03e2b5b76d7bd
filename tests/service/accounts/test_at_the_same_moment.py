"""Two administrators act at the same moment, each in a connection of their own, on either engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, close_old_connections, connection

from service.accounts.actions import colleagues, invitations, memberships, people
from service.accounts.models import Invitation, Membership, User
from service.permissions import Role
from tests.service.accounts.people import set_password
from tests.service.universe import STARTED, Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def universe(transactional_db: None) -> Universe:
    """The universe, kept: other connections see it."""
    return make_universe()


@pytest.fixture
def second(universe: Universe) -> User:
    """A second administrator of Northbrook; both have come."""
    set_password(universe.administrator)
    person = set_password(User.objects.create_user("second@example.org", name="Second"))
    Membership.objects.create(user=person, role=Role.ADMINISTRATOR, authority=universe.northbrook, starts=STARTED)
    return person


def wait_before(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who comes to this step first wait a while for the other, so that both are on their way together."""
    meet_before(monkeypatch, (module, name))


def meet_before(monkeypatch: pytest.MonkeyPatch, *steps: tuple[Any, str]) -> None:
    """Let two people who come to two different steps wait a while for one another."""
    both = Barrier(2)
    for module, name in steps:
        monkeypatch.setattr(module, name, _waiting_at(both, getattr(module, name)))


def _waiting_at(both: Barrier, step: Callable[..., Any]) -> Callable[..., Any]:
    def late(*arguments: Any, **more: Any) -> Any:
        with suppress(BrokenBarrierError):
            both.wait(timeout=1.5)
        return step(*arguments, **more)

    return late


def together(*acts: Callable[[], object]) -> list[OperationalError]:
    """Do all at once; gives back where the database found two that stood in one another's way.

    Who is refused, or finds the database of the tests locked as SQLite has it in memory, has not done it.
    """
    deadlocks: list[OperationalError] = []

    def act_alone(act: Callable[[], object]) -> None:
        try:
            with suppress(ValidationError, PermissionDenied):
                act()
        except OperationalError as error:
            if "deadlock" in str(error):
                deadlocks.append(error)
        finally:
            connection.close()

    threads = [Thread(target=act_alone, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return deadlocks


def administrators_left(universe: Universe) -> int:
    rows = Membership.objects.filter(role=Role.ADMINISTRATOR, authority=universe.northbrook, ends=None)
    return rows.filter(user__is_active=True).count()


def test_two_administrators_who_close_one_another_do_not_both_go(
    universe: Universe, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = universe.administrator
    wait_before(people, "_set_active", monkeypatch)
    together(
        lambda: people.close_account(by=first, user=User.objects.get(pk=second.pk), reason="x"),
        lambda: people.close_account(by=second, user=User.objects.get(pk=first.pk), reason="x"),
    )
    assert administrators_left(universe) == 1


def test_two_administrators_who_end_their_roles_do_not_both_go(
    universe: Universe, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = universe.administrator
    wait_before(memberships, "forget_memberships", monkeypatch)
    together(
        lambda: memberships.end(by=first, membership=first.memberships.get()),
        lambda: memberships.end(by=second, membership=second.memberships.get()),
    )
    assert administrators_left(universe) == 1


def test_one_is_closed_while_the_other_ends_the_own_role(
    universe: Universe, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = universe.administrator
    wait_before(people, "_set_active", monkeypatch)
    wait_before(memberships, "forget_memberships", monkeypatch)
    together(
        lambda: people.close_account(by=first, user=User.objects.get(pk=second.pk), reason="x"),
        lambda: memberships.end(by=first, membership=first.memberships.get()),
    )
    assert administrators_left(universe) == 1


@pytest.fixture
def link(universe: Universe) -> str:
    """The token in the letter to somebody who was invited and has not come yet."""
    invitations.invite(
        by=universe.administrator, email="new@example.org", name="New", role=Role.ANALYST, authority=universe.northbrook
    )
    found = re.search(r"/invited/([^/]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


def invite_again(universe: Universe) -> User:
    return invitations.invite(
        by=universe.administrator,
        email="new@example.org",
        name="New",
        role=Role.STEERING,
        authority=universe.northbrook,
    )


def accept(token: str) -> User:
    return invitations.accept(token=token, password="seven quiet lanterns")


def test_somebody_comes_while_being_invited_to_another_role(
    universe: Universe, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_before(monkeypatch, (invitations, "validate_password"), (invitations, "_open_invitation"))
    assert not together(lambda: accept(link), lambda: invite_again(universe))
    person = User.objects.get(email="new@example.org")
    waiting = person.invitations.filter(accepted=None, withdrawn=None)
    assert person.has_usable_password() != waiting.exists()  # has come, or has a link that works


def test_somebody_comes_by_the_council_while_being_invited_to_another_role(
    universe: Universe, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = User.objects.get(email="new@example.org")
    meet_before(monkeypatch, (invitations, "_close"), (invitations, "_open_invitation"))
    assert not together(lambda: invitations.accept_through_provider(user=person), lambda: invite_again(universe))
    assert person.invitations.filter(withdrawn=None).count() == 1  # used, or a link that works


@pytest.mark.parametrize("act", ["resend", "withdraw"])
def test_an_invitation_is_sent_again_or_withdrawn_while_another_is_sent(
    act: str, universe: Universe, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = Invitation.objects.get()
    meet_before(monkeypatch, (invitations, "record"), (invitations, "_open_invitation"))
    assert not together(
        lambda: getattr(invitations, act)(by=universe.administrator, invitation=invitation),
        lambda: invite_again(universe),
    )


def test_two_leads_who_name_at_once_do_not_go_past_the_limit(
    universe: Universe, monkeypatch: pytest.MonkeyPatch
) -> None:
    deputy = User.objects.create_user("deputy@example.org", name="Deputy")
    Membership.objects.create(
        user=deputy, role=Role.SAFEGUARDING_LEAD, authority=universe.northbrook, school=universe.alder, starts=STARTED
    )

    def name(by: User, number: int) -> Membership:
        return colleagues.name_colleague(
            by=by, school=universe.alder, email=f"{number}@alder.example.org", name=f"Colleague {number}"
        )

    for number in range(colleagues.MOST_AWAITED - 1):
        name(deputy, number)
    wait_before(colleagues, "find_or_make_person", monkeypatch)
    assert not together(lambda: name(universe.lead, 98), lambda: name(deputy, 99))
    assert Membership.objects.exclude(named_at=None).count() == colleagues.MOST_AWAITED
