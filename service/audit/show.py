"""Entries of the audit in words, and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from service.audit.models import Entry, EntryQuerySet
from service.pages.tables import Column, Link, Table

COLUMNS = ("When", "Who", "What", "To what", "Child", "School", "Details")


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


def table_of(entries: Iterable[Entry], *, caption: str, links: bool = True) -> Table:
    """The entries as rows; reasons stand with the details."""
    return Table(
        caption=caption,
        columns=tuple(Column(label) for label in COLUMNS),
        rows=tuple(_row(entry, links=links) for entry in entries),
        wide=True,  # addresses and details are words that cannot be broken
        row_header=False,
    )


def _row(entry: Entry, *, links: bool) -> tuple[Any, ...]:
    person: Any = entry.actor_name or "nobody signed in"
    if links and entry.actor:
        person = Link(entry.actor_name, reverse("audit-person", kwargs={"person": entry.actor}))
    child: Any = entry.child_reference
    if links and child:
        child = Link(child, reverse("audit-child", kwargs={"reference": child}))
    when = timezone.localtime(entry.at).strftime("%d %B %Y %H:%M:%S")
    return (when, person, entry.action, _subject(entry), child, entry.school, _details(entry))


def _subject(entry: Entry) -> str:
    return entry.subject_kind.rpartition(".")[2]


def _details(entry: Entry) -> str:
    parts = [f"{name}: {value}" for name, value in entry.details.items()]
    return "; ".join([*parts, *([f"reason: {entry.reason}"] if entry.reason else [])])


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
