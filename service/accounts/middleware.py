"""Nobody goes on without a second factor, and no session lasts for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

WRITE_EVERY = 60  # seconds; a session is not written with each click
ALWAYS = frozenset({"account_logout"})
SETTING_UP = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
    }
)
PROVING = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitsMiddleware:
    """Ends a session that was idle for too long or has lasted too long.

    What a form held that came too late is kept by `service.practice.kept_forms`, whose ticket needs no session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return None
        now = time.time()
        why = run_out(request.session, now=now)
        if why:
            return self.end(request, why)
        if now - request.session.get("last_seen", 0) > WRITE_EVERY:
            request.session["last_seen"] = now
            request.session.setdefault("signed_in_at", now)
        return None

    def end(self, request: HttpRequest, why: str) -> HttpResponseBase:
        request.session["ended_by"] = why
        logout(request)
        messages.info(request, f"You were signed out: {why}. Sign in to go on.")
        address = reverse("account_login")
        return redirect(f"{address}?{urlencode({'next': request.path})}" if request.method == "GET" else address)


def run_out(session: Any, *, now: float) -> str:
    """Why a session has run out; empty while it has not."""
    if now - session.get("signed_in_at", now) > settings.SWIS_SESSION_HOURS * 3600:
        return f"a session lasts {settings.SWIS_SESSION_HOURS} hours"
    if now - session.get("last_seen", now) > settings.SWIS_IDLE_MINUTES * 60:
        return f"nothing was done for {settings.SWIS_IDLE_MINUTES} minutes"
    return ""


class SecondFactorMiddleware:
    """Sends who is signed in by password alone to the second factor, from every address but the public ones.

    Who has none may set one up. Who has one must prove it first: with the password alone none can be added or changed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not request.user.is_authenticated or request.session.get("second_factor"):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ALWAYS or not getattr(view, "login_required", True):
            return None
        kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
        if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
            return None if name in SETTING_UP else redirect("mfa_index")
        if name in PROVING:
            return None
        proof = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
        return redirect(f"{reverse(proof)}?{urlencode({'next': request.path})}")
