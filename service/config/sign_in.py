"""How people sign in: allauth, the second factor, the limits of a session, and the council's own sign-in from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER = "council"


def provider_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says of the council's own sign-in (OpenID Connect); no apps without SWIS_OIDC_ISSUER.

    `origins` are the places to which the sign-in form may lead. `amr` and `acr` are the values of a token that stand for a
    second factor; without one of them the person is asked for a second factor here.
    """
    issuer = environment.get("SWIS_OIDC_ISSUER", "").rstrip("/")
    return {
        "apps": [_app(issuer, environment)] if issuer else [],
        "email_claim": environment.get("SWIS_OIDC_EMAIL_CLAIM", "email"),
        "trusted_domains": {domain.lower() for domain in _words(environment, "SWIS_OIDC_TRUSTED_DOMAINS")},
        "amr": _words(environment, "SWIS_OIDC_SECOND_FACTOR_AMR", "mfa"),
        "acr": _words(environment, "SWIS_OIDC_SECOND_FACTOR_ACR"),
        "origins": sorted({*([origin_of(issuer)] if issuer else []), *_words(environment, "SWIS_OIDC_ORIGINS")}),
    }


def origin_of(address: str) -> str:
    """The scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _app(issuer: str, environment: Mapping[str, str]) -> dict[str, Any]:
    client, secret = environment.get("SWIS_OIDC_CLIENT_ID", ""), _secret(environment)
    if not client or not secret:
        raise ImproperlyConfigured(
            "SWIS_OIDC_ISSUER needs SWIS_OIDC_CLIENT_ID and SWIS_OIDC_CLIENT_SECRET (or its _FILE)."
        )
    if urlsplit(issuer).scheme != "https" and urlsplit(issuer).hostname not in {"localhost", "127.0.0.1"}:
        raise ImproperlyConfigured("SWIS_OIDC_ISSUER must begin with https://.")
    return {
        "provider_id": PROVIDER,
        "name": environment.get("SWIS_OIDC_NAME", "your council"),
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }


def _secret(environment: Mapping[str, str]) -> str:
    file = environment.get("SWIS_OIDC_CLIENT_SECRET_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else environment.get("SWIS_OIDC_CLIENT_SECRET", "")


def _words(environment: Mapping[str, str], name: str, default: str = "") -> set[str]:
    return {word.strip() for word in environment.get(name, default).split(",") if word.strip()}


SWIS_ADDRESS = os.environ.get("SWIS_ADDRESS", "").rstrip("/")
SWIS_IDLE_MINUTES = int(os.environ.get("SWIS_IDLE_MINUTES", "20"))
SWIS_SESSION_HOURS = int(os.environ.get("SWIS_SESSION_HOURS", "12"))
SESSION_COOKIE_AGE = SWIS_SESSION_HOURS * 3600

PASSWORD_RESET_TIMEOUT = 24 * 3600

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "service.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has reached the address already
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/m/ip,5/900s/key",  # the key is the address and where it was typed
    "login_failed_everywhere": "50/900s/key",  # the key is the address
}
ACCOUNT_FORMS = {
    "login": "service.accounts.forms.sign_in.SignInForm",
    "reauthenticate": "service.accounts.forms.sign_in.PasswordAgainForm",
    "change_password": "service.accounts.forms.sign_in.NewPasswordForm",
    "reset_password": "service.accounts.forms.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "service.accounts.forms.sign_in.ResetPasswordForm",
}
MFA_ADAPTER = "service.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Social Workers in Schools"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "service.accounts.forms.sign_in.CodeForm",
    "reauthenticate": "service.accounts.forms.sign_in.CodeAgainForm",
    "activate_totp": "service.accounts.forms.sign_in.FirstCodeForm",
    "add_webauthn": "service.accounts.forms.sign_in.AddKeyForm",
    "edit_webauthn": "service.accounts.forms.sign_in.RenameKeyForm",
}
SWIS_OIDC = provider_settings(os.environ)
SOCIALACCOUNT_ADAPTER = "service.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": SWIS_OIDC["apps"]}}
