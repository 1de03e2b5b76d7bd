"""An authority's own words for the codes, its children of them, and what it hides."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.practice.codes import choices_of
from service.practice.core_codes import LOG_LISTS, TREES
from service.practice.models import AuthorityChoices, Code, LocalLabel
from service.schools.models import Authority

LONGEST_NAME = 80


@transaction.atomic
def label_code(
    *, by: User, authority: Authority, code: Code, label: str = "", place: int | None = None, hidden: bool = False
) -> LocalLabel:
    """Put an authority's own word on a code, its place in the list, or hide it. What was recorded under it stays as it was."""
    require(by, Permission.MANAGE_CODES, authority=authority)
    label = label.strip()
    if code.authority_id not in (None, authority.pk):
        raise ValidationError("This code belongs to another authority.")
    if code.list_name not in LOG_LISTS:
        raise ValidationError("The words of this list are the same everywhere.")
    if len(label) > LONGEST_NAME:
        raise ValidationError({"label": f"Use at most {LONGEST_NAME} characters."})
    if place is not None and not 0 <= place <= 999:
        raise ValidationError({"place": "Enter a number from 0 to 999."})
    row, _ = LocalLabel.objects.update_or_create(
        authority=authority, code=code, defaults={"label": label, "place": place, "hidden": hidden}
    )
    if not choices_of(authority, code.list_name)[code.list_name]:
        raise ValidationError({"hidden": "At least one code of a list must be offered."})
    told = {"list": code.list_name, "code": code.code, "label": label, "place": place, "hidden": hidden}
    record(Action.CHANGE, by=by, subject=row, details=told)
    return row


@transaction.atomic
def add_local_code(*, by: User, authority: Authority, parent: Code, name: str) -> Code:
    """Add a child of a core code. It counts as its parent wherever authorities are put together, and is never reused."""
    require(by, Permission.MANAGE_CODES, authority=authority)
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise ValidationError({"name": f"Use between 1 and {LONGEST_NAME} characters."})
    if parent.authority_id is not None or parent.list_name not in TREES:
        raise ValidationError({"parent": "Select a core code of a list that may have children."})
    held = Code.objects.filter(authority=authority, list_name=parent.list_name)
    if held.filter(name__iexact=name).exists():
        raise ValidationError({"name": "There is a code of this name already."})
    code = Code.objects.create(
        list_name=parent.list_name, code=_free_code(parent, name, authority), name=name, place=held.count(),
        authority=authority, parent=parent,
    )  # fmt: skip
    record(
        Action.CREATE, by=by, subject=code, details={"list": code.list_name, "code": code.code, "parent": parent.code}
    )
    return code


@transaction.atomic
def choose_pathway(*, by: User, authority: Authority, asks_pathway: bool) -> AuthorityChoices:
    """Decide whether the authority's log asks for the pathway of the logic model."""
    require(by, Permission.MANAGE_CODES, authority=authority)
    row, _ = AuthorityChoices.objects.update_or_create(authority=authority, defaults={"asks_pathway": asks_pathway})
    record(Action.CHANGE, by=by, subject=row, details={"asks_pathway": asks_pathway})
    return row


def _free_code(parent: Code, name: str, authority: Authority) -> str:
    """A code from the name that neither the core list nor the authority has used."""
    used = set(Code.objects.filter(list_name=parent.list_name, authority=None).values_list("code", flat=True))
    used |= set(Code.objects.filter(list_name=parent.list_name, authority=authority).values_list("code", flat=True))
    stem = slugify(name).replace("-", " ")[:36] or parent.code[:36]
    return next(code for n in range(1, 1000) if (code := stem if n == 1 else f"{stem} {n}") not in used)
