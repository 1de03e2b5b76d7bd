"""The step between password and door."""

from __future__ import annotations

from typing import Any

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from service.accounts.providers import asserts_second_factor


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor, unless the council's own sign-in has said that it did."""

    def _should_handle(self, request: HttpRequest) -> bool:
        given: dict[str, Any] = self.login.signal_kwargs or {}
        return not asserts_second_factor(given.get("sociallogin")) and super()._should_handle(request)
