"""Where the files of exports lie: out of reach of the web server, sealed, and for a day at most."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from service.accounts import sealing
from service.audit.models import Action
from service.audit.record import record
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.sealed_files import read_sealed

APPROVED_WITHIN = timedelta(days=7)  # of being asked for
KEPT = timedelta(days=1)  # after it was written
TAKEN_AGAIN_WITHIN = timedelta(hours=1)  # of being taken first, should the way have broken
PURPOSE = b"swis file of an export"


def path_of(public_id: UUID) -> Path:
    """The place of the sealed file of one export."""
    return _folder() / f"{public_id}.sealed"


def create_private(path: Path) -> BinaryIO:
    """An empty file that only the service may read, open to be written."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def seal_key(key: bytes) -> str:
    """The key of a file as the database keeps it: without the service's own secret it opens nothing."""
    return sealing.seal(key.hex(), purpose=PURPOSE)


def pieces_of(export: Export) -> Iterator[bytes]:
    """The archive of an export, opened piece by piece as it leaves. In clear it is on no disk."""
    key = bytes.fromhex(sealing.unseal(export.sealed_key, purpose=PURPOSE))
    return read_sealed(path_of(export.public_id).open("rb"), key)


def is_over(export: Export) -> bool:
    """Whether the time has passed in which an export may be approved or taken, cleared or not."""
    return Export._base_manager.filter(_over(), pk=export.pk).exists()


def clear_exports() -> int:
    """Remove files whose time is over, with their keys, and files that no export waits for; gives back how many.

    What nobody approved in a week lapses. An export that was not written in a day has failed.
    """
    for export in Export._base_manager.filter(_over(), state=ExportState.ASKED):
        _lapse(export)
    over = Export._base_manager.filter(_over())
    over.filter(state=ExportState.READY).update(state=ExportState.REMOVED, sealed_key="")
    over.filter(state=ExportState.WAITING).update(state=ExportState.FAILED)
    wanted = Export._base_manager.filter(state__in=[ExportState.WAITING, ExportState.READY])
    names = {path_of(public_id).name for public_id in wanted.values_list("public_id", flat=True)}
    left = [path for path in _folder().iterdir() if path.name not in names]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _over() -> Q:
    now = timezone.now()
    return (
        Q(state=ExportState.ASKED, asked_at__lt=now - APPROVED_WITHIN)
        | Q(state=ExportState.WAITING, decided_at__lt=now - KEPT)
        | Q(state=ExportState.READY, ready_at__lt=now - KEPT)
        | Q(state=ExportState.READY, taken_at__lt=now - TAKEN_AGAIN_WITHIN)
    )


@transaction.atomic
def _lapse(export: Export) -> None:
    if Export._base_manager.filter(pk=export.pk, state=ExportState.ASKED).update(state=ExportState.LAPSED):
        details = {"what": "everything of an authority", "step": "lapsed"}
        record(Action.EXPORT, by=None, subject=export, details=details)


def _folder() -> Path:
    folder = Path(settings.DATA) / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
