"""Entries of the audit in words, and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from service.audit.models import Entry, EntryQuerySet
from service.pages.tables import Cell, Column, Link, Table

COLUMNS = ("When", "Who", "What", "About", "Details")
COLUMNS_OF_A_FILE = ("When", "Who", "What", "To what", "Child", "School", "Details")


def narrow(entries: EntryQuerySet, wanted: dict[str, Any]) -> EntryQuerySet:
    """The entries that answer a filter."""
    if wanted.get("person"):
        entries = entries.filter(actor_name=wanted["person"].lower())
    if wanted.get("child"):
        entries = entries.filter(child_reference=wanted["child"].upper())
    if wanted.get("action"):
        entries = entries.filter(action=wanted["action"])
    if wanted.get("first"):
        entries = entries.filter(at__gte=_midnight(wanted["first"]))
    if wanted.get("last"):
        entries = entries.filter(at__lt=_midnight(wanted["last"] + timedelta(days=1)))
    return entries


def table_of(entries: Iterable[Entry], *, caption: str) -> Table:
    """The entries as rows of a page, with ways to what one person did and who looked at one child."""
    columns = tuple(Column(label) for label in COLUMNS)
    return Table(caption, columns, tuple(_row(entry) for entry in entries), row_header=False)


def file_of(entries: Iterable[Entry]) -> Table:
    """The entries for a file: what a page puts together has a column each."""
    columns = tuple(Column(label) for label in COLUMNS_OF_A_FILE)
    rows = tuple(
        (_when(entry), _who(entry), entry.action, _kind(entry), entry.child_reference, entry.school, _details(entry))
        for entry in entries
    )
    return Table("Audit", columns, rows, row_header=False)


def _row(entry: Entry) -> tuple[Cell, ...]:
    who: Cell = _who(entry)
    if entry.actor:
        who = Link(entry.actor_name, reverse("audit-person", kwargs={"person": entry.actor}))
    about, details = entry.school, _details(entry)
    if entry.child_reference:
        way = reverse("audit-child", kwargs={"reference": entry.child_reference})
        details = "; ".join(filter(None, [f"school: {entry.school}" if entry.school else "", details]))
        return (_when(entry), who, _what(entry), Link(entry.child_reference, way), details)
    return (_when(entry), who, _what(entry), about, details)


def _when(entry: Entry) -> str:
    return timezone.localtime(entry.at).strftime("%d/%m/%Y %H:%M:%S")


def _who(entry: Entry) -> str:
    return entry.actor_name or "nobody signed in"


def _what(entry: Entry) -> str:
    return f"{entry.action}: {_kind(entry)}" if entry.subject_kind else entry.action


def _kind(entry: Entry) -> str:
    """The name of the kind in words; as it was written, when the service has no such kind any more."""
    try:
        return str(apps.get_model(entry.subject_kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return entry.subject_kind.rpartition(".")[2]


def _details(entry: Entry) -> str:
    parts = [f"{name}: {value}" for name, value in entry.details.items()]
    return "; ".join([*parts, *([f"reason: {entry.reason}"] if entry.reason else [])])


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
