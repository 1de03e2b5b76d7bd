"""An export of everything that an authority owns: who asked, who agreed, what became of the file."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class ExportState(models.TextChoices):
    ASKED = "asked", "Waits for a second person"
    DECLINED = "declined", "Turned down or withdrawn"
    LAPSED = "lapsed", "Nobody approved it in time"
    WAITING = "waiting", "Being written"
    READY = "ready", "Ready to take"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Removed"


UNDECIDED = (ExportState.ASKED, ExportState.LAPSED)
APPROVED = (ExportState.WAITING, ExportState.READY, ExportState.FAILED, ExportState.REMOVED)


class Export(Scoped):
    """One file with everything of an authority, asked for by one person and approved by another.

    The file is sealed with a key of its own, which goes with it: what is left of a file on a disk cannot be read.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="exports")
    with_identifiers = models.BooleanField(
        default=False, help_text="Whether it holds the identifiers of the case system."
    )
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    declined_because = models.CharField(max_length=200, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When it was first taken.")
    rows = models.PositiveIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="In bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    sealed_key = models.CharField(max_length=300, blank=True)

    authority_path = "authority"
    view_permission = Permission.EXPORT_AUTHORITY
    privacy = classify(
        operational="id public_id authority with_identifiers reason state asked_at decided_at declined_because ready_at "
        "taken_at rows size sha256",
        staff="asked_by decided_by",
        secret="sealed_key",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY)
                | (Q(ready_at__isnull=False, rows__isnull=False, size__isnull=False) & ~Q(sealed_key="")),
                name="ready_export_says_what_it_holds",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="export_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state__in=UNDECIDED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="export_says_who_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=APPROVED) | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_their_own_export",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.DECLINED) | ~Q(declined_because=""),
                name="export_is_declined_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Export of {self.authority}, asked for on {timezone.localtime(self.asked_at):%d/%m/%Y}"
