"""Signing in through the council, against a provider that runs as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from service.accounts.actions.invitations import invite
from service.accounts.models import Invitation, Membership, User
from service.audit.models import Action, Entry
from service.config.sign_in import provider_settings
from service.pages.security import content_security_policy
from service.permissions import Role
from tests.service.accounts.people import code_now, give_code, set_password, set_up_app
from tests.service.universe import Universe

Come = Callable[..., tuple[Client, HttpResponse]]
CALLED = "new.person@northbrook.example.org"
OTP = ["pwd", "mfa"]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider on a free port, for as long as this module is tested."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("The provider did not start.")


@pytest.fixture
def come(provider: str, settings: Any, universe: Universe) -> Iterator[Come]:
    """Sign in through the provider as somebody of whom it says these claims."""
    chosen = provider_settings(
        {"SWIS_OIDC_ISSUER": provider, "SWIS_OIDC_CLIENT_ID": "swis", "SWIS_OIDC_CLIENT_SECRET": "secret"}
    )
    settings.SWIS_OIDC = chosen
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": chosen["apps"]}}
    settings.CONTENT_SECURITY_POLICY = content_security_policy(sign_in_providers=chosen["origins"])

    def enter(subject: str = "a-1", *, process: str = "", **claims: Any) -> tuple[Client, HttpResponse]:
        requests.put(f"{provider}/users/{subject}", json=claims, timeout=5)
        client = Client()
        start = reverse("openid_connect_login", kwargs={"provider_id": "council"})
        to_provider = client.post(f"{start}?process={process}" if process else start).headers["Location"]
        back = requests.post(to_provider, data={"sub": subject}, allow_redirects=False, timeout=5).headers["Location"]
        return client, client.get(back.removeprefix("http://testserver"))

    with time_machine.travel(datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC)):
        yield enter


@pytest.fixture
def invited(universe: Universe) -> User:
    return invite(
        by=universe.administrator, email=CALLED, name="New Person", role=Role.ANALYST, authority=universe.northbrook
    )


def test_an_invited_person_enters_and_the_invitation_is_used(come: Come, invited: User) -> None:
    client, _ = come(email=CALLED.upper(), email_verified=True, amr=OTP)
    assert client.get(reverse("own-account")).status_code == 200
    assert Invitation.objects.get().state == "accepted"
    entry = Entry.objects.get(action=Action.SIGN_IN)
    assert entry.details == {"methods": ["socialaccount"], "provider_second_factor": True}


def test_the_second_time_the_person_is_known_by_the_subject(come: Come, invited: User) -> None:
    come("a-7", email=CALLED, email_verified=True, amr=OTP)
    client, _ = come("a-7", email="married.name@northbrook.example.org", email_verified=True, amr=OTP)
    assert client.get(reverse("own-account")).status_code == 200
    assert SocialAccount.objects.count() == 1 and not SocialToken.objects.exists()


def test_without_a_second_factor_at_the_council_one_is_set_up_here(come: Come, invited: User) -> None:
    for number, claims in enumerate(({}, {"amr": ["pwd"]}, {"acr": "1"})):
        client, _ = come(f"b-{number}", email=CALLED, email_verified=True, **claims)
        assert client.get(reverse("own-account")).headers["Location"] == reverse("mfa_index")


def test_who_has_an_app_here_uses_it_when_the_council_asked_for_none(come: Come, invited: User) -> None:
    secret = set_up_app(invited)
    client, response = come(email=CALLED, email_verified=True)
    assert response.headers["Location"] == reverse("mfa_authenticate")
    give_code(client, code_now(secret))
    assert client.get(reverse("own-account")).status_code == 200


def test_who_has_an_app_here_is_not_asked_when_the_council_did(come: Come, invited: User) -> None:
    set_up_app(invited)
    client, _ = come(email=CALLED, email_verified=True, amr=OTP)
    assert client.get(reverse("own-account")).status_code == 200


def test_the_value_of_acr_that_the_settings_name_stands_for_a_second_factor(
    come: Come, invited: User, settings: Any
) -> None:
    settings.SWIS_OIDC = {**settings.SWIS_OIDC, "acr": {"loa3"}}
    client, _ = come(email=CALLED, email_verified=True, acr="loa3")
    assert client.get(reverse("own-account")).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "uninvited@example.org", "email_verified": True},
        {"email": CALLED, "email_verified": False},
        {"email": CALLED},
        {"email_verified": True},
        {"email": "", "email_verified": True},
    ],
    ids=["not invited", "not verified", "not said to be verified", "no address", "empty address"],
)
def test_it_refuses_whom_nobody_invited_or_vouches_for(claims: dict[str, Any], come: Come, invited: User) -> None:
    client, response = come("c-1", amr=OTP, **claims)
    assert response.headers["Location"] == reverse("sign-in-refused")
    assert client.get(reverse("sign-in-refused")).status_code == 200
    assert client.get(reverse("own-account")).headers["Location"].startswith(reverse("account_login"))
    assert not SocialAccount.objects.exists()
    entry = Entry.objects.get(action=Action.SIGN_IN_FAILED)
    assert entry.details["step"] == "provider" and "uninvited" not in str(entry.__dict__)


def test_an_address_in_a_domain_of_the_council_needs_no_mark(come: Come, invited: User, settings: Any) -> None:
    settings.SWIS_OIDC = {**settings.SWIS_OIDC, "trusted_domains": {"northbrook.example.org"}}
    client, _ = come(email=CALLED, amr=OTP)
    assert client.get(reverse("own-account")).status_code == 200


def test_it_refuses_who_was_invited_too_long_ago(come: Come, invited: User) -> None:
    Invitation.objects.update(expires=Invitation.objects.get().sent)
    assert come(email=CALLED, email_verified=True)[1].headers["Location"] == reverse("sign-in-refused")


def test_it_refuses_a_closed_account(come: Come, invited: User) -> None:
    come("d-1", email=CALLED, email_verified=True)
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert come("d-1", email=CALLED, email_verified=True)[1].headers["Location"] == reverse("sign-in-refused")


def test_roles_never_come_from_a_token(come: Come, invited: User) -> None:
    before = list(Membership.objects.filter(user=invited).values_list("role", flat=True))
    come(email=CALLED, email_verified=True, roles=["administrator"], groups=["evaluator"])
    assert list(Membership.objects.filter(user=invited).values_list("role", flat=True)) == before


def test_who_has_a_password_may_come_through_the_council_too(come: Come, universe: Universe) -> None:
    set_password(universe.manager)
    client, _ = come(email=universe.manager.email, email_verified=True, amr=OTP)
    assert client.session["_auth_user_id"] == str(universe.manager.pk)


def test_an_account_of_the_council_is_not_tied_to_another_person(come: Come, invited: User) -> None:
    response = come(email=CALLED, email_verified=True, process="connect")[1]
    assert response.headers["Location"] == reverse("sign-in-refused")


def test_a_state_that_was_never_given_out_is_refused(come: Come, client: Client) -> None:
    back = reverse("openid_connect_callback", kwargs={"provider_id": "council"})
    response = client.get(back, {"code": "x", "state": "y"})
    assert response.headers["Location"] == reverse("sign-in-refused")


def test_the_sign_in_page_offers_the_council_and_may_lead_there(come: Come, provider: str, client: Client) -> None:
    page = client.get(reverse("account_login"))
    assert b"Sign in with your council" in page.content
    assert f"form-action 'self' {provider}" in page.headers["Content-Security-Policy"]
    start = client.post(reverse("openid_connect_login", kwargs={"provider_id": "council"})).headers["Location"]
    asked = parse_qs(urlsplit(start).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]


def test_without_a_provider_there_is_no_such_door(universe: Universe, client: Client) -> None:
    assert b"Sign in with" not in client.get(reverse("account_login")).content.replace(b"Sign in with a passkey", b"")
    assert client.post(reverse("openid_connect_login", kwargs={"provider_id": "council"})).status_code == 404


# Settings


def test_half_a_provider_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="SWIS_OIDC_CLIENT_ID"):
        provider_settings({"SWIS_OIDC_ISSUER": "https://login.example.org"})
    with pytest.raises(ImproperlyConfigured, match="https"):
        provider_settings(
            {"SWIS_OIDC_ISSUER": "http://login.example.org", "SWIS_OIDC_CLIENT_ID": "a", "SWIS_OIDC_CLIENT_SECRET": "b"}
        )


def test_the_secret_may_stand_in_a_file(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    chosen = provider_settings(
        {
            "SWIS_OIDC_ISSUER": "https://login.example.org/tenant/v2.0/",
            "SWIS_OIDC_CLIENT_ID": "a",
            "SWIS_OIDC_CLIENT_SECRET_FILE": str(file),
            "SWIS_OIDC_TRUSTED_DOMAINS": "Northbrook.gov.uk, ",
            "SWIS_OIDC_SECOND_FACTOR_AMR": "mfa,ngcmfa",
        }
    )
    assert chosen["apps"][0]["secret"] == "from a file"
    assert chosen["origins"] == ["https://login.example.org"]
    assert chosen["trusted_domains"] == {"northbrook.gov.uk"} and chosen["amr"] == {"mfa", "ngcmfa"}
