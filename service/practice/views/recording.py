"""Recording a contact on one screen, or with one press, and what is said after it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.permissions import Permission, needs
from service.practice.actions.contacts import may_correct, record_contact
from service.practice.actions.repeated_forms import SAVED_OTHERWISE
from service.practice.brief import BRIEFS, BY_KEY, Brief
from service.practice.codes import labels_of
from service.practice.core_codes import CodeList
from service.practice.forms.contacts import NOT_COVERED, ContactForm
from service.practice.kept_forms import handled
from service.practice.models import ChildReference, Contact, Draft
from service.practice.names import likely_names
from service.practice.people import school_of_the_day, workers_of_late
from service.practice.tickets import FIELD, Ticket, issue_ticket, read_ticket
from service.practice.views.acting import attempt
from service.practice.views.contact_pages import chosen_school, offered, schools_for
from service.practice.views.drafts import draft_asked_for, initial_of, keep_what_was_typed, own_ticket, save_as_draft
from service.schools.models import School


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_record(request: SignedInRequest) -> HttpResponse:
    """The quick entry. A new form never starts with the text of the last one."""
    schools = schools_for(request.user)
    if not schools:
        messages.info(request, "There is no school yet for which you could record a contact.")
        return redirect("contact-list")
    if request.method == "POST":
        return _record(request, schools)
    draft = draft_asked_for(request, Draft.Kind.CONTACT)
    form = ContactForm(
        initial=initial_of(draft) if draft else _initial(request, schools),
        **offered(request.user, schools[0].authority, schools),
    )
    ticket = issue_ticket(request.user, Draft.Kind.CONTACT, form=draft.public_id if draft else None)
    return _page(request, schools, form, ticket)


def _record(request: SignedInRequest, schools: list[School]) -> HttpResponse:
    ticket = own_ticket(request, Draft.Kind.CONTACT)
    if ticket is None:
        return redirect("contact-record")
    chosen = chosen_school(request, schools)
    school = chosen or schools[0]
    form = ContactForm(request.POST, **offered(request.user, school.authority, schools))
    if "save_draft" in request.POST:
        kept = save_as_draft(request, ticket, form)
        handled(request)
        return kept or _page(request, schools, form, ticket)
    if chosen is None and request.POST.get("school"):
        _keep_for_no_longer_covered(request, ticket, form)
    contact = attempt(form, lambda: _record_as_told(request.user, form, school, ticket)) if form.is_valid() else None
    handled(request)
    if contact is not None:
        return redirect("contact-saved", public_id=contact.public_id)
    return _page(request, schools, form, ticket_for_the_next(request, form, ticket))


def _keep_for_no_longer_covered(request: SignedInRequest, ticket: Ticket, form: ContactForm) -> None:
    """The placement ended while the form was open: keep the text as a draft, and say so at the school."""
    try:
        keep_what_was_typed(request, ticket)
    except ValidationError as error:
        form.add_error(None, error)
    else:
        form.errors["school"] = form.error_class([f"{NOT_COVERED} Your text is kept as a draft."])


def ticket_for_the_next(request: SignedInRequest, form: ContactForm, ticket: Ticket) -> Ticket:
    """The ticket with which a form is shown again: a new one when it was saved before and says another thing now."""
    if form.has_error(NON_FIELD_ERRORS, code=SAVED_OTHERWISE):
        return issue_ticket(request.user, ticket.kind, subject=ticket.subject)
    return ticket


def _record_as_told(user: User, form: ContactForm, school: School, ticket: Ticket) -> Contact:
    worker = form.cleaned_data.get("worker", "")
    return record_contact(
        by=user,
        school=school,
        worker=workers_of_late(school.authority).get(public_id=worker) if worker else None,
        submission=ticket.form,
        **details_of(user, form, school),
    )


def details_of(user: User, form: ContactForm, school: School, *, held_child: ChildReference | None = None) -> Any:
    """The details that a form tells, with the child of the reference. Raises `ValidationError` when it is not theirs to name.

    `held_child` is the child of the contact that is corrected; it stays although it may have moved to another school.
    """
    details: dict[str, Any] = dict(form.details)
    reference = form.cleaned_data["child"]
    if held_child is not None and reference == held_child.reference:
        details["child"] = held_child
    elif reference:
        seen = ChildReference.objects.visible_to(user, Permission.RECORD_CONTACT)
        details["child"] = seen.filter(reference=reference, authority=school.authority_id).first()
        if details["child"] is None:
            raise ValidationError({"child": "There is no child with this reference in your schools."})
    return details


def _initial(request: SignedInRequest, schools: list[School]) -> dict[str, Any]:
    school = school_of_the_day(request.user, schools, timezone.localdate())
    initial = {"school": str(school.public_id)} if school else {}
    return initial | {"child": request.GET["child"][:9]} if "child" in request.GET else initial


def _page(request: SignedInRequest, schools: list[School], form: ContactForm, ticket: Ticket) -> HttpResponse:
    context = {
        "form": form,
        "ticket": ticket.text,
        "ticket_field": FIELD,
        "has_drafts": Draft.objects.visible_to(request.user).exists(),
    }
    return render(request, "practice/contact_record.html", context | brief_context(request, schools))


def brief_context(request: SignedInRequest, schools: list[School]) -> dict[str, Any]:
    """What the buttons for brief contacts need: a ticket of their own, and the school of the day."""
    return {
        "briefs": BRIEFS,
        "brief_ticket": issue_ticket(request.user, Draft.Kind.CONTACT).text,
        "ticket_field": FIELD,
        "schools": schools,
        "school_of_the_day": school_of_the_day(request.user, schools, timezone.localdate()),
    }


@needs(Permission.RECORD_CONTACT)
@require_POST
def contact_brief(request: SignedInRequest) -> HttpResponse:
    """A brief contact of today, by one press. It can be filled in afterwards, by a correction."""
    schools = schools_for(request.user)
    school, brief = chosen_school(request, schools), BY_KEY.get(request.POST.get("brief", ""))
    ticket = read_ticket(request.POST.get(FIELD, ""))
    if school is None or brief is None or ticket is None or ticket.user != request.user.public_id:
        messages.error(request, "Nothing was recorded. Select the school and press one of the buttons.")
        return redirect("contact-record")
    today = timezone.localdate()
    submission = _submission_of_a_press(ticket, brief, school, today)
    contact = record_contact(by=request.user, school=school, date=today, submission=submission, **brief.details)
    return redirect("contact-saved", public_id=contact.public_id)


def _submission_of_a_press(ticket: Ticket, brief: Brief, school: School, day: date) -> UUID:
    """Each button has a submission of its own, for each school and day: only the same press twice is one contact."""
    return uuid5(ticket.form, f"{brief.key} {school.public_id} {day}")


@needs(Permission.RECORD_CONTACT)
@require_safe
def contact_saved(request: SignedInRequest, public_id: str) -> HttpResponse:
    """That it was recorded, a hint when the text seems to hold a name, and what to do next."""
    contact = Contact.every_version.fetch_for(request, Permission.RECORD_CONTACT, public_id=public_id)
    mine = may_correct(request.user, contact)
    texts = "\n".join([contact.account, contact.sharing_reason, contact.shared_with]) if mine else ""
    context = {
        "contact": contact,
        "said": said_of(contact),
        "names": likely_names(texts, known=[contact.school.name]),
        "may_correct": mine,
    }
    return render(request, "practice/contact_saved.html", context)


def said_of(contact: Contact) -> str:
    """What kind of work it was, who raised it and how long it took, so that a wrong press is seen at once."""
    lists = (CodeList.KIND_OF_WORK, CodeList.RAISED_BY, CodeList.TIME_BAND)
    labels = labels_of(contact.authority, *lists)
    kind, source, time = (labels.get((name, getattr(contact, name)), "") for name in lists)
    parts = (kind, f"raised by: {source}", time if contact.minutes is None else f"{contact.minutes} minutes")
    return ", ".join(part for part in parts if part)
