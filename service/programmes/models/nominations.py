"""The schools that an authority puts forward for the draw, with what is known of each."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify, scope_of
from service.schools.models import Authority, School


class RoundStatus(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class RoundQuerySet(ScopedQuerySet):
    """Drafts are seen only by who may nominate; the evaluator sees a round from the day on which it is submitted."""

    status_path = "status"

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        if permission not in (None, Permission.VIEW_NOMINATIONS):
            return rows
        own = self.model._default_manager.within(scope_of(user, Permission.NOMINATE))
        return rows.filter(Q(**{self.status_path: RoundStatus.SUBMITTED}) | Q(pk__in=own.values("pk")))


class NominationQuerySet(RoundQuerySet):
    status_path = "round__status"


class NominationRound(Scoped):
    """One list of nominated schools of an authority: a draft until it is submitted, and unchanged from then on."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="nomination_rounds")
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=RoundStatus.choices, default=RoundStatus.DRAFT)
    begun_on = models.DateField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_on = models.DateField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    returned_because = models.CharField(max_length=300, blank=True, help_text="Why the evaluator gave it back.")

    objects: ClassVar[Any] = models.Manager.from_queryset(RoundQuerySet)()
    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_NOMINATIONS
    privacy = classify(
        operational="id public_id authority name status begun_on submitted_on returned_because",
        staff="begun_by submitted_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "-begun_on", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority"], condition=Q(status="draft"), name="one_draft_of_nominations_an_authority"
            ),
            models.UniqueConstraint(fields=["authority", "name"], name="nomination_rounds_have_names_of_their_own"),
            models.CheckConstraint(
                condition=Q(status="draft", submitted_on=None) | Q(status="submitted", submitted_on__isnull=False),
                name="a_submitted_round_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}: {self.name}"

    @property
    def is_draft(self) -> bool:
        return self.status == RoundStatus.DRAFT


class Nomination(Scoped):
    """A nominated school, by the label that it bears in the draw, with its figures of the year before.

    The figures are counts of the whole school, and few: only who nominates and who draws sees them.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    round = models.ForeignKey(NominationRound, on_delete=models.PROTECT, related_name="nominations")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="nominations")
    label = models.CharField(max_length=160, help_text="The name of the school in nominations.csv, with its URN.")
    pupils = models.PositiveIntegerField(null=True, blank=True)
    referrals = models.PositiveIntegerField(null=True, blank=True)
    section_47_enquiries = models.PositiveIntegerField(null=True, blank=True)
    exclusions = models.PositiveIntegerField(null=True, blank=True)
    persistent_absence_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    free_school_meals_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    feeder_primaries = models.ManyToManyField(School, blank=True, related_name="nominated_beside")
    reserve = models.BooleanField(default=False)
    excluded = models.CharField(max_length=200, blank=True, help_text="Why the school must not be drawn.")
    withdrew_on = models.DateField(null=True, blank=True)
    withdrew_because = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(NominationQuerySet)()
    school_path = None
    authority_path = "round__authority"
    view_permission = Permission.VIEW_NOMINATIONS
    privacy = classify(
        operational="id public_id round school label pupils referrals section_47_enquiries exclusions "
        "persistent_absence_percent free_school_meals_percent feeder_primaries reserve excluded withdrew_on "
        "withdrew_because",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "school"], name="a_school_is_nominated_once_in_a_round"),
            models.CheckConstraint(condition=Q(pupils=None) | Q(pupils__gt=0), name="nominated_schools_have_pupils"),
            models.CheckConstraint(
                condition=Q(persistent_absence_percent=None) | Q(persistent_absence_percent__range=(0, 100)),
                name="persistent_absence_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(free_school_meals_percent=None) | Q(free_school_meals_percent__range=(0, 100)),
                name="nominated_free_school_meals_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(withdrew_on=None, withdrew_because="")
                | (Q(withdrew_on__isnull=False) & ~Q(withdrew_because="")),
                name="a_withdrawal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def part(self) -> str:
        """In the draw, in reserve, or kept out."""
        return "kept out" if self.excluded else "in reserve" if self.reserve else "in the draw"


class NominationUpload(Scoped):
    """A file of nominations as it was read: what would be taken and what is wrong, before anybody takes it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    round = models.ForeignKey(NominationRound, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=100)
    rows = models.JSONField(help_text="The rows that can be taken, as written.")
    problems = models.JSONField(help_text="Row, column and what is wrong.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    school_path = None
    authority_path = "round__authority"
    view_permission = Permission.NOMINATE
    privacy = classify(
        operational="id public_id round file_name rows problems uploaded_at taken_at", staff="uploaded_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.file_name} ({len(self.rows)} rows, {len(self.problems)} problems)"
