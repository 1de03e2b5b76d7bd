"""What is written of a review while it is held: saved for later, or kept when the session had ended."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.pages.typed import without_nul
from service.permissions import Permission, holds, require
from service.practice.tickets import Ticket
from service.reviews.actions.checks import LONGEST, lock_planned
from service.reviews.actions.closing import Minutes, check_draft
from service.reviews.models import Review, State

TICKET = "review-close"
BREAK = "\n\n"


@transaction.atomic
def save_draft(*, by: User, review: Review, minutes: Minutes, draft_seen: str | None = None) -> Review:
    """Save what is written of a planned review, for the team alone. It goes when the review is closed.

    `draft_seen` is the mark of the draft that the person had before them: when somebody else wrote there since, it is refused.
    """
    require(by, Permission.PLAN_REVIEW, school=review.school)
    held = lock_planned(review)
    check_draft(held, minutes, seen=draft_seen)
    return _write(by, held, minutes, at_the_door=False)


@transaction.atomic
def keep_draft(*, ticket: Ticket, minutes: Minutes) -> Review | None:
    """Keep what was sent after the session had ended, with the draft of the review that the ticket names.

    What somebody else has written in the meantime stays before it. Nothing is kept for who may not write there, of a review
    that is closed or cancelled, or of words that stand in the draft already.
    """
    by = User.objects.filter(public_id=ticket.user, is_active=True).first()
    if ticket.kind != TICKET or ticket.subject is None or by is None:
        return None
    review = Review.objects.filter(public_id=ticket.subject, state=State.PLANNED).select_related("school").first()
    if review is None:
        return None
    if not holds(by, Permission.PLAN_REVIEW, school=review.school):
        return None
    held = lock_planned(review)
    return _write(by, held, joined_to_draft(held, minutes), at_the_door=True)


def joined_to_draft(review: Review, minutes: Minutes) -> Minutes:
    """What stands in the draft of a review, and after it what somebody else has written."""
    agreed, note = _joined(review.draft_agreed, minutes.agreed), _joined(review.draft_team_note, minutes.team_note)
    return Minutes(agreed, note)


def _joined(before: str, typed: str) -> str:
    words = without_nul(typed).strip()
    if not words or words in before:
        return before
    return words if before.strip() in words else f"{before}{BREAK}{words}"


def _write(by: User, review: Review, minutes: Minutes, *, at_the_door: bool) -> Review:
    longest = 2 * LONGEST if at_the_door else LONGEST
    for field, words in (("agreed", minutes.agreed), ("team_note", minutes.team_note)):
        if len(words) > longest:
            raise ValidationError({field: f"Use at most {LONGEST:,} characters."})
    review.draft_agreed = without_nul(minutes.agreed).strip()
    review.draft_team_note = without_nul(minutes.team_note).strip()
    review.draft_by, review.draft_at = by, timezone.now()
    review.save(update_fields=["draft_agreed", "draft_team_note", "draft_by", "draft_at"])
    record(Action.CHANGE, by=by, subject=review, details={"draft": True, "at_the_door": at_the_door})
    return review
