"""Logs that were kept elsewhere: files waiting to be checked, and imports that were done."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, classify
from service.schools.models import Authority


class Shape(models.TextChoices):
    """The shapes of log that the pilots kept."""

    LAMBETH = "lambeth", "Date, school, type of work, account (as Lambeth’s)"
    SOUTHAMPTON = "southampton", "Date, school, year group, member of staff, account (as Southampton’s)"
    STOCKPORT = "stockport", "Date, school, enquirer, query, response, time (as Stockport’s)"


class LogFile(Scoped):
    """A file that waits to be imported, with its text. Deleted when it is imported or discarded."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="log_files")
    shape = models.CharField(max_length=20, choices=Shape.choices)
    name = models.CharField(max_length=150)
    digest = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    columns = models.JSONField(default=dict, help_text="Which heading holds which field.")
    codes = models.JSONField(default=dict, help_text="Which core code stands for which word of the log.")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.IMPORT_LOG
    privacy = classify(
        operational="id public_id authority shape name digest headings columns uploaded_at",
        staff="uploaded_by",
        case_text="rows codes",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-uploaded_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "digest"], name="a_file_waits_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LogImport(Scoped):
    """A file of a log that was imported, by its digest; the file itself is not kept."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="log_imports")
    shape = models.CharField(max_length=20, choices=Shape.choices)
    name = models.CharField(max_length=150)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    contacts_made = models.PositiveIntegerField()
    held_already = models.PositiveIntegerField()
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.IMPORT_LOG
    privacy = classify(
        operational="id public_id authority shape name digest rows contacts_made held_already imported_at",
        staff="imported_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-imported_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "digest"], name="a_file_is_imported_once"),
        ]

    def __str__(self) -> str:
        return self.name
