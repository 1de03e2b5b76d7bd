"""Clearing the database of what deleted rows leave behind."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from service.records.models import Disposal, DisposalState


def wipe_after_disposals() -> int:
    """Clear the database if something was disposed of since it was last cleared; gives back after how many disposals.

    On SQLite the file is written anew and the journal emptied; when somebody reads for so long that the journal cannot be
    emptied, the disposals stay marked as not wiped, and the next night tries again. On PostgreSQL this is the owner's to do
    (docs/service/information-governance.md), and nothing is done here.
    """
    waiting = Disposal.objects.filter(state=DisposalState.CONFIRMED, wiped_at=None)
    if connection.vendor != "sqlite" or not (disposals := list(waiting.values_list("pk", flat=True))):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return 0
    return Disposal.objects.filter(pk__in=disposals).update(wiped_at=timezone.now())
