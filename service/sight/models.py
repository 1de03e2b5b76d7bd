"""Figures as they were released: frozen, so that what is corrected later cannot be told from two versions of a table."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority, School
from service.schools.open_days import HalfTerm


class Release(Scoped):
    """The figures of one authority and half-term, after disclosure control. Made once and never changed.

    `tables` holds what may be shown, without any number that was withheld. `ledger` is what readers were told, for the check of
    any later table on the same counts.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="releases")
    school_year = models.CharField(max_length=7, validators=[RegexValidator(r"^\d{4}-\d{2}$", "For example 2026-27.")])
    number = models.PositiveSmallIntegerField(help_text="The half-term of the school year, 1 to 6.")
    starts = models.DateField()
    ends = models.DateField()
    tables = models.JSONField()
    names = models.JSONField(help_text="The schools of the tables by URN, as they were called then.")
    ledger = models.TextField()
    released_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    text_without_children = ("ledger",)
    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PUBLISHED_FIGURES
    privacy = classify(
        operational="id public_id authority school_year number starts ends tables names ledger released_at",
        staff="released_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "-starts"]
        verbose_name = "release of figures"
        verbose_name_plural = "releases of figures"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "school_year", "number"], name="a_half_term_is_released_once"),
            models.CheckConstraint(condition=Q(number__range=(1, 6)), name="six_half_terms_are_released"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="released_half_term_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.school_year} half-term {self.number}"

    @property
    def half(self) -> HalfTerm:
        return HalfTerm(self.school_year, self.number, self.starts, self.ends)


class SchoolRelease(Scoped):
    """What a release tells one school of its own."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="schools")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="releases")
    tables = models.JSONField()

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_SCHOOL_SUMMARY
    privacy = classify(operational="id public_id release school tables")

    class Meta:
        ordering: ClassVar[list[str]] = ["school", "-release__starts"]
        verbose_name = "release of figures to a school"
        verbose_name_plural = "releases of figures to schools"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["release", "school"], name="a_school_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.release}"
