"""A meeting about a school: who comes, what is on its agenda, and what was recorded of it."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify, scope_of
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, ChildReference, Contact, Known
from service.practice.models.children import COUNTING, RestrictedQuerySet
from service.schools.models import School


class Kind(models.TextChoices):
    HALF_TERMLY = "half-termly review", "Half-termly review"
    TEAM_AROUND_THE_SCHOOL = "team around the school", "Team Around the School"


class State(models.TextChoices):
    PLANNED = "planned", "Planned"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class SharedQuerySet(RestrictedQuerySet):
    """Rows that the team sees, and the school only when they are shared with it.

    The model declares `shared_path`: how to get from a row to whether the school reads it. Rows about a child whose record is
    closed to the person are left out for either.
    """

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        if (permission or self.model.view_permission) in COUNTING:
            return rows
        of_the_team = self.within(scope_of(user, Permission.VIEW_CHILD)).values("pk")
        return rows.filter(Q(**{self.model.shared_path: True}) | Q(pk__in=of_the_team))


class Review(Scoped):
    """A half-termly review of a school, or a Team Around the School meeting. A closed one does not change."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=24, choices=Kind.choices, default=Kind.HALF_TERMLY)
    school_year = models.CharField(max_length=7, blank=True, help_text="Of the half-term that is reviewed.")
    half_term = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 6, of a half-termly review.")
    day = models.DateField()
    place = models.CharField(max_length=60, blank=True)
    chair = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews_chaired")
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)
    draft_agreed = models.TextField(blank=True, help_text="What was written of it before it is closed.")
    draft_team_note = models.TextField(blank=True)
    draft_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    draft_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews",
        help_text="The entry in the contact log that was made with it.",
    )  # fmt: skip

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(
        operational="id public_id school kind school_year half_term day place planned_at state closed_at cancelled_reason "
        "draft_at contact",
        staff="chair planned_by closed_by draft_by",
        case_text="draft_agreed draft_team_note",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-day", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["school", "school_year", "half_term"],
                condition=Q(kind=Kind.HALF_TERMLY) & ~Q(state=State.CANCELLED),
                name="one_review_a_half_term",
            ),
            models.CheckConstraint(
                condition=(Q(kind=Kind.HALF_TERMLY, half_term__range=(1, 6)) & ~Q(school_year=""))
                | Q(kind=Kind.TEAM_AROUND_THE_SCHOOL, half_term__isnull=True, school_year=""),
                name="half_termly_review_names_its_half_term",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=State.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True)),
                name="closed_review_says_who_closed_it",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.CANCELLED) & ~Q(cancelled_reason=""))
                | (~Q(state=State.CANCELLED) & Q(cancelled_reason="")),
                name="review_is_cancelled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | Q(draft_agreed="", draft_team_note=""),
                name="closed_review_has_no_draft",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "-day"], name="reviews_of_a_school"),
            models.Index(fields=["state", "day"], name="reviews_by_state"),
        ]

    def __str__(self) -> str:
        if self.kind == Kind.HALF_TERMLY:
            return f"{self.get_kind_display()}, {self.school_year} half-term {self.half_term}"
        return f"{self.get_kind_display()}, {self.day.day} {self.day:%B %Y}"

    @property
    def is_planned(self) -> bool:
        return self.state == State.PLANNED

    @property
    def is_half_termly(self) -> bool:
        return self.kind == Kind.HALF_TERMLY


class AttendeeRole(models.TextChoices):
    SAFEGUARDING_LEAD = "safeguarding lead", "Safeguarding lead or deputy"
    HEAD = "head", "Head or senior leader"
    PASTORAL = "pastoral staff", "Pastoral or attendance staff"
    SPECIAL_NEEDS = "special needs", "Special needs coordinator"
    TEACHER = "teacher", "Teacher or head of year"
    SOCIAL_WORKER = "social worker", "Social worker"
    MANAGER = "manager", "Team manager or senior practitioner"
    EARLY_HELP = "early help", "Early help"
    HEALTH = "health", "Health"
    POLICE = "police", "Police"
    OTHER = "other", "Somebody else"


class Attendee(Scoped):
    """A member of staff who is asked to a review, and whether they came. Never a child or a parent."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="attendees")
    role = models.CharField(max_length=20, choices=AttendeeRole.choices)
    name = models.CharField(max_length=100)
    came = models.BooleanField(null=True, blank=True, help_text="Known when the review is closed.")

    school_path = "review__school"
    authority_path = "review__school__authority"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(operational="id public_id review", staff="role name came")

    class Meta:
        ordering: ClassVar[list[str]] = ["review", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "role", "name"], name="an_attendee_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="attendee_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_role_display().lower()}"


class ItemKind(models.TextChoices):
    OPEN_CHILD = "open child", "A child with open involvement"
    MAY_COME = "may come", "A child who may come"
    TOPIC = "topic", "A matter of the school"


class ReviewItem(Scoped):
    """Something to talk about: a child by reference or by year group alone, or a matter of the school.

    `shared` tells whether the school reads it: what the school raised, and what the team chose to share.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    from_school = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    child = models.ForeignKey(
        ChildReference, on_delete=models.PROTECT, null=True, blank=True, related_name="review_items"
    )
    year_group = models.CharField(max_length=2, choices=[(year, f"Year {year}") for year in YEAR_GROUPS], blank=True)
    known_to_social_care = models.CharField(max_length=9, choices=Known.choices, default=Known.NOT_ASKED)
    topic = models.CharField(max_length=40, choices=list(CORE[CodeList.TOPIC].items()), blank=True)
    text = models.TextField(blank=True)
    what_next = models.TextField(blank=True, help_text="What is to follow; written until the review is closed.")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(SharedQuerySet)()
    school_path = "review__school"
    authority_path = "review__school__authority"
    child_path = "child"
    shared_path = "shared"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(
        operational="id public_id review kind from_school shared added_at withdrawn_at",
        staff="added_by",
        child="child year_group known_to_social_care topic",
        case_text="text what_next withdrawn_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["review", "id"]
        verbose_name = "item of an agenda"
        verbose_name_plural = "items of agendas"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind=ItemKind.OPEN_CHILD, child__isnull=False)
                | Q(kind=ItemKind.MAY_COME)
                | Q(kind=ItemKind.TOPIC, child__isnull=True),
                name="item_names_its_child",
            ),
            models.CheckConstraint(
                condition=Q(from_school=False) | Q(shared=True, child__isnull=True), name="school_reads_what_it_raised"
            ),
            models.CheckConstraint(
                condition=Q(child__isnull=True) | Q(shared=False), name="child_of_the_team_is_not_shared"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="item_is_withdrawn_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ReviewRecord(Scoped):
    """What was recorded when a review was closed. An amendment is a version of its own, with the reason."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="records")
    version = models.PositiveSmallIntegerField(default=1)
    agreed = models.TextField(help_text="What was agreed, as the school reads it too.")
    team_note = models.TextField(blank=True, help_text="What only the team reads.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was amended.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True)

    school_path = "review__school"
    authority_path = "review__school__authority"
    view_permission = Permission.VIEW_REVIEW
    privacy = classify(
        operational="id public_id review version recorded_at superseded_at",
        staff="recorded_by",
        case_text="agreed team_note reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["review", "version"]
        verbose_name = "record of a review"
        verbose_name_plural = "records of reviews"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "version"], name="one_review_record_of_each_version"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(superseded_at__isnull=True), name="one_review_record_stands"
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="review_is_amended_for_a_reason"),
            models.CheckConstraint(condition=~Q(agreed=""), name="review_record_says_what_was_agreed"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, version {self.version}"
