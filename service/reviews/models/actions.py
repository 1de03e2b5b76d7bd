"""What was agreed to be done, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.practice.models import ChildReference
from service.reviews.models.reviews import Review, SharedQuerySet
from service.schools.models import School


class ActionState(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class ReviewAction(Scoped):
    """An action that a review agreed. Until it is done or dropped it comes back at each review of the school.

    The owner is a person of the service, or somebody else by name or post. `of_school` tells that the school does it; the
    school reads what it does itself, and what is shared with it.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="review_actions")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="actions")
    text = models.TextField()
    child = models.ForeignKey(
        ChildReference, on_delete=models.PROTECT, null=True, blank=True, related_name="review_actions"
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="review_actions")
    owner_name = models.CharField(max_length=100, blank=True, help_text="Of an owner without an account.")
    of_school = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    due = models.DateField()
    state = models.CharField(max_length=7, choices=ActionState.choices, default=ActionState.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager.from_queryset(SharedQuerySet)()
    school_path = "school"
    authority_path = "school__authority"
    child_path = "child"
    shared_path = "shared"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(
        operational="id public_id school review of_school shared due state settled_on agreed_at",
        staff="owner owner_name agreed_by",
        child="child",
        case_text="text",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["due", "id"]
        verbose_name = "action of a review"
        verbose_name_plural = "actions of reviews"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(text=""), name="review_action_says_what"),
            models.CheckConstraint(
                condition=(Q(owner__isnull=False, owner_name="")) | (Q(owner__isnull=True) & ~Q(owner_name="")),
                name="review_action_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(of_school=False) | Q(shared=True), name="school_reads_the_actions_it_does"
            ),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN, settled_on__isnull=True)
                | (~Q(state=ActionState.OPEN) & Q(settled_on__isnull=False)),
                name="settled_review_action_has_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "state", "due"], name="review_actions_of_a_school"),
            models.Index(fields=["owner", "state", "due"], name="review_actions_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"Action due {self.due.day} {self.due:%B %Y}"

    @property
    def owner_in_words(self) -> str:
        return self.owner.name if self.owner else self.owner_name

    @property
    def is_open(self) -> bool:
        return self.state == ActionState.OPEN

    def is_late_on(self, day: date) -> bool:
        """Open, and due before the day."""
        return self.is_open and self.due < day


class ActionStep(Scoped):
    """One thing that happened to an action after it was agreed. Appended, never changed."""

    class Kind(models.TextChoices):
        CAME_BACK = "came back", "Came back, still open"
        POSTPONED = "postponed", "Postponed"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"
        REOPENED = "reopened", "Reopened"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(ReviewAction, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The review at which the action came back.",
    )  # fmt: skip
    due = models.DateField(help_text="When it was due from then on.")
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager.from_queryset(SharedQuerySet)()
    school_path = "action__school"
    authority_path = "action__school__authority"
    child_path = "action__child"
    shared_path = "action__shared"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(operational="id public_id action kind review due at", staff="by", case_text="note")

    class Meta:
        ordering: ClassVar[list[str]] = ["action", "id"]
        verbose_name = "step of an action"
        verbose_name_plural = "steps of actions"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                # A step that came back loses its review when that is disposed of before the action.
                condition=Q(kind="came back") | (Q(review__isnull=True) & ~Q(note="")),
                name="step_of_a_review_action_has_a_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.action}"
