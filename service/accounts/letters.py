"""Letters by e-mail. None holds a word about a child."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from service.accounts.models import User
from service.audit.record import current_request


def absolute(path: str) -> str:
    """An address for a letter: below SWIS_ADDRESS, or as this request came."""
    request = current_request.get()
    if settings.SWIS_ADDRESS or request is None:
        return f"{settings.SWIS_ADDRESS}{path}"
    return request.build_absolute_uri(path)


def send_letter(to: User, letter: str, context: dict[str, object], *, robust: bool = False) -> None:
    """Send a letter once the transaction is kept. One that is `robust` stops nothing else when it cannot be sent."""
    text = render_to_string(f"accounts/letters/{letter}.txt", {"person": to, "address": absolute("/"), **context})
    subject, _, body = text.partition("\n")
    transaction.on_commit(lambda: send_mail(subject.strip(), body.strip() + "\n", None, [to.email]), robust=robust)
