"""One table without foreign keys, so that the audit never stands in the way of the live data, nor they in its."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from service.permissions import ROLES_WITH, Permission, ScopedQuerySet, classify, memberships_of


class Action(models.TextChoices):
    """What was done. One list for the whole service."""

    READ = "read"
    SEARCH = "search"
    EXPORT = "export"
    CREATE = "create"
    CHANGE = "change"
    SUPERSEDE = "supersede"
    DISPOSE = "dispose"
    DENIED = "denied"
    BREAK_GLASS = "break glass"
    PUBLISH = "publish"
    RUN = "run"
    SIGN_IN = "sign in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGN_OUT = "sign out"
    LOCKED_OUT = "locked out"


class EntryQuerySet(ScopedQuerySet):
    """Entries outlive what they tell of, so they know their authority by its code and not by a key."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """The entries of the authorities whose audit this person may read."""
        roles = ROLES_WITH[permission or self.model.view_permission]
        held = [membership for membership in memberships_of(user) if membership.role in roles]
        if any(membership.authority is None for membership in held):
            return self
        return self.filter(authority__in=[membership.authority.code for membership in held])


EntryManager = models.Manager.from_queryset(EntryQuerySet)


class Entry(models.Model):
    """One thing that somebody did or tried. Appended by `service.audit.record.record` alone."""

    sequence = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=20, choices=Action.choices)
    actor = models.CharField(
        max_length=36, blank=True, help_text="The public id of the person; empty when not signed in."
    )
    actor_name = models.CharField(
        max_length=254, blank=True, help_text="The person's address for signing in, at the time."
    )
    actor_roles = models.CharField(max_length=300, blank=True)
    subject_kind = models.CharField(max_length=60, blank=True, help_text="The model, as app.model.")
    subject = models.CharField(max_length=64, blank=True, help_text="The public id of what it was done to.")
    child = models.CharField(
        max_length=36, blank=True, help_text="The public id of the child's reference, when one was seen."
    )
    child_reference = models.CharField(
        max_length=20, blank=True, help_text="The same child, as people write the reference."
    )
    school = models.CharField(max_length=6, blank=True, help_text="The URN of the school.")
    authority = models.CharField(max_length=3, blank=True, help_text="The code of the authority.")
    details = models.JSONField(
        default=dict, help_text="Field names, counts and codes; never a text or a value about a child."
    )
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    address = models.GenericIPAddressField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryManager()
    school_path: ClassVar[None] = None
    authority_path: ClassVar[None] = None
    view_permission = Permission.VIEW_AUDIT
    privacy = classify(
        operational="sequence at action subject_kind subject school authority details request_id previous_hash hash",
        staff="actor actor_name actor_roles address",
        child="child child_reference",
        case_text="reason",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-sequence"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["actor", "-sequence"]),
            models.Index(fields=["child_reference", "-sequence"]),
            models.Index(fields=["subject", "-sequence"]),
            models.Index(fields=["authority", "-sequence"]),
            models.Index(fields=["action", "-sequence"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} ({self.sequence})"


class ChainHead(models.Model):
    """The one row that writers of the audit queue for: the hash and number of the last entry."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    privacy = classify(operational="id sequence hash")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_chain_head"),
        ]

    def __str__(self) -> str:
        return f"entry {self.sequence}"
