"""Service level agreements: the text in versions, and who signed it for the school and for the authority."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.programmes.models.readiness import Side
from service.schools.models import Authority, School


class Audience(models.TextChoices):
    EVERY = "every school", "Every school of the programme"
    INTERVENTION = "with a social worker", "Schools with a social worker"
    COMPARISON = "comparison", "Comparison schools"


class AgreementText(Scoped):
    """One version of the text of an authority's agreement. A text is never changed: another version supersedes it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="agreement_texts")
    audience = models.CharField(max_length=24, choices=Audience.choices)
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_on = models.DateField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    text_without_children = ("text",)
    school_path = None  # a school sees the text in its own agreement
    authority_path = "authority"
    view_permission = Permission.VIEW_AGREEMENTS
    privacy = classify(operational="id public_id authority audience version text written_on", staff="written_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "audience", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "audience", "version"], name="one_text_of_each_version"),
            models.CheckConstraint(condition=Q(version__gte=1) & ~Q(text=""), name="an_agreement_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}, version {self.version}"


class Agreement(Scoped):
    """A text put to a school. A newer one that is put to the school supersedes it, signed or not."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="agreements")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="agreements")
    issued_on = models.DateField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sign_by = models.DateField(help_text="The day by which both sides should have signed.")
    superseded_on = models.DateField(null=True, blank=True)

    school_path = "school"
    authority_path = "school__authority"
    view_permission = Permission.VIEW_AGREEMENTS
    privacy = classify(operational="id public_id school text issued_on sign_by superseded_on", staff="issued_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["school__name", "-issued_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["school"], condition=Q(superseded_on=None), name="one_agreement_holds_for_a_school"
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement with {self.school}"


class Signature(Scoped):
    """The signature of one side. It is never taken back; a new agreement may be signed instead."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(max_length=100)
    position = models.CharField(max_length=100)
    signed_on = models.DateField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    school_path = "agreement__school"
    authority_path = "agreement__school__authority"
    view_permission = Permission.VIEW_AGREEMENTS
    privacy = classify(operational="id public_id agreement side signed_on", staff="name position signed_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["agreement", "side"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agreement", "side"], name="each_side_signs_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.get_side_display().lower()}"
