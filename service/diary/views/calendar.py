"""The week as a list, for everybody who sees a diary."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from service.accounts.request import SignedInRequest
from service.diary.feeds import days_seen_by, sessions_within
from service.diary.models import Planned, Session
from service.diary.presence import DayInSchool
from service.diary.weeks import week_of
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.schools.models import School

COLUMNS = (Column("Day"), Column("Time"), Column("What"), Column("School"), Column("Room"), Column("State"))


@needs(Permission.VIEW_DIARY)
def diary(request: SignedInRequest) -> HttpResponse:
    """Days in school and sessions of one week, by day and time."""
    week = week_of(request.GET.get("week", ""))
    days = [day for day in days_seen_by(request.user, week.monday, week.sunday) if day.planned != Planned.NOT_AGREED]
    sessions = sessions_within(request.user, week.monday, week.sunday)
    items: list[DayInSchool | Session] = sorted([*days, *sessions], key=_when)
    page = page_of(request, items)
    table = Table(
        caption=f"{week}",
        columns=COLUMNS,
        rows=tuple(day_row(item) if isinstance(item, DayInSchool) else session_row(item) for item in page.rows),
        empty="Nothing is planned in this week.",
    )
    plans = holds(request.user, Permission.PLAN_DIARY)
    return render(
        request, "diary/week.html", {"week": week, "page": page, "table": table, "plans": plans}
    )  # fmt: skip


@needs(Permission.VIEW_DIARY)
def presence_schools(request: SignedInRequest) -> HttpResponse:
    """The schools whose presence a person may see, month by month. In the order of their names, never of their figures."""
    page = page_of(request, School.objects.visible_to(request.user, Permission.VIEW_DIARY).order_by("name", "urn"))
    rows = tuple(
        (
            Link(str(school), reverse("presence-month", args=[school.public_id])),
            Link("Term dates", reverse("school-days", args=[school.public_id]), hidden=f"of {school}"),
        )
        for school in page.rows
    )
    columns = (Column("School"), Column(""))
    table = Table(caption="Schools", columns=columns, rows=rows, empty="You see the presence of no school.")
    return render(request, "diary/presence_schools.html", {"page": page, "table": table})


def day_row(day: DayInSchool) -> tuple[Cell, ...]:
    state = Tag(day.planned_in_words, "grey") if day.planned == Planned.AWAY else ""
    return (day_in_words(day.day), "", f"Day in school, {day.worker}", str(day.school), day.placement.base, state)


def session_row(session: Session) -> tuple[Cell, ...]:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    link = Link(str(session), reverse("session", args=[session.public_id]), hidden=f"on {day_in_words(starts.date())}")
    state = Tag("Cancelled", "red") if session.is_cancelled else ""
    return (
        day_in_words(starts.date()),
        f"{starts:%H:%M} to {ends:%H:%M}",
        link,
        str(session.school),
        session.place,
        state,
    )


def day_in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _when(item: DayInSchool | Session) -> tuple[date, datetime, str]:
    if isinstance(item, Session):
        return timezone.localdate(item.starts_at), item.starts_at, str(item.school)
    return item.day, timezone.make_aware(datetime.combine(item.day, time())), str(item.school)
