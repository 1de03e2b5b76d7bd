"""Everything that an authority owns, to take away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Link, Table
from service.permissions import Permission, needs
from service.practice.views.acting import done, form_page
from service.records.actions.exports import approve_export, ask_for_export, decline_export, take_export
from service.records.forms.exports import AskForExport
from service.records.forms.retention import ReasonForm
from service.records.models import Export
from service.records.models.exports import ExportState


@needs(Permission.EXPORT_AUTHORITY)
@require_safe
def exports(request: SignedInRequest) -> HttpResponse:
    """The exports of one's authority, and the form to ask for one."""
    return _show(request, AskForExport(person=request.user))


@needs(Permission.EXPORT_AUTHORITY)
@require_POST
def ask(request: SignedInRequest) -> HttpResponse:
    form = AskForExport(request.POST, person=request.user)
    if done(form, lambda: ask_for_export(by=request.user, **form.cleaned_data)):
        messages.success(request, "Asked for. Another person has to approve it within a week.")
        return redirect("export-list")
    return _show(request, form)


@needs(Permission.EXPORT_AUTHORITY)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: SignedInRequest, export: UUID) -> HttpResponse:
    """Say as the second person that the file may be written, and taken by who asked."""
    found = Export.objects.fetch_for(request, public_id=export)
    if request.method == "POST":
        try:
            approve_export(by=request.user, export=found)
            messages.success(request, f"Approved. {found.asked_by.name} takes the file when it is written.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("export-list")
    text = (
        f"{found.asked_by.name} asked for everything of {found.authority}, case text included, for: {found.reason}. "
        "Make sure that it is needed, and where it will be kept."
    )
    if found.with_identifiers:
        text += " It will hold the identifiers of the case system."
    context = {"title": "Let everything leave in one file?", "text": text, "submit": "Approve", "warning": True}
    return render(request, "pages/confirm.html", {**context, "cancel": reverse("export-list")})


@needs(Permission.EXPORT_AUTHORITY)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: SignedInRequest, export: UUID) -> HttpResponse:
    found = Export.objects.fetch_for(request, public_id=export)
    own = found.asked_by_id == request.user.pk
    form = ReasonForm(request.POST or None)
    if done(form, lambda: decline_export(by=request.user, export=found, **form.cleaned_data)):
        messages.success(request, "Withdrawn" if own else "Turned down")
        return redirect("export-list")
    title, submit = ("Withdraw what you asked for", "Withdraw") if own else ("Turn the export down", "Turn down")
    return form_page(request, form, title=title, submit=submit, back=reverse("export-list"))


@needs(Permission.EXPORT_AUTHORITY)
@require_GET
def take(request: SignedInRequest, export: UUID) -> HttpResponseBase:
    found = Export.objects.fetch_for(request, public_id=export)
    try:
        row, pieces = take_export(by=request.user, export=found)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("export-list")
    name = f"swis-{row.authority.code}-{timezone.localdate(row.ready_at):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(row.size)}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


COLUMNS = (
    Column("Asked"),
    Column("Authority"),
    Column("By"),
    Column("For"),
    Column("State"),
    Column("Rows", numeric=True),
    Column(""),
    Column(""),
)


def _show(request: SignedInRequest, form: AskForExport) -> HttpResponse:
    rows = Export.objects.visible_to(request.user).select_related("authority", "asked_by", "decided_by")
    page = page_of(request, rows)
    table = Table(
        "Exports, newest first", COLUMNS, tuple(_row(request, export) for export in page.rows), empty="None yet."
    )
    return render(request, "records/exports.html", {"form": form, "page": page, "table": table})


def _row(request: SignedInRequest, export: Export) -> tuple[Cell, ...]:
    told = (export.asked_at, str(export.authority), export.asked_by.name, export.reason, _state(export), export.rows)
    return (*told, *_open_to(export, own=export.asked_by_id == request.user.pk))


def _state(export: Export) -> str:
    label = ExportState(export.state).label
    if export.decided_by is None:
        return label
    if export.state == ExportState.DECLINED:
        how = "Withdrawn" if export.decided_by_id == export.asked_by_id else "Turned down"
        return f"{how} by {export.decided_by.name}: {export.declined_because}"
    return f"{label}; approved by {export.decided_by.name}"


def _open_to(export: Export, *, own: bool) -> tuple[Cell, Cell]:
    """What a person may do with an export: two links, or fewer."""

    def link(text: str, name: str) -> Link:
        about = f"the export of {export.authority} for {export.asked_by.name}"
        return Link(text, reverse(name, kwargs={"export": export.public_id}), about)

    if export.state == ExportState.ASKED:
        return None if own else link("Approve", "export-approve"), link(
            "Withdraw" if own else "Turn down", "export-decline"
        )
    return link("Take the file", "export-take") if own and export.state == ExportState.READY else None, None
