"""Nobody goes on without a second factor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from service.accounts.models import User
from service.accounts.second_factors import seal_second_factors_anew
from service.audit.models import Action, Entry
from tests.service.accounts.people import (
    PASSWORD,
    code_now,
    give_code,
    give_password,
    set_password,
    set_up_app,
    set_up_recovery_codes,
)
from tests.service.conftest import SignedIn
from tests.service.test_access import TABLE
from tests.service.universe import Universe

FOREIGN: dict[str, dict[str, Any]] = {
    "account_login": {},
    "account_logout": {},
    "account_inactive": {},
    "account_reauthenticate": {},
    "account_reset_password": {},
    "account_reset_password_done": {},
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
    "account_reset_password_from_key_done": {},
    "mfa_index": {},
    "mfa_authenticate": {},
    "mfa_reauthenticate": {},
    "mfa_reauthenticate_webauthn": {},
    "mfa_activate_totp": {},
    "mfa_deactivate_totp": {},
    "mfa_list_webauthn": {},
    "mfa_add_webauthn": {},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_login_webauthn": {},
    "mfa_view_recovery_codes": {},
    "mfa_generate_recovery_codes": {},
    "mfa_download_recovery_codes": {},
    "usersessions_list": {},
    "openid_connect_login": {"provider_id": "council"},
    "openid_connect_callback": {"provider_id": "council"},
}
OPEN_TO_ALL = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
}
SETTING_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}


def foreign_addresses() -> Iterator[str]:
    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif pattern.callback.__module__.startswith(("allauth", "django")):
                yield pattern.name or f"(unnamed) {pattern.pattern}"

    yield from walk(get_resolver().url_patterns)


def by_password_alone(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_foreign_address_is_one_that_we_chose() -> None:
    assert set(foreign_addresses()) == set(FOREIGN)


@pytest.mark.parametrize("name", sorted(set(FOREIGN) - OPEN_TO_ALL))
def test_foreign_pages_are_closed_to_who_is_not_signed_in(name: str, db: None) -> None:
    response = Client().get(reverse(name, kwargs=FOREIGN[name]))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_foreign_pages_ask_for_the_second_factor(name: str, universe: Universe) -> None:
    response = by_password_alone(universe.worker).get(reverse(name, kwargs=FOREIGN[name]))
    if name not in OPEN_TO_ALL | SETTING_UP:
        assert response.status_code == 302
        assert response.headers["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_asks_for_the_second_factor(method: str, universe: Universe) -> None:
    client = by_password_alone(universe.administrator)
    for name, access in TABLE.items():
        with transaction.atomic():
            response = getattr(client, method)(reverse(name, kwargs=access.kwargs(universe)))
            transaction.set_rollback(True)  # the next address begins in the same world
        if not (access.public or access.absent):
            assert response.status_code == 302, name
            assert response.headers["Location"] == reverse("mfa_index"), name
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("name", sorted((set(FOREIGN) - OPEN_TO_ALL - {"mfa_reauthenticate"}) | {"own-account"}))
def test_who_has_an_app_must_prove_it_before_anything_is_changed(name: str, universe: Universe) -> None:
    set_up_app(universe.worker)
    response = by_password_alone(universe.worker).get(reverse(name, kwargs=FOREIGN.get(name)))
    if name != "mfa_reauthenticate_webauthn":
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_no_place_is_offered_before_the_second_factor(universe: Universe, signed_in: SignedIn) -> None:
    link = reverse("account-list").encode()
    assert link + b'"' not in by_password_alone(universe.administrator).get(reverse("mfa_index")).content
    assert link + b'"' in signed_in(universe.administrator).get(reverse("mfa_index")).content


def test_proving_the_app_opens_the_service(universe: Universe) -> None:
    secret = set_up_app(universe.worker)
    client = by_password_alone(universe.worker)
    address = f"{reverse('mfa_reauthenticate')}?next=/accounts/own/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"code": code_now(secret)}).headers["Location"] == "/accounts/own/"
    assert client.get("/accounts/own/").status_code == 200


@pytest.mark.django_db(transaction=True)  # the mark is set once the app is kept
def test_an_app_is_set_up_with_a_square_code_in_the_page(universe: Universe) -> None:
    person = set_password(universe.worker)
    client = Client()
    give_password(client, person)
    page = client.get(reverse("mfa_activate_totp"))
    content = page.content.decode()
    assert '<svg role="img" aria-label=' in content
    assert "data:image" not in content and " style=" not in content
    secret = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert b"<code>" in client.get(reverse("mfa_view_recovery_codes")).content
    assert client.get(reverse("own-account")).status_code == 200
    assert Entry.objects.filter(action=Action.CHANGE, details__what="added totp").exists()


def test_recovery_codes_are_shown_downloaded_and_made_anew(universe: Universe, signed_in: SignedIn) -> None:
    set_up_app(universe.worker)
    codes = set_up_recovery_codes(universe.worker)
    client = signed_in(universe.worker)
    assert codes[0] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    client.post(reverse("mfa_generate_recovery_codes"))
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_the_only_app_is_not_removed(universe: Universe, signed_in: SignedIn) -> None:
    set_up_app(universe.worker)
    client = signed_in(universe.worker)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert b"your only second step" in page.content
    assert Authenticator.objects.filter(user=universe.worker).exists()


def test_a_password_entered_again_does_not_stand_for_a_second_factor(universe: Universe) -> None:
    client = by_password_alone(set_password(universe.worker))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("own-account")).headers["Location"] == reverse("mfa_index")


def test_signing_out_needs_no_second_factor(universe: Universe) -> None:
    client = by_password_alone(universe.worker)
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")


def test_a_code_is_taken_once(universe: Universe) -> None:
    person = set_password(universe.worker)
    secret = set_up_app(person)
    code = code_now(secret)
    for client, status in ((Client(), 200), (Client(), 302)):
        give_password(client, person)
        give_code(client, code)
        assert client.get(reverse("own-account")).status_code == status


def test_every_other_session_is_ended(universe: Universe) -> None:
    person = set_password(universe.worker)
    set_up_app(person)
    codes = set_up_recovery_codes(person)
    here, there = Client(), Client()
    for client, code in ((here, codes[0]), (there, codes[1])):
        give_password(client, person)
        give_code(client, code)
    assert b"Another browser" in here.get(reverse("usersessions_list")).content
    here.post(reverse("usersessions_list"))
    assert here.get(reverse("own-account")).status_code == 200
    assert there.get(reverse("own-account")).status_code == 302


def test_a_new_secret_key_locks_nobody_out_once_the_night_has_passed(universe: Universe, settings: Any) -> None:
    person = set_password(universe.worker)
    secret, codes = set_up_app(person), set_up_recovery_codes(person)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key of the service, long enough to be one", [old]
    assert seal_second_factors_anew() == 2
    assert seal_second_factors_anew() == 0
    settings.SECRET_KEY_FALLBACKS = []
    client = Client()
    give_password(client, person)
    assert give_code(client, codes[0]).status_code == 302
    assert client.get(reverse("own-account")).status_code == 200
    client = Client()
    give_password(client, person)
    assert give_code(client, code_now(secret)).status_code == 302
