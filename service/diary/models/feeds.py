"""A calendar that a person's own calendar program subscribes to."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.permissions import Permission, Scoped, ScopedQuerySet, classify


class OwnRowsQuerySet(ScopedQuerySet):
    """Rows that belong to one person each."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """One's own, whatever one's role."""
        return self.filter(user_id=user.pk) if user.is_authenticated and user.is_active else self.none()


class CalendarFeed(Scoped):
    """The right to read one's own calendar by an address with a token in it. The token itself is kept nowhere."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_on = models.DateField(null=True, blank=True, help_text="The last day on which it was read.")
    window_starts = models.DateTimeField(null=True, blank=True, help_text="From when its reads are counted.")
    reads = models.PositiveIntegerField(default=0, help_text="How often it was read since then.")

    objects: ClassVar[Any] = models.Manager.from_queryset(OwnRowsQuerySet)()
    school_path = None
    authority_path = None
    view_permission = Permission.VIEW_DIARY
    privacy = classify(
        operational="id public_id",
        staff="user created_at revoked_at read_on window_starts reads",
        secret="token_hash",
    )

    class Meta:
        verbose_name = "calendar feed"
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="one_calendar_feed_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user}"
