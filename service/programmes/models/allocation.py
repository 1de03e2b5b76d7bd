"""The draw as the evaluator enters it, hidden from everybody else until the day on which it is told."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify, scope_of
from service.programmes.models.nominations import NominationRound
from service.schools.models import Authority, School


class ConcealedQuerySet(ScopedQuerySet):
    """Rows of an allocation that is not published are seen only by who may see it before."""

    told_path = "published_on"

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        before = self.model._default_manager.within(scope_of(user, Permission.VIEW_UNPUBLISHED_ALLOCATION))
        told = Q(**{f"{self.told_path}__lte": timezone.localdate()})
        return super().visible_to(user, permission).filter(told | Q(pk__in=before.values("pk")))


class ArmQuerySet(ConcealedQuerySet):
    told_path = "allocation__published_on"

    def live(self) -> Self:
        """Without the arms of allocations that were set aside."""
        return self.filter(live=True)


class Commitment(Scoped):
    """The hash of a seed and its method, registered before nominations are known."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="None: every authority."
    )
    sha256 = models.CharField(
        max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}$", "64 hexadecimal digits.")]
    )
    file = models.TextField(help_text="allocation_commitment.toml as it was published.")
    committed_on = models.DateField()
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    text_without_children = ("file",)
    school_path = None
    authority_path = "authority"
    view_permission = Permission.PUBLISH_ALLOCATION
    privacy = classify(
        operational="id public_id authority sha256 file committed_on registered_at", staff="registered_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-registered_at"]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} of {self.committed_on}"


class Allocation(Scoped):
    """A draw with its certificate, and what was checked before it was taken.

    `published_on` is the first day on which the authorities see it; none means hidden. One that was set aside before it was
    told is kept, with the reason.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    rounds = models.ManyToManyField(NominationRound, related_name="allocations")
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    certificate = models.TextField(help_text="allocation.toml as it was written.")
    nominations_file = models.TextField(help_text="nominations.csv that the certificate was checked against.")
    steps = models.JSONField(help_text="What was checked: name, whether it holds, and what was seen.")
    method = models.CharField(max_length=20)
    drawn_on = models.DateField()
    kept_until = models.DateField(
        null=True, blank=True, help_text="The last day on which comparison schools stay without a social worker."
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_on = models.DateField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_aside_on = models.DateField(null=True, blank=True)
    set_aside_because = models.CharField(max_length=300, blank=True)

    text_without_children = ("certificate", "nominations_file")
    objects: ClassVar[Any] = models.Manager.from_queryset(ConcealedQuerySet)()
    school_path = None
    authority_path = "rounds__authority"
    view_permission = Permission.VIEW_ALLOCATION
    privacy = classify(
        operational="id public_id rounds commitment certificate nominations_file steps method drawn_on kept_until "
        "entered_at published_on set_aside_on set_aside_because",
        staff="entered_by published_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-entered_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(published_on__gte=F("drawn_on")), name="told_after_it_was_drawn"
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(set_aside_on=None), name="what_was_told_is_not_set_aside"
            ),
            models.CheckConstraint(
                condition=Q(set_aside_on=None, set_aside_because="")
                | (Q(set_aside_on__isnull=False) & ~Q(set_aside_because="")),
                name="setting_aside_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Allocation drawn on {self.drawn_on}"

    @property
    def is_told(self) -> bool:
        return self.published_on is not None and self.published_on <= timezone.localdate()


class Arm(models.TextChoices):
    INTERVENTION = "intervention", "with a social worker"
    COMPARISON = "comparison", "comparison school"
    RESERVE = "reserve", "in reserve"
    WITHDREW = "withdrew", "withdrew before arms were told"


class SchoolArm(Scoped):
    """What the draw gave one school."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="arms")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="arms")
    arm = models.CharField(max_length=12, choices=Arm.choices)
    drawn_arm = models.CharField(max_length=12, choices=Arm.choices, help_text="As drawn, before anybody stood in.")
    stratum = models.CharField(max_length=200, help_text="Schools stand in for one another within it.")
    reserve_place = models.PositiveSmallIntegerField(null=True, blank=True)
    stands_in_for = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stood_in_by"
    )
    live = models.BooleanField(default=True, help_text="No: its allocation was set aside.")

    objects: ClassVar[Any] = models.Manager.from_queryset(ArmQuerySet)()
    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(
        operational="id public_id allocation school arm drawn_arm stratum reserve_place stands_in_for live",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["school__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["allocation", "school"], name="one_arm_in_an_allocation"),
            models.UniqueConstraint(fields=["school"], condition=Q(live=True), name="one_arm_for_a_school"),
            models.CheckConstraint(
                condition=Q(drawn_arm="reserve", reserve_place__isnull=False)
                | (~Q(drawn_arm="reserve") & Q(reserve_place=None)),
                name="reserves_have_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}: {self.get_arm_display()}"
