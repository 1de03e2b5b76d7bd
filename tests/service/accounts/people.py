"""People who sign in, with passwords and apps, for the tests of the door."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from service.accounts.models import User

PASSWORD = "violet-harbour-lantern"


def set_password(user: User, password: str = PASSWORD) -> User:
    user.set_password(password)
    user.save()
    return user


def set_up_app(user: User) -> str:
    """Give a person an app with codes; gives back its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def set_up_recovery_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def code_now(secret: str) -> str:
    """What the app shows."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(client: Client, user: User, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **extra})


def give_code(client: Client, code: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def forget_attempts() -> None:
    cache.clear()
