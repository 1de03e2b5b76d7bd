"""What second factors a person has set up."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from service.accounts import sealing
from service.accounts.models import User

KINDS = {
    Authenticator.Type.TOTP.value: "App with codes",
    Authenticator.Type.WEBAUTHN.value: "Passkey or security key",
    Authenticator.Type.RECOVERY_CODES.value: "Recovery codes",
}

SEALED = ("secret", "seed")  # of an app, and of recovery codes


def kinds_held(user: User) -> list[str]:
    """The kinds of second factor of a person, in words, each once."""
    held = Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True)
    return [KINDS[kind] for kind in dict.fromkeys(held)]


def seal_second_factors_anew() -> int:
    """Seal under the present secret key what is still sealed under an old one, which can then go; gives back how many."""
    return sum(_seal_anew(pk) for pk in list(Authenticator.objects.values_list("pk", flat=True)))


@transaction.atomic
def _seal_anew(pk: int) -> bool:
    held = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if held is None:
        return False
    renewed = {name: sealing.seal_anew(held.data[name]) for name in SEALED if isinstance(held.data.get(name), str)}
    if all(held.data[name] == sealed for name, sealed in renewed.items()):
        return False
    held.data |= renewed
    held.save(update_fields=["data"])
    return True
