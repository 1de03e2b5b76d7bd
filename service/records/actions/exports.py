"""An export by two people: one asks for it, another approves it, and the first takes the file within a day."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require
from service.records.actions.retention import said
from service.records.models import Export
from service.records.models.exports import ExportState
from service.records.store import TAKEN_AGAIN_WITHIN, is_over, path_of, pieces_of
from service.records.tasks import build_export, clear_soon
from service.schools.models import Authority

WHAT = "everything of an authority"


@transaction.atomic
def ask_for_export(*, by: User, authority: Authority, reason: str, identifiers: bool = False) -> Export:
    """Ask for everything of an authority in one archive. Nothing is written until another person has approved it.

    Identifiers of the case system need the permission to see them as well. Raises `ValidationError` without a reason.
    """
    require(by, Permission.EXPORT_AUTHORITY, authority=authority)
    if identifiers and not holds(by, Permission.VIEW_CASE_IDENTIFIER, authority=authority):
        raise PermissionDenied("You may not export the identifiers of the case system.")
    if not reason.strip():
        raise ValidationError({"reason": "Say what the export is for."})
    export = Export.objects.create(
        authority=authority, asked_by=by, reason=reason.strip(), with_identifiers=identifiers
    )
    details = {"what": WHAT, "step": "asked", "identifiers": identifiers}
    record(Action.EXPORT, by=by, subject=export, details=details, reason=export.reason)
    return export


@transaction.atomic
def approve_export(*, by: User, export: Export) -> Export:
    """Agree to an export as the second person; a background task then writes the file, for who asked.

    Refused for who asked. Raises `ValidationError` when it was decided already, or a week has passed.
    """
    export = _waiting(by, export)
    if export.asked_by_id == by.pk:
        raise PermissionDenied("You asked for this export: another person approves it.")
    if is_over(export):
        raise ValidationError("It was asked for more than a week ago. It has to be asked for anew.")
    if not _may_have(export.asked_by, export):
        raise ValidationError("Who asked for it may not have it any more. Turn it down.")
    _decide(export, by=by, state=ExportState.WAITING)
    build_export.enqueue(str(export.public_id))
    record(Action.EXPORT, by=by, subject=export, details={"what": WHAT, "step": "approved"})
    return export


@transaction.atomic
def decline_export(*, by: User, export: Export, reason: str) -> Export:
    """Turn an export down, or take the own request back."""
    export = _waiting(by, export)
    export.declined_because = said(reason)
    _decide(export, by=by, state=ExportState.DECLINED)
    record(Action.EXPORT, by=by, subject=export, details={"what": WHAT, "step": "declined"}, reason=reason.strip())
    return export


@transaction.atomic
def take_export(*, by: User, export: Export) -> tuple[Export, Iterator[bytes]]:
    """The archive of an export piece by piece, once it is ready; that it was taken is in the audit.

    Refused for all but who asked. It may be taken again within the hour, should the way have broken.
    """
    export = _locked(by, export)
    if export.asked_by_id != by.pk:
        raise PermissionDenied("Only who asked for an export takes it.")
    if not _may_have(by, export):
        raise PermissionDenied("You may not export the identifiers of the case system.")
    if export.state != ExportState.READY or is_over(export) or not path_of(export.public_id).exists():
        raise ValidationError("The file is not here: it is not ready yet, or its time is over. Ask for a new export.")
    pieces = pieces_of(export)
    if export.taken_at is None:
        export.taken_at = timezone.now()
        export.save(update_fields=["taken_at"])
        clear_soon(TAKEN_AGAIN_WITHIN)
    record(Action.EXPORT, by=by, subject=export, details={"what": WHAT, "step": "taken", "sha256": export.sha256})
    return export, pieces


def _decide(export: Export, *, by: User, state: ExportState) -> None:
    export.state, export.decided_by, export.decided_at = state, by, timezone.now()
    export.save(update_fields=["state", "decided_by", "decided_at", "declined_because"])


def _may_have(person: User, export: Export) -> bool:
    needed = [Permission.EXPORT_AUTHORITY]
    if export.with_identifiers:
        needed.append(Permission.VIEW_CASE_IDENTIFIER)
    return all(holds(person, permission, authority=export.authority) for permission in needed)


def _locked(by: User, export: Export) -> Export:
    require(by, Permission.EXPORT_AUTHORITY, authority=export.authority)
    rows = Export._base_manager.select_for_update(of=("self",)).select_related("authority", "asked_by")
    return rows.get(pk=export.pk)


def _waiting(by: User, export: Export) -> Export:
    locked = _locked(by, export)
    if locked.state != ExportState.ASKED:
        raise ValidationError("This was decided already, or its time is over.")
    return locked
