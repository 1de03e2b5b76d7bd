"""Panels of aggregates, and what of them was published through disclosure control."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from service.accounts.models import User
from service.evidence.models.archives import Archive
from service.evidence.models.jobs import Job
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class Panel(Scoped):
    """Counts by school, term and year group that the library built from an authority's returns. No row is about one child.

    The counts are not checked for disclosure: they are for the analyst and the evaluator.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="panels")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="built")
    archive = models.OneToOneField(Archive, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField(default=timezone.now, editable=False)
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    swis_version = models.CharField(max_length=20)
    schools = models.JSONField(help_text="Label, name and phase of each school.")
    terms = models.JSONField(help_text="Name, first month and days of each term, in their order.")
    outcomes = models.JSONField(help_text="The codes of the outcomes that are covered.")
    totals = models.JSONField(help_text="Each outcome by term, all schools together; null where it is not covered.")
    warnings = models.PositiveIntegerField()
    notes = models.PositiveIntegerField()

    school_path = None
    authority_path = "authority"
    view_permission = Permission.VIEW_PANEL
    privacy = classify(
        operational="id public_id authority job archive built_at swis_version schools terms outcomes totals warnings notes",
        staff="built_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-built_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["authority", "-built_at"], name="panels_built")]

    def __str__(self) -> str:
        return f"{self.authority}, {self.term_names[0]} to {self.term_names[-1]}"

    @property
    def term_names(self) -> list[str]:
        return [term["name"] for term in self.terms]


class PanelRelease(Scoped):
    """Figures of a panel as the policy lets them be shown, held against every earlier release of the authority."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="releases")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="released")
    archive = models.OneToOneField(Archive, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=10)
    released_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcomes = models.JSONField(help_text="Code and name of the outcomes with a table by school and term.")
    withheld = models.PositiveIntegerField(help_text="How many tables and outcomes are withheld.")

    school_path = None
    authority_path = "panel__authority"
    view_permission = Permission.VIEW_PUBLISHED_FIGURES
    privacy = classify(
        operational="id public_id panel job archive policy released_at outcomes withheld", staff="released_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-released_at", "-id"]

    def __str__(self) -> str:
        return f"Figures of {self.panel}"
