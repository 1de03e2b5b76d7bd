"""Choosing how often the digest comes, and sending it once."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.enquiries.models import DigestChoice, Frequency
from service.permissions import Permission, require


@transaction.atomic
def choose_frequency(*, by: User, frequency: Frequency | str) -> DigestChoice:
    """Choose for oneself how often the digest comes, or that it does not.

    Raises `PermissionDenied` for who sees neither enquiries nor a diary, `ValidationError` for a choice that there is not.
    """
    require(by, Permission.VIEW_DIARY)
    if frequency not in Frequency.values:
        raise ValidationError({"frequency": "Choose one of the answers of the list."})
    choice, _ = DigestChoice.objects.update_or_create(user=by, defaults={"frequency": frequency})
    record(Action.CHANGE, by=by, subject=choice, details={"changed": ["frequency"], "after": str(frequency)})
    return choice


@transaction.atomic
def claim_digest(*, user: User, day: date) -> bool:
    """Take the sending of a person's digest of a day; False when it was taken before, so that none goes out twice."""
    choice, _ = DigestChoice.objects.get_or_create(user=user)
    rows = DigestChoice.objects.filter(Q(sent_on=None) | Q(sent_on__lt=day), pk=choice.pk)
    return bool(rows.update(sent_on=day))


def give_back_digest(*, user: User, before: date | None) -> None:
    """Put back the day of the digest before, when sending failed, so that the next run tries again."""
    DigestChoice.objects.filter(user=user).update(sent_on=before)
