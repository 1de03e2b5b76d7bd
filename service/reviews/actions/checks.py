"""What several deeds check: that a review is still open to change, and that words were given."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError

from service.accounts.models import User
from service.pages.typed import without_nul
from service.permissions import Permission, holds
from service.reviews.models import Review
from service.schools.models import School

LONGEST = 4000  # characters
LONGEST_REASON = 200


def lock_planned(review: Review) -> Review:
    """The review as it stands, locked until the transaction ends; refused once it is closed or cancelled."""
    held = lock(review)
    if not held.is_planned:
        raise ValidationError(f"This review is {held.get_state_display().lower()}. Open it again to see how it stands.")
    return held


def lock(review: Review) -> Review:
    held: Review = (
        Review.objects.select_for_update(of=("self",)).select_related("school__authority", "chair").get(pk=review.pk)
    )
    return held


def said(text: str, *, field: str, message: str, longest: int = LONGEST) -> str:
    """The words without the space round them. Raises `ValidationError` when there are none, or too many."""
    words = without_nul(text).strip()
    if not words:
        raise ValidationError({field: message})
    if len(words) > longest:
        raise ValidationError({field: f"Use at most {longest:,} characters."})
    return words


def mark_of(*texts: str) -> str:
    """A mark by which a form tells whether texts are still those that it was begun with. It gives none of them away."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:20]


def said_or_nothing(text: str, *, field: str) -> str:
    return said(text, field=field, message="") if text.strip() else ""


def said_why(reason: str) -> str:
    return said(reason, field="reason", message="Say why.", longest=LONGEST_REASON)


def is_of_the_team(person: User, school: School) -> bool:
    """Whether somebody holds the case work of a school, and so is not the school."""
    return holds(person, Permission.PLAN_REVIEW, school=school)
