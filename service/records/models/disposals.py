"""Disposal by two people, and what is left of what was disposed of: that it was there, and under which rule it went."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.records.models.retention import Category, RetentionRule
from service.schools.models import Authority


class DisposalState(models.TextChoices):
    PROPOSED = "proposed", "Waits for a second person"
    CONFIRMED = "confirmed", "Disposed of"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Disposal(Scoped):
    """What one officer proposed to dispose of, and another decided. The list is frozen when it is proposed."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="disposals")
    category = models.CharField(max_length=20, choices=Category.choices)
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="disposals")
    state = models.CharField(max_length=10, choices=DisposalState.choices, default=DisposalState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    proposed = models.PositiveIntegerField(help_text="How many were proposed, each with what hangs on it.")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    left_out = models.PositiveIntegerField(
        default=0, help_text="Of those proposed, how many were no longer due when it was confirmed."
    )
    rows = models.JSONField(default=dict, help_text="How many rows of each table were deleted.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was withdrawn.")
    wiped_at = models.DateTimeField(
        null=True, blank=True, help_text="When the database was last cleared of what deleted rows leave behind."
    )

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_RETENTION
    privacy = classify(
        operational="id public_id authority category rule state proposed_at proposed decided_at left_out rows reason wiped_at",
        staff="proposed_by decided_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-proposed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "category"],
                condition=Q(state=DisposalState.PROPOSED),
                name="one_disposal_waits_in_a_category",
            ),
            models.CheckConstraint(
                condition=Q(state=DisposalState.PROPOSED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=DisposalState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="disposal_says_who_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=DisposalState.CONFIRMED) | ~Q(decided_by=F("proposed_by")),
                name="nobody_confirms_their_own_disposal",
            ),
            models.CheckConstraint(
                condition=~Q(state=DisposalState.WITHDRAWN) | ~Q(reason=""), name="disposal_is_withdrawn_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Disposal of {self.get_category_display().split(',')[0].lower()}, {self.proposed_at:%d/%m/%Y}"


class DisposalItem(Scoped):
    """One thing on the frozen list of a disposal that waits. The list goes when it is decided."""

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=60, help_text="The table, as app.model.")
    subject = models.UUIDField()

    school_path = None
    authority_path = "disposal__authority"
    view_permission = Permission.MANAGE_RETENTION
    privacy = classify(operational="id disposal kind subject")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["disposal", "kind", "subject"], name="disposal_names_a_thing_once"),
        ]

    def __str__(self) -> str:
        return self.kind


class Tombstone(Scoped):
    """That a row was here and was disposed of. It holds nothing of what the row told."""

    kind = models.CharField(max_length=60, help_text="The table, as app.model.")
    subject = models.UUIDField(help_text="The public id that the row had.")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="tombstones")
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="+")
    disposed_at = models.DateTimeField()

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_RETENTION
    privacy = classify(operational="id kind subject authority disposal rule disposed_at")

    class Meta:
        ordering: ClassVar[list[str]] = ["-disposed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "subject"], name="one_tombstone_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, disposed of {self.disposed_at:%d/%m/%Y}"
