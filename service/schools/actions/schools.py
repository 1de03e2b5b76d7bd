"""Adding and correcting authorities and schools."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require, scope_of
from service.schools.models import Authority, School

CORRECTABLE = ("name", "phase", "pupils", "free_school_meals_percent", "opened", "closed", "follows")


@transaction.atomic
def add_authority(*, by: Any, code: str, name: str) -> Authority:
    """Take an authority into the programme. Only who administers every authority may."""
    if not scope_of(by, Permission.MANAGE_SCHOOLS).everywhere:
        raise PermissionDenied("You may not add an authority: you administer your own.")
    authority = Authority(code=code.strip(), name=name.strip())
    authority.full_clean()
    authority.save()
    record(Action.CREATE, by=by, subject=authority)
    return authority


@transaction.atomic
def rename_authority(*, by: Any, authority: Authority, name: str) -> Authority:
    """Correct the name of an authority. Its code never changes."""
    require(by, Permission.MANAGE_SCHOOLS, authority=authority)
    if authority.name != name.strip():
        authority.name = name.strip()
        authority.full_clean()
        authority.save(update_fields=["name"])
        record(Action.CHANGE, by=by, subject=authority, details={"changed": ["name"]})
    return authority


@transaction.atomic
def add_school(*, by: Any, authority: Authority, urn: str, name: str, **facts: Any) -> School:
    """Add a school of an authority by its number in the register. `facts` are the fields of `CORRECTABLE`."""
    require(by, Permission.MANAGE_SCHOOLS, authority=authority)
    school = School(authority=authority, urn=urn.strip(), name=name.strip(), **facts)
    _check(school)
    school.save()
    record(Action.CREATE, by=by, subject=school)
    return school


@transaction.atomic
def correct_school(*, by: Any, school: School, reason: str = "", **facts: Any) -> School:
    """Correct what is kept of a school; the audit keeps which fields were changed, and why.

    The number and the authority are never changed: under a new number stands a new school that follows the old one.
    """
    school = School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    require(by, Permission.MANAGE_SCHOOLS, school=school)
    unknown = set(facts) - set(CORRECTABLE)
    if unknown:
        raise ValidationError(f"{sorted(unknown)[0]} of a school is not corrected.")
    changed = sorted(name for name, value in facts.items() if getattr(school, name) != value)
    if not changed:
        return school
    for name in changed:
        setattr(school, name, facts[name])
    _check(school)
    school.save(update_fields=changed)
    record(Action.CHANGE, by=by, subject=school, details={"changed": changed}, reason=reason)
    return school


def _check(school: School) -> None:
    """Refuse what cannot be, beside the field it is about."""
    school.full_clean()
    if school.opened and school.closed and school.closed < school.opened:
        raise ValidationError({"closed": "The school closes before it opens."})
    if school.follows is not None and school.follows.authority_id != school.authority_id:
        raise ValidationError({"follows": "The school before it lies in another authority."})
    if school.follows is not None and school.follows.pk == school.pk:
        raise ValidationError({"follows": "A school does not follow itself."})
