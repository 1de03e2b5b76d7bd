"""Who can be chosen to sign in as, when the service is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import login
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from service.accounts.models import Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Role

INVENTED = r"[@.]example\.org$"  # reserved for examples (RFC 2606): nobody real has an address there


@dataclass(frozen=True)
class Person:
    """One person, with the role and the place that they are known for."""

    public_id: str
    name: str
    role: str
    where: str
    is_first: bool = False  # of this role in this authority


def people() -> list[Person]:
    """Everybody who may sign in: the first of each role in each authority, then the others; by role, then by place."""
    order = {role.value: number for number, role in enumerate(Role)}
    today = timezone.localdate()
    held = Membership.objects.filter(user__in=_invented(), starts__lte=today).exclude(ends__lt=today)
    first_of_each: dict[int, Membership] = {}
    for membership in held.select_related("user", "school", "authority").order_by("user_id", "pk"):
        first_of_each.setdefault(membership.user_id, membership)
    met: set[tuple[str, int | None]] = set()
    chosen = [_person(membership, met) for membership in first_of_each.values()]
    return sorted(chosen, key=lambda person: (not person.is_first, order[person.role], person.where, person.name))


def _person(held: Membership, met: set[tuple[str, int | None]]) -> Person:
    where = held.school or held.authority or "all authorities"
    kind = (held.role, held.authority_id)
    is_first = kind not in met
    met.add(kind)
    return Person(str(held.user.public_id), held.user.name, held.role, str(where), is_first)


def _invented() -> models.QuerySet[User]:
    """The people of a demonstration. Where the setting was left on beside real accounts, none of these can be chosen."""
    return User.objects.filter(is_active=True, email__regex=INVENTED)


def sign_in_as(request: HttpRequest, public_id: str) -> User:
    """Sign in as one of the people, without a password. The audit says that it was a demonstration."""
    user = _invented().get(public_id=public_id)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session["second_factor"] = True
    record(Action.SIGN_IN, by=user, details={"how": "demonstration"})
    return user
