"""What was done since the last review: work by source and kind, presence, sessions and enquiries."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from service.accounts.models import User
from service.diary.models import Actual, Planned, Session
from service.diary.presence import DayInSchool, days_of_school
from service.enquiries.models import Enquiry
from service.enquiries.models import State as EnquiryState
from service.pages.tables import Cell, Column, Table
from service.practice.codes import labels_of
from service.practice.core_codes import CodeList
from service.practice.models import Contact
from service.reviews.models import Review
from service.reviews.packs.contents import Part
from service.reviews.periods import Period

MOST = 200
COUNTED = {
    CodeList.RAISED_BY: "Contacts by source",
    CodeList.KIND_OF_WORK: "Contacts by kind of work",
    CodeList.ROLE: "Contacts by role",
}


def work_since(reader: User, review: Review, period: Period) -> Part:
    """The contacts of the period by who raised them, kind of work and role. For the team alone."""
    contacts = Contact.objects.visible_to(reader).filter(school=review.school, date__range=(period.first, period.last))
    labels = labels_of(review.school.authority, *[each.value for each in COUNTED])
    return Part("Work since the last meeting", tables=tuple(_counted(contacts, each, labels) for each in COUNTED))


def presence(reader: User, review: Review, period: Period) -> Part:
    """Days agreed and what came of them, by worker."""
    days = days_of_school(review.school, first=period.first, last=period.last, seen_by=reader)
    workers = list(dict.fromkeys(day.worker for day in days))
    columns = (
        Column("Worker"), Column("Days agreed", numeric=True), Column("All day", numeric=True),
        Column("Part of the day", numeric=True), Column("Phone or video", numeric=True), Column("Not in", numeric=True),
        Column("No entry", numeric=True), Column("On other days", numeric=True),
    )  # fmt: skip
    rows = tuple(_presence_row(worker, [day for day in days if day.worker == worker]) for worker in workers)
    note = "Agreed are the weekdays of the placement on which the school is open; days away are counted as agreed."
    return Part(
        "Presence", tables=(Table("Presence agreed and entered", columns, rows, note=note, empty="None agreed."),)
    )


def sessions(reader: User, review: Review, period: Period) -> Part:
    """Drop-ins, group work and training of the period, without numbers who attended."""
    first, after = period.moments
    held = Session.objects.visible_to(reader).filter(school=review.school, starts_at__gte=first, starts_at__lt=after)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.starts_at,
            each.get_kind_display(),
            each.get_audience_display(),
            "Cancelled" if each.is_cancelled else "Planned",
        )
        for each in held.order_by("starts_at", "pk")[:MOST]
    )
    columns = (Column("When"), Column("What"), Column("For"), Column("State"))
    return Part("Sessions", tables=(Table("Sessions since the last meeting", columns, rows, empty="None."),))


def enquiries(reader: User, review: Review, period: Period) -> Part:
    """What the school asked in the period, and what still waits; topic and year group, never the text."""
    first, after = period.moments
    asked = Enquiry.objects.visible_to(reader).filter(school=review.school).exclude(state=EnquiryState.WITHDRAWN)
    found = asked.filter(
        Q(asked_at__gte=first, asked_at__lt=after) | Q(state=EnquiryState.WAITING, asked_at__lt=after)
    ).order_by("asked_at", "pk")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (localdate(each.asked_at), each.get_topic_display(), each.get_year_group_display(), each.get_state_display())
        for each in found[:MOST]
    )
    columns = (Column("Asked"), Column("About"), Column("Year"), Column("State"))
    return Part("Enquiries", tables=(Table("Enquiries of the school", columns, rows, empty="None."),))


def _counted(contacts: QuerySet[Contact], codes: CodeList, labels: dict[tuple[str, str], str]) -> Table:
    counted = contacts.order_by().values(codes.value).annotate(number=Count("pk"))
    found: list[dict[str, Any]] = sorted(counted, key=lambda row: (-row["number"], row[codes.value]))
    rows = tuple(
        (labels.get((codes.value, row[codes.value]), row[codes.value]) or "Not said", row["number"]) for row in found
    )
    return Table(COUNTED[codes], (Column(codes.label), Column("Contacts", numeric=True)), rows, empty="No contact.")


def _presence_row(worker: User, days: list[DayInSchool]) -> tuple[Cell, ...]:
    agreed = [day for day in days if day.planned != Planned.NOT_AGREED]
    entered = Counter(day.entry.actual for day in agreed if day.entry is not None)
    others = sum(
        day.planned == Planned.NOT_AGREED and day.entry is not None and day.entry.actual != Actual.NOT_IN
        for day in days
    )
    kinds = (Actual.ALL_DAY, Actual.PART, Actual.REMOTE, Actual.NOT_IN)
    missing = sum(day.is_missing for day in agreed)
    return (worker.name, len(agreed), *(entered[kind] for kind in kinds), missing, others)
