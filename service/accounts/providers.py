"""What the council's own sign-in says of a person, and what of it counts here."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.conf import settings


def claims_of(login: SocialLogin) -> dict[str, Any]:
    """The claims of the token and of the user information, the token's first."""
    data = login.account.extra_data or {}
    claims = {**(data.get("userinfo") or {}), **(data.get("id_token") or {})}
    return claims or dict(data)


def address_of(login: SocialLogin) -> str:
    """The work address that the provider vouches for, in small letters; empty when it vouches for none.

    Counted: an address marked as verified, or one in a domain whose addresses the council itself gives out.
    """
    address = claimed_address_of(login)
    verified = claims_of(login).get("email_verified") in (True, "true")
    domain = address.partition("@")[2]
    return address if domain and (verified or domain in settings.SWIS_OIDC["trusted_domains"]) else ""


def claimed_address_of(login: SocialLogin) -> str:
    """The work address in the claims, vouched for or not."""
    return str(claims_of(login).get(settings.SWIS_OIDC["email_claim"]) or "").strip().lower()


def asserts_second_factor(login: SocialLogin | None) -> bool:
    """Tell whether the provider's token says that a second factor was used: by `amr`, or by `acr`.

    Only the values count that the settings name; roles and groups in a token never do.
    """
    if login is None:
        return False
    data = login.account.extra_data or {}
    token = data.get("id_token") or {}
    methods = token.get("amr") or []
    methods = {methods} if isinstance(methods, str) else set(methods)
    return bool(methods & settings.SWIS_OIDC["amr"]) or token.get("acr") in settings.SWIS_OIDC["acr"]
