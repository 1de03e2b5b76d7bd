"""Appending to the audit."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from service.audit.chain import hash_of
from service.audit.models import Action, ChainHead, Entry
from service.permissions import memberships_of

BATCH = 500
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


@dataclass(frozen=True)
class Named:
    """What an earlier entry was about, when the row itself is not at hand or has gone."""

    kind: str
    public_id: str = ""
    reference: str = ""
    code: str = ""


@dataclass(frozen=True)
class Seen:
    """A child that something told of, and what the entry says of it: field names, counts and codes."""

    child: Any
    details: dict[str, Any]


@transaction.atomic
def record(
    action: Action,
    *,
    by: Any,
    subject: Any = None,
    child: Any = None,
    school: Any = None,
    authority: Any = None,
    details: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Append one entry, in the transaction of what it tells of: both are kept, or neither.

    `subject` is the row it was done to and `child` the reference of the child that was seen. School and authority are taken
    from the subject where they are not given; an entry without either belongs to the authority of who did it. `details`
    holds field names, counts and codes, never a text or a value about a child. Writers queue for the head of the chain, so do
    this last in a transaction.
    """
    entry = _entry(action, by, subject=subject, child=child, school=school, authority=authority)
    entry.details, entry.reason = details or {}, reason
    _append([entry])
    return entry


@transaction.atomic
def record_each(action: Action, *, by: Any, seen: Sequence[Seen], subject: Any = None) -> int:
    """Append one entry for each child, as `record` would, in one go; gives back how many.

    The subject is the child itself where none is given. Other writers wait only while the entries are hashed and written.
    """
    entries = [_entry(action, by, subject=subject or each.child, child=each.child) for each in seen]
    for entry, each in zip(entries, seen, strict=True):
        entry.details = each.details
    _append(entries)
    return len(entries)


def _entry(
    action: Action, by: Any, *, subject: Any = None, child: Any = None, school: Any = None, authority: Any = None
) -> Entry:
    """An entry that has no place in the chain yet."""
    request = current_request.get()
    school = school or _school_of(subject) or _school_of(child)
    authority = authority or _authority_of(subject, school) or _authority_of(child, school) or _only_authority_of(by)
    return Entry(
        action=Action(action).value,
        actor=_public_id(by),
        actor_name=getattr(by, "email", "") or "",
        actor_roles=", ".join(sorted({m.role for m in memberships_of(by)})) if by is not None else "",
        subject_kind=_kind_of(subject),
        subject=_public_id(subject),
        child=_public_id(child),
        child_reference=getattr(child, "reference", "") or "",
        school=school.urn if school is not None else "",
        authority=authority.code if authority is not None else "",
        request_id=getattr(request, "request_id", "") if request else "",
        address=_address_of(request),
    )


def _append(entries: Sequence[Entry]) -> None:
    """Give entries their places at the end of the chain, for which every writer waits in turn."""
    if not entries:
        return
    head = ChainHead.objects.select_for_update().get_or_create(id=1)[0]
    now, sequence, previous = timezone.now(), head.sequence, head.hash
    for entry in entries:
        sequence += 1
        entry.sequence, entry.at, entry.previous_hash = sequence, now, previous
        entry.hash = previous = hash_of(entry, previous=previous)
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    ChainHead.objects.filter(id=1).update(sequence=sequence, hash=previous)


def _address_of(request: HttpRequest | None) -> str | None:
    """Where a request came from, written as both databases give it back: the chain is reckoned over what is kept."""
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]) if request else None
    except ValueError:  # a socket, or something that is no address
        return None
    return str(getattr(found, "ipv4_mapped", None) or found) if found else None


def _kind_of(row: Any) -> str:
    if row is None:
        return ""
    return row.kind if isinstance(row, Named) else str(row._meta.label_lower)


def _public_id(row: Any) -> str:
    if row is None or getattr(row, "is_anonymous", False):
        return ""
    return str(row.public_id if hasattr(row, "public_id") else row.pk)


def _school_of(row: Any) -> Any:
    """The school that a row belongs to, along its own `school_path`."""
    return _follow(row, getattr(row, "school_path", None))


def _authority_of(row: Any, school: Any) -> Any:
    if school is not None:
        return school.authority
    return _follow(row, getattr(row, "authority_path", None))


def _only_authority_of(person: Any) -> Any:
    """The authority of who did it, when there is just one: a search or a sign-in belongs to no row."""
    authorities = {membership.authority for membership in memberships_of(person)} if person is not None else set()
    return authorities.pop() if len(authorities) == 1 else None


def _follow(row: Any, path: str | None) -> Any:
    if row is None or not path:
        return None
    if path == "pk":
        return row
    for name in path.split("__"):
        row = getattr(row, name, None)
        if not isinstance(row, Model):  # nothing there, or several: then it belongs to no one of them
            return None
    return row
