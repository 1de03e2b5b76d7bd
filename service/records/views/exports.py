"""Everything that an authority owns, to take away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table
from service.permissions import Permission, needs
from service.records.actions.exports import ask_for_export, take_export
from service.records.forms.exports import AskForExport
from service.records.models import Export
from service.records.models.exports import ExportState


@needs(Permission.EXPORT_AUTHORITY)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The exports of one's authority, and the form to ask for one."""
    return _show(request, AskForExport(person=request.user))  # type: ignore[arg-type]


@needs(Permission.EXPORT_AUTHORITY)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForExport(request.POST, person=request.user)  # type: ignore[arg-type]
    if not form.is_valid():
        return _show(request, form)
    ask_for_export(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    messages.success(request, "The export is being written. Load this page again in a while.")
    return redirect("export-list")


@needs(Permission.EXPORT_AUTHORITY)
@require_safe
def take(request: HttpRequest, export: UUID) -> HttpResponseBase:
    row = Export.objects.fetch_for(request, public_id=export)
    try:
        path = take_export(by=request.user, export=row)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("export-list")
    name = f"swis-{row.authority.code}-{row.ready_at:%Y-%m-%d}.zip"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


def _show(request: HttpRequest, form: AskForExport) -> HttpResponse:
    page = page_of(request, Export.objects.visible_to(request.user).select_related("authority", "asked_by"))
    table = Table(
        caption="Exports, newest first",
        columns=(
            Column("Asked"),
            Column("Authority"),
            Column("By"),
            Column("For"),
            Column("State"),
            Column("Rows", numeric=True),
        ),
        rows=tuple(
            (export.asked_at, str(export.authority), export.asked_by.name, export.reason, _state(export), export.rows)
            for export in page.rows
        ),
    )
    return render(request, "records/exports.html", {"form": form, "page": page, "table": table})


def _state(export: Export) -> str | Link:
    if export.state == ExportState.READY:
        url = reverse("export-take", kwargs={"export": export.public_id})
        return Link("Take the file", url, hidden=f"of {export.authority}, asked for at {export.asked_at:%H:%M}")
    return ExportState(export.state).label
