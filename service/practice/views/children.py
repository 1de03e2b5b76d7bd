"""Children by their references: the list, one child, moves, and the case identifier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.practice.actions.children import add_child, move_child, record_case_identifier, tell_whether_known
from service.practice.codes import labels_of
from service.practice.forms.children import ChildFilterForm, ChildForm, IdentifierForm, KnownForm, MoveForm
from service.practice.models import CaseIdentifier, ChildPlace, ChildReference, Contact, Involvement, InvolvementStep
from service.practice.views.acting import attempt, done, form_page
from service.practice.views.contact_pages import schools_for
from service.schools.models import School

LAST_CONTACTS = 25
COLUMNS = (
    Column("Reference"),
    Column("School"),
    Column("Year group"),
    Column("Known to social care"),
    Column("Involvement"),
)


@needs(Permission.VIEW_CHILD)
@require_safe
def child_list(request: SignedInRequest) -> HttpResponse:
    schools = schools_for(request.user, Permission.VIEW_CHILD)
    form = ChildFilterForm(request.GET or None, schools=school_choices(schools))
    rows = _filtered(request, form).select_related("school").order_by("reference", "id")
    page = page_of(request, rows)
    open_now = Involvement.objects.visible_to(request.user).filter(child__in=page.rows, closed=None)
    levels = {
        each.child_id: f"{each.get_level_display()}, {each.worker.name}" for each in open_now.select_related("worker")
    }
    table = Table("Children", COLUMNS, tuple(_row(child, levels) for child in page), empty="No child was found.")
    _record_list(request, form, page.rows)
    context = {
        "form": form,
        "page": page,
        "table": table,
        "may_add": holds(request.user, Permission.RECORD_CONTACT),
        "may_break_glass": holds(request.user, Permission.BREAK_GLASS),
        "may_restrict": holds(request.user, Permission.MANAGE_RESTRICTION),
    }
    return render(request, "practice/child_list.html", context)


def _record_list(request: SignedInRequest, form: ChildFilterForm, shown: list[Any]) -> None:
    """Tell the audit that a page of the list was seen: by which filters, how many on it, and which child was asked for."""
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    filters = sorted(name for name, value in told.items() if value)
    details = {"what": "children", "filters": filters, "hits": len(shown)}
    sought = shown[0] if told.get("reference") and shown else None
    record(Action.SEARCH if filters else Action.READ, by=request.user, child=sought, details=details)


def school_choices(schools: list[School]) -> list[tuple[str, str]]:
    return [(str(school.public_id), school.name) for school in schools]


def _filtered(request: SignedInRequest, form: ChildFilterForm) -> QuerySet[Any]:
    rows = ChildReference.objects.visible_to(request.user)
    if not (form.is_bound and form.is_valid()):
        return rows
    told = form.cleaned_data
    if told.get("school"):
        rows = rows.filter(school__public_id=told["school"])
    if told["reference"]:
        rows = rows.filter(reference=told["reference"].strip().upper())
    if told["involvement"]:
        held = Involvement.objects.visible_to(request.user).filter(child=OuterRef("pk"), closed=None)
        rows = rows.filter(Exists(held.filter(worker=request.user) if told["involvement"] == "mine" else held))
    return rows


def _row(child: ChildReference, levels: dict[int, str]) -> tuple[Any, ...]:
    return (
        Link(child.reference, reverse("child", kwargs={"public_id": child.public_id})),
        child.school.name,
        child.year_group,
        child.get_known_to_social_care_display(),
        levels.get(child.pk, ""),
    )


@needs(Permission.VIEW_CHILD)
@require_safe
def child(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What is recorded of a child. Reading it is in the audit."""
    found = ChildReference.objects.fetch_for(request, public_id=public_id)
    involvements = Involvement.objects.visible_to(request.user).filter(child=found).select_related("worker")
    contacts = list(
        Contact.objects.visible_to(request.user)
        .filter(child=found)
        .select_related("school", "worker")[: LAST_CONTACTS + 1]
    )
    record(Action.READ, by=request.user, subject=found, child=found, details={"contacts": len(contacts)})
    context = {
        "child": found,
        "facts": _facts(found),
        "open": next((each for each in involvements if each.closed is None), None),
        "steps": _steps(request, found),
        "places": _places(request, found),
        "contacts": _contacts(contacts[:LAST_CONTACTS], labels_of(found.authority, "kind_of_work", "outcome")),
        "more_contacts": len(contacts) > LAST_CONTACTS,
        "tag": Tag("Restricted", "red") if found.restricted else None,
        "may_record": holds(request.user, Permission.RECORD_CONTACT, school=found.school),
        "may_restrict": not found.restricted
        and holds(request.user, Permission.MANAGE_RESTRICTION, school=found.school),
        "may_see_identifier": holds(request.user, Permission.VIEW_CASE_IDENTIFIER, school=found.school),
    }
    return render(request, "practice/child.html", context)


def _facts(child: ChildReference) -> list[Fact]:
    return [
        Fact("School", child.school.name),
        Fact("Year group", child.year_group),
        Fact("Known to social care", child.get_known_to_social_care_display()),
    ]


def _steps(request: SignedInRequest, child: ChildReference) -> Table:
    rows = InvolvementStep.objects.visible_to(request.user).filter(involvement__child=child)
    columns = (Column("Date"), Column("Step"), Column("Level"), Column("Worker"), Column("Why"), Column("Note"))
    told = tuple(
        (
            step.on,
            step.get_direction_display(),
            step.get_level_display(),
            step.worker.name,
            step.reason.capitalize(),
            step.note,
        )
        for step in rows.select_related("worker").order_by("-on", "-id")
    )
    return Table("Involvement", columns, told, empty="There has been no involvement.")


def _places(request: SignedInRequest, child: ChildReference) -> Table:
    rows = ChildPlace.objects.visible_to(request.user).filter(child=child).select_related("school")
    told = tuple((place.starts, place.ends, place.school.name, place.year_group) for place in rows)
    columns = (Column("From"), Column("To"), Column("School"), Column("Year group"))
    return Table("Schools and year groups", columns, told, empty="No history.")


def _contacts(contacts: list[Contact], labels: dict[tuple[str, str], str]) -> Table:
    columns = (Column("Date"), Column("School"), Column("Kind of work"), Column("What followed"), Column("Worker"))
    told = tuple(
        (
            Link(f"{each.date.day} {each.date:%b %Y}", reverse("contact", kwargs={"public_id": each.public_id})),
            each.school.name,
            labels.get(("kind_of_work", each.kind_of_work), ""),
            labels.get(("outcome", each.outcome), ""),
            each.worker.name if each.worker else "",
        )
        for each in contacts
    )
    return Table("Contacts", columns, told, empty="No contact is recorded about this child.")


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def child_add(request: SignedInRequest) -> HttpResponse:
    schools = schools_for(request.user)
    form = ChildForm(request.POST or None, schools=school_choices(schools))
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("year_group", "known_to_social_care")}
        school = next(each for each in schools if str(each.public_id) == form.cleaned_data["school"])
        added = attempt(form, lambda: add_child(by=request.user, school=school, **told))
        if added is not None:
            messages.success(request, f"The child’s reference is {added.reference}. Note it in your case system.")
            return redirect("child", public_id=added.public_id)
    text = "The service gives the child a random reference. Write it into your case system: no name is kept here."
    return form_page(
        request, form, title="Add a child", text=text, submit="Give a reference", back=reverse("child-list")
    )


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def child_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = ChildReference.objects.fetch_for(request, Permission.RECORD_CONTACT, public_id=public_id)
    schools = [each for each in schools_for(request.user) if each.authority_id == found.authority_id]
    initial = {"school": str(found.school.public_id), "year_group": found.year_group}
    form = MoveForm(request.POST or None, schools=school_choices(schools), initial=initial)
    if form.is_valid():
        school = next(each for each in schools if str(each.public_id) == form.cleaned_data["school"])
        told = {name: form.cleaned_data[name] for name in ("year_group", "starts")}
        if done(form, lambda: move_child(by=request.user, child=found, school=school, **told)):
            messages.success(request, "School and year group recorded")
            return redirect("child", public_id=public_id)
    _record_form(request, found, "school", "year_group")
    text = "Contacts stay with the school that they were recorded for. To a school that is not yours, ask your manager."
    return form_page(request, form, title="School and year group", text=text, submit="Save", back=child_address(found))


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def child_known(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = ChildReference.objects.fetch_for(request, Permission.RECORD_CONTACT, public_id=public_id)
    form = KnownForm(request.POST or None, initial={"known_to_social_care": found.known_to_social_care})
    if done(form, lambda: tell_whether_known(by=request.user, child=found, **form.cleaned_data)):
        messages.success(request, "Saved")
        return redirect("child", public_id=public_id)
    _record_form(request, found, "known_to_social_care")
    return form_page(request, form, title="Known to social care", submit="Save", back=child_address(found))


@needs(Permission.VIEW_CASE_IDENTIFIER)
@require_http_methods(["GET", "HEAD", "POST"])
def child_identifier(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The numbers that lead to the child in the case systems. Seeing them is in the audit."""
    found = ChildReference.objects.fetch_for(request, Permission.VIEW_CASE_IDENTIFIER, public_id=public_id)
    form = IdentifierForm(request.POST or None)
    if done(form, lambda: record_case_identifier(by=request.user, child=found, **form.cleaned_data)):
        messages.success(request, "Identifier recorded")
        return redirect("child-identifier", public_id=public_id)
    rows = list(CaseIdentifier.objects.visible_to(request.user).filter(child=found).select_related("recorded_by"))
    for row in rows:
        record(Action.READ, by=request.user, subject=row, child=found)
    columns = (Column("System"), Column("Identifier"), Column("Recorded"), Column("Ended"), Column("By"))
    told = tuple((row.system, row.identifier, row.recorded_at, row.ended_at, row.recorded_by.name) for row in rows)
    table = Table("Identifiers", columns, told, empty="None is recorded.")
    context = {"child": found, "table": table, "form": form, "back": child_address(found)}
    return render(request, "practice/child_identifier.html", context)


def _record_form(request: SignedInRequest, child: ChildReference, *fields: str) -> None:
    """Tell the audit that somebody saw what a form shows of a child as it stands."""
    record(Action.READ, by=request.user, subject=child, child=child, details={"fields": list(fields)})


def child_address(child: ChildReference) -> str:
    return reverse("child", kwargs={"public_id": child.public_id})
