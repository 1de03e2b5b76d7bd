"""Which rows belong to an authority, in which columns, and what is left out with the reason: for export, dictionary and DPIA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Entry
from service.permissions import Privacy
from service.practice.models import ChildReference, Code
from service.schools.models import Authority, School

Model = type[models.Model]

# Tables that no authority takes with it, and why.
NOT_EXPORTED = {
    "audit.ChainHead": "the end of the audit's chain, which is of the whole installation",
    "operations.WorkerBeat": "when a process was last alive",
    "practice.Draft": "what a person has begun to type and not recorded",
    "enquiries.KeptText": "what a person has begun to type and not sent",
    "reviews.KeptForm": "what a person has begun to type and not sent",
    "enquiries.DigestChoice": "how a person likes to be written to",
    "diary.CalendarFeed": "the key to a person's calendar",
    "evidence.Archive": "files that evidence offers for download: reports, panels and study folders",
}
# Columns that tell of other authorities as well, or hold another system's whole file.
COLUMNS_LEFT_OUT = {
    "programmes.Allocation": {"certificate", "nominations_file", "steps"},
    "programmes.Commitment": {"file"},
    "practice.LogFile": {"rows", "columns", "codes", "headings"},
    "evidence.Study": {"protocol", "lock", "outcomes"},
    "evidence.Job": {"files", "choices"},
    "evidence.Panel": {"archive"},
    "evidence.PanelRelease": {"archive"},
    "evidence.Evaluation": {"report", "folder"},
    "sight.Release": {"ledger"},
}


# Rows that are not the authority's to see yet: a draw before it is told, a report before it is released.
TOLD = {
    "programmes.Allocation": lambda: Q(published_on__lte=timezone.localdate()),
    "programmes.SchoolArm": lambda: Q(allocation__published_on__lte=timezone.localdate()),
    "evidence.Evaluation": lambda: Q(releases__withdrawn_on=None, releases__isnull=False),
}


def our_models() -> list[Model]:
    """Every model of the service, in the order of the apps."""
    return [model for model in apps.get_models() if model.__module__.startswith("service.")]


def exported_models() -> Iterator[Model]:
    """The models whose rows an authority takes with it."""
    return (model for model in our_models() if model._meta.label not in NOT_EXPORTED)


def rows_of(model: Model, authority: Authority) -> models.QuerySet[Any]:
    """The rows of a model that belong to an authority. The lists of codes that all share are in every authority's."""
    rows = model._base_manager.all()
    if model is Entry:
        return rows.filter(authority=authority.code)
    if model is Code:
        return rows.filter(Q(authority=authority) | Q(authority=None))
    path: str = model.authority_path  # type: ignore[attr-defined]
    return rows.filter(**{path: authority.pk}).distinct() if "__" in path else rows.filter(**{path: authority.pk})


def told_rows_of(model: Model, authority: Authority) -> models.QuerySet[Any]:
    """The rows of an authority that it may see by now; the others follow when they are told."""
    rows = rows_of(model, authority)
    told = TOLD.get(model._meta.label)
    return rows if told is None else rows.filter(told()).distinct()


def columns_of(model: Model, *, identifiers: bool = False) -> list[models.Field[Any, Any]]:
    """The columns that may leave: never secrets, and identifiers of the case system only when they are asked for."""
    privacy: dict[str, Privacy] = model.privacy  # type: ignore[attr-defined]
    barred = {Privacy.SECRET} if identifiers else {Privacy.SECRET, Privacy.IDENTIFIER}
    left_out = COLUMNS_LEFT_OUT.get(model._meta.label, set())
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [field for field in fields if privacy[field.name] not in barred and field.name not in {"id", *left_out}]


def name_of(row: Any) -> str:
    """How a row is written where another refers to it: as people write it, else by its public id."""
    match row:
        case None:
            return ""
        case Authority():
            return row.code
        case School():
            return row.urn
        case User():
            return row.email
        case ChildReference():
            return row.reference
        case Code():
            return f"{row.list_name}: {row.code}"
    return str(getattr(row, "public_id", row.pk))
