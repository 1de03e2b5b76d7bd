"""What was written of a review and was not sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from service.accounts.models import User
from service.diary.models.feeds import OwnRowsQuerySet
from service.permissions import Permission, Scoped, classify
from service.reviews.models.reviews import Review


class KeptForm(Scoped):
    """A form of a review that was sent after its writer's session had ended, kept for the writer alone until it is sent.

    `page` is the name of the form's address, `subject` the row that stands in it: a review, an item or an action.
    """

    public_id = models.UUIDField(unique=True, editable=False, help_text="The form that it was typed into.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="kept_review_forms")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="kept_forms")
    page = models.CharField(max_length=40)
    subject = models.UUIDField()
    content = models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")
    kept_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager.from_queryset(OwnRowsQuerySet)()
    school_path = None
    authority_path = None
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(operational="id public_id review page subject kept_at", staff="user", case_text="content")

    class Meta:
        ordering: ClassVar[list[str]] = ["-kept_at"]
        verbose_name = "kept form of a review"
        verbose_name_plural = "kept forms of reviews"

    def __str__(self) -> str:
        return "What was written and not sent"
