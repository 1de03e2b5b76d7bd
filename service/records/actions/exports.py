"""Asking for an export, and taking it."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.store import path_of
from service.records.tasks import build_export
from service.schools.models import Authority


@transaction.atomic
def ask_for_export(*, by: User, authority: Authority, reason: str, identifiers: bool = False) -> Export:
    """Have everything of an authority written to one archive, by a background task.

    Identifiers of the case system need the permission to see them as well. Raises `ValidationError` without a reason.
    """
    require(by, Permission.EXPORT_AUTHORITY, authority=authority)
    if identifiers and not holds(by, Permission.VIEW_CASE_IDENTIFIER, authority=authority):
        raise PermissionDenied("You may not export the identifiers of the case system.")
    if not reason.strip():
        raise ValidationError("Say what the export is for.")
    export = Export.objects.create(
        authority=authority, asked_by=by, reason=reason.strip(), with_identifiers=identifiers
    )
    build_export.enqueue(str(export.public_id))
    details = {"what": "everything of an authority", "step": "asked", "identifiers": identifiers}
    record(Action.EXPORT, by=by, subject=export, details=details, reason=export.reason)
    return export


@transaction.atomic
def take_export(*, by: User, export: Export) -> Path:
    """The file of an export, once it is ready; that it was taken is in the audit."""
    require(by, Permission.EXPORT_AUTHORITY, authority=export.authority)
    if export.with_identifiers:
        require(by, Permission.VIEW_CASE_IDENTIFIER, authority=export.authority)
    if export.state != ExportState.READY or not path_of(export.public_id).exists():
        raise ValidationError("The file is not here: it is not ready yet, or a day has passed. Ask for a new export.")
    details = {"what": "everything of an authority", "step": "taken", "sha256": export.sha256}
    record(Action.EXPORT, by=by, subject=export, details=details)
    return path_of(export.public_id)
