"""How allauth behaves here: nobody signs up, failures are audited, and the second factor is kept in a sealed form."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from service.accounts import sealing, sign_in_audit
from service.accounts.actions.invitations import accept_through_provider
from service.accounts.letters import absolute
from service.accounts.models import User
from service.accounts.providers import address_of, claimed_address_of
from service.accounts.tasks import send_reset_letter

EVERYWHERE = {"app": "allauth.account", "action": "login_failed_everywhere"}
STAGE_HERE = "service.accounts.stages.SecondFactorStage"
STAGE_OF_ALLAUTH = "allauth.mfa.stages.AuthenticateStage"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address or the password is not right.",
        "too_many_login_attempts": "Too many attempts. Wait 15 minutes, then try again.",
        "incorrect_password": "The password is not right.",
        "incorrect_code": "The code is not right. Enter the one that the app shows now.",
        "enter_current_password": "The current password is not right.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [STAGE_HERE if stage == STAGE_OF_ALLAUTH else stage for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Lock an address where it was mistaken too often, and everywhere when it was mistaken in many places.

        By the place, so that a stranger who knows an address cannot keep its owner out.
        """
        address = credentials.get("email", "")
        try:
            super().pre_authenticate(request, **credentials)
            self._used_everywhere = ratelimit.consume(request, **EVERYWHERE, key=address.lower())
            if not self._used_everywhere:
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            sign_in_audit.locked_out(address)
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if used := getattr(self, "_used_everywhere", None):
            used.rollback()

    def forget_mistakes(self, request: HttpRequest, user: User) -> None:
        """Open an address again whose owner has set a new password by letter."""
        self._delete_login_attempts_cached_email(request, email=user.email)
        ratelimit.clear(request, **EVERYWHERE, key=user.email.lower())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in_audit.failed(credentials.get("email", ""), step="password")

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        # Who has just signed in is not asked again at once.
        fresh = time.time() - self.request.session.get("signed_in_at", 0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not fresh and super().is_reauthentication_required(app=app)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        # Who never set a password comes in by the invitation or the council's own sign-in, not by a reset. A worker sends the
        # letter: the time of the answer does not tell whether the address is known.
        if user.has_usable_password():
            send_reset_letter.enqueue(str(user.public_id), absolute("/").rstrip("/"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("own-account")


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The council's own sign-in. Only invited addresses enter, and roles never come from a token."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        address = address_of(sociallogin)
        if sociallogin.state.get("process") != AuthProcess.LOGIN or not address:
            self._refuse(claimed_address_of(sociallogin))
        user = sociallogin.user if sociallogin.is_existing else sign_in_audit.known(address)
        if user is None or not user.is_active or not (user.has_come or accept_through_provider(user=user)):
            self._refuse(address)
        if not sociallogin.is_existing:
            sociallogin.email_addresses = []
            sociallogin.connect(request, user)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The person signs in at the council as every day: no letter."""

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        self._refuse("")

    def _refuse(self, address: str) -> None:
        """One answer for every reason, so that nobody learns which addresses are known."""
        sign_in_audit.failed(address, step="provider")
        raise ImmediateHttpResponse(redirect("sign-in-refused"))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Apps, keys and recovery codes."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right. Enter the one that the app shows now.",
        "cannot_delete_authenticator": "This is your only second step. Add another one before you remove it.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return sealing.unseal(encrypted_text)
        except sealing.InvalidToken:
            raise ValidationError(
                "Your second step can no longer be read. Ask your administrator to reset it."
            ) from None

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return is_not_the_only_one(authenticator)

    def build_totp_svg(self, url: str) -> str:
        """The square code as bare SVG for the page itself, since pictures in addresses are forbidden there."""
        svg = super().build_totp_svg(url)
        return svg[svg.index("<svg") :].replace("<svg", '<svg role="img" aria-label="Square code for your app"', 1)


def is_not_the_only_one(authenticator: Authenticator) -> bool:
    """Tell whether the person keeps another app or key when this one is removed."""
    second_factors = Authenticator.objects.filter(user=authenticator.user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return second_factors.exclude(pk=authenticator.pk).exists()
