"""Planning, seeing, moving, cancelling and recording sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.diary.actions import session_records, sessions
from service.diary.feeds import calendar_of_session
from service.diary.forms.errors import add_errors
from service.diary.forms.sessions import CancelForm, MoveForm, SessionFilter, SessionForm, SessionRecordForm
from service.diary.models import Done, Session, SessionRecord
from service.diary.views.calendar import COLUMNS, session_row
from service.diary.weeks import read_day, week_of
from service.pages.pagination import page_of
from service.pages.tables import Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs


@needs(Permission.VIEW_DIARY)
def session_list(request: SignedInRequest) -> HttpResponse:
    """Sessions by kind and state: those to come the next first, the others the last first."""
    form = SessionFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = narrow(Session.objects.visible_to(request.user), wanted.get("shown", ""))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    page = page_of(request, rows.select_related("school"))
    table = Table(
        caption="Sessions", columns=COLUMNS, rows=tuple(session_row(row) for row in page.rows), empty="No sessions."
    )
    plans = holds(request.user, Permission.PLAN_DIARY)
    return render(request, "diary/session_list.html", {"form": form, "page": page, "table": table, "plans": plans})


@needs(Permission.PLAN_DIARY)
def session_add(request: SignedInRequest) -> HttpResponse:
    """Plan a session, or a weekly series to the end of the half-term."""
    initial = {"date": read_day(request.GET.get("date", ""))} if "date" in request.GET else {}
    form = SessionForm(request.POST or None, user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            planned = sessions.plan_session(
                by=request.user,
                school=form.chosen_school,
                worker=form.chosen_worker,
                plan=form.plan(),
                weekly=form.cleaned_data["weekly"],
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _planned_in_words(planned))
            day = timezone.localdate(planned.sessions[0].starts_at)
            return redirect(f"{reverse('diary')}?week={week_of(day.isoformat()).monday.isoformat()}")
    return render(request, "diary/session_add.html", {"form": form})


@needs(Permission.VIEW_DIARY)
def session(request: SignedInRequest, session: UUID) -> HttpResponse:
    """One session. How many attended is shown to those who hold the work; the school has its summary for that."""
    row = _fetch(request, session, Permission.VIEW_DIARY)
    plans = holds(request.user, Permission.PLAN_DIARY, school=row.school)
    made = SessionRecord.objects.visible_to(request.user).filter(session=row).select_related("recorded_by", "contact")
    records = list(made.order_by("-recorded_at", "-pk"))
    begun = row.starts_at <= timezone.now()
    context = {
        "session": row,
        "facts": _facts(row),
        "records": [record_facts(each) for each in records],
        "is_recorded": bool(records),
        "may_change": plans and not row.is_cancelled and not records,
        "may_record": plans and not row.is_cancelled and begun,
    }
    return render(request, "diary/session.html", context)


@needs(Permission.PLAN_DIARY)
def session_cancel(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Cancel a session, with a reason that the school reads."""
    row = _fetch(request, session, Permission.PLAN_DIARY)
    form = CancelForm(request.POST or None)

    def cancel() -> Session:
        return sessions.cancel_session(by=request.user, session=row, reason=form.cleaned_data["reason"])

    words = {"title": "Cancel the session", "submit": "Cancel session", "done": "Session cancelled", "warning": True}
    return _change(request, row, form, cancel, words)


@needs(Permission.PLAN_DIARY)
def session_move(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Plan a session for another time, and cancel the one that was."""
    row = _fetch(request, session, Permission.PLAN_DIARY)
    starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    form = MoveForm(request.POST or None, initial={"date": starts.date(), "starts": starts.time(), "ends": ends.time()})

    def move() -> Session:
        first, last = form.moments()
        return sessions.move_session(
            by=request.user, session=row, starts_at=first, ends_at=last, reason=form.cleaned_data["reason"]
        )

    return _change(
        request, row, form, move, {"title": "Move the session", "submit": "Move session", "done": "Session moved"}
    )


@needs(Permission.PLAN_DIARY)
def session_record(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Record, or correct, how many attended and what was done; with it, an entry in the contact log."""
    row = _fetch(request, session, Permission.PLAN_DIARY)
    before = SessionRecord.objects.visible_to(request.user).filter(session=row, superseded_at=None).first()
    details = session_records.contact_of(row)
    form = SessionRecordForm(request.POST or None, session=row, details=details, corrects=before)

    def keep() -> Session:
        session_records.record_session(
            by=request.user,
            session=row,
            attended=form.cleaned_data["attended"],
            done=form.cleaned_data["done"],
            contact=form.contact(),
            reason=form.cleaned_data.get("reason", ""),
        )
        return row

    title = "Correct the record of the session" if before else "Record the session"
    return _change(request, row, form, keep, {"title": title, "submit": "Save record", "done": "Session recorded"})


@needs(Permission.VIEW_DIARY)
def session_calendar(request: SignedInRequest, session: UUID) -> HttpResponse:
    """One session as a file that a calendar program opens."""
    row = _fetch(request, session, Permission.VIEW_DIARY)
    record(Action.EXPORT, by=request.user, subject=row, details={"what": "one session as a calendar file"})
    response = HttpResponse(calendar_of_session(row), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{timezone.localdate(row.starts_at)}.ics"'
    return response


def narrow(rows: Any, shown: str) -> Any:
    """The sessions of one state, in the order in which they are wanted."""
    now = timezone.now()
    if shown == "cancelled":
        return rows.exclude(cancelled_at=None).order_by("-starts_at", "-pk")
    if shown == "to come":
        return rows.filter(cancelled_at=None, starts_at__gt=now).order_by("starts_at", "pk")
    if shown == "to record":
        return rows.filter(cancelled_at=None, records=None, starts_at__lte=now).order_by("-starts_at", "-pk")
    if shown == "recorded":
        held = rows.filter(cancelled_at=None, records__isnull=False, records__superseded_at=None)
        return held.order_by("-starts_at", "-pk")
    return rows.order_by("-starts_at", "-pk")


def record_facts(row: SessionRecord) -> list[Fact]:
    """A record in words; an earlier one says that it was replaced."""
    labels = dict(Done.choices)
    facts = [
        Fact("Attended", row.attended),
        Fact("What was done", ", ".join(labels.get(code, code) for code in row.done) or "Not said"),
        Fact("Recorded", f"by {row.recorded_by} on {_day(row.recorded_at)}"),
        Fact("In the contact log", "Yes" if row.contact_id else "No"),
    ]
    if row.reason:
        facts.append(Fact("Why it was corrected", row.reason))
    if row.superseded_at:
        facts.append(Fact("State", Tag("Replaced by a correction", "grey")))
    return facts


def _change(
    request: SignedInRequest, row: Session, form: Form, act: Callable[[], Session], words: dict[str, Any]
) -> HttpResponse:
    """A page with one form that does one thing to a session, and leads back to it."""
    if form.is_bound and form.is_valid():
        try:
            after = act()
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, words["done"])
            return redirect("session", after.public_id)
    back = reverse("session", args=[row.public_id])
    return render(request, "diary/session_form.html", {"session": row, "form": form, "back": back, **words})


def _fetch(request: SignedInRequest, session: UUID, permission: Permission) -> Session:
    row: Session = Session.objects.fetch_for(request, permission, public_id=session)
    return row


def _facts(row: Session) -> list[Fact]:
    starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    facts = [
        Fact("School", str(row.school)),
        Fact("When", f"{starts:%A} {_day(row.starts_at)}, {starts:%H:%M} to {ends:%H:%M}"),
        Fact("Room", row.place),
        Fact("For", row.get_audience_display()),
        Fact("Led by", str(row.worker)),
    ]
    if row.is_cancelled:
        moved = getattr(row, "moved_to", None)
        facts.append(Fact("State", Tag("Moved" if moved else "Cancelled", "red")))
        facts.append(Fact("Why", row.cancelled_reason))
        if moved:
            facts.append(
                Fact("New time", Link("The session it was moved to", reverse("session", args=[moved.public_id])))
            )
    return facts


def _planned_in_words(planned: sessions.PlannedSessions) -> str:
    number = len(planned.sessions)
    words = "Session planned" if number == 1 else f"{number} sessions planned"
    if planned.skipped:
        words += f". Left out, because the school is closed: {sessions.in_words(planned.skipped)}"
    return words


def _day(moment: Any) -> str:
    day = timezone.localdate(moment)
    return f"{day.day} {day:%B %Y}"
