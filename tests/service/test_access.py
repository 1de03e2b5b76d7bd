"""Every address by every role in every place: who may have it, and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from http.cookies import SimpleCookie
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import SCHOOL_ROLES, Role
from tests.service.access import Access
from tests.service.conftest import SignedIn, client_of, in_term
from tests.service.universe import Universe, make_universe

HERE = Path(__file__).parent
FOREIGN = ("allauth", "django")  # their addresses are checked in tests/service/accounts


def every_address() -> Iterator[str]:
    """The name of each address of ours."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif not pattern.callback.__module__.startswith(FOREIGN):
                yield pattern.name or f"(unnamed) {pattern.pattern}"

    yield from walk(get_resolver().url_patterns)


TABLE: dict[str, Access] = {}
for path in sorted(HERE.glob("*/access.py")):
    TABLE |= import_module(f"tests.service.{path.parent.name}.access").ACCESS
ADDRESSES = sorted(set(every_address()))


@dataclass(frozen=True)
class World:
    """A universe, and the cookies of each person's session."""

    universe: Universe
    cookies: dict[int, SimpleCookie]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Everybody signed in once. The transaction of each test lies in this one's, so each begins where this leaves off."""
    with django_db_blocker.unblock(), transaction.atomic():
        with in_term():
            universe = make_universe()
            users = [*(user for _, _, user in people(universe)), universe.stranger]
            world = World(universe, {user.pk: client_of(user).cookies for user in users})
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def universe(world: World, db: None) -> Universe:
    return deepcopy(world.universe)  # what a test hangs on a school or a person ends with it


@pytest.fixture
def signed_in(world: World, db: None) -> SignedIn:
    def go_on(user: User) -> Client:
        client = Client()
        client.cookies = SimpleCookie(world.cookies[user.pk])
        return client

    return go_on


def test_every_address_says_who_may_have_it() -> None:
    assert set(ADDRESSES) == set(TABLE)


def ask(client: Client, universe: Universe, name: str) -> HttpResponse:
    access = TABLE[name]
    url = reverse(name, kwargs=access.kwargs(universe))
    return getattr(client, access.method)(url, access.data(universe) if access.method == "post" else None)


def people(universe: Universe) -> Iterator[tuple[Role, str, User]]:
    for place, people_there in (
        ("own", universe.own),
        ("other school", universe.other_school),
        ("elsewhere", universe.elsewhere),
    ):
        for role, user in people_there.items():
            yield role, place, user


def expected(access: Access, role: Role, place: str) -> set[int]:
    if access.absent:
        return {404}
    if access.public or access.signed_in:
        return {200, 302}
    if role not in access.roles:
        return {403}
    hidden = (access.reach == "school" and place != "own") or (access.reach == "authority" and place == "elsewhere")
    return {404} if hidden else {200, 302}


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) & set(TABLE)))
def test_each_person_gets_what_the_table_says(name: str, universe: Universe, signed_in: SignedIn) -> None:
    access = TABLE[name]
    for role, place, user in people(universe):
        if access.method == "post" and role in access.roles and place == "own":
            continue  # what the action does is its own test's matter
        response = ask(signed_in(user), universe, name)
        assert response.status_code in expected(access, role, place), f"{role}, {place}: {response.status_code}"


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) & set(TABLE)))
def test_who_is_not_signed_in_is_sent_to_sign_in(name: str, universe: Universe) -> None:
    response = ask(Client(), universe, name)
    if TABLE[name].public or TABLE[name].absent:
        assert response.status_code == (404 if TABLE[name].absent else 200)
    else:
        assert response.status_code == 302
        assert "/sign-in" in response.headers["Location"] or "login" in response.headers["Location"]


@pytest.mark.parametrize("name", sorted(name for name in set(ADDRESSES) & set(TABLE) if TABLE[name].reach != "own"))
def test_a_refusal_is_in_the_audit(name: str, universe: Universe, signed_in: SignedIn) -> None:
    role = min(TABLE[name].roles, key=lambda role: role not in SCHOOL_ROLES)
    ask(signed_in(universe.elsewhere[role]), universe, name)
    assert Entry.objects.filter(action=Action.DENIED, actor=str(universe.elsewhere[role].public_id)).exists()


def test_a_person_without_a_role_gets_no_page_with_a_row(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.stranger)
    for name, access in TABLE.items():
        if not (access.public or access.signed_in or access.absent):
            with transaction.atomic():
                response = ask(client, universe, name)
                transaction.set_rollback(True)  # the next address begins in the same world
            assert response.status_code == 403, name
