"""Entering, correcting and seeing when a worker is in a school."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.diary.actions import absences, presence
from service.diary.forms.errors import add_errors
from service.diary.forms.presence import AbsenceForm, PresenceCorrectionForm, WeekForm, WithdrawalForm
from service.diary.models import Absence, PresenceDay
from service.diary.presence import DayInSchool, days_of_school, days_of_worker
from service.diary.views.calendar import day_in_words
from service.diary.weeks import Month, Week, in_words, month_of, week_of
from service.pages.downloads import csv_response, workbook_response
from service.pages.tables import Cell, Column, Link, Table
from service.permissions import Permission, holds, needs
from service.programmes.placements import gaps
from service.schools.models import School

WEEK_COLUMNS = (Column("Day"), Column("School"), Column("Planned"), Column("Entered"), Column(""))
FILES = {"csv": csv_response, "xlsx": workbook_response}
MONTH_COLUMNS = (Column("Day"), Column("Who"), Column("Planned"), Column("In school"))


@needs(Permission.PLAN_DIARY)
def presence_week(request: SignedInRequest) -> HttpResponse:
    """One's own week: what was planned, what is entered, and the days that lack an entry."""
    return _week(request, request.user)


@needs(Permission.MANAGE_PLACEMENTS)
def worker_week(request: SignedInRequest, worker: UUID) -> HttpResponse:
    """The week of a worker of one's authority, for an entry on her behalf."""
    return _week(request, User.objects.fetch_for(request, Permission.MANAGE_PLACEMENTS, public_id=worker))


@needs(Permission.PLAN_DIARY)
@require_POST
def presence_as_planned(request: SignedInRequest) -> HttpResponse:
    """One tap: every agreed day of the week up to today, as it was planned."""
    week = week_of(request.POST.get("week", ""))
    rows = presence.enter_week_as_planned(by=request.user, worker=request.user, monday=week.monday)
    messages.success(request, entered_in_words(len(rows)))
    return redirect(week_address(request.user, request.user, week))


@needs(Permission.PLAN_DIARY)
def presence_correct(request: SignedInRequest, entry: UUID) -> HttpResponse:
    """Replace an entry by another, with a reason."""
    row = PresenceDay.objects.fetch_for(request, Permission.PLAN_DIARY, public_id=entry)
    back = week_address(request.user, row.worker, week_of(row.day.isoformat()))
    form = PresenceCorrectionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            presence.correct_presence(by=request.user, entry=row, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Entry corrected")
            return redirect(back)
    return render(
        request, "diary/presence_correct.html", {"form": form, "row": row, "back": back, "day": day_in_words(row.day)}
    )


@needs(Permission.VIEW_DIARY)
def presence_month(request: SignedInRequest, school: UUID) -> HttpResponse:
    """One school, one month: what was planned and what came of it, with the gaps in words."""
    row = School.objects.fetch_for(request, Permission.VIEW_DIARY, public_id=school)
    month = month_of(request.GET.get("month", ""))
    days = days_of_school(row, first=month.first, last=month.last, seen_by=request.user)
    manages = holds(request.user, Permission.MANAGE_PLACEMENTS, school=row)
    table = Table(
        caption=f"{row}, {month}",
        columns=MONTH_COLUMNS,
        rows=tuple(_month_row(day, linked=manages) for day in days),
        empty="No day in school was agreed or entered in this month.",
    )
    context = {"school": row, "month": month, "table": table, "gaps": gaps_in_words(row, month, days)}
    context["files"] = [
        Link(text, f"{reverse('presence-file', args=[row.public_id, kind])}?month={month.first.isoformat()}")
        for text, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    ]
    return render(request, "diary/presence_month.html", context)


@needs(Permission.VIEW_DIARY)
@require_safe
def presence_file(request: SignedInRequest, school: UUID, kind: str) -> HttpResponse:
    """The attendance record of a month, to keep: what the page shows. Taking it is in the audit."""
    row = School.objects.fetch_for(request, Permission.VIEW_DIARY, public_id=school)
    if kind not in FILES:
        raise Http404("There is no such file.")
    month = month_of(request.GET.get("month", ""))
    days = days_of_school(row, first=month.first, last=month.last, seen_by=request.user)
    rows = tuple((day.day, str(day.worker), day.planned_in_words, day.actual_in_words) for day in days)
    table = Table(caption=f"{row}, {month}", columns=MONTH_COLUMNS, rows=rows)
    details = {"what": "presence", "kind": kind, "rows": len(rows), "month": f"{month.first:%Y-%m}"}
    record(Action.EXPORT, by=request.user, subject=row, school=row, details=details)
    return FILES[kind](table, f"presence-{row.urn}-{month.first:%Y-%m}.{kind}")


@needs(Permission.PLAN_DIARY)
def absence_add(request: SignedInRequest) -> HttpResponse:
    """Say beforehand that one will be away."""
    return _declare(request, request.user)


@needs(Permission.MANAGE_PLACEMENTS)
def worker_absence_add(request: SignedInRequest, worker: UUID) -> HttpResponse:
    """Say that a worker of one's authority will be away."""
    return _declare(request, User.objects.fetch_for(request, Permission.MANAGE_PLACEMENTS, public_id=worker))


@needs(Permission.PLAN_DIARY)
def absence_withdraw(request: SignedInRequest, absence: UUID) -> HttpResponse:
    """Take back a declared absence."""
    row = Absence.objects.fetch_for(request, Permission.PLAN_DIARY, public_id=absence)
    back = week_address(request.user, row.worker, week_of(row.first.isoformat()))
    form = WithdrawalForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            absences.withdraw_absence(by=request.user, absence=row, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Absence withdrawn")
            return redirect(back)
    title = f"Withdraw the absence from {row.school}, {in_words(row.first, row.last)}?"
    context = {"title": title, "form": form, "submit": "Withdraw absence", "warning": True, "cancel": back}
    return render(request, "pages/confirm.html", context)


def _week(request: SignedInRequest, worker: User) -> HttpResponse:
    week = week_of(request.GET.get("week", ""))
    days = days_of_worker(worker, first=week.monday, last=week.sunday, seen_by=request.user)
    today = timezone.localdate()
    form = WeekForm(request.POST or None, days=[day for day in days if day.entry is None and day.day <= today])
    if form.is_bound and form.is_valid():
        try:
            rows = presence.enter_week(by=request.user, worker=worker, monday=week.monday, entries=form.entries)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, entered_in_words(len(rows)))
            return redirect(week_address(request.user, worker, week))
    return render(request, "diary/presence_week.html", _week_context(request, worker, week, days, form))


def _week_context(
    request: SignedInRequest, worker: User, week: Week, days: list[DayInSchool], form: WeekForm
) -> dict[str, Any]:
    own = worker.pk == request.user.pk
    shown = [day for day in days if day.counts]
    away = Absence.objects.visible_to(request.user).filter(
        worker=worker, withdrawn_at=None, last__gte=min(week.monday, timezone.localdate())
    )
    return {
        "worker": worker,
        "own": own,
        "week": week,
        "form": form,
        "placed": bool(days),
        "table": Table(
            caption=f"{week}",
            columns=WEEK_COLUMNS,
            rows=tuple(_week_row(day) for day in shown),
            empty="No day in school is agreed in this week.",
        ),
        "as_planned": own and any(day.is_missing for day in days),
        "away": _absences(list(away.select_related("school").order_by("first", "school__name")[:50])),
        "absence_add": reverse("absence-add") if own else reverse("worker-absence-add", args=[worker.public_id]),
    }


def _week_row(day: DayInSchool) -> tuple[Cell, ...]:
    correct: Cell = None
    if day.entry is not None:
        address = reverse("presence-correct", args=[day.entry.public_id])
        correct = Link("Correct", address, hidden=f"{day_in_words(day.day)}, {day.school}")
    planned = day.planned_in_words
    if day.absence is not None:
        planned = f"{planned} ({day.absence.get_why_display().lower()})"
    return (day_in_words(day.day), str(day.school), planned, day.actual_in_words, correct)


def _month_row(day: DayInSchool, *, linked: bool) -> tuple[Cell, ...]:
    who: Cell = str(day.worker)
    if linked:
        address = reverse("worker-week", args=[day.worker.public_id])
        who = Link(str(day.worker), f"{address}?week={day.day.isoformat()}", hidden=f"week of {day_in_words(day.day)}")
    return (day_in_words(day.day), who, day.planned_in_words, day.actual_in_words)


def _absences(rows: list[Absence]) -> Table:
    columns = (Column("Days"), Column("School"), Column("Reason"), Column(""))
    return Table(
        caption="Declared",
        columns=columns,
        rows=tuple(
            (
                in_words(row.first, row.last),
                str(row.school),
                row.get_why_display(),
                Link(
                    "Withdraw",
                    reverse("absence-withdraw", args=[row.public_id]),
                    hidden=f"{row.school}, {in_words(row.first, row.last)}",
                ),
            )
            for row in rows
        ),
        empty="None.",
    )


def _declare(request: SignedInRequest, worker: User) -> HttpResponse:
    form = AbsenceForm(request.POST or None)
    week = week_of("")
    if form.is_bound and form.is_valid():
        try:
            rows = absences.declare_absence(by=request.user, worker=worker, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"Absence declared for {len(rows)} school{'s' if len(rows) > 1 else ''}")
            return redirect(week_address(request.user, worker, week_of(rows[0].first.isoformat())))
    context = {
        "form": form,
        "worker": worker,
        "own": worker.pk == request.user.pk,
        "back": week_address(request.user, worker, week),
    }
    return render(request, "diary/absence_add.html", context)


def gaps_in_words(school: School, month: Month, days: list[DayInSchool]) -> list[str]:
    """What is missing in a month, in sentences: times without a placement, agreed days without an entry."""
    told = [f"Nobody is placed here from {in_words(*gap)}." for gap in gaps(school, month.first, month.last)]
    missing = sorted({day.day for day in days if day.is_missing and day.day < timezone.localdate()})
    if missing:
        told.append(f"No entry for {len(missing)} agreed day{'s' if len(missing) > 1 else ''}: {_days(missing)}.")
    return told


def week_address(user: User, worker: User, week: Week) -> str:
    """The page of a worker's week: one's own, or that of a worker whom one manages."""
    own = worker.pk == user.pk
    address = reverse("presence-week") if own else reverse("worker-week", args=[worker.public_id])
    return f"{address}?week={week.monday.isoformat()}"


def entered_in_words(number: int) -> str:
    return {0: "No day was entered", 1: "1 day entered"}.get(number, f"{number} days entered")


def _days(days: list[date]) -> str:
    return ", ".join(f"{day.day} {day:%B}" for day in days)
