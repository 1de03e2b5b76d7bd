"""Correcting and withdrawing a contact, and what became of a referral."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, needs
from service.practice.actions.contact_details import SINGLE_CODES
from service.practice.actions.contacts import add_referral_outcome, correct_contact, may_correct, withdraw_contact
from service.practice.codes import Choice, labels_of
from service.practice.core_codes import LOG_LISTS, CodeList
from service.practice.forms.contacts import CorrectionForm, ReferralOutcomeForm, WithdrawalForm
from service.practice.kept_forms import handled
from service.practice.models import Contact, Draft
from service.practice.tickets import FIELD, Ticket, issue_ticket
from service.practice.views.acting import attempt, done, form_page, keeps_words
from service.practice.views.contact_pages import offered
from service.practice.views.drafts import draft_asked_for, initial_of, own_ticket, save_as_draft
from service.practice.views.recording import details_of, ticket_for_the_next

AS_RECORDED = (
    "date", "raised_by", "kind_of_work", "role", "time_band", "minutes", "mode", "action", "outcome", "pathway",
    "year_group", "known_to_social_care", "sharing", "shared_with", "sharing_reason", "account",
)  # fmt: skip


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The same screen with what was recorded. What is saved supersedes it; it is not changed."""
    contact = _to_correct(request, public_id)
    if request.method == "POST":
        return _correct(request, contact)
    draft = draft_asked_for(request, Draft.Kind.CORRECTION, subject=contact.public_id)
    if draft is None:
        record(Action.READ, by=request.user, subject=contact, child=contact.child)
    form = CorrectionForm(initial=initial_of(draft) if draft else as_recorded(contact), **_offered(request, contact))
    ticket = issue_ticket(
        request.user, Draft.Kind.CORRECTION, form=draft.public_id if draft else None, subject=contact.public_id
    )
    return _page(request, contact, form, ticket)


def _correct(request: SignedInRequest, contact: Contact) -> HttpResponse:
    ticket = own_ticket(request, Draft.Kind.CORRECTION, subject=contact.public_id)
    if ticket is None:
        return redirect("contact-correct", public_id=contact.public_id)
    form = CorrectionForm(request.POST, **_offered(request, contact))
    if "save_draft" in request.POST:
        kept = save_as_draft(request, ticket, form)
        handled(request)
        return kept or _page(request, contact, form, ticket)
    if form.is_valid():
        after = attempt(
            form,
            lambda: correct_contact(
                by=request.user,
                contact=contact,
                reason=form.cleaned_data["reason"],
                submission=ticket.form,
                **details_of(request.user, form, contact.school, held_child=contact.child),
            ),
        )
        if after is not None:
            handled(request)
            messages.success(request, "Contact corrected")
            return redirect("contact", public_id=after.public_id)
    handled(request)
    return _page(request, contact, form, ticket_for_the_next(request, form, ticket))


def as_recorded(contact: Contact) -> dict[str, Any]:
    """What the form of a correction starts with: the contact as it stands, with the authority's own codes where chosen."""
    initial: dict[str, Any] = {name: getattr(contact, name) for name in AS_RECORDED}
    initial |= {code.list_name: code.code for code in contact.local_codes.all()}
    if contact.minutes is not None:
        initial["time_band"] = ""
    return initial | {
        "school": str(contact.school.public_id),
        "topic": [code.code for code in contact.topics.all()],
        "child": contact.child.reference if contact.child else "",
    }


def _offered(request: SignedInRequest, contact: Contact) -> dict[str, Any]:
    """What the form offers, and what the contact holds: what is offered no longer must not be lost by correcting the rest."""
    fields = offered(request.user, contact.authority, [contact.school])
    if contact.child and fields["children"] is not None and contact.child not in fields["children"]:
        fields["children"] = [*fields["children"], contact.child]
    _offer_codes_held(contact, fields["choices"])
    return fields


def _offer_codes_held(contact: Contact, choices: dict[str, list[Choice]]) -> None:
    """Codes that the authority has hidden since, and the pathway where it is asked no longer."""
    held = {(code.list_name, code.code) for code in (*contact.topics.all(), *contact.local_codes.all())}
    local = {list_name for list_name, _ in held}
    held |= {(name.value, getattr(contact, name)) for name in (*SINGLE_CODES, CodeList.TIME_BAND) if name not in local}
    missing = [(name, code) for name, code in held if code and code not in dict(choices[name])]
    labels = labels_of(contact.authority, *LOG_LISTS) if missing else {}
    for name, code in sorted(missing):
        choices[name] = [*choices[name], (code, labels.get((name, code), code))]


def _to_correct(request: SignedInRequest, public_id: UUID) -> Contact:
    contact: Contact = Contact.every_version.fetch_for(request, Permission.RECORD_CONTACT, public_id=public_id)
    if not may_correct(request.user, contact):
        raise PermissionDenied("Only who did or recorded the work, or a manager, corrects or withdraws it.")
    return contact


def _page(request: SignedInRequest, contact: Contact, form: CorrectionForm, ticket: Ticket) -> HttpResponse:
    context = {"form": form, "contact": contact, "ticket": ticket.text, "ticket_field": FIELD}
    return render(request, "practice/contact_correct.html", context)


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def contact_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    contact = _to_correct(request, public_id)
    form = WithdrawalForm(request.POST or None)
    if done(form, lambda: withdraw_contact(by=request.user, contact=contact, reason=form.cleaned_data["reason"])):
        messages.success(request, "Contact withdrawn")
        return redirect("contact-list")
    return form_page(
        request,
        form,
        title="Withdraw this contact?",
        text="It is counted no longer. It is not deleted: it can be read as withdrawn, with your reason.",
        submit="Withdraw contact",
        warning=True,
        back=reverse("contact", kwargs={"public_id": public_id}),
    )


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def contact_referral(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    contact = Contact.every_version.fetch_for(request, Permission.RECORD_CONTACT, public_id=public_id)
    form = ReferralOutcomeForm(request.POST or None, initial={"heard_on": timezone.localdate()})
    if done(form, lambda: add_referral_outcome(by=request.user, contact=contact, **form.cleaned_data)):
        messages.success(request, "What became of the referral is recorded")
        return redirect("contact", public_id=public_id)
    return form_page(
        request,
        form,
        title="What became of the referral?",
        text="Earlier answers stay. Add another one whenever you hear more.",
        submit="Save",
        back=reverse("contact", kwargs={"public_id": public_id}),
    )
