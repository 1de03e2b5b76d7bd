"""What second factors a person has set up."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from service.accounts.models import User

KINDS = {
    Authenticator.Type.TOTP.value: "App with codes",
    Authenticator.Type.WEBAUTHN.value: "Passkey or security key",
    Authenticator.Type.RECOVERY_CODES.value: "Recovery codes",
}


def kinds_held(user: User) -> list[str]:
    """The kinds of second factor of a person, in words, each once."""
    held = Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True)
    return [KINDS[kind] for kind in dict.fromkeys(held)]
