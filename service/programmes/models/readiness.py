"""What has to be ready in a school before its worker can work, and how the worker is brought in."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority, School


class Area(models.TextChoices):
    SPACE = "space", "Space in the school"
    ACCESS = "access", "Access and IT"
    INDUCTION = "induction", "Induction"
    PEOPLE = "people", "Introductions"


class Side(models.TextChoices):
    SCHOOL = "school", "The school"
    AUTHORITY = "authority", "The authority"


class ReadinessItem(Scoped):
    """One line of an authority's checklist. Schools that begin a checklist get a copy, so that it stays as it was for them."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="readiness_items")
    area = models.CharField(max_length=12, choices=Area.choices)
    what = models.CharField(max_length=150)
    side = models.CharField(max_length=10, choices=Side.choices, help_text="Who sees to it.")
    days_before_start = models.SmallIntegerField(
        help_text="Due so many days before the worker starts; less than 0: after."
    )
    position = models.PositiveSmallIntegerField()
    retired_on = models.DateField(null=True, blank=True)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_PROGRAMME
    privacy = classify(operational="id public_id authority area what side days_before_start position retired_on")

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "what"], condition=Q(retired_on=None), name="a_checklist_says_a_thing_once"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class CheckState(models.TextChoices):
    OPEN = "open", "To do"
    DONE = "done", "Done"
    NOT_NEEDED = "not needed", "Not needed"


class SchoolCheck(Scoped):
    """One line of the checklist of one school: who sees to it, by when, and when it was done."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="checks")
    item = models.ForeignKey(ReadinessItem, on_delete=models.PROTECT, related_name="checks")
    area = models.CharField(max_length=12, choices=Area.choices)
    what = models.CharField(max_length=150)
    side = models.CharField(max_length=10, choices=Side.choices)
    who = models.CharField(max_length=100, blank=True, help_text="The person or post that sees to it.")
    due = models.DateField()
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.CharField(max_length=200, blank=True)

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_READINESS
    privacy = classify(
        operational="id public_id school item area what side due state settled_on remark", staff="who settled_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["school__name", "item__position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["school", "item"], name="a_school_checks_a_thing_once"),
            models.CheckConstraint(
                condition=Q(state="open", settled_on=None) | (~Q(state="open") & Q(settled_on__isnull=False)),
                name="what_is_settled_has_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"{self.what} at {self.school}"
