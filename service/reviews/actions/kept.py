"""Keeping what was written of a review when it could not be sent, and letting it go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.pages.typed import without_nul
from service.practice.tickets import FIELD, Ticket
from service.reviews.models import ActionStep, KeptForm, Review

ITEM_PAGES = frozenset({"review-item-next", "review-item-withdraw"})
ACTION_PAGES = frozenset({"review-action-settle", "review-action-postpone", "review-action-reopen"})
REVIEW_PAGES = frozenset({
    "review-item-add", "review-action-agree", "review-attendee-add", "review-move", "review-cancel", "review-close",
    "review-amend",
})  # fmt: skip
WORDS = {
    "text": "What", "what_next": "What is to follow", "agreed": "What was agreed", "team_note": "Note for the team",
    "note": "Note", "reason": "Why", "name": "Name", "owner_name": "Who does it", "place": "Where",
}  # fmt: skip
NOT_KEPT = frozenset({FIELD, "csrfmiddlewaretoken", "names_read", "save"})
LONGEST = 20_000  # characters in all: a form that says more is not one of ours
MOST_FIELDS = 40
KEPT_EACH = 50


@transaction.atomic
def keep_form(*, ticket: Ticket, data: Mapping[str, Sequence[str]]) -> KeptForm | None:
    """Keep a form of a review for the writer whom its ticket names, and for nobody else.

    Nothing is kept of a form without words, of words that its writer has put there already, or of a review that there is not.
    Raises `ValidationError` when it is too long, or the writer has too many.
    """
    by = User.objects.filter(public_id=ticket.user, is_active=True).first()
    review = _review_of(ticket)
    content = {name: [without_nul(value) for value in values] for name, values in data.items() if name not in NOT_KEPT}
    words = {said.strip() for name in WORDS for said in content.get(name, ()) if said.strip()}
    if by is None or review is None or ticket.subject is None or not words or words <= set(_written(by, review)):
        return None
    if len(content) > MOST_FIELDS or sum(len(value) for values in content.values() for value in values) > LONGEST:
        raise ValidationError(f"At most {LONGEST:,} characters are kept.")
    if KeptForm.objects.filter(user=by).exclude(public_id=ticket.form).count() >= KEPT_EACH:
        raise ValidationError(f"At most {KEPT_EACH} forms are kept for a person.")
    held = KeptForm.objects.filter(public_id=ticket.form).first()
    if held is not None and (held.user_id, held.page) != (by.pk, ticket.kind):
        return None
    row = held or KeptForm(public_id=ticket.form, user=by, review=review, page=ticket.kind, subject=ticket.subject)
    row.content, row.kept_at = content, timezone.now()
    row.save()
    record(Action.CREATE, by=by, subject=row, details={"page": row.page})
    return row


@transaction.atomic
def discard_form(*, by: User, kept: KeptForm) -> None:
    """Delete a kept form for good. The audit keeps that there was one."""
    if kept.user_id != by.pk:
        raise PermissionDenied("This text belongs to somebody else.")
    record(Action.DISPOSE, by=by, subject=kept, details={"page": kept.page})
    kept.delete()


def drop_sent(*, by: User, form: UUID) -> None:
    """Let go of what was kept of a form, now that it is sent."""
    KeptForm.objects.filter(public_id=form, user=by).delete()


def _review_of(ticket: Ticket) -> Review | None:
    """The review to which the row in the address of a form belongs."""
    for pages, path in (
        (REVIEW_PAGES, "public_id"),
        (ITEM_PAGES, "items__public_id"),
        (ACTION_PAGES, "actions__public_id"),
    ):
        if ticket.kind in pages and ticket.subject is not None:
            return Review.objects.filter(**{path: ticket.subject}).first()
    return None


def _written(by: User, review: Review) -> Iterator[str]:
    """What a person has written of a review already: the form may have been sent twice."""
    for found in review.items.filter(added_by=by).values_list("text", "withdrawn_reason"):
        yield from found
    yield from review.items.values_list("what_next", flat=True)
    yield from review.actions.filter(agreed_by=by).values_list("text", flat=True)
    yield from ActionStep.objects.filter(action__review=review, by=by).values_list("note", flat=True)
    for found in review.records.filter(recorded_by=by).values_list("agreed", "team_note", "reason"):
        yield from found
