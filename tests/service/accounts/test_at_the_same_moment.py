"""Two administrators act at the same moment, each in a connection of their own, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, close_old_connections, connection

from service.accounts.actions import memberships, people
from service.accounts.models import Membership, User
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
    both, step = Barrier(2), getattr(module, name)

    def late(*arguments: Any, **more: Any) -> Any:
        with suppress(BrokenBarrierError):
            both.wait(timeout=1.5)
        return step(*arguments, **more)

    monkeypatch.setattr(module, name, late)


def together(*acts: Callable[[], object]) -> None:
    """Do all at once. Who is refused, or finds the database locked, has not done it."""

    def act_alone(act: Callable[[], object]) -> None:
        try:
            with suppress(ValidationError, PermissionDenied, OperationalError):
                act()
        finally:
            connection.close()

    threads = [Thread(target=act_alone, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()


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
