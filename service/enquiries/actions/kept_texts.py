"""Keeping what was typed when it could not be sent, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.enquiries.actions.enquiries import sent_as
from service.enquiries.models import Enquiry, EnquiryStep, KeptText
from service.pages.typed import without_nul
from service.practice.tickets import Ticket

FIELDS = ("school", "urgency", "topic", "year_group", "question", "answer", "text")
WORDS = ("question", "answer", "text")
LONGEST = 10_000  # characters in all: a form that says more is not one of ours
KEPT_EACH = 50


@transaction.atomic
def keep_text(*, ticket: Ticket, content: Mapping[str, str]) -> KeptText | None:
    """Keep what was written of an enquiry for the writer whom the ticket names, and for nobody else.

    Nothing is kept of a form without words, of one that was sent before, or of an enquiry that there is not.
    Raises `ValidationError` when it is too long, or the writer has too many.
    """
    by = User.objects.filter(public_id=ticket.user, is_active=True).first()
    typed = {name: without_nul(content[name]) for name in FIELDS if content.get(name, "").strip()}
    if by is None or not (any(typed.get(name) for name in WORDS)) or _was_sent(by, ticket, typed):
        return None
    enquiry = Enquiry.objects.filter(public_id=ticket.subject).first() if ticket.subject else None
    if (ticket.kind == KeptText.Kind.ASK) == (enquiry is not None) or ticket.kind not in KeptText.Kind.values:
        return None
    if sum(len(value) for value in typed.values()) > LONGEST:
        raise ValidationError(f"At most {LONGEST:,} characters are kept.")
    if KeptText.objects.filter(user=by).exclude(public_id=ticket.form).count() >= KEPT_EACH:
        raise ValidationError(f"At most {KEPT_EACH} texts are kept for a person.")
    held = KeptText.objects.filter(public_id=ticket.form).first()
    if held is not None and held.user_id != by.pk:
        return None
    row = held or KeptText(public_id=ticket.form, user=by, kind=ticket.kind, enquiry=enquiry)
    row.content, row.kept_at = typed, timezone.now()
    row.save()
    record(Action.CREATE, by=by, subject=row, details={"kind": row.kind})
    return row


@transaction.atomic
def discard_text(*, by: User, kept: KeptText) -> None:
    """Delete a kept text for good. The audit keeps that there was one."""
    if kept.user_id != by.pk:
        raise PermissionDenied("This text belongs to somebody else.")
    record(Action.DISPOSE, by=by, subject=kept, details={"kind": kept.kind})
    kept.delete()


def drop_sent(*, by: User, form: UUID | None) -> None:
    """Let go of what was kept of a form, now that it is sent."""
    if form is not None:
        KeptText.objects.filter(public_id=form, user=by).delete()


def _was_sent(by: User, ticket: Ticket, typed: Mapping[str, str]) -> bool:
    if ticket.subject is None:
        said = {name: typed.get(name, "").strip() for name in ("school", "topic", "urgency", "year_group", "question")}
        return Enquiry.objects.filter(submission=sent_as(ticket.form, **said), asked_by=by).exists()
    steps = EnquiryStep.objects.filter(enquiry__public_id=ticket.subject, by=by)
    return steps.filter(text=(typed.get("answer") or typed.get("text", "")).strip()).exists()
