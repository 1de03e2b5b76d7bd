"""Authorities, schools, school clusters and term dates."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from service.permissions import Permission, Scope, Scoped, ScopedQuerySet, classify


class Authority(Scoped):
    """A local authority that takes part in the programme."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(
        max_length=3, unique=True, validators=[RegexValidator(r"^\d{3}$", "Three digits, as in the register.")]
    )
    name = models.CharField(max_length=100, unique=True)

    school_path = None
    authority_path = "pk"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(operational="id public_id code name")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name


class Phase(models.TextChoices):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all-through"
    SPECIAL = "special"
    ALTERNATIVE_PROVISION = "alternative provision"


class School(Scoped):
    """A school, by its Unique Reference Number in the register."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="schools")
    urn = models.CharField(
        max_length=6, unique=True, validators=[RegexValidator(r"^\d{6}$", "Six digits, as in the register.")]
    )
    name = models.CharField(max_length=150)
    phase = models.CharField(max_length=24, choices=Phase.choices)
    pupils = models.PositiveIntegerField(null=True, blank=True)
    free_school_meals_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    opened = models.DateField(null=True, blank=True)
    closed = models.DateField(null=True, blank=True)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by",
        help_text="The school that this one took over from, under another URN.",
    )  # fmt: skip

    school_path = "pk"
    authority_path = "authority"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(
        operational="id public_id authority urn name phase pupils free_school_meals_percent opened closed follows",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "urn"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(free_school_meals_percent__isnull=True) | Q(free_school_meals_percent__range=(0, 100)),
                name="free_school_meals_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(opened__isnull=True) | Q(closed__isnull=True) | Q(closed__gte=F("opened")),
                name="school_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolCluster(Scoped):
    """A secondary school and the feeder primaries that its social worker may serve as well."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    secondary = models.OneToOneField(School, on_delete=models.PROTECT, related_name="cluster")
    feeders = models.ManyToManyField(School, related_name="feeds", blank=True)

    school_path = "secondary"
    authority_path = "secondary__authority"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(operational="id public_id secondary feeders")

    def __str__(self) -> str:
        return f"{self.secondary} and its feeder primaries"


class CalendarQuerySet(ScopedQuerySet):
    """Days of an authority, which concern the people of each of its schools too."""

    def within(self, scope: Scope) -> Self:
        if scope.everywhere or not scope.schools:
            return super().within(scope)
        around = School._base_manager.filter(pk__in=scope.schools).values("authority")
        return self.filter(Q(authority__in=scope.authorities) | Q(authority__in=around))


CalendarManager = models.Manager.from_queryset(CalendarQuerySet)


class Term(Scoped):
    """One of the three terms of an authority's school year, with the half-term holiday inside it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="terms")
    school_year = models.CharField(max_length=7, validators=[RegexValidator(r"^\d{4}-\d{2}$", "For example 2026-27.")])
    number = models.PositiveSmallIntegerField(help_text="1 autumn, 2 spring, 3 summer.")
    starts = models.DateField()
    half_term_starts = models.DateField(help_text="The first weekday of the half-term holiday.")
    half_term_ends = models.DateField(help_text="The last weekday of the half-term holiday.")
    ends = models.DateField()

    objects: ClassVar[Any] = CalendarManager()
    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(
        operational="id public_id authority school_year number starts half_term_starts half_term_ends ends",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "school_year", "number"], name="one_term_of_each_number"),
            models.CheckConstraint(condition=Q(number__range=(1, 3)), name="three_terms_a_year"),
            models.CheckConstraint(
                condition=Q(starts__lt=F("half_term_starts"))
                & Q(half_term_starts__lte=F("half_term_ends"))
                & Q(half_term_ends__lt=F("ends")),
                name="half_term_lies_inside_its_term",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year} Term {self.number}"


class ClosureDay(Scoped):
    """A weekday in term on which schools of an authority, or one school, are closed: a bank holiday or a training day."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="closure_days")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="closure_days")
    day = models.DateField()
    reason = models.CharField(max_length=100)

    objects: ClassVar[Any] = CalendarManager()
    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_SCHOOL
    privacy = classify(operational="id public_id authority school day reason")

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "day"], condition=Q(school__isnull=True), name="one_closure_a_day"
            ),
            models.UniqueConstraint(fields=["school", "day"], name="one_closure_a_day_for_a_school"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"
