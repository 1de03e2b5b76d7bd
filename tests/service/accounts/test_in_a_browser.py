"""The pages of the door in a real browser: passkeys under the content policy, and axe on each page that is not ours alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page

from service.accounts.models import User
from tests.service.accounts.people import PASSWORD, give_password, set_password, set_up_app, set_up_recovery_codes
from tests.service.accounts.test_second_factor import FOREIGN
from tests.service.conftest import mark_second_factor
from tests.service.universe import Universe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGE = {
    "account_logout",
    "mfa_authenticate",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_login_webauthn",
    "mfa_download_recovery_codes",
    "openid_connect_login",
    "openid_connect_callback",
}
OPEN = [name for name in FOREIGN if name.startswith("account_") and name not in NO_PAGE | {"account_reauthenticate"}]
OWN = [name for name in FOREIGN if name not in NO_PAGE and name not in OPEN]
Visit = Callable[[Client], Page]

pytestmark = pytest.mark.slow


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """A page at a server of its own, narrow as a phone, with the cookies of a client; no script or style is refused."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = browser.new_context(base_url=site, viewport={"width": 320, "height": 800}).new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "404" not in message.text:  # the home page is no matter of the door
            complaints.append(message.text)

    def open_with(client: Client) -> Page:
        page.on("console", note)
        page.context.add_cookies([{"name": c.key, "value": c.value, "url": site} for c in client.cookies.values()])
        return page

    yield open_with
    page.context.close()
    assert not complaints, complaints


def findings(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def add_virtual_key(page: Page) -> None:
    """A key in the browser that knows its owner, as a phone does by finger or face."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, person: User) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Work e-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def person(universe: Universe) -> User:
    return set_password(universe.worker)


def test_a_passkey_is_set_up_and_opens_the_door(person: User, visit: Visit) -> None:
    page = visit(Client())
    add_virtual_key(page)
    sign_in(page, person)
    page.get_by_role("button", name="Add a passkey or key").click()
    page.get_by_label("What you call it").fill("Work phone")
    page.get_by_label("Use it instead of the password as well").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    page.goto(reverse("mfa_list_webauthn"))
    assert "Work phone" in page.inner_text("main")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**{reverse('account_login')}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto(reverse("own-account"))
    assert page.title().startswith("Your account")


def test_a_key_stands_for_the_code_after_the_password(person: User, visit: Visit) -> None:
    page = visit(Client())
    add_virtual_key(page)
    sign_in(page, person)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, person)
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    assert not findings(page)
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto(reverse("own-account"))
    assert page.title().startswith("Your account")


def look_at(page: Page, name: str) -> list[str]:
    """What is wrong with one page, by axe and by eye."""
    page.goto(reverse(name, kwargs=FOREIGN[name]))
    wrong = findings(page)
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        wrong.append("scrolls sideways")
    if page.locator("h1").count() != 1 or not page.title().endswith("Social Workers in Schools"):
        wrong.append("heading or title")
    return [f"{name}: {one}" for one in wrong]


def test_axe_finds_nothing_before_the_door(universe: Universe, visit: Visit) -> None:
    page = visit(Client())
    assert [one for name in OPEN for one in look_at(page, name)] == []


@pytest.mark.parametrize("set_up", [False, True], ids=["nothing set up", "an app set up"])
def test_axe_finds_nothing_behind_the_door(set_up: bool, person: User, visit: Visit) -> None:
    client = Client()
    give_password(client, person)
    if set_up:
        set_up_app(person)
        set_up_recovery_codes(person)
    mark_second_factor(client)
    # The others lead on to a page that stands in the list itself.
    names = [name for name in OWN if client.get(reverse(name, kwargs=FOREIGN[name])).status_code == 200]
    assert len(names) >= 6
    page = visit(client)
    assert [one for name in names for one in look_at(page, name)] == []
