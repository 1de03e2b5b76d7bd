"""Who can be chosen to sign in as, when the service is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import login
from django.db import models
from django.http import HttpRequest

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Role, memberships_of

INVENTED = "example.org"  # reserved for examples (RFC 2606): nobody real has an address there


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
    users = _invented().prefetch_related("memberships").order_by("pk")
    met: set[tuple[str, int | None]] = set()
    chosen = [_person(user, met) for user in users if memberships_of(user)]
    return sorted(chosen, key=lambda person: (not person.is_first, order[person.role], person.where, person.name))


def _person(user: User, met: set[tuple[str, int | None]]) -> Person:
    first = memberships_of(user)[0]
    where = first.school or first.authority or "all authorities"
    kind = (first.role, first.authority_id)
    is_first = kind not in met
    met.add(kind)
    return Person(str(user.public_id), user.name, first.role, str(where), is_first)


def _invented() -> models.QuerySet[User]:
    """The people of a demonstration. Where the setting was left on beside real accounts, none of these can be chosen."""
    return User.objects.filter(is_active=True, email__endswith=INVENTED)


def sign_in_as(request: HttpRequest, public_id: str) -> User:
    """Sign in as one of the people, without a password. The audit says that it was a demonstration."""
    user = _invented().get(public_id=public_id)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session["second_factor"] = True
    record(Action.SIGN_IN, by=user, details={"how": "demonstration"})
    return user
