"""Code lists: the core codes, and an authority's own labels and children of them."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.permissions import Permission, Scoped, classify
from service.practice.core_codes import CodeList
from service.schools.models import Authority


class Code(Scoped):
    """One code. Core codes belong to no authority; a local code is a child of a core code. None is deleted or reused."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    list_name = models.CharField(max_length=20, choices=CodeList.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField(default=0)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="local_codes"
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_CODES
    privacy = classify(operational="id public_id list_name code name place authority parent")

    class Meta:
        ordering: ClassVar[list[str]] = ["list_name", "place", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["list_name", "code"], condition=Q(authority__isnull=True), name="core_code_is_never_reused"
            ),
            models.UniqueConstraint(fields=["authority", "list_name", "code"], name="local_code_is_never_reused"),
            models.CheckConstraint(
                condition=Q(authority__isnull=True, parent__isnull=True)
                | Q(authority__isnull=False, parent__isnull=False),
                name="local_code_has_a_core_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def core(self) -> str:
        """The core code that this one counts as."""
        return self.parent.code if self.parent is not None else self.code


class LocalLabel(Scoped):
    """What an authority calls a code, where it stands in the list, and whether it is offered."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="local_labels")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="local_labels")
    label = models.CharField(max_length=80, blank=True, help_text="Empty: the code's own name.")
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    hidden = models.BooleanField(default=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_CODES
    privacy = classify(operational="id public_id authority code label place hidden")

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "code"], name="one_label_for_a_code"),
        ]

    def __str__(self) -> str:
        return self.label or self.code.name


class AuthorityChoices(Scoped):
    """What an authority has decided about the log. Without a row nothing optional is asked."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="log_choices")
    asks_pathway = models.BooleanField(default=False)

    school_path = None
    authority_path = "authority"
    view_permission = Permission.MANAGE_CODES
    privacy = classify(operational="id public_id authority asks_pathway")

    def __str__(self) -> str:
        return f"Choices of {self.authority}"
