"""Every page of the access tables in a real browser, as somebody who may see it: axe at WCAG 2.2 AA, narrow and wide."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from service.permissions import Role
from tests.service.access import Access
from tests.service.browser.looking import DESK, NARROWEST, listen, show, sticks_out, violations
from tests.service.conftest import SignedIn
from tests.service.test_access import TABLE
from tests.service.universe import Universe, make_universe

pytestmark = pytest.mark.slow

PAGES = sorted(name for name, access in TABLE.items() if access.page and access.method == "get")
OF_ALLAUTH = {
    "account_login": False, "account_reset_password": False, "account_reset_password_done": False,
    "account_inactive": False, "mfa_index": True, "mfa_activate_totp": True, "mfa_list_webauthn": True,
    "usersessions_list": True,
}  # fmt: skip
HEARD: list[str] = []  # what the browser complained of on the page that is looked at


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": NARROWEST, "height": 800})
    listen(page, HEARD)
    yield page
    page.close()


def address_of(name: str, access: Access, universe: Universe) -> str:
    return reverse(name, kwargs=access.kwargs(universe))


def visitor(access: Access, universe: Universe, signed_in: SignedIn) -> Client:
    """Somebody who may have the page: the first of its roles, or nobody in particular."""
    if access.public or access.absent:
        return Client()
    role = next((role for role in Role if role in access.roles), Role.SOCIAL_WORKER)
    return signed_in(universe.own[role])


def faults(
    page: Page, response: HttpResponse, address: str, *, widths: tuple[int, ...] = (NARROWEST, DESK)
) -> list[str]:
    """Everything that is wrong with an answer, at each width."""
    assert response.headers["Content-Type"].startswith("text/html"), "Not a page: say page=False in the access table."
    found = [] if response.content.count(b"<h1") == 1 else ["a page has one h1"]
    HEARD.clear()
    page.set_viewport_size({"width": widths[0], "height": 800})
    show(page, response, address)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width}: {fault}" for fault in violations(page)]
        found += [f"{width}: sticks out: {element}" for element in sticks_out(page)]
    return found + HEARD


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, page: Page, universe: Universe, signed_in: SignedIn, settings: Any) -> None:
    access = TABLE[name]
    settings.DEMONSTRATION = access.absent
    client, address = visitor(access, universe, signed_in), address_of(name, access, universe)
    response = client.get(address, follow=True)
    assert response.status_code == 200
    assert faults(page, response, address) == []
    if b'method="post"' in response.content.partition(b"<main")[2]:
        mistaken = client.post(address, {})
        if mistaken.status_code == 200:
            assert faults(page, mistaken, address, widths=(NARROWEST,)) == []


@pytest.mark.parametrize(("name", "inside"), OF_ALLAUTH.items())
def test_axe_finds_nothing_in_the_pages_of_signing_in(
    name: str, inside: bool, page: Page, universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker) if inside else Client()
    response = client.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert faults(page, response, reverse(name)) == []


@pytest.mark.parametrize(("address", "status"), [("/nowhere", 404), ("/accounts/", 403)])
def test_axe_finds_nothing_in_a_refusal(
    address: str, status: int, page: Page, universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker)
    response = client.get(address)
    assert response.status_code == status
    assert faults(page, response, address) == []


@pytest.mark.django_db
def test_every_page_has_a_title_of_its_own(signed_in: SignedIn, settings: Any) -> None:
    titles: dict[str, set[str]] = defaultdict(set)
    for name in PAGES:
        access = TABLE[name]
        settings.DEMONSTRATION = access.absent
        with transaction.atomic():  # each page in a world of its own, without the rows of the others
            universe = make_universe()
            response = visitor(access, universe, signed_in).get(address_of(name, access, universe))
            transaction.set_rollback(True)
        found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)
        if response.status_code == 200 and found:
            titles[" ".join(found.group(1).split())].add(name)
    assert {title: names for title, names in titles.items() if len(names) > 1} == {}
