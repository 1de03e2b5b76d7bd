"""What a worker does for information governance. Safe to begin again: a file counts only once its row says so."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from service.records.exporting import write_export
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.sealed_files import SealedWriter, new_key
from service.records.store import KEPT, clear_exports, create_private, path_of, seal_key

A_MOMENT = timedelta(seconds=5)


@task()
def build_export(public_id: str) -> None:
    """Write the archive of an export that was approved, sealed with a key of its own."""
    clear_exports()
    export = Export.objects.select_related("authority").get(public_id=UUID(public_id))
    if export.state != ExportState.WAITING:
        return
    path, key = path_of(export.public_id), new_key()
    try:
        with create_private(path) as file:
            sealed = SealedWriter(file, key)
            rows = write_export(export.authority, sealed, identifiers=export.with_identifiers)
            sealed.finish()
    except Exception:
        path.unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk, state=ExportState.WAITING).update(state=ExportState.FAILED)
        raise
    Export.objects.filter(pk=export.pk, state=ExportState.WAITING).update(
        state=ExportState.READY, ready_at=timezone.now(), rows=rows, size=sealed.size, sha256=sealed.digest,
        sealed_key=seal_key(key),
    )  # fmt: skip
    clear_soon(KEPT)


@task()
def clear_files() -> None:
    """Remove the files of exports whose time is over."""
    clear_exports()


def clear_soon(after: timedelta) -> None:
    """Have files removed once a time has passed, and not only at night."""
    clear_files.using(run_after=timezone.now() + after + A_MOMENT).enqueue()
