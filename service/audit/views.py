"""Reading the audit. That it was read is in the audit too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from service.audit.forms import AuditFilter
from service.audit.models import Action, Entry, EntryQuerySet
from service.audit.record import Named, record
from service.audit.show import file_of, narrow, table_of
from service.pages.downloads import csv_response
from service.pages.pagination import page_of
from service.permissions import Permission, needs

MOST_ROWS = 100_000


@needs(Permission.VIEW_AUDIT)
def entries(request: HttpRequest) -> HttpResponse:
    """The audit of one's authority, newest first, by person, child, action and day."""
    form = AuditFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = narrow(Entry.objects.visible_to(request.user), wanted)
    used = sorted(name for name, value in wanted.items() if value)
    if request.GET.get("format") == "csv" and (not form.is_bound or form.is_valid()):
        if not found[MOST_ROWS : MOST_ROWS + 1].exists():
            return _download(request, found, used)
        messages.error(
            request, f"There are more than {MOST_ROWS:,} entries. Choose fewer days, and take them in parts."
        )
    page = page_of(request, found)
    about = _about(page.rows[:1], used)
    record(Action.SEARCH, by=request.user, **about, details={"what": "audit", "filters": used})
    return render(
        request,
        "audit/entries.html",
        {"form": form, "page": page, "table": table_of(page.rows, caption="Newest first")},
    )


def _download(request: HttpRequest, found: EntryQuerySet, used: list[str]) -> HttpResponse:
    rows = list(found)
    told = {"what": "audit", "filters": used, "rows": len(rows)}
    record(Action.EXPORT, by=request.user, **_about(rows[:1], used), details=told)
    return csv_response(file_of(rows), "audit.csv")


def _about(first: list[Entry], filters: list[str]) -> dict[str, Any]:
    """The child or the person whose traces were looked at: as the entries know them, and not as somebody typed them."""
    about: dict[str, Any] = {}
    for entry in first:
        if "child" in filters:
            about["child"] = Named("child", entry.child, entry.child_reference)
        if "person" in filters:
            about["subject"] = Named("accounts.user", entry.actor)
        if about and entry.authority:
            about["authority"] = Named("schools.authority", code=entry.authority)
    return about


@needs(Permission.VIEW_AUDIT)
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """What one person looked at and did."""
    found = Entry.objects.visible_to(request.user).filter(actor=str(person))
    page = page_of(request, found)
    about = _about(page.rows[:1], ["person"])
    record(Action.READ, by=request.user, **about, details={"what": "audit of a person", "person": str(person)})
    name = page.rows[0].actor_name if page.rows else "this person"
    context = {
        "heading": f"What {name} looked at and did",
        "page": page,
        "table": table_of(page.rows, caption="Newest first"),
    }
    return render(request, "audit/one.html", context)


@needs(Permission.VIEW_AUDIT)
def child(request: HttpRequest, reference: str) -> HttpResponse:
    """Who looked at, or changed, what is recorded about one child."""
    found = Entry.objects.visible_to(request.user).filter(child_reference=reference)
    page = page_of(request, found)
    record(
        Action.READ,
        by=request.user,
        **_about(page.rows[:1], ["child"]),
        details={"what": "audit of a child's reference"},
    )
    context = {
        "heading": f"Who looked at {reference}",
        "page": page,
        "table": table_of(page.rows, caption="Newest first"),
    }
    return render(request, "audit/one.html", context)
