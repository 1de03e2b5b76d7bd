"""References that stand for children, who may see them, and the case identifier, which is kept apart."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify
from service.schools.models import Authority, School

YEAR_GROUPS = ("R", *(str(year) for year in range(1, 15)))
# Who holds one of these sees counts, or disposes and exports without reading: a restricted record is counted like any other.
COUNTING = frozenset(
    {
        Permission.VIEW_OWN_DASHBOARD,
        Permission.VIEW_TEAM_DASHBOARD,
        Permission.VIEW_PUBLISHED_FIGURES,
        Permission.RUN_EVALUATION,
        Permission.MANAGE_RETENTION,
        Permission.EXPORT_AUTHORITY,
    }
)


class Known(models.TextChoices):
    """Whether children's social care knows the child."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_ASKED = "not asked", "Not asked"


def hidden_children(user: Any) -> models.QuerySet[Any]:
    """The children whose records this person must not see.

    Restricted records without a grant or an opening that holds now, and those where the person has a conflict of interest.
    """
    now = timezone.now()
    children = ChildReference._base_manager
    conflicts = conflicts_of(user)
    granted = RestrictedAccess._base_manager.filter(user=user, starts__lte=now, ends__gt=now).values("child")
    opened = BreakGlass._base_manager.filter(by=user, ends__gt=now).values("child")
    closed = Q(restricted=True) & ~Q(pk__in=granted) & ~Q(pk__in=opened)
    return children.filter(closed | Q(pk__in=conflicts)).values("pk")


def conflicts_of(user: Any) -> models.QuerySet[Any]:
    """The children over whom this person has a conflict of interest that nobody settled."""
    return ConflictOfInterest._base_manager.filter(worker=user, settled_at=None).values("child")


class RestrictedQuerySet(ScopedQuerySet):
    """Rows about children, without those about a child whose record is closed to the person.

    The model declares `child_path`: how to get from a row to its child.
    """

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        if (permission or self.model.view_permission) in COUNTING or not user.is_authenticated:
            return rows
        return rows.exclude(**{f"{self.model.child_path}__in": hidden_children(user)})


RestrictedManager = models.Manager.from_queryset(RestrictedQuerySet)


class ImpartialQuerySet(ScopedQuerySet):
    """Rows about how a record is closed and opened: for who manages that, unless they have a conflict over the child."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        if (permission or self.model.view_permission) in COUNTING or not user.is_authenticated:
            return rows
        return rows.exclude(child__in=conflicts_of(user))


ImpartialManager = models.Manager.from_queryset(ImpartialQuerySet)


class ChildReference(Scoped):
    """A child, by a random reference of the authority. No name, date of birth or UPN belongs here or anywhere."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="children")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="children")
    reference = models.CharField(max_length=9, editable=False)
    year_group = models.CharField(max_length=2, choices=[(year, f"Year {year}") for year in YEAR_GROUPS])
    known_to_social_care = models.CharField(max_length=9, choices=Known.choices, default=Known.NOT_ASKED)
    restricted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "school"
    authority_path = "authority"
    child_path = "pk"
    view_permission = Permission.VIEW_CHILD
    privacy = classify(
        operational="id public_id authority created_at",
        staff="created_by",
        child="school reference year_group known_to_social_care restricted",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["reference"]
        verbose_name = "child"
        verbose_name_plural = "children"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "reference"], name="one_child_for_a_reference"),
            models.CheckConstraint(condition=Q(year_group__in=YEAR_GROUPS), name="child_has_a_known_year_group"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "reference"]),
            models.Index(fields=["restricted"], condition=Q(restricted=True), name="restricted_children"),
        ]

    def __str__(self) -> str:
        return self.reference


class ChildPlace(Scoped):
    """The school and year group of a child from a day: a move or a new school year adds a row."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="places")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    year_group = models.CharField(max_length=2, choices=[(year, f"Year {year}") for year in YEAR_GROUPS])
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The last day.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "child__school"
    authority_path = "child__authority"
    child_path = "child"
    view_permission = Permission.VIEW_CHILD
    privacy = classify(
        operational="id public_id recorded_at", staff="recorded_by", child="child school year_group starts ends"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["starts", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["child"], condition=Q(ends__isnull=True), name="one_place_at_a_time"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="place_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}, year {self.year_group}"


class CaseIdentifier(Scoped):
    """The number that leads to the child in the authority's case system. A corrected one keeps its row, with its end."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="case_identifiers")
    system = models.CharField(max_length=40, help_text="The case system, for example Mosaic.")
    identifier = models.CharField(max_length=40)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = RestrictedManager()
    school_path = "child__school"
    authority_path = "child__authority"
    child_path = "child"
    view_permission = Permission.VIEW_CASE_IDENTIFIER
    privacy = classify(
        operational="id public_id system recorded_at ended_at",
        staff="recorded_by",
        child="child",
        identifier="identifier",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-recorded_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["child", "system"], condition=Q(ended_at__isnull=True), name="one_identifier_in_a_system"
            ),
            models.CheckConstraint(condition=~Q(identifier="") & ~Q(system=""), name="case_identifier_is_given"),
        ]

    def __str__(self) -> str:
        return f"{self.system} identifier of {self.child}"


class Restriction(Scoped):
    """Why and since when a child's record is closed to all but those who were granted access."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="restrictions")
    category = models.CharField(max_length=40)
    reason = models.TextField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    review_by = models.DateField()
    review_notes = models.TextField(
        blank=True, help_text="Why each review kept the restriction, with its day and reviewer; a paragraph each."
    )
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = ImpartialManager()
    school_path = "child__school"
    authority_path = "child__authority"
    view_permission = Permission.MANAGE_RESTRICTION
    privacy = classify(
        operational="id public_id placed_at review_by lifted_at",
        staff="placed_by lifted_by",
        child="child category",
        case_text="reason review_notes lift_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["review_by", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(lifted_at__isnull=True), name="one_restriction_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="restriction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="restriction_is_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Restriction of {self.child}"


class RestrictedAccess(Scoped):
    """Access to a restricted record that a manager granted to one person until a moment. Ending it early sets that moment."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="access_granted")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField()

    objects: ClassVar[Any] = ImpartialManager()
    school_path = "child__school"
    authority_path = "child__authority"
    view_permission = Permission.MANAGE_RESTRICTION
    privacy = classify(operational="id public_id starts ends", staff="user granted_by", child="child")

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts"]
        verbose_name_plural = "restricted access"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="access_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "ends"])]

    def __str__(self) -> str:
        return f"Access to {self.child}"


class BreakGlass(Scoped):
    """A restricted record that somebody opened with a reason, for a time, and what the review of it found."""

    class Finding(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not justified", "Not justified"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="openings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    ends = models.DateTimeField()
    finding = models.CharField(max_length=13, choices=Finding.choices, blank=True)
    review_note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ImpartialManager()
    school_path = "child__school"
    authority_path = "child__authority"
    view_permission = Permission.REVIEW_BREAK_GLASS
    privacy = classify(
        operational="id public_id opened_at ends finding reviewed_at",
        staff="by reviewed_by",
        child="child",
        case_text="reason review_note",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        verbose_name = "opening of a restricted record"
        verbose_name_plural = "openings of restricted records"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="glass_is_broken_with_a_reason"),
            models.CheckConstraint(condition=Q(ends__gt=F("opened_at")), name="opening_ends_after_start"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, finding="", reviewed_by__isnull=True)
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(finding="")),
                name="review_of_an_opening_has_a_finding",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("by")), name="nobody_reviews_their_own_opening"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["by", "ends"]),
            models.Index(fields=["reviewed_at", "-opened_at"]),
        ]

    def __str__(self) -> str:
        return f"Opening of {self.child}"


class ConflictOfInterest(Scoped):
    """A worker said that a child is a relative or somebody close. From then on the record is closed to that worker."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    child = models.ForeignKey(ChildReference, on_delete=models.PROTECT, related_name="conflicts")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now, editable=False)
    note = models.TextField(blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settlement = models.TextField(blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(ScopedQuerySet)()
    school_path = "child__school"
    authority_path = "child__authority"
    view_permission = Permission.MANAGE_RESTRICTION
    privacy = classify(
        operational="id public_id declared_at settled_at",
        staff="worker settled_by",
        child="child",
        case_text="note settlement",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-declared_at"]
        verbose_name_plural = "conflicts of interest"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["child", "worker"], condition=Q(settled_at__isnull=True), name="one_conflict_at_a_time"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["worker", "settled_at"])]

    def __str__(self) -> str:
        return f"Conflict of interest over {self.child}"
