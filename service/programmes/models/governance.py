"""The groups that steer the programme: members, meetings, papers, and actions that come back until they are done."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class GroupKind(models.TextChoices):
    WORKING = "working group", "Working group"
    STEERING = "steering group", "Steering group"


class Group(Scoped):
    """A governance group of an authority."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="governance_groups")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=GroupKind.choices)
    meets = models.CharField(max_length=60, help_text="How often, such as each term.")
    purpose = models.CharField(max_length=500, blank=True)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id authority name kind meets purpose")

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "name"]
        verbose_name = "governance group"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "name"], name="groups_have_names_of_their_own"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(Scoped):
    """Somebody who sits in a group, from a day; not everybody has an account."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=100)
    chairs = models.BooleanField(default=False)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    school_path = None
    authority_path = "group__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id group", staff="name organisation chairs joined_on left_on")

    class Meta:
        ordering: ClassVar[list[str]] = ["-chairs", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "name"], condition=Q(left_on=None), name="members_sit_once"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=models.F("joined_on")), name="members_leave_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(Scoped):
    """A meeting, planned or held."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="meetings")
    day = models.DateField()
    place = models.CharField(max_length=100, blank=True)
    agenda = models.TextField(blank=True)
    notes = models.TextField(blank=True, help_text="What was decided. Nothing about a child.")
    held = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=1, help_text="Goes up each time that its minutes are written.")

    text_without_children = ("agenda", "notes")
    school_path = None
    authority_path = "group__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id group day place agenda notes held version")

    class Meta:
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "day"], name="one_meeting_of_a_group_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.group}, {self.day.day} {self.day:%B %Y}"


class EarlierMinutes(Scoped):
    """The agenda and decisions of a held meeting as they stood before they were written anew, with the reason."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="earlier_minutes")
    version = models.PositiveSmallIntegerField()
    agenda = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    reason = models.CharField(max_length=200, help_text="Why they were replaced.")
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    text_without_children = ("agenda", "notes")
    school_path = None
    authority_path = "meeting__group__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id meeting version agenda notes reason replaced_at", staff="replaced_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["meeting", "-version"]
        verbose_name = "earlier minutes"
        verbose_name_plural = "earlier minutes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "version"], name="one_minutes_of_each_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="minutes_are_replaced_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}, earlier version {self.version}"


class Paper(Scoped):
    """A paper of a meeting: a file that is served only through the service, or a link."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="papers")
    title = models.CharField(max_length=150)
    link = models.URLField(blank=True)
    file = models.FileField(upload_to="papers/", blank=True)
    file_name = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)

    school_path = None
    authority_path = "meeting__group__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(
        operational="id public_id meeting title link file file_name size sha256 added_at withdrawn_because",
        staff="added_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["meeting", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(link="") & ~Q(file="")) | (~Q(link="") & Q(file="")), name="a_paper_is_a_file_or_a_link"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class GroupAction(Scoped):
    """Something that a group asked for. It is on the agenda of every meeting until it is done or dropped."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="actions")
    raised_at = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions_raised")
    what = models.CharField(max_length=300)
    owner = models.CharField(max_length=100)
    due = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    school_path = None
    authority_path = "group__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id group raised_at what due closed_on outcome", staff="owner")

    class Meta:
        ordering: ClassVar[list[str]] = ["due", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(closed_on=None, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="a_closed_action_has_an_outcome",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "closed_on", "due"])]

    def __str__(self) -> str:
        return self.what

    def state_on(self, day: date) -> str:
        """ "done", "late" or "due"."""
        return "done" if self.closed_on is not None else "late" if self.due < day else "due"
