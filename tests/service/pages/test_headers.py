"""What goes out with every answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from service.pages.headers import HEADERS, ForwardedAddressMiddleware, HeadersMiddleware
from service.pages.security import CONTENT_SECURITY_POLICY, content_security_policy
from tests.service.conftest import SignedIn
from tests.service.universe import Universe


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_every_answer_carries_it_whoever_asks(name: str, value: str, universe: Universe, signed_in: SignedIn) -> None:
    for client in (Client(), signed_in(universe.worker)):
        for address in ("/accessibility", "/nowhere", "/"):
            assert client.get(address)[name] == value, address


def answers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, HttpResponseBase]:
    """What each part of the service answers by itself."""
    client, form = Client(raise_request_exception=False), "application/x-www-form-urlencoded"
    door = "/accounts/sign-in/"
    found = {
        "a file": client.get("/static/pages/swis.css"),
        "a refused host": client.get("/", headers={"host": "elsewhere.example"}),
        "too large": client.post(door, data=b"a=" + b"x" * 3_000_000, content_type=form),
        "too many fields": client.post(door, data="a=1&" * 2_000, content_type=form),
        "a stale form": Client(enforce_csrf_checks=True).post(door),
        "a wrong method": client.put("/accessibility"),
        "no such page": client.get("/nowhere"),
    }
    settings.SECURE_SSL_REDIRECT = True
    strict = Client(raise_request_exception=False)  # reads the setting anew
    found["the way to HTTPS"] = strict.get("/")
    found["a refused host on the way to HTTPS"] = strict.get("/", headers={"host": "elsewhere.example"})
    settings.SECURE_SSL_REDIRECT = False
    monkeypatch.setattr("service.pages.views.render", lambda *_, **__: 1 / 0)
    found["a failure"] = client.get("/accessibility")
    return found


def test_every_answer_carries_the_policies_who_ever_gives_it(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answers(settings, monkeypatch)
    assert [answer.status_code for answer in found.values()] == [200, 400, 400, 400, 403, 405, 404, 301, 400, 500]
    for who, answer in found.items():
        for name in ("Content-Security-Policy", "X-Frame-Options", *HEADERS):
            assert name in answer, f"{who}: {name}"
        assert (answer["Cache-Control"] == "no-store") == (who != "a file"), who
        answer.close()


def test_a_view_cannot_let_a_page_be_kept_by_mistake() -> None:
    response = HeadersMiddleware(lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=60"}))(
        RequestFactory().get("/")
    )
    assert response["Cache-Control"] == "no-store"


def test_no_feature_of_the_browser_is_in_use() -> None:
    policy = Client().get("/healthz")["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))
    assert re.fullmatch(r"[a-z-]+=\(\)(, [a-z-]+=\(\))*", policy)


def test_the_content_policy_goes_out_and_lets_nothing_inline_through() -> None:
    policy = Client().get("/accessibility")["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_only_the_form_of_signing_in_may_lead_elsewhere() -> None:
    directives = content_security_policy(sign_in_providers=["https://login.example.gov.uk"])["DIRECTIVES"]
    assert directives["form-action"] == ["'self'", "https://login.example.gov.uk"]
    del directives["form-action"]
    assert directives == {
        name: value for name, value in CONTENT_SECURITY_POLICY["DIRECTIVES"].items() if name != "form-action"
    }


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("Mary", ""),
        ("", ""),
    ],
)
def test_behind_a_proxy_the_last_address_counts(header: str, address: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    ForwardedAddressMiddleware(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address
