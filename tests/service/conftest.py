"""What every test of the service may ask for: the universe, and a browser session signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client, TransactionTestCase

from service.accounts.models import User
from service.audit.append_only import guard, release
from tests.service.operations.deployment import Deployment, deployed
from tests.service.universe import TODAY, Universe, make_universe

SignedIn = Callable[[User], Client]


def in_term() -> time_machine.travel:
    return time_machine.travel(
        datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=ZoneInfo("Europe/London")), tick=True
    )


@pytest.fixture(autouse=True)
def it_is_a_wednesday_in_term() -> Iterator[None]:
    """Every test of the service happens at ten in the morning of the same day."""
    with in_term():
        yield


@pytest.fixture
def universe(db: None) -> Universe:
    return make_universe()


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    return client_of


def client_of(user: User) -> Client:
    """A client in which somebody has signed in with a second factor."""
    client = Client(raise_request_exception=True)
    client.force_login(user)
    mark_second_factor(client)
    return client


def mark_second_factor(client: Client) -> None:
    session = client.session
    session["second_factor"] = True
    session.save()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment after `manage.py prepare`, which takes many seconds: others begin as its copies. Nobody works in it."""
    with deployed(tmp_path_factory.mktemp("prepared")) as deployment:
        deployment.run("prepare", "--verbosity", "0")
        yield deployment


@pytest.fixture(autouse=True, scope="session")
def _audit_can_be_emptied() -> Iterator[None]:
    """Lift the guard of the audit while a transactional test empties its database, and put it back."""
    empty = TransactionTestCase._fixture_teardown

    def lift_and_empty(case: TransactionTestCase) -> None:
        release(connection)
        try:
            empty(case)
        finally:
            guard(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_holds_the_database_at_the_end(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """PostgreSQL drops no database that somebody is connected to, and a browser's last request may keep its connection."""
    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
