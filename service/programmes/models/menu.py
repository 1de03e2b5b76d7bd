"""What schools can ask of their social worker, in versions."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from service.accounts.models import User
from service.permissions import Permission, Scope, Scoped, ScopedQuerySet, classify, scope_of
from service.schools.models import Authority, School


class MenuQuerySet(ScopedQuerySet):
    """Drafts are seen by who writes them. A school's people see the menus of the school's own authority."""

    prefix = ""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        rows = super().visible_to(user, permission)
        if permission not in (None, Permission.VIEW_MENU):
            return rows
        own = self.model._default_manager.within(scope_of(user, Permission.MANAGE_PROGRAMME))
        return rows.filter(~Q(**{f"{self.prefix}issued_on": None}) | Q(pk__in=own.values("pk")))

    def within(self, scope: Scope) -> Self:
        if scope.everywhere:
            return self
        own_authorities = School.objects.filter(pk__in=scope.schools).values("authority")
        inside = Q(**{f"{self.prefix}authority__in": scope.authorities})
        return self.filter(inside | Q(**{f"{self.prefix}authority__in": own_authorities}))


class MenuItemQuerySet(MenuQuerySet):
    prefix = "menu__"


class Menu(Scoped):
    """One version of an authority's menu. Once issued it stays as it is; the next one issued supersedes it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="menus")
    version = models.PositiveSmallIntegerField()
    introduction = models.TextField(blank=True)
    begun_on = models.DateField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    superseded_on = models.DateField(null=True, blank=True)

    text_without_children = ("introduction",)
    objects: ClassVar[Any] = models.Manager.from_queryset(MenuQuerySet)()
    school_path = None  # by its authority: see MenuQuerySet
    authority_path = "authority"
    view_permission = Permission.VIEW_MENU
    privacy = classify(
        operational="id public_id authority version introduction begun_on issued_on superseded_on", staff="begun_by"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["authority", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "version"], name="one_menu_of_each_version"),
            models.UniqueConstraint(fields=["authority"], condition=Q(issued_on=None), name="one_draft_of_the_menu"),
            models.UniqueConstraint(
                fields=["authority"],
                condition=Q(issued_on__isnull=False, superseded_on=None),
                name="one_menu_holds",
            ),
            models.CheckConstraint(
                condition=Q(superseded_on=None) | Q(issued_on__isnull=False), name="only_an_issued_menu_is_superseded"
            ),
        ]

    def __str__(self) -> str:
        return f"What can be asked for, {self.authority}, version {self.version}"


class MenuRole(models.TextChoices):
    STATUTORY = "statutory", "Statutory social work"
    PREVENTATIVE = "preventative", "Preventative work"
    OUT_OF_ROLE = "out of role", "Not part of the role: who to ask instead"


class MenuItem(Scoped):
    """One thing that can be asked for; or one that cannot, and whom to ask."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    menu = models.ForeignKey(Menu, on_delete=models.PROTECT, related_name="items")
    role = models.CharField(max_length=14, choices=MenuRole.choices)
    what = models.CharField(max_length=120)
    how = models.CharField(max_length=400, help_text="What it is, and how to ask for it.")
    position = models.PositiveSmallIntegerField()

    objects: ClassVar[Any] = models.Manager.from_queryset(MenuItemQuerySet)()
    school_path = None
    authority_path = "menu__authority"
    view_permission = Permission.VIEW_MENU
    privacy = classify(operational="id public_id menu role what how position")

    class Meta:
        ordering: ClassVar[list[str]] = ["menu", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["menu", "what"], name="a_menu_says_a_thing_once"),
        ]

    def __str__(self) -> str:
        return self.what
