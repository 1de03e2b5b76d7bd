"""Drop-ins, group work, training and Team Around the School: when and where, and what came of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.practice.models import Contact
from service.schools.models import School


class SessionKind(models.TextChoices):
    DROP_IN = "drop-in", "Drop-in"
    GROUP = "group", "Group work"
    TRAINING = "training", "Training for staff"
    TEAM_AROUND_THE_SCHOOL = "team around the school", "Team Around the School"


class Audience(models.TextChoices):
    PARENTS = "parents", "Parents and carers"
    STAFF = "staff", "Staff of the school"
    CHILDREN = "children", "Children"
    PROFESSIONALS = "professionals", "Professionals"


class Done(models.TextChoices):
    """What was done in a session."""

    INFORMATION = "information", "Information given"
    ADVICE = "advice", "Advice to individuals"
    PROGRAMME = "programme", "A session of a group programme"
    SKILLS = "skills", "Skills taught or practised"
    CASES = "cases", "Concerns discussed and next steps agreed"
    SIGNPOSTED = "signposted", "Signposted to another service"


class Session(Scoped):
    """One drop-in, group session, training or meeting date, as planned. To move it is to cancel it and plan another."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="sessions")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions_led")
    kind = models.CharField(max_length=24, choices=SessionKind.choices)
    audience = models.CharField(max_length=16, choices=Audience.choices)
    place = models.CharField(max_length=60, help_text="A room, such as the library.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    series = models.UUIDField(null=True, blank=True, db_index=True, help_text="Shared by sessions planned as one.")
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_reason = models.CharField(max_length=200, blank=True)

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_DIARY
    privacy = classify(
        operational="id public_id school kind audience place starts_at ends_at series planned_at moved_from cancelled_at "
        "cancelled_reason",
        staff="worker planned_by cancelled_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "school", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancelled_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancelled_reason="")),
                name="session_is_cancelled_for_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "starts_at"], name="sessions_of_a_school"),
            models.Index(fields=["worker", "starts_at"], name="sessions_of_a_worker"),
            models.Index(fields=["starts_at"], name="sessions_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.get_audience_display().lower()}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class SessionRecord(Scoped):
    """What came of a session: how many attended, never who. A correction replaces an earlier record and says why."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="records")
    attended = models.PositiveSmallIntegerField()
    done = models.JSONField(default=list, help_text="Codes of what was done.")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="session_records",
        help_text="The entry in the contact log that was made with it.",
    )  # fmt: skip
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True, help_text="Why a record was corrected.")
    superseded_at = models.DateTimeField(null=True, blank=True)

    school_path = "session__school"
    authority_path = "session__school__authority"
    view_permission = Permission.PLAN_DIARY
    privacy = classify(
        operational="id public_id session attended done contact recorded_at replaces reason superseded_at",
        staff="recorded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["session", "-recorded_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(superseded_at__isnull=True), name="one_record_of_a_session"
            ),
            models.CheckConstraint(condition=Q(attended__lte=2000), name="attendance_can_be_true"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="record_is_corrected_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.attended} attended"
