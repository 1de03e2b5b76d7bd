"""What happens at the door: the audit of signing in and out, and the mark of a second factor in the session."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from service.accounts import sign_in_audit
from service.accounts.models import User
from service.accounts.providers import asserts_second_factor
from service.audit.models import Action
from service.audit.record import record

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@receiver(user_logged_in)
def start_the_clock(request: HttpRequest, **kwargs: Any) -> None:
    request.session["signed_in_at"] = request.session["last_seen"] = time.time()


@receiver(account.user_logged_in)
def remember_sign_in(request: HttpRequest, user: User, sociallogin: Any = None, **kwargs: Any) -> None:
    records = get_authentication_records(request, user)
    vouched = asserts_second_factor(sociallogin)
    request.session["second_factor"] = vouched or any(step["method"] == "mfa" for step in records)
    methods = sorted({step["method"] for step in records})
    record(Action.SIGN_IN, by=user, subject=user, details={"methods": methods, "provider_second_factor": vouched})


@receiver(user_logged_out)
def remember_sign_out(request: HttpRequest | None, user: Any = None, **kwargs: Any) -> None:
    if user is not None:
        ended_by = request.session.get("ended_by", "the person") if request else ""
        record(Action.SIGN_OUT, by=user, subject=user, details={"ended_by": ended_by})


@receiver(mfa.authentication_failed)
def remember_wrong_code(user: User, **kwargs: Any) -> None:
    sign_in_audit.failed(user.email, step="second factor")


@receiver(mfa.authenticator_used)
def mark_proved(request: HttpRequest, user: User, **kwargs: Any) -> None:
    # At sign-in the person is not yet known to the session; `remember_sign_in` marks it a moment later.
    if request.user.is_authenticated and request.user.pk == user.pk:
        request.session["second_factor"] = True


@receiver(mfa.authenticator_added)
def mark_set_up(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in SECOND_FACTORS and request.user.pk == user.pk:
        request.session["second_factor"] = True
    _changed(user, f"added {authenticator.type}")


@receiver(mfa.authenticator_removed)
def remember_removal(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if not Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists():
        request.session.pop("second_factor", None)
    _changed(user, f"removed {authenticator.type}")


@receiver(mfa.authenticator_reset)
def remember_new_codes(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _changed(user, f"renewed {authenticator.type}")


@receiver([account.password_changed, account.password_set])
def remember_new_password(user: User, **kwargs: Any) -> None:
    record(Action.CHANGE, by=user, subject=user, details={"changed": ["password"]})


@receiver(account.password_reset)
def remember_password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    get_adapter(request).forget_mistakes(request, user)
    record(Action.CHANGE, by=user, subject=user, details={"changed": ["password"], "through": "link by e-mail"})


def _changed(user: User, what: str) -> None:
    record(Action.CHANGE, by=user, subject=user, details={"changed": ["second factor"], "what": what})
