"""The children with open involvement, and those whose involvement closed since the last review. For the team alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q

from service.accounts.models import User
from service.pages.tables import Cell, Column, Table
from service.practice.models import Contact, Involvement
from service.reviews.models import ItemKind, Review, ReviewItem
from service.reviews.packs.contents import Audience, Part
from service.reviews.packs.items import items_of
from service.reviews.periods import Period


def open_children(reader: User, review: Review, period: Period) -> Part:
    """Open involvement at the end of the period, by level; what was noted for the meeting stands beside it."""
    here = Involvement.objects.visible_to(reader).filter(child__school=review.school).select_related("child", "worker")
    still = Q(closed=None) | Q(closed__gt=period.last)
    rows = list(here.filter(still, opened__lte=period.last).order_by("child__reference"))
    ended = list(here.filter(closed__range=(period.first, period.last)).order_by("closed", "child__reference"))
    contacts = _contacts(reader, review, period)
    notes: dict[int | None, list[ReviewItem]] = {}
    for item in items_of(reader, review, Audience.TEAM, ItemKind.OPEN_CHILD):
        notes.setdefault(item.child_id, []).append(item)
    note = "Restricted records that are not open to the reader are left out. Level and worker as they now stand."
    columns = (
        Column("Child"), Column("Year"), Column("Level"), Column("Since"), Column("Worker"),
        Column("Contacts", numeric=True), Column("Last"), Column("For the meeting"), Column("What next"),
    )  # fmt: skip
    table = Table(
        "Children with open involvement",
        columns,
        tuple(_row(each, contacts.get(each.child_id), notes.get(each.child_id, [])) for each in rows),
        note=note,
        empty="None.",
    )
    closed = Table(
        "Closed since the last meeting",
        (Column("Child"), Column("Year"), Column("Level"), Column("Closed"), Column("Why")),
        tuple(
            (each.child.reference, each.child.get_year_group_display(), each.get_level_display(), each.closed,
             each.get_closing_reason_display())
            for each in ended
        ),
        empty="None.",
    )  # fmt: skip
    told = tuple(each.child for each in (*rows, *ended))
    return Part("Open children", tables=(table, closed), children=told)


def _contacts(reader: User, review: Review, period: Period) -> dict[int, Any]:
    rows = Contact.objects.visible_to(reader).filter(
        school=review.school, date__range=(period.first, period.last), child__isnull=False
    )
    counted = rows.order_by().values("child").annotate(number=Count("pk"), last=Max("date"))
    return {row["child"]: row for row in counted}


def _row(each: Involvement, contacts: Any, notes: list[ReviewItem]) -> tuple[Cell, ...]:
    return (
        each.child.reference,
        each.child.get_year_group_display(),
        each.get_level_display(),
        each.opened,
        each.worker.name,
        contacts["number"] if contacts else 0,
        contacts["last"] if contacts else None,
        "\n".join(item.text for item in notes if item.text),
        "\n".join(item.what_next for item in notes if item.what_next),
    )
