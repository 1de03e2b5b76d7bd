"""How long what is kept, under which rule of the authority, and what must be kept although its time is over."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify
from service.practice.models import ChildReference
from service.schools.models import Authority, School


class Category(models.TextChoices):
    """What is disposed of together. Within a category rows go with everything that hangs on them."""

    CONTACTS = "contacts", "Contacts, with every version and what became of referrals"
    CHILDREN = "children", "Children’s references, with places, involvement, restrictions and case identifiers"
    ENQUIRIES = "enquiries", "Enquiries of schools and their answers"
    SESSIONS = "sessions", "Sessions, days of presence and absences"
    REVIEWS = "reviews", "Reviews and Team Around the School meetings, with items, records and actions"
    PROGRAMME = "programme", "Records of the programme"
    EVIDENCE = "evidence", "Panels, studies, evaluations and released figures"


class Trigger(models.TextChoices):
    """The day from which the years are counted."""

    LAST_CONTACT = "last contact", "The last contact recorded, of the child where there is one"
    CLOSURE = "closure", "The end of the last involvement with the child, or the last contact if that is later"
    SCHOOL_YEAR = "school year", "The end of the school year (31 August) in which it was"
    PROGRAMME = "programme", "The end of the programme: the last day of the authority’s last placement"


class RetentionRule(Scoped):
    """One version of what an authority decided on one category. A new version supersedes it; none is edited."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="retention_rules")
    category = models.CharField(max_length=20, choices=Category.choices)
    version = models.PositiveSmallIntegerField(default=1)
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    years = models.PositiveSmallIntegerField()
    reason = models.TextField(help_text="Why this long: the authority's own schedule, or the law that it follows.")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_RETENTION
    text_without_children = ("reason",)
    privacy = classify(
        operational="id public_id authority category version trigger years reason set_at superseded_at", staff="set_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "category", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "category", "version"], name="one_rule_of_each_version"),
            models.UniqueConstraint(
                fields=["authority", "category"], condition=Q(superseded_at__isnull=True), name="one_rule_stands"
            ),
            models.CheckConstraint(condition=Q(years__range=(1, 100)), name="rule_keeps_for_one_to_a_hundred_years"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.years} years after: {self.get_trigger_display().lower()}"


class LegalHold(Scoped):
    """What must not be disposed of, although its time may be over: of a child, a school or a period, or all of an authority.

    Where several are given, it holds what falls under each of them.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="legal_holds")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds")
    child = models.ForeignKey(
        ChildReference, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    first = models.DateField(null=True, blank=True, help_text="The first day that it covers.")
    last = models.DateField(null=True, blank=True, help_text="The last day that it covers.")
    reason = models.TextField()
    review_by = models.DateField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(ScopedQuerySet)()
    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_RETENTION
    privacy = classify(
        operational="id public_id authority school first last review_by placed_at released_at",
        staff="placed_by released_by",
        child="child",
        case_text="reason release_reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["review_by", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(first__isnull=True) | Q(last__isnull=True) | Q(last__gte=F("first")),
                name="hold_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
                name="hold_is_released_with_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["authority", "released_at"], name="holds_of_an_authority"),
        ]

    def __str__(self) -> str:
        return f"Legal hold of {self.placed_at:%d/%m/%Y}"
