"""Requests for what is recorded of a child: their clocks, what is taken out, the sign-off, and the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.downloads import attachment
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.practice.views.acting import attempt, done, form_page
from service.records.actions.subject_access import (
    count_elsewhere,
    end_request,
    extend_clock,
    lift_redaction,
    mark_redaction,
    open_request,
    pause_clock,
    resume_clock,
    sign_off,
    take_pack,
)
from service.records.clock import SOON, Clock, clock_of
from service.records.forms.subject_access import (
    EndForm,
    ExtendForm,
    MarkForm,
    PauseForm,
    RequestForm,
    ResumeForm,
    SignForm,
)
from service.records.gathering import RowTold, contents_of, digest_of, raw_field
from service.records.models import Redaction, RequestState, SubjectRequest
from service.records.packing import title_of, write_pdf, write_zip

ANSWER = Permission.ANSWER_SUBJECT_ACCESS
RUNNING = (RequestState.OPEN, RequestState.SIGNED)
REQUEST_COLUMNS = (Column("Request"), Column("Authority"), Column("Due"), Column("State"))
WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "pdf": (write_pdf, "application/pdf"),
    "zip": (write_zip, "application/zip"),
}


def running_requests(request: SignedInRequest) -> Iterable[SubjectRequest]:
    """The open requests that a person answers or, as an officer, oversees."""
    permission = ANSWER if holds(request.user, ANSWER) else Permission.MANAGE_RETENTION
    rows = SubjectRequest.objects.visible_to(request.user, permission).filter(state__in=RUNNING)
    return rows.select_related("child__authority").prefetch_related("pauses")[:200]


def request_row(request: SignedInRequest, each: SubjectRequest, clock: Clock) -> tuple[Cell, ...]:
    """A line of a list. An officer sees the clock and not the child."""
    received = f"received {each.received_on:%d/%m/%Y}"
    first: Cell = f"R{received[1:]}"
    if holds(request.user, ANSWER, authority=each.child.authority):
        first = Link(f"{each.child.reference}, {received}", _address(each))
    return first, each.child.authority.name, _due(each, clock), each.get_state_display()


def _due(each: SubjectRequest, clock: Clock) -> Cell:
    if not each.is_running:
        return each.ended_on
    if clock.paused:
        return Tag("The clock stands", "blue")
    if clock.is_late:
        return Tag(f"Late since {clock.due:%d/%m/%Y}", "red")
    return Tag(f"{clock.due:%d/%m/%Y}", "yellow") if clock.days_left <= SOON.days else clock.due


def _address(each: SubjectRequest, name: str = "subject-request") -> str:
    return reverse(name, kwargs={"request_id": each.public_id})


@needs(ANSWER)
@require_safe
def subject_requests(request: SignedInRequest) -> HttpResponse:
    """Every request, the newest first, with the late ones marked."""
    rows = SubjectRequest.objects.visible_to(request.user).select_related("child__authority")
    page = page_of(request, rows.prefetch_related("pauses").order_by("-received_on", "-id"))
    told = tuple(request_row(request, each, clock_of(each)) for each in page)
    table = Table("Requests for access", REQUEST_COLUMNS, told, empty="None yet.")
    return render(request, "records/request_list.html", {"page": page, "table": table})


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_open(request: SignedInRequest) -> HttpResponse:
    form = RequestForm(request.POST or None, person=request.user)
    if form.is_valid():
        made = attempt(form, lambda: open_request(by=request.user, **form.cleaned_data))
        if made is not None:
            messages.success(request, "The request is open, and its clock runs")
            return redirect("subject-request", request_id=made.public_id)
    text = "Who asks, and how you know that it is they, belongs in the case system."
    return form_page(
        request,
        form,
        title="A request for access",
        text=text,
        submit="Open request",
        back=reverse("subject-request-list"),
    )


@needs(ANSWER)
@require_safe
def subject_request(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    """One request: its clock, its pauses, what is taken out, and what is to be done next."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    record(Action.READ, by=request.user, subject=found, child=found.child)
    clock = clock_of(found)
    pauses = Table(
        "Pauses",
        (Column("From"), Column("To"), Column("What was asked"), Column("By")),
        tuple(
            (each.starts, each.ends, each.reason, each.paused_by.name)
            for each in found.pauses.select_related("paused_by")
        ),
        empty="The clock has not stood.",
    )
    marks = list(found.redactions.filter(lifted_at=None).select_related("marked_by"))
    prepared = (
        found.opened_by_id == request.user.pk
        or found.redactions.filter(Q(marked_by=request.user) | Q(lifted_by=request.user)).exists()
    )
    context = {
        "subject_request": found,
        "facts": _facts(found, clock),
        "late": clock.is_late and found.is_running,
        "paused": clock.paused,
        "pauses": pauses,
        "marks": marks,
        "signed": found.state == RequestState.SIGNED,
        "may_sign": found.state == RequestState.OPEN and not prepared,
        "running": found.is_running,
    }
    return render(request, "records/request.html", context)


def _facts(found: SubjectRequest, clock: Clock) -> list[Fact]:
    facts = [
        Fact("Child", found.child.reference),
        Fact("Asked by", found.get_requester_display()),
        Fact("Received", found.received_on),
        Fact("State", found.get_state_display()),
        Fact("Due" if found.is_running else "Ended", _due(found, clock)),
        Fact("Days on which the clock stood", clock.days_paused),
        Fact("Opened by", found.opened_by.name),
    ]
    if found.extended_at:
        facts.append(Fact("Extended by two months", found.extension_reason))
    if found.signed_by and found.state in {RequestState.SIGNED, RequestState.ANSWERED}:
        facts.append(Fact("Signed off by", found.signed_by.name))
    if found.closing_reason:
        facts.append(Fact("Closed because", found.closing_reason))
    return facts


@needs(ANSWER)
@require_safe
def subject_request_records(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    """Everything recorded of the child, as the pack would tell it, with a link beside each field to take it out."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    rows = [(table.title, row) for table in contents_of(found) for row in table.rows]
    page = page_of(request, rows)
    record(Action.READ, by=request.user, subject=found, child=found.child, details={"rows": len(page)})
    entries = [{"title": title, "facts": _entry(found, row)} for title, row in page]
    return render(request, "records/request_records.html", {"subject_request": found, "page": page, "entries": entries})


def _entry(found: SubjectRequest, row: RowTold) -> list[Fact]:
    facts = []
    for told in row.fields:
        place = {"request_id": found.public_id, "kind": row.kind, "subject": row.public_id, "field": told.name}
        link = Link("Take out", reverse("subject-request-mark", kwargs=place)) if found.is_running else None
        facts.append(Fact(told.label, told.text, link))
    return facts


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_mark(
    request: SignedInRequest, request_id: UUID, kind: str, subject: UUID, field: str
) -> HttpResponse:
    """Take a field, or a passage of it, out of the pack."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    raw = raw_field(found, kind, subject, field)
    if raw is None:
        raise Http404("The pack has no such field.")
    text, column = raw
    form = MarkForm(request.POST or None)
    place = (kind, subject, field)
    if done(form, lambda: mark_redaction(by=request.user, request=found, place=place, **form.cleaned_data)):
        elsewhere = count_elsewhere(found, form.cleaned_data["passage"])
        also = f". The same words still stand in {elsewhere} of its fields" if elsewhere else ""
        messages.success(request, f"Taken out of the pack{also}")
        return redirect("subject-request-records", request_id=request_id)
    record(Action.READ, by=request.user, subject=found, child=found.child, details={"table": kind, "field": field})
    context = {
        "form": form,
        "text": text,
        "label": column.verbose_name,
        "back": _address(found, "subject-request-records"),
    }
    return render(request, "records/mark.html", context)


@needs(ANSWER)
@require_POST
def subject_request_unmark(request: SignedInRequest, redaction: UUID) -> HttpResponse:
    found = Redaction.objects.fetch_for(request, public_id=redaction)
    try:
        lift_redaction(by=request.user, redaction=found)
        messages.success(request, "Put back into the pack")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("subject-request", request_id=found.request.public_id)


def _form_for(
    request: SignedInRequest, request_id: UUID, form: forms.Form, deed: Callable[..., object], **page: Any
) -> HttpResponse:
    """A page with one form about one request."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    if done(form, lambda: deed(by=request.user, request=found, **form.cleaned_data)):
        messages.success(request, page["done"])
        return redirect("subject-request", request_id=request_id)
    return form_page(request, form, back=_address(found), **page)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_pause(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    form = PauseForm(request.POST or None, initial={"starts": timezone.localdate()})
    page = {"title": "Stop the clock", "submit": "Stop clock", "done": "The clock stands"}
    return _form_for(request, request_id, form, pause_clock, **page)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_resume(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    form = ResumeForm(request.POST or None, initial={"on": timezone.localdate()})
    page = {"title": "Let the clock go on", "submit": "Go on", "done": "The clock runs"}
    return _form_for(request, request_id, form, resume_clock, **page)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_extend(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    form = ExtendForm(request.POST or None)
    page = {"title": "Take two months more", "submit": "Extend", "done": "Extended by two months"}
    return _form_for(request, request_id, form, extend_clock, **page)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_end(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    page = {"title": "End the request", "submit": "End request", "done": "The request has ended"}
    return _form_for(request, request_id, form, end_request, **page)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_request_sign(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    """Sign off as the second person. Only what stands in the records page now can go."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    address = _address(found)
    if request.method == "POST":
        try:
            sign_off(by=request.user, request=found, seen=request.POST.get("seen", ""))
            messages.success(request, "Signed off. The pack can be taken.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(address)
    text = "You have read every entry, with what was taken out of it and why. What is recorded afterwards needs a new sign-off."
    form = SignForm(initial={"seen": digest_of(contents_of(found))})
    context = {"title": "Sign off the pack?", "text": text, "form": form, "submit": "Sign off", "cancel": address}
    return render(request, "pages/confirm.html", context)


@needs(ANSWER)
@require_safe
def subject_request_pack(request: SignedInRequest, request_id: UUID, form: str) -> HttpResponse:
    """The pack as a PDF or a ZIP, once it was signed off."""
    found = SubjectRequest.objects.fetch_for(request, public_id=request_id)
    if form not in WRITERS:
        raise Http404("There is no such form of a pack.")
    write, content_type = WRITERS[form]
    try:
        content = write(found, take_pack(by=request.user, request=found, form=form))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("subject-request", request_id=request_id)
    name = f"{title_of(found).lower().replace(' ', '-')}-{timezone.localdate():%Y-%m-%d}.{form}"
    return attachment(content, content_type=content_type, filename=name)
