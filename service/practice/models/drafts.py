"""What somebody has begun to write and not yet saved."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify, holds
from service.practice.kept_pages import PAGES

WRITERS = (Permission.RECORD_CONTACT, Permission.MANAGE_PROGRAMME)


def may_keep(user: Any) -> bool:
    """Whether a person writes in forms whose words are kept."""
    return any(holds(user, permission) for permission in WRITERS)


class OwnQuerySet(ScopedQuerySet):
    """Rows of the person who made them, and of nobody else."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        seen = holds(user, permission) if permission else may_keep(user)
        return self.filter(user=user) if seen else self.none()


class Draft(Scoped):
    """A form that was begun. Only its writer sees it; discarding it deletes it."""

    class Kind(models.TextChoices):
        CONTACT = "contact", "Contact"
        CORRECTION = "correction", "Correction of a contact"
        FORM = "form", "Another form"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    page = models.CharField(
        max_length=40, blank=True, editable=False, help_text="The name of the address of another form."
    )
    subject = models.UUIDField(
        null=True,
        editable=False,
        help_text="The public id of the contact that it would correct, or of what its form is about.",
    )
    content = models.JSONField(default=dict, help_text="The fields of the form, as they were typed.")
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    began_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who wrote it, when a manager took it over.",
    )  # fmt: skip
    kept_at_the_door = models.BooleanField(default=False, help_text="Sent after the session had ended, and kept.")

    objects: ClassVar[Any] = models.Manager.from_queryset(OwnQuerySet)()
    school_path = None
    authority_path = None
    view_permission = Permission.RECORD_CONTACT
    privacy = classify(
        operational="id public_id kind page subject began_at saved_at kept_at_the_door",
        staff="user began_by",
        case_text="content",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-saved_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "-saved_at"])]

    def __str__(self) -> str:
        return PAGES.get(self.page) or self.get_kind_display()
