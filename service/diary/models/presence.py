"""When a worker was to be in a school, and when she was."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify, scope_of
from service.schools.models import School


class Planned(models.TextChoices):
    """What was planned for a worker, a school and a day."""

    IN_SCHOOL = "in school", "In school"
    AWAY = "away", "Away"  # agreed, and then declared as an exception
    NOT_AGREED = "not agreed", "Not a day for this school"


class Actual(models.TextChoices):
    """What came of it."""

    ALL_DAY = "all day", "In school all day"
    PART = "part of the day", "In school part of the day"
    REMOTE = "by phone or video", "By phone or video"
    NOT_IN = "not in", "Not in"


class PresenceDay(Scoped):
    """What a worker entered for one school and day, beside what was planned then.

    A row is never edited: a correction is a row of its own that replaces it and says why. A day without a row was not entered.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="presence_days")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="presence_days")
    day = models.DateField()
    planned = models.CharField(max_length=20, choices=Planned.choices)
    actual = models.CharField(max_length=20, choices=Actual.choices)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True, help_text="Why an entry was corrected.")
    superseded_at = models.DateTimeField(null=True, blank=True)

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_DIARY
    privacy = classify(
        operational="id public_id school day",
        staff="worker planned actual recorded_by recorded_at replaces reason superseded_at",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["day", "school", "worker"]
        verbose_name = "day of presence"
        verbose_name_plural = "days of presence"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["worker", "school", "day"], condition=Q(superseded_at__isnull=True), name="one_presence_a_day"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="presence_is_corrected_for_a_reason"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "day"], name="presence_of_a_school"),
            models.Index(fields=["worker", "day"], name="presence_of_a_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.get_actual_display()}"


class AbsenceReason(models.TextChoices):
    LEAVE = "leave", "Leave"
    SICKNESS = "sickness", "Sickness"
    COURT = "court", "Court"
    TRAINING = "training", "Training"
    OTHER = "other", "Something else"


class AbsenceQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """One's own, and those of the workers whom one places. Colleagues at the same school do not learn the reason."""
        managed = Q(pk__in=self.within(scope_of(user, Permission.MANAGE_PLACEMENTS)).values("pk"))
        return super().visible_to(user, permission).filter(Q(worker_id=user.pk) | managed)


class Absence(Scoped):
    """Days on which a worker will not be in a school as agreed. Her school learns that she is away, not why."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="absences")
    first = models.DateField()
    last = models.DateField()
    why = models.CharField(max_length=20, choices=AbsenceReason.choices)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(AbsenceQuerySet)()
    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.PLAN_DIARY
    privacy = classify(
        operational="id public_id school",
        staff="worker first last why declared_by declared_at withdrawn_at withdrawn_by withdrawn_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["first", "school"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="absence_is_withdrawn_for_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["worker", "first"], name="absences_of_a_worker")]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
