"""What a worker does for information governance. Safe to begin again: a file counts only once its row says so."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from service.records.exporting import write_export
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.store import clear_exports, make_private, path_of


@task()
def build_export(public_id: str) -> None:
    """Write the archive of an export that waits for it, and clear those of yesterday."""
    clear_exports()
    export = Export.objects.select_related("authority").get(public_id=UUID(public_id))
    if export.state != ExportState.WAITING:
        return
    path = path_of(export.public_id)
    make_private(path)
    try:
        rows = write_export(export.authority, path, identifiers=export.with_identifiers)
    except Exception:
        path.unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED)
        raise
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    Export.objects.filter(pk=export.pk).update(
        state=ExportState.READY, ready_at=timezone.now(), rows=rows, size=path.stat().st_size, sha256=digest
    )
