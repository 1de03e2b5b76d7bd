"""Where the files of exports lie: out of reach of the web server, readable by the service alone, for a day."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from service.records.models import Export
from service.records.models.exports import ExportState

KEPT = timedelta(days=1)


def path_of(public_id: UUID) -> Path:
    """The place of the file of one export."""
    folder = Path(settings.DATA) / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{public_id}.zip"


def make_private(path: Path) -> None:
    """Create an empty file that only the service may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def clear_exports() -> int:
    """Remove the files that were written more than a day ago; gives back how many."""
    old = Export.objects.filter(state=ExportState.READY, ready_at__lt=timezone.now() - KEPT)
    for public_id in (cleared := list(old.values_list("public_id", flat=True))):
        path_of(public_id).unlink(missing_ok=True)
    Export.objects.filter(public_id__in=cleared).update(state=ExportState.REMOVED)
    return len(cleared)
