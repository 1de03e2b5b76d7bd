"""Taking rows out for good: what hangs on them first, then they themselves, with a tombstone for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models import FileField
from django.utils import timezone

from service.practice.models import Draft
from service.records.models import Disposal, Tombstone
from service.records.plans import ARCHIVES, CONTACT, Plan

BATCH = 500
Rows = models.QuerySet[Any]


def delete_under(disposal: Disposal, chosen: Sequence[tuple[Plan, list[UUID]]]) -> Counter[str]:
    """Delete what was chosen by its keys, with all that hangs on it; gives back how many rows of each table went.

    Runs inside the transaction of the disposal. The database checks at its end that nothing refers to what is gone.
    """
    counts: Counter[str] = Counter()
    archives = _archives(chosen)
    for plan, keys in chosen:
        for part in _parts(keys):
            _delete_roots(disposal, plan, part, counts)
    counts += _delete_archives(archives)
    return counts


def _delete_roots(disposal: Disposal, plan: Plan, keys: list[UUID], counts: Counter[str]) -> None:
    roots = list(plan.rows.filter(**{f"{plan.key}__in": keys}).values_list("pk", flat=True))
    for label, path in plan.cleared:
        _rows(label).filter(**{f"{path}__in": roots}).update(**{path: None})
    for label, path in plan.hanging:
        _delete(disposal, _rows(label).filter(**{f"{path}__in": roots}), counts)
    if plan is CONTACT:
        _delete_drafts(roots, counts)
    _delete(disposal, plan.rows.filter(pk__in=roots), counts)


def _delete(disposal: Disposal, rows: Rows, counts: Counter[str]) -> None:
    """Delete rows with the links from them to several others, and their files when the transaction holds."""
    model, pks = rows.model, list(rows.values_list("pk", flat=True))
    label, now = model._meta.label, timezone.now()
    for part in _parts(pks):
        found = model._base_manager.filter(pk__in=part)
        Tombstone.objects.bulk_create(
            Tombstone(
                kind=model._meta.label_lower, subject=public_id, authority_id=disposal.authority_id, disposal=disposal,
                rule_id=disposal.rule_id, disposed_at=now,
            )
            for public_id in found.values_list("public_id", flat=True)
        )  # fmt: skip
        _forget_files(found)
        for field in model._meta.many_to_many:
            through = field.remote_field.through
            _delete_at_once(through._base_manager.filter(**{f"{field.m2m_field_name()}__in": part}))
        counts[label] += _delete_at_once(found)


def _delete_at_once(rows: Rows) -> int:
    """One DELETE, without Django's own walk along the links: the plan has done that, and the database checks it."""
    return int(rows._raw_delete(connection.alias))


def _forget_files(rows: Rows) -> None:
    for field in rows.model._meta.concrete_fields:
        if isinstance(field, FileField):
            for name in rows.exclude(**{field.name: ""}).values_list(field.name, flat=True):
                # One that cannot be deleted keeps none of the others; `clear_lost_files` takes it at night.
                transaction.on_commit(_delete_of(field.storage, name), robust=True)


def _delete_of(storage: Storage, name: str) -> Callable[[], None]:
    def delete_file() -> None:
        storage.delete(name)

    return delete_file


def _delete_drafts(contacts: list[int], counts: Counter[str]) -> None:
    """Corrections that somebody has begun to write of contacts that go."""
    subjects = CONTACT.rows.filter(pk__in=contacts).values("public_id")
    counts[Draft._meta.label] += _delete_at_once(
        Draft._base_manager.filter(subject__in=list(subjects.values_list("public_id", flat=True)))
    )


def _archives(chosen: Sequence[tuple[Plan, list[UUID]]]) -> set[int]:
    """The files in the database that the chosen evidence names."""
    keys = {plan.label: keys for plan, keys in chosen}
    paths = {"evidence.Panel": "", "evidence.PanelRelease": "panel__", "evidence.Evaluation": "study__"}
    found: set[int] = set()
    for label, name in ARCHIVES:
        root = "evidence.Study" if label == "evidence.Evaluation" else "evidence.Panel"
        if root in keys:
            rows = _rows(label).filter(**{f"{paths[label]}public_id__in": keys[root]})
            found.update(rows.values_list(name, flat=True))
    return found


def _delete_archives(archives: set[int]) -> Counter[str]:
    """The files that no row names any more."""
    still = (
        {
            pk
            for label, name in ARCHIVES
            for pk in _rows(label).filter(**{f"{name}__in": archives}).values_list(name, flat=True)
        }
        if archives
        else set()
    )
    gone = archives - still
    return Counter({"evidence.Archive": _delete_at_once(_rows("evidence.Archive").filter(pk__in=gone))} if gone else {})


def _rows(label: str) -> Rows:
    return apps.get_model(label)._base_manager.all()


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
