"""The list of contacts as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import Seen, record, record_each
from service.pages.downloads import csv_response, workbook_response
from service.pages.tables import Cell, Column, Table
from service.permissions import Permission, Scope, needs, scope_of
from service.practice.models import Contact, Involvement
from service.practice.views.contact_pages import schools_for
from service.practice.views.contacts import filter_form, filters_of, wanted

MOST_ROWS = 20_000
# The headings of the activity log table, so that a file can be read by the library, and then what the log has beside.
HEADINGS = (
    "entry", "date", "school", "worker", "kind_of_work", "role", "raised_by", "year_group", "topic", "outcome", "time_band",
    "minutes", "mode", "action", "pathway", "known_to_social_care", "child", "sharing",
    "local_codes",
)  # fmt: skip


@dataclass(frozen=True)
class CasesHeld:
    """Whose texts a person may take away: of their own work, of the children they are involved with, of those they manage."""

    user: User
    children: frozenset[int]
    managed: Scope

    def has(self, contact: Contact) -> bool:
        own = self.user.pk in {contact.worker_id, contact.recorded_by_id}
        managed = self.managed.everywhere or contact.authority_id in self.managed.authorities
        return own or managed or contact.child_id in self.children


def cases_held(user: User) -> CasesHeld:
    held = Involvement.objects.visible_to(user).filter(worker=user, closed=None).values_list("child", flat=True)
    return CasesHeld(user, frozenset(held), scope_of(user, Permission.VIEW_CONTACTS))


@needs(Permission.VIEW_CONTACTS)
@require_safe
def contact_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """The contacts of the list as a file; with `?text=on` their accounts too, of the cases that the person holds."""
    filters = filters_of(filter_form(request, schools_for(request.user, Permission.VIEW_CONTACTS)))
    rows, words = wanted(request, filters)
    joined = rows.select_related("school", "worker", "child__school__authority", "child__authority")
    found = list(joined.prefetch_related("topics", "local_codes")[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        return render(request, "practice/export_too_long.html", {"most": MOST_ROWS}, status=400)
    held = cases_held(request.user) if request.GET.get("text") == "on" else None
    texts = sum(held.has(contact) for contact in found) if held else 0
    told = {"kind": kind, "rows": len(found), "filters": filters.used, "words": len(words.split()), "texts": texts}
    record_export(request.user, found, kind=kind, told=told)
    table = export_table(found, held)
    return csv_response(table, "contacts.csv") if kind == "csv" else workbook_response(table, "contacts.xlsx")


def record_export(user: User, contacts: Sequence[Contact], *, kind: str, told: dict[str, Any]) -> None:
    """Tell the audit what was taken away: one entry for each child of whom the file tells, and one of the file as a whole."""
    children = {contact.child: None for contact in contacts if contact.child is not None}
    counts = Counter(contact.child_id for contact in contacts)
    seen = [Seen(child, {"what": "contacts", "kind": kind, "contacts": counts[child.pk]}) for child in children]
    with transaction.atomic():
        record_each(Action.EXPORT, by=user, seen=seen)
        record(Action.EXPORT, by=user, details={**told, "what": "contacts", "children": len(children)})


def export_table(contacts: Sequence[Contact], held: CasesHeld | None) -> Table:
    """One row a contact, in core codes; a column of accounts only when asked for, empty where the case is not theirs."""
    headings = (*HEADINGS, "account") if held else HEADINGS
    rows = tuple(_row(contact, held) for contact in contacts)
    return Table("Contacts", tuple(Column(heading) for heading in headings), rows, row_header=False)


def _row(contact: Contact, held: CasesHeld | None) -> tuple[Cell, ...]:
    row: tuple[Cell, ...] = (
        str(contact.entry),
        contact.date,
        contact.school.urn,
        str(contact.worker.public_id) if contact.worker else "",
        contact.kind_of_work,
        contact.role,
        contact.raised_by,
        contact.year_group,
        "; ".join(code.code for code in contact.topics.all()),
        contact.outcome,
        "" if contact.minutes is not None else contact.time_band,
        contact.minutes,
        contact.mode,
        contact.action,
        contact.pathway,
        contact.known_to_social_care,
        contact.child.reference if contact.child else "",
        contact.sharing,
        "; ".join(f"{code.list_name}: {code.code}" for code in contact.local_codes.all()),
    )
    return (*row, contact.account if held.has(contact) else "") if held else row
