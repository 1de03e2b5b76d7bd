"""What waits in information governance."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Cell, Column, Link, Table
from service.permissions import Permission, holds, needs
from service.records.clock import clock_of
from service.records.due import is_due
from service.records.models import Disposal, DisposalState, Export, LegalHold
from service.records.models.exports import ExportState
from service.records.retention import rules_of
from service.records.views.disposals import disposal_link
from service.records.views.retention import hold_link, review_day
from service.records.views.subject_access import REQUEST_COLUMNS, request_row, running_requests
from service.schools.models import Authority

MOST = 25


@needs(Permission.MANAGE_RETENTION, Permission.ANSWER_SUBJECT_ACCESS)
@require_safe
def records(request: SignedInRequest) -> HttpResponse:
    """For officers what is due, what waits, and holds to review; for them and who answers requests the open requests."""
    officer = holds(request.user, Permission.MANAGE_RETENTION)
    context: dict[str, Any] = {
        "officer": officer,
        "answers": holds(request.user, Permission.ANSWER_SUBJECT_ACCESS),
        "exports": holds(request.user, Permission.EXPORT_AUTHORITY),
        "requests": _requests(request),
    }
    if officer:
        context |= {"schedules": _schedules(request), "waiting": _waiting(request), "to_review": _holds(request)}
        asked = Export.objects.visible_to(request.user).filter(state=ExportState.ASKED)
        context["exports_waiting"] = asked.exclude(asked_by=request.user).count()
    return render(request, "records/records.html", context)


def _schedules(request: SignedInRequest) -> Table:
    authorities = Authority.objects.visible_to(request.user, Permission.MANAGE_RETENTION).order_by("name")
    rows = tuple(_schedule_row(authority) for authority in authorities)
    columns = (Column("Authority"), Column("Something is due"), Column("What is due"))
    return Table("Retention", columns, rows)


def _schedule_row(authority: Authority) -> tuple[Cell, ...]:
    due = [category.label.split(",")[0] for category, rule in rules_of(authority).items() if is_due(rule)]
    at = {"authority": authority.public_id}
    return (
        Link(authority.name, reverse("retention", kwargs=at), "retention schedule"),
        "; ".join(due) or "Nothing, by the rules set",
        Link("Counts", reverse("disposal-due", kwargs=at), f"of what is due in {authority.name}"),
    )


def _waiting(request: SignedInRequest) -> Table:
    rows = Disposal.objects.visible_to(request.user).filter(state=DisposalState.PROPOSED)
    told = tuple(
        (disposal_link(each), each.authority.name, each.proposed, each.proposed_by.name)
        for each in rows.select_related("authority", "proposed_by")[:MOST]
    )
    columns = (Column("Disposal"), Column("Authority"), Column("Things", numeric=True), Column("Proposed by"))
    return Table("Disposals that wait for a second person", columns, told, empty="None waits.")


def _holds(request: SignedInRequest) -> Table:
    soon = LegalHold.objects.visible_to(request.user).filter(released_at=None).select_related("authority")
    rows = tuple((hold_link(each), each.authority.name, review_day(each)) for each in soon.order_by("review_by")[:MOST])
    columns = (Column("Hold"), Column("Authority"), Column("Review by"))
    return Table("Legal holds, the next review first", columns, rows, empty="Nothing is held.")


def _requests(request: SignedInRequest) -> Table:
    today = timezone.localdate()
    timed = [(each, clock_of(each, today)) for each in running_requests(request)]
    timed.sort(key=lambda pair: pair[1].due)
    rows = tuple(request_row(request, each, clock) for each, clock in timed)
    return Table("Open requests for access, the next due first", REQUEST_COLUMNS, rows, empty="None is open.")
