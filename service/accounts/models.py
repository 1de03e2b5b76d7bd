"""Users by their work address, and the memberships that give them a role somewhere."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from service.permissions import (
    SCHOOL_ROLES,
    Permission,
    Role,
    Scoped,
    ScopedQuerySet,
    classify,
    holds,
    memberships_of,
)
from service.schools.models import Authority, School


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Accounts are made by invitation; there is no signing up."""

    def create_user(self, email: str, *, name: str, password: str | None = None) -> User:
        """A user with a usable password only when one is given."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who works with the programme. What they may do comes from their memberships alone: nobody is above scope."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    school_path = "memberships__school"
    authority_path = "memberships__authority"
    view_permission = Permission.MANAGE_ACCOUNTS
    privacy = classify(operational="id public_id", staff="email name last_login is_active created", secret="password")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "email"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(email="") & ~Q(name=""), name="user_has_name_and_address"),
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def roles(self) -> list[Role]:
        """The roles held today, in the order of the list of roles."""
        held = {membership.role for membership in memberships_of(self)}
        return [role for role in Role if role.value in held]

    @property
    def has_come(self) -> bool:
        """Whether this person has used an invitation, or was given an account in another way."""
        return self.has_usable_password() or self.invitations.exclude(accepted=None).exists()

    def may(self, permission: Permission, **where: Any) -> bool:
        """Tell whether this person holds a permission (see `service.permissions.holds`)."""
        return holds(self, permission, **where)


class Membership(Scoped):
    """A role that a person holds from a day, everywhere (no authority), in one authority, or for one school of it.

    Never edited: a change ends one membership and begins another, so that who could see what on a day can be told afterwards.
    One that ends before it starts was taken back before it began and never held.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, choices=[(role.value, role.value.capitalize()) for role in Role])
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The last day.")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="memberships_granted")
    named_as = models.CharField(
        max_length=150, blank=True, help_text="The name that a safeguarding lead gave who named this person."
    )
    named_at = models.DateTimeField(null=True, blank=True, help_text="When a safeguarding lead named this person.")

    school_path = "school"
    authority_path = "authority"
    view_permission = Permission.MANAGE_ACCOUNTS
    privacy = classify(staff="id public_id user role authority school starts ends granted_by named_as named_at")

    class Meta:
        ordering: ClassVar[list[str]] = ["user", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(r.value for r in SCHOOL_ROLES), school__isnull=False)
                | (~Q(role__in=sorted(r.value for r in SCHOOL_ROLES)) & Q(school__isnull=True)),
                name="school_roles_have_a_school",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=True) | Q(authority__isnull=False), name="school_lies_in_its_authority"
            ),
            models.CheckConstraint(
                condition=Q(named_at__isnull=True, named_as="")
                | (
                    Q(named_at__isnull=False, granted_by__isnull=False, role=Role.SAFEGUARDING_LEAD.value)
                    & ~Q(named_as="")
                ),
                name="colleague_is_named_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "starts", "ends"])]

    def __str__(self) -> str:
        where = self.school or self.authority or "everywhere"
        return f"{self.role}, {where}"

    @property
    def known_as(self) -> str:
        """The name as a school may see it: what its lead wrote, whatever an account that was there before is called."""
        return self.named_as or self.user.name

    @property
    def has_come(self) -> bool:
        """Whether the person has signed in since; who had an account before being named counts as anybody else."""
        seen = self.user.last_login
        return seen is not None and (self.named_at is None or seen >= self.named_at)


class Invitation(Scoped):
    """The one way in: a link by e-mail, used once, that lets an invited person set a password.

    Of the link only a hash is kept. The person and the role exist from the day of the invitation, so that a placement can name
    them; nobody can sign in before the link was used or the council's own sign-in vouched for the address.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    sent = models.DateTimeField()
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="invitations_sent")

    school_path = "membership__school"
    authority_path = "membership__authority"
    view_permission = Permission.MANAGE_ACCOUNTS
    privacy = classify(
        operational="id public_id membership sent expires",
        staff="user accepted withdrawn invited_by",
        secret="token_hash",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-sent"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(accepted=None, withdrawn=None), name="one_open_invitation"
            ),
            models.CheckConstraint(
                condition=Q(accepted=None) | Q(withdrawn=None), name="invitation_accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.user}"

    @property
    def state(self) -> str:
        """One of: accepted, withdrawn, expired, open."""
        if self.accepted:
            return "accepted"
        if self.withdrawn:
            return "withdrawn"
        return "expired" if self.expires <= timezone.now() else "open"
