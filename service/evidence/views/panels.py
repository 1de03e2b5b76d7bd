"""A panel, its quality page, and what of it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.evidence.actions import uploads
from service.evidence.archives import pack_without, read_member
from service.evidence.forms.uploads import PublishForm
from service.evidence.models import Panel, PanelRelease
from service.evidence.published_tables import notes_on, tables_of
from service.evidence.sandbox import sandboxed
from service.evidence.views.acting import done
from service.loading import when_used
from service.pages.downloads import attachment
from service.pages.tables import Column, Fact, Link, Table, cell_text
from service.permissions import Permission, holds, needs
from swis.panel.outcomes import outcome_of

if TYPE_CHECKING:
    from swis.panel import folder, write_published
else:
    folder = when_used("swis.panel.folder")
    write_published = when_used("swis.panel.write_published")

ZIP = "application/zip"
BY_SCHOOL = "_by_school_and_term.csv"


@needs(Permission.VIEW_PANEL)
@require_safe
def panel(request: SignedInRequest, panel: UUID) -> HttpResponse:
    """A panel: what it covers, all schools together. Counts are not checked for disclosure."""
    row = Panel.objects.fetch_for(request, public_id=panel)
    record(Action.READ, by=request.user, subject=row)
    context = {
        "panel": row,
        "facts": [
            Fact("Authority", str(row.authority)),
            Fact("Built", row.built_at),
            Fact("Terms", f"{row.term_names[0]} to {row.term_names[-1]}"),
            Fact("Schools", len(row.schools)),
            Fact("Warnings", row.warnings),
            Fact("Notes", row.notes),
            Fact("Built by", f"swis {row.swis_version}"),
        ],
        "totals": totals_table(row),
        "releases": releases_table(request, row),
        "may_publish": holds(request.user, Permission.UPLOAD_RETURNS, authority=row.authority),
    }
    return render(request, "evidence/panel.html", context)


def totals_table(row: Panel) -> Table:
    return Table(
        "Counted in each term, all schools together",
        (Column("Outcome"), *(Column(name.capitalize(), numeric=True) for name in row.term_names)),
        tuple((outcome_of(code).name, *row.totals[code]) for code in row.outcomes),
        note="Empty: the returns do not cover it. Keep these within the evaluation: small numbers are not hidden.",
        wide=True,
    )


def releases_table(request: SignedInRequest, row: Panel) -> Table:
    released = PanelRelease.objects.visible_to(request.user).filter(panel=row)
    return Table(
        "Published from this panel",
        (Column("Published"), Column("Policy"), Column("Tables", numeric=True)),
        tuple(
            (
                Link(cell_text(each.released_at), reverse("panel-figures", args=[each.public_id])),
                each.policy.upper(),
                len(each.outcomes),
            )
            for each in released
        ),
        empty="Nothing has been published from this panel.",
    )


@needs(Permission.VIEW_PANEL)
@require_safe
def quality(request: SignedInRequest, panel: UUID) -> HttpResponse:
    """The quality page as the library wrote it, in a sandbox."""
    row = Panel.objects.fetch_for(request, public_id=panel)
    page = read_member(row.archive, folder.QUALITY_PAGE)
    if page is None:
        raise Http404("The panel has no quality page.")
    record(Action.READ, by=request.user, subject=row, details={"page": folder.QUALITY_PAGE})
    return sandboxed(page)


@needs(Permission.VIEW_PANEL)
@require_safe
def download(request: SignedInRequest, panel: UUID) -> HttpResponse:
    """The panel folder as a zip, for `swis study` and `swis combine`."""
    row = Panel.objects.fetch_for(request, public_id=panel)
    record(Action.EXPORT, by=request.user, subject=row, details={"sha256": row.archive.sha256})
    return attachment(bytes(row.archive.content), content_type=ZIP, filename=f"panel-{row.authority.code}.zip")


@needs(Permission.UPLOAD_RETURNS)
@require_http_methods(["GET", "POST"])
def publish(request: SignedInRequest, panel: UUID) -> HttpResponse:
    row = Panel.objects.fetch_for(request, Permission.UPLOAD_RETURNS, public_id=panel)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        job = done(form, uploads.publish, by=request.user, panel=row, **form.cleaned_data)
        if job is not None:
            return redirect("evidence-job", job=job.public_id)
    context = {
        "form": form,
        "title": "Publish figures of this panel",
        "submit": "Publish",
        "text": "Counts by school and term, with small numbers hidden, go to the steering group, programme leads and evaluators. "
        "What was published stays published: later releases are held against it.",
        "cancel": reverse("panel", args=[row.public_id]),
    }  # fmt: skip
    return render(request, "pages/confirm.html", context)


@needs(Permission.VIEW_PUBLISHED_FIGURES)
@require_safe
def figures(request: SignedInRequest, release: UUID) -> HttpResponse:
    """One published outcome at a time, schools by terms, and what is withheld and why."""
    row = PanelRelease.objects.fetch_for(request, public_id=release)
    names = dict(row.outcomes)
    code = request.GET.get("outcome", next(iter(names), ""))
    text = read_member(row.archive, f"{code}{BY_SCHOOL}") if code in names else None
    schools = {label: name for label, name, _ in row.panel.schools}
    notes = (read_member(row.archive, write_published.NOTES_FILE) or b"").decode("utf-8")
    context = {
        "release": row,
        "links": [Link(name, f"?outcome={each}") for each, name in row.outcomes],
        "tables": [] if text is None else tables_of(names[code], text.decode("utf-8"), schools),
        "notes": notes_on(names.get(code, ""), notes),
        "see_panel": holds(request.user, Permission.VIEW_PANEL, authority=row.panel.authority),
    }
    return render(request, "evidence/figures.html", context)


@needs(Permission.VIEW_PUBLISHED_FIGURES)
@require_safe
def download_figures(request: SignedInRequest, release: UUID) -> HttpResponse:
    """The published tables as a zip, with their notes. The record of releases stays: it holds what was hidden from."""
    row = PanelRelease.objects.fetch_for(request, public_id=release)
    record(Action.EXPORT, by=request.user, subject=row, details={"policy": row.policy})
    filename = f"figures-{row.panel.authority.code}-{row.policy}.zip"
    return attachment(pack_without(row.archive, write_published.LEDGER_FILE), content_type=ZIP, filename=filename)
