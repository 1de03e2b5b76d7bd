"""What goes out with every answer."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from service.pages.headers import ForwardedAddressMiddleware, HeadersMiddleware
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
