"""Reading the log: the list with its filters, the search, and one contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs, scope_of
from service.practice.actions.contacts import may_correct, may_see_reference
from service.practice.codes import choices_of, labels_of
from service.practice.core_codes import LOG_LISTS, CodeList
from service.practice.forms.contacts import FilterForm, SearchForm
from service.practice.models import ChildReference, Contact, Draft, ReferralOutcome, State
from service.practice.people import workers_in
from service.practice.searching import MOST_HITS, Filters, count_hits, filtered, search_text
from service.practice.views.contact_pages import schools_for
from service.practice.views.recording import brief_context
from service.schools.models import School

WORDS = "contact_search"  # in the session until the next list without a search; in no address, no log and no history
FILTER_LISTS = (CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.TOPIC, CodeList.OUTCOME)
TOLD = (
    CodeList.RAISED_BY, CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.TIME_BAND, CodeList.MODE, CodeList.ACTION,
    CodeList.OUTCOME, CodeList.PATHWAY,
)  # fmt: skip
COLUMNS = (
    Column("Date"), Column("School"), Column("Raised by"), Column("Kind of work"), Column("Time"), Column("Child"),
    Column("Worker"),
)  # fmt: skip


@needs(Permission.VIEW_CONTACTS)
@require_safe
def contact_list(request: SignedInRequest) -> HttpResponse:
    """Contacts as they stand, the latest first, without their text."""
    schools = schools_for(request.user, Permission.VIEW_CONTACTS)
    form = filter_form(request, schools)
    filters = filters_of(form)
    rows, words = wanted(request, filters)
    if not words:
        request.session.pop(WORDS, None)
    page = page_of(request, rows.select_related("school", "worker", "child").prefetch_related("local_codes"))
    labels = labels_of(schools[0].authority, *TOLD) if schools else {}
    table = Table("Contacts", COLUMNS, tuple(_row(contact, labels) for contact in page), empty="No contact was found.")
    if words or filters.used:
        record_search(request, filters, rows, words)
    else:
        record(Action.READ, by=request.user, details={"what": "contacts", "hits": len(page)})
    may_record = holds(request.user, Permission.RECORD_CONTACT)
    context = {
        "form": form,
        "search_form": SearchForm(initial={"words": words}),
        "is_search": bool(words),
        "page": page,
        "table": table,
        "exports": [(kind, _export_url(request, kind)) for kind in ("csv", "xlsx")],
        "may_import": holds(request.user, Permission.IMPORT_LOG),
        "has_drafts": may_record and Draft.objects.visible_to(request.user).exists(),
    }
    return render(request, "practice/contact_list.html", context | brief_context(request, schools))


@needs(Permission.VIEW_CONTACTS)
@require_POST
def contact_search(request: SignedInRequest) -> HttpResponse:
    """Take the words of a search into the session, and show what they find; no words end the search."""
    form = SearchForm(request.POST)
    words = form.cleaned_data["words"].strip() if form.is_valid() else ""
    if not words:
        request.session.pop(WORDS, None)
        return redirect("contact-list")
    request.session[WORDS] = words
    return redirect(f"{reverse('contact-list')}?search=on")


def filter_form(request: SignedInRequest, schools: list[School]) -> FilterForm:
    choices = {str(name): offered for name, offered in _codes(schools).items()}
    choices["school"] = [(str(school.public_id), school.name) for school in schools]
    choices["worker"] = _workers(request, schools)
    return FilterForm(request.GET or None, choices=choices)


def filters_of(form: FilterForm) -> Filters:
    """The filters that hold together; a wrong one is told by the form and narrows nothing."""
    if not form.is_bound:
        return Filters()
    form.is_valid()
    return Filters(**{name: value for name, value in form.cleaned_data.items() if value})


def _codes(schools: list[School]) -> dict[str, list[tuple[str, str]]]:
    return choices_of(schools[0].authority, *FILTER_LISTS) if schools else {str(name): [] for name in FILTER_LISTS}


def _workers(request: SignedInRequest, schools: list[School]) -> list[tuple[str, str]]:
    """The people by whom one can narrow: for who manages the authority its workers, for a worker oneself."""
    if not any(
        scope_of(request.user, Permission.VIEW_CONTACTS).reaches(authority=school.authority) for school in schools
    ):
        return [(str(request.user.public_id), "Me")]
    return [(str(worker.public_id), worker.name) for worker in workers_in(schools[0].authority)]


def wanted(request: SignedInRequest, filters: Filters) -> tuple[Any, str]:
    rows = filtered(Contact.objects.visible_to(request.user), filters)
    words = request.session.get(WORDS, "") if request.GET.get("search") == "on" else ""
    return (search_text(rows, words) if words else rows), words


def record_search(request: SignedInRequest, filters: Filters, rows: Any, words: str) -> None:
    """Tell the audit that somebody searched: how many words, by which filters, and how many were found. Never the words."""
    hits = count_hits(rows)
    child = (
        ChildReference.objects.visible_to(request.user).filter(reference=filters.child).first()
        if filters.child
        else None
    )
    details = {
        "what": "contacts",
        "words": len(words.split()),
        "length": len(words),
        "filters": filters.used,
        "hits": hits if hits <= MOST_HITS else f"more than {MOST_HITS}",
    }
    record(Action.SEARCH, by=request.user, child=child, details=details)


def _row(contact: Contact, labels: dict[tuple[str, str], str]) -> tuple[Any, ...]:
    own = {code.list_name: labels.get((code.list_name, code.code), code.name) for code in contact.local_codes.all()}

    def said(name: str) -> str:
        return own.get(name) or labels.get((name, getattr(contact, name)), "")

    return (
        Link(f"{contact.date.day} {contact.date:%b %Y}", reverse("contact", kwargs={"public_id": contact.public_id})),
        contact.school.name,
        said("raised_by"),
        said("kind_of_work"),
        str(contact.minutes) + " minutes"
        if contact.minutes is not None
        else labels.get(("time_band", contact.time_band), ""),
        contact.child.reference if contact.child else "",
        contact.worker.name if contact.worker else "Imported",
    )


def _export_url(request: SignedInRequest, kind: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    address = reverse("contact-export", kwargs={"kind": kind})
    return f"{address}?{query.urlencode()}" if query else address


@needs(Permission.VIEW_CONTACTS)
@require_safe
def contact(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One contact with its text, in any of its versions. Reading it is in the audit."""
    found = Contact.every_version.fetch_for(request, public_id=public_id)
    versions = list(Contact.every_version.visible_to(request.user).filter(entry=found.entry).order_by("version"))
    outcomes = list(
        ReferralOutcome.objects.visible_to(request.user)
        .filter(contact__entry=found.entry)
        .select_related("recorded_by")
    )
    shows_reference = may_see_reference(request.user, found) and any(each.external_reference for each in outcomes)
    if shows_reference:
        record(
            Action.READ, by=request.user, subject=found, child=found.child, details={"fields": ["external_reference"]}
        )
    record(Action.READ, by=request.user, subject=found, child=found.child, details={"version": found.version})
    context = {
        "contact": found,
        "facts": facts_of(found),
        "latest": versions[-1],
        "history": [_version_row(version, found) for version in versions]
        if len(versions) > 1 or found.end_reason
        else [],
        "outcomes": outcomes,
        "shows_reference": shows_reference,
        "may_correct": found.state == State.CURRENT and may_correct(request.user, found),
        "is_referral": found.state == State.CURRENT and found.outcome == "referral",
        "tag": Tag(found.get_state_display(), "" if found.state == State.CURRENT else "grey"),
    }
    return render(request, "practice/contact.html", context)


def facts_of(contact: Contact) -> list[Fact]:
    """What a contact tells, in the authority's words, without what was left empty."""
    labels = labels_of(contact.authority, *LOG_LISTS)
    local = {code.list_name: code.code for code in contact.local_codes.all()}

    def said(name: CodeList) -> str:
        core = getattr(contact, name.value)
        parent = labels.get((name.value, core), core)
        own = labels.get((name.value, local[name.value])) if name.value in local else None
        return f"{own} ({parent})" if own else parent

    topics = [labels.get(("topic", code.code), code.name) for code in contact.topics.all()]
    child = contact.child
    facts = [
        Fact("Date", contact.date),
        Fact("School", contact.school.name),
        Fact("Worker", contact.worker.name if contact.worker else "Not told by the imported log"),
        Fact("Recorded", f"{timezone.localtime(contact.recorded_at):%d/%m/%Y} by {contact.recorded_by.name}"),
        *(Fact(name.label, said(name)) for name in TOLD if getattr(contact, name.value)),
        Fact("Topics", ", ".join(topics)),
        Fact("Minutes", contact.minutes),
        Fact(
            "Child", Link(child.reference, reverse("child", kwargs={"public_id": child.public_id})) if child else None
        ),
        Fact("Year group", contact.year_group),
        Fact("Known to social care", contact.get_known_to_social_care_display()),
        Fact("Information sharing", contact.get_sharing_display()),
        Fact("Shared with", contact.shared_with),
        Fact("Reason", contact.sharing_reason),
        Fact("Account", contact.account),
    ]
    return [fact for fact in facts if fact.value not in (None, "")]


def _version_row(version: Contact, shown: Contact) -> dict[str, Any]:
    return {
        "version": version,
        "is_shown": version.pk == shown.pk,
        "url": reverse("contact", kwargs={"public_id": version.public_id}),
    }
