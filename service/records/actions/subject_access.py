"""Answering a request for what is recorded of a child: the clock, what is taken out, the sign-off, the pack."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission
from service.practice.actions.children import require_open
from service.practice.models import ChildReference
from service.records.actions.retention import lock_disposal, said
from service.records.clock import clock_of
from service.records.gathering import TableTold, contents_of, digest_of, hash_of_text, raw_field, same
from service.records.models import ClockPause, Redaction, RequestState, SubjectRequest

ANSWER = Permission.ANSWER_SUBJECT_ACCESS


@transaction.atomic
def open_request(*, by: User, child: ChildReference, requester: str, received_on: date) -> SubjectRequest:
    """Take a request in. Who asked, and how it was checked who they are, belongs in the case system."""
    require_open(by, child, ANSWER)
    lock_disposal(child.authority, child)
    if received_on > timezone.localdate():
        raise ValidationError({"received_on": "The day must not lie in the future."})
    if SubjectRequest._base_manager.filter(child=child, state__in=[RequestState.OPEN, RequestState.SIGNED]).exists():
        raise ValidationError("A request about this child is open already.")
    request = SubjectRequest.objects.create(child=child, requester=requester, received_on=received_on, opened_by=by)
    record(Action.CREATE, by=by, subject=request, child=child, details={"requester": requester})
    return request


@transaction.atomic
def pause_clock(*, by: User, request: SubjectRequest, starts: date, reason: str) -> ClockPause:
    """Stop the clock while something is asked of the requester: who they are, or what they mean."""
    _require_running(by, request)
    if request.pauses.filter(ends=None).exists():
        raise ValidationError("The clock stands already.")
    if starts < request.received_on or starts > timezone.localdate():
        raise ValidationError({"starts": "The day must not lie before the request, nor in the future."})
    if starts > clock_of(request).due:
        raise ValidationError({"starts": "The time had run out by that day: the clock cannot be stopped any more."})
    if request.pauses.filter(ends__gt=starts).exists():
        raise ValidationError({"starts": "The clock stood on that day already."})
    pause = ClockPause.objects.create(request=request, starts=starts, reason=said(reason), paused_by=by)
    record(Action.CHANGE, by=by, subject=request, child=request.child, details={"clock": "paused"})
    return pause


@transaction.atomic
def resume_clock(*, by: User, request: SubjectRequest, on: date) -> ClockPause:
    """Let the clock go on from the day on which what was asked came."""
    _require_running(by, request)
    pause = request.pauses.filter(ends=None).first()
    if pause is None:
        raise ValidationError("The clock does not stand.")
    if on < pause.starts or on > timezone.localdate():
        raise ValidationError({"on": "The day must not lie before the pause, nor in the future."})
    pause.ends = on
    pause.save(update_fields=["ends"])
    record(Action.CHANGE, by=by, subject=request, child=request.child, details={"clock": "resumed"})
    return pause


@transaction.atomic
def extend_clock(*, by: User, request: SubjectRequest, reason: str) -> SubjectRequest:
    """Take two months more, once, because the request is complex or one of several. The requester must be told why."""
    _require_running(by, request)
    if request.extended_at is not None:
        raise ValidationError("The request was extended already, and it can be once.")
    if clock_of(request).is_late:
        raise ValidationError(
            "The time has run out. It is extended within it, and the requester told why, or not at all."
        )
    request.extended_at, request.extension_reason = timezone.now(), said(reason)
    request.save(update_fields=["extended_at", "extension_reason"])
    record(Action.CHANGE, by=by, subject=request, child=request.child, details={"clock": "extended"})
    return request


@transaction.atomic
def mark_redaction(
    *, by: User, request: SubjectRequest, place: tuple[str, UUID, str], why: str, note: str = "", passage: str = ""
) -> list[Redaction]:
    """Take a field, or each place of a passage in it, out of the pack. `place` is the table, the public id and the field.

    A pack that was signed off has to be signed again.
    """
    _require_running(by, request)
    found = raw_field(request, *place)
    if found is None:
        raise ValidationError("The pack has no such field.")
    if why == Redaction.Why.OTHER and not note.strip():
        raise ValidationError({"note": "Say why."})
    kind, subject, name = place
    spots = _spots(found[0], passage.strip()) if passage.strip() else [(None, None)]
    marks = [
        Redaction.objects.create(
            request=request, kind=kind, subject=subject, field=name, start=start, end=end,
            text_hash=hash_of_text(found[0]) if start is not None else "", why=why, note=note.strip(), marked_by=by,
        )
        for start, end in spots
    ]  # fmt: skip
    _open_again(request)
    details = {"redactions": len(marks), "table": kind, "field": name, "why": why}
    record(Action.CHANGE, by=by, subject=request, child=request.child, details=details)
    return marks


def _spots(text: str, passage: str) -> list[tuple[int | None, int | None]]:
    spots: list[tuple[int | None, int | None]] = [found.span() for found in re.finditer(_broken_anyhow(passage), text)]
    if not spots:
        raise ValidationError({"passage": "These words do not stand in the field. Copy them as they stand."})
    return spots


def _broken_anyhow(passage: str) -> str:
    """The words, however they are broken into lines: a page and a form break them each in its own way."""
    return r"\s+".join(re.escape(word) for word in passage.split())


@transaction.atomic
def lift_redaction(*, by: User, redaction: Redaction) -> Redaction:
    """Put back what was marked. The mark stays on record as lifted."""
    _require_running(by, redaction.request)
    if redaction.lifted_at is None:
        redaction.lifted_by, redaction.lifted_at = by, timezone.now()
        redaction.save(update_fields=["lifted_by", "lifted_at"])
        _open_again(redaction.request)
        details = {"redactions": -1, "table": redaction.kind, "field": redaction.field}
        record(Action.CHANGE, by=by, subject=redaction.request, child=redaction.request.child, details=details)
    return redaction


@transaction.atomic
def sign_off(*, by: User, request: SubjectRequest, seen: str | None = None) -> SubjectRequest:
    """Say as a second person that the pack may go as it stands now. What is recorded afterwards is not in it.

    `seen` is the digest of the pack when the person was asked: if anything was put back or recorded since, it is not signed.
    """
    _require_running(by, request)
    marked = request.redactions.filter(marked_by=by).exists() or request.redactions.filter(lifted_by=by).exists()
    if request.opened_by_id == by.pk or marked:
        raise PermissionDenied("You prepared this pack: another person signs it off.")
    contents = contents_of(request)
    if seen is not None and not same(seen, contents):
        raise ValidationError("The pack has changed since you opened the page to sign it. Read it again.")
    request.state, request.signed_by, request.signed_at = RequestState.SIGNED, by, timezone.now()
    request.signed_digest = digest_of(contents)
    request.save(update_fields=["state", "signed_by", "signed_at", "signed_digest"])
    details = {"step": "signed off", "redactions": request.redactions.filter(lifted_at=None).count()}
    record(Action.CHANGE, by=by, subject=request, child=request.child, details=details)
    return request


@transaction.atomic
def take_pack(*, by: User, request: SubjectRequest, form: str) -> list[TableTold]:
    """What goes into the file, once it was signed off and as long as nothing of it has changed since."""
    _require_running(by, request)
    if request.state != RequestState.SIGNED:
        raise ValidationError("The pack has not been signed off.")
    contents = contents_of(request)
    if not same(request.signed_digest, contents):
        raise ValidationError(
            "What is recorded of the child has changed since the sign-off. Look again, and sign off again."
        )
    rows = sum(len(table.rows) for table in contents)
    details = {"what": "subject access pack", "form": form, "rows": rows}
    record(Action.EXPORT, by=by, subject=request, child=request.child, details=details)
    return contents


@transaction.atomic
def end_request(*, by: User, request: SubjectRequest, on: date, reason: str = "") -> SubjectRequest:
    """Say on which day the pack went; or, with a reason, that the request ended without one."""
    _require_running(by, request)
    if on < request.received_on or on > timezone.localdate():
        raise ValidationError({"on": "The day must not lie before the request, nor in the future."})
    if not reason.strip() and request.state != RequestState.SIGNED:
        raise ValidationError({"reason": "The pack has not been signed off. Say why the request ends without it."})
    if not reason.strip() and request.signed_at and on < timezone.localdate(request.signed_at):
        raise ValidationError({"on": "The pack was signed off later: it cannot have gone on that day."})
    for pause in request.pauses.filter(ends=None):
        pause.ends = max(on, pause.starts)
        pause.save(update_fields=["ends"])
    request.state = RequestState.CLOSED if reason.strip() else RequestState.ANSWERED
    request.ended_on, request.closing_reason = on, reason.strip()
    request.save(update_fields=["state", "ended_on", "closing_reason"])
    record(Action.CHANGE, by=by, subject=request, child=request.child, details={"step": request.state})
    return request


def count_elsewhere(request: SubjectRequest, passage: str) -> int:
    """In how many fields of the pack words still stand, after they were taken out of one: in another version, or an answer."""
    if not passage.strip():
        return 0
    fields = (told.text for table in contents_of(request) for row in table.rows for told in row.fields)
    return sum(re.search(_broken_anyhow(passage), text) is not None for text in fields)


def _open_again(request: SubjectRequest) -> None:
    if request.state == RequestState.SIGNED:
        request.state = RequestState.OPEN
        request.save(update_fields=["state"])


def _require_running(by: User, request: SubjectRequest) -> None:
    require_open(by, request.child, ANSWER)
    request.refresh_from_db()
    if not request.is_running:
        raise ValidationError("This request has ended.")
