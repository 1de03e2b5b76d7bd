"""Involvement with a child, its steps, and the other work that a worker carries."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.practice.core_codes import CORE, CodeList
from service.practice.models.children import ChildReference, RestrictedManager
from service.schools.models import Authority

LEVELS = tuple(CORE[CodeList.LEVEL])  # from the lightest to the heaviest


class Involvement(Scoped):
    """A time in which a worker is involved with a child. Level and worker are those of the last step."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="involvements")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="involvements")
    level = models.CharField(max_length=40, choices=list(CORE[CodeList.LEVEL].items()))
    opened = models.DateField()
    carried_over = models.BooleanField(default=False, help_text="The worker held the case before the placement.")
    closed = models.DateField(null=True, blank=True)
    closing_reason = models.CharField(max_length=40, choices=list(CORE[CodeList.CLOSING].items()), blank=True)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "child__school"
    authority_path = "child__authority"
    child_path = "child"
    view_permission = Permission.VIEW_CHILD
    privacy = classify(
        operational="id public_id", staff="worker", child="child level opened carried_over closed closing_reason"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(closed__isnull=True), name="one_involvement_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(closed__isnull=True, closing_reason="")
                | (Q(closed__gte=F("opened")) & ~Q(closing_reason="")),
                name="involvement_closes_with_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["worker", "closed"])]

    def __str__(self) -> str:
        return f"{self.get_level_display()} of {self.child}"


class InvolvementStep(Scoped):
    """One step of an involvement: opened, up, down, handed over or closed, with the reason."""

    class Direction(models.TextChoices):
        OPENED = "opened", "Opened"
        UP = "up", "Stepped up"
        DOWN = "down", "Stepped down"
        HANDED_OVER = "handed over", "Handed over"
        CLOSED = "closed", "Closed"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    involvement = models.ForeignKey(Involvement, on_delete=models.PROTECT, related_name="steps")
    direction = models.CharField(max_length=11, choices=Direction.choices)
    level = models.CharField(max_length=40, choices=list(CORE[CodeList.LEVEL].items()))
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "involvement__child__school"
    authority_path = "involvement__child__authority"
    child_path = "involvement__child"
    view_permission = Permission.VIEW_CHILD
    privacy = classify(
        operational="id public_id involvement recorded_at",
        staff="worker recorded_by",
        child="direction level on reason",
        case_text="note",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.get_level_display()}"


class OtherWork(Scoped):
    """What a worker carries besides the schools: cases from before that have no reference here, and court work.

    A new statement ends the one before.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="other_work")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The last day.")
    carried_over_cases = models.PositiveSmallIntegerField(default=0)
    court_percent = models.PositiveSmallIntegerField(default=0, help_text="Share of the working time, per cent.")
    other_percent = models.PositiveSmallIntegerField(default=0, help_text="Share of the working time, per cent.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_TEAM_DASHBOARD
    privacy = classify(
        operational="id public_id authority recorded_at",
        staff="worker starts ends carried_over_cases court_percent other_percent recorded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["worker", "starts", "id"]
        verbose_name_plural = "other work"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "worker"], condition=Q(ends__isnull=True), name="one_statement_of_other_work"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="other_work_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(court_percent__lte=100, other_percent__lte=100), name="other_work_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"Other work from {self.starts}"
