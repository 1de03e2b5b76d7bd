"""An export of everything that an authority owns: who asked, when, what became of the file."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class ExportState(models.TextChoices):
    WAITING = "waiting", "Being written"
    READY = "ready", "Ready to take"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Removed"


class Export(Scoped):
    """One file with everything of an authority. It stays on the server for a day."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="exports")
    with_identifiers = models.BooleanField(
        default=False, help_text="Whether it holds the identifiers of the case system."
    )
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True, help_text="In bytes.")
    sha256 = models.CharField(max_length=64, blank=True)

    authority_path = "authority"
    view_permission = Permission.EXPORT_AUTHORITY
    privacy = classify(
        operational="id public_id authority with_identifiers reason state asked_at ready_at rows size sha256",
        staff="asked_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY)
                | Q(ready_at__isnull=False, rows__isnull=False, size__isnull=False),
                name="ready_export_says_what_it_holds",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="export_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Export of {self.authority}"
