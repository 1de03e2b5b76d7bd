"""What is told to a school: when somebody was there, what took place, and how much of which work was done for it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from service.accounts.models import User
from service.diary.models import Session
from service.diary.presence import DayInSchool, days_of_school
from service.pages.tables import Cell, Column, Fact, Table
from service.permissions import Permission
from service.schools.models import School
from service.schools.open_days import HalfTerm
from service.sight.disclose import read_again
from service.sight.exhibits import Exhibit
from service.sight.exhibits.presence import days_by_school
from service.sight.lens import MOST_HALVES
from service.sight.models import SchoolRelease
from service.sight.published import exhibits_of


def days_in(user: User, school: School, half: HalfTerm, *, today: date) -> list[DayInSchool]:
    """The days of the half-term up to today on which somebody was agreed for the school, or was there."""
    return days_of_school(school, first=half.starts, last=min(half.ends, today), seen_by=user)


def presence_facts(days: list[DayInSchool]) -> list[Fact]:
    """How many days were agreed, and what came of them."""
    of_school = next(iter(days_by_school(days)), None)
    if of_school is None:
        return []
    facts = [
        Fact("Days agreed, up to today", of_school.agreed),
        Fact("Of these in school", of_school.present),
        Fact("By phone or video", of_school.remote),
        Fact("Not in", of_school.absent),
        Fact("Not entered yet", of_school.missing),
    ]
    return [*facts, Fact("In school on other days", of_school.extra)] if of_school.extra else facts


def days_table(days: list[DayInSchool]) -> Table:
    """The attendance record, without the reason of an absence."""
    columns = (Column("Day"), Column("Worker"), Column("Planned"), Column("What came of it"))
    rows = tuple((each.day, each.worker.name, each.planned_in_words, each.actual_in_words) for each in reversed(days))
    return Table("Day by day", columns, rows, empty="No day was agreed in this half-term.")


def sessions_table(user: User, school: School, half: HalfTerm) -> Table:
    """Drop-ins, group work, training and meetings of the half-term, past and to come. Attendance is not told."""
    starts, ends = (
        timezone.make_aware(datetime.combine(day, time())) for day in (half.starts, half.ends + timedelta(1))
    )
    seen = Session.objects.visible_to(user, Permission.VIEW_SCHOOL_SUMMARY).filter(school=school)
    rows: list[tuple[Cell, ...]] = [
        (each.starts_at, each.get_kind_display(), each.get_audience_display(), each.place, _minutes(each))
        for each in seen.filter(starts_at__gte=starts, starts_at__lt=ends, cancelled_at=None).order_by("starts_at")[
            :100
        ]
    ]
    columns = (Column("When"), Column("What"), Column("For"), Column("Where"), Column("Minutes", numeric=True))
    return Table("Sessions of this half-term", columns, tuple(rows), row_header=True, empty="None planned.")


def _minutes(session: Session) -> int:
    return round((session.ends_at - session.starts_at).total_seconds() / 60)


def work_of(user: User, school: School) -> list[Exhibit]:
    """The contacts for the school by kind of work and by time, in the last released half-terms."""
    rows = SchoolRelease.objects.visible_to(user).filter(school=school).select_related("release")
    last = list(rows.defer("release__ledger", "release__tables").order_by("-release__starts")[:MOST_HALVES])
    told = [(str(each.release), {table.list_name: table for table in read_again(each.tables)}) for each in last[::-1]]
    return exhibits_of(told, names={school.urn: school.name})
