"""What a deployment sends and checks: headers, content policy, and `check --deploy` without a complaint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from tests.service.conftest import SignedIn
from tests.service.universe import Universe

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
PRODUCTION = {
    "SWIS_SECRET_KEY": "Zr7vQ2mX9kL4pT8wY1nB6cH3jF5sD0gAeUiOqRtWx_yV-zKMPN",
    "SWIS_AUDIT_KEY": "N4bV8cX2zL6kJ0hG3fD7sA1qW5eR9tY_uI-oPmZxCvBnMlKjHg",
    "SWIS_HOSTS": "swis.example.gov.uk",
    "SWIS_ADDRESS": "https://swis.example.gov.uk",
    "SWIS_EMAIL_HOST": "mail.example.gov.uk",
    "SWIS_OIDC_ISSUER": "https://login.example.gov.uk",
    "SWIS_OIDC_CLIENT_ID": "swis",
    "SWIS_OIDC_CLIENT_SECRET": "a secret between two",
}


def manage(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` as in production, in a process of its own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SWIS_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=plain | PRODUCTION | {"SWIS_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_the_deployment_check_refuses_letters_that_lead_nowhere(settings: object) -> None:
    settings.SWIS_ADDRESS = ""  # type: ignore[attr-defined]
    assert "swis.E002" in {message.id for message in run_checks(include_deployment_checks=True)}


def test_cookies_and_passwords_are_kept_as_they_should_be(tmp_path: Path) -> None:
    question = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, "
        "s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.DEBUG, "
        "s.PASSWORD_HASHERS[0].rsplit('.')[-1], s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'][-1])"
    )
    answered = manage(tmp_path, "shell", "--no-imports", "--command", question)
    expected = "True True Lax True 31536000 True False Argon2PasswordHasher https://login.example.gov.uk"
    assert answered.stdout.strip() == expected, answered.stderr


@pytest.mark.parametrize("name", ["account_login", "own-account", "account-list", "mfa_activate_totp", "nowhere"])
def test_every_answer_carries_the_headers(name: str, universe: Universe, signed_in: SignedIn) -> None:
    client = Client() if name == "account_login" else signed_in(universe.administrator)
    response = client.get("/nowhere/" if name == "nowhere" else reverse(name))
    assert set(response.headers["Content-Security-Policy"].split("; ")) >= POLICY
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_over_https_the_browser_is_told_to_stay_there(universe: Universe, settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600  # type: ignore[attr-defined]
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    secure = Client().get(reverse("account_login"), secure=True)
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert Client().get(reverse("account_login")).headers["Location"].startswith("https://")
