"""Everything that is recorded of one child, over all apps, with what is to be taken out of it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from service.accounts.models import User
from service.practice.models import ChildReference, Contact
from service.records.holdings import columns_of, name_of
from service.records.models import Redaction, SubjectRequest

# How to get from the rows of each table to the child that they are about, in the order of the pack.
CHILD_PATHS = {
    "practice.ChildReference": "pk",
    "practice.ChildPlace": "child",
    "practice.CaseIdentifier": "child",
    "practice.Restriction": "child",
    "practice.RestrictedAccess": "child",
    "practice.BreakGlass": "child",
    "practice.ConflictOfInterest": "child",
    "practice.Involvement": "child",
    "practice.InvolvementStep": "involvement__child",
    "practice.Contact": "child",
    "practice.ReferralOutcome": "contact__child",
    "enquiries.Enquiry": "steps__contact__child",
    "enquiries.EnquiryStep": "enquiry__steps__contact__child",
    "reviews.ReviewItem": "child",
    "reviews.ReviewAction": "child",
    "reviews.ActionStep": "action__child",
    "records.LegalHold": "child",
}
NOT_GIVEN = {
    "records.SubjectRequest": "the request itself",
    "records.ClockPause": "the request itself",
    "records.Redaction": "the request itself",
}
# What only the service needs to find its way.
INWARD = frozenset(
    {"public_id", "authority", "entry", "version", "supersedes", "submission", "log_import", "imported_row", "child"}
)
TAKEN_OUT = "[taken out: {why}]"


@dataclass(frozen=True)
class Told:
    """One field of one row as it goes into the pack."""

    name: str
    label: str
    text: str
    redacted: bool = False


@dataclass(frozen=True)
class RowTold:
    """One row about the child."""

    kind: str
    public_id: UUID
    fields: tuple[Told, ...]


@dataclass(frozen=True)
class TableTold:
    """What one table holds of the child."""

    kind: str
    title: str
    rows: tuple[RowTold, ...]


def gather(child: ChildReference, redactions: list[Redaction] | None = None) -> list[TableTold]:
    """What is recorded of a child, table by table, with every version.

    Counted: rows that name the child, referrals, steps of involvement and of actions, and enquiries that were answered with a
    contact about the child. Not counted: versions that name another child, figures, the audit, and what somebody has begun to
    type. What was said of the child in the record of a whole meeting names no child, and is found by reading those.
    """
    marks: dict[tuple[str, UUID, str], list[Redaction]] = {}
    for mark in redactions or []:
        marks.setdefault((mark.kind, mark.subject, mark.field), []).append(mark)
    tables = (_table(label, path, child, marks) for label, path in CHILD_PATHS.items())
    return [table for table in tables if table.rows]


def _table(
    label: str, path: str, child: ChildReference, marks: dict[tuple[str, UUID, str], list[Redaction]]
) -> TableTold:
    model = apps.get_model(label)
    kind = model._meta.label_lower
    columns = [field for field in columns_of(model, identifiers=True) if field.name not in INWARD]
    rows = tuple(
        RowTold(
            kind,
            row.public_id,
            tuple(
                told
                for field in columns
                if (told := _told(row, field, marks.get((kind, row.public_id, field.name), [])))
            ),
        )
        for row in _rows(model, path, child)
    )
    return TableTold(kind, str(model._meta.verbose_name_plural).capitalize(), rows)


def _rows(model: type[models.Model], path: str, child: ChildReference) -> Iterator[Any]:
    rows = model._base_manager.filter(**{path: child.pk})
    if path == "contact__child":  # what became of a referral holds for every version of the contact
        entries = Contact._base_manager.filter(child=child).values("entry")
        rows = model._base_manager.filter(contact__entry__in=entries)
    return iter(model._base_manager.filter(pk__in=rows.values("pk")).order_by("pk"))


def _told(row: Any, field: models.Field[Any, Any], marks: list[Redaction]) -> Told | None:
    text = text_of(row, field)
    if not text:
        return None
    return Told(field.name, str(field.verbose_name).capitalize(), redact(text, marks), bool(marks))


def text_of(row: Any, field: models.Field[Any, Any]) -> str:
    """A field as a person reads it: professionals by their names, codes by their words."""
    value = getattr(row, field.name)
    if field.many_to_many:
        return "; ".join(_name(other) for other in value.all())
    if field.is_relation:
        return _name(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    match value:
        case None | "":
            return ""
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
    return str(value)


def _name(row: Any) -> str:
    match row:
        case None:
            return ""
        case User():
            return row.name
        case models.Model() if hasattr(row, "name"):
            return str(row.name)
    return name_of(row) if isinstance(row, ChildReference) else str(row)


def redact(text: str, marks: list[Redaction]) -> str:
    """The text without what was marked. A place in a text that has changed since takes the whole field with it."""
    whole = [mark for mark in marks if mark.start is None or mark.text_hash != hash_of_text(text)]
    if whole:
        return TAKEN_OUT.format(why=whole[0].get_why_display().lower())
    for mark in sorted(_apart(marks), key=lambda mark: mark.start or 0, reverse=True):
        text = f"{text[: mark.start]}{TAKEN_OUT.format(why=mark.get_why_display().lower())}{text[mark.end :]}"
    return text


def _apart(marks: list[Redaction]) -> list[Redaction]:
    """Places that do not overlap: of two that do, one that covers both."""
    apart: list[Redaction] = []
    for mark in sorted(marks, key=lambda mark: (mark.start or 0, -(mark.end or 0))):
        if apart and (mark.start or 0) < (apart[-1].end or 0):
            apart[-1].end = max(apart[-1].end or 0, mark.end or 0)
        else:
            apart.append(mark)
    return apart


def hash_of_text(text: str) -> str:
    """A keyed hash of a text, to tell whether it has changed. It tells nothing of the text."""
    return salted_hmac("service.records.redaction", text, algorithm="sha256").hexdigest()


def contents_of(request: SubjectRequest) -> list[TableTold]:
    """What a request would be answered with now."""
    return gather(request.child, list(request.redactions.filter(lifted_at=None)))


def digest_of(contents: list[TableTold]) -> str:
    """A keyed hash over all that a pack would tell, so that what goes out is what was signed off."""
    told = [
        [table.kind, str(row.public_id), [[f.name, f.text] for f in row.fields]]
        for table in contents
        for row in table.rows
    ]
    return hash_of_text(json.dumps(told, ensure_ascii=False))


def same(digest: str, contents: list[TableTold]) -> bool:
    return hmac.compare_digest(digest, digest_of(contents))


def raw_field(
    request: SubjectRequest, kind: str, subject: UUID, name: str
) -> tuple[str, models.Field[Any, Any]] | None:
    """The text of one field of the pack before anything is taken out; None where the pack has no such field."""
    label = next((label for label in CHILD_PATHS if label.lower() == kind), None)
    if label is None:
        return None
    model = apps.get_model(label)
    row = next((row for row in _rows(model, CHILD_PATHS[label], request.child) if row.public_id == subject), None)
    field = next((field for field in columns_of(model, identifiers=True) if field.name == name), None)
    if row is None or field is None or field.name in INWARD:
        return None
    return text_of(row, field), field
