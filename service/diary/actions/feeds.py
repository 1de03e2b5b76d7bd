"""Making and revoking the address by which a calendar program reads a person's calendar."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import CalendarFeed
from service.permissions import Permission, require

MOST_READS = 60  # in one window; calendar programs ask once in an hour or less
WINDOW = timedelta(hours=1)


@transaction.atomic
def make_feed(*, by: User) -> str:
    """Make one's calendar feed and give back its token, this once. A feed made before is revoked.

    Raises `PermissionDenied` for who sees no diary.
    """
    require(by, Permission.VIEW_DIARY)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _revoke(by)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, token_hash=hash_of_token(token))
    record(Action.CREATE, by=by, subject=feed)
    return token


@transaction.atomic
def revoke_feed(*, by: User) -> None:
    """Revoke one's calendar feed: its address leads nowhere from now on."""
    if not _revoke(by):
        raise ValidationError("You have no calendar feed.")


@transaction.atomic
def note_reading(*, feed: CalendarFeed) -> bool:
    """Count a reading of a feed; False when it is read too often to be answered.

    The first reading of a day is an export in the audit. Those after it tell nothing new of who may see what, and a program that
    asks every hour would bury what people did.
    """
    now, today = timezone.now(), timezone.localdate()
    row = CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None)
    fresh = row.filter(Q(window_starts=None) | Q(window_starts__lte=now - WINDOW)).update(window_starts=now, reads=1)
    if not fresh and not row.filter(reads__lt=MOST_READS).update(reads=F("reads") + 1):
        return False
    if row.filter(Q(read_on=None) | ~Q(read_on=today)).update(read_on=today):
        record(Action.EXPORT, by=feed.user, subject=feed, details={"what": "calendar feed"})
    return True


def hash_of_token(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(user: User) -> bool:
    feed = CalendarFeed.objects.select_for_update().filter(user=user, revoked_at=None).first()
    if feed is None:
        return False
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at"])
    record(Action.CHANGE, by=user, subject=feed, details={"changed": ["revoked_at"]})
    return True
