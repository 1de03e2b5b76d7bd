"""The timeline of the programme."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class Milestone(Scoped):
    """Something that should be reached by a day. When it is moved, the former day is kept."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="milestones")
    what = models.CharField(max_length=150)
    due = models.DateField()
    owner = models.CharField(max_length=100, blank=True, help_text="The person, post or group that sees to it.")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dropped_because = models.CharField(max_length=200, blank=True)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id authority what due done_on dropped_because", staff="owner done_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["due", "what"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["authority", "due"])]

    def __str__(self) -> str:
        return self.what

    def state_on(self, day: date) -> str:
        """ "done", "dropped", "late" or "due"."""
        if self.done_on is not None:
            return "done"
        return "dropped" if self.dropped_because else "late" if self.due < day else "due"


class MilestoneMove(Scoped):
    """How a milestone was moved, and why."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="moves")
    was_due = models.DateField()
    reason = models.CharField(max_length=200)
    moved_on = models.DateField()
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    school_path = None
    authority_path = "milestone__authority"
    view_permission = Permission.VIEW_PROGRAMME
    privacy = classify(operational="id public_id milestone was_due reason moved_on", staff="moved_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["milestone", "id"]

    def __str__(self) -> str:
        return f"{self.milestone} was due on {self.was_due}"
