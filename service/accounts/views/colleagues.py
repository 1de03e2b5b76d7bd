"""Who uses the service for a school, for its safeguarding lead."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, F, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.actions import colleagues
from service.accounts.forms.colleagues import NameColleagueForm
from service.accounts.forms.people import EndRoleForm
from service.accounts.models import Membership
from service.accounts.request import SignedInRequest
from service.accounts.tables import colleagues_table
from service.accounts.views.people import done
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.refusals import tell
from service.pages.tables import Column, Link, Table
from service.permissions import Permission, needs
from service.schools.models import School

Name = Permission.NAME_COLLEAGUES


@needs(Name)
@require_safe
def colleague_schools(request: SignedInRequest) -> HttpResponse:
    """The schools for which one names colleagues; with one alone, its people."""
    page = page_of(request, School.objects.visible_to(request.user, Name).order_by("name", "urn"))
    if len(page.rows) == 1 and page.number == 1:
        return redirect("colleagues-of", school=page.rows[0].public_id)
    rows = tuple((Link(each.name, reverse("colleagues-of", args=[each.public_id])),) for each in page.rows)
    return render(
        request,
        "accounts/colleague_schools.html",
        {"page": page, "table": Table("Schools", (Column("School"),), rows)},
    )


@needs(Name)
@require_safe
def colleagues_of(request: SignedInRequest, school: UUID) -> HttpResponse:
    """Everybody who may use the service for a school, in the order of the names as the school knows them."""
    found: School = School.objects.fetch_for(request, Name, public_id=school)
    known_as = Case(When(named_at=None, then=F("user__name")), default=F("named_as"))
    rows = Membership.objects.visible_to(request.user, Name).filter(colleagues.colleagues_today(), school=found)
    page = page_of(
        request, rows.select_related("user", "granted_by", "school").annotate(shown=known_as).order_by("shown", "pk")
    )
    table = colleagues_table(page.rows, seen_by=request.user)
    return render(request, "accounts/colleagues.html", {"school": found, "page": page, "table": table})


@needs(Name)
@require_http_methods(["GET", "POST"])
def name_colleague(request: SignedInRequest, school: UUID) -> HttpResponse:
    found: School = School.objects.fetch_for(request, Name, public_id=school)
    form = NameColleagueForm(request.POST or None)
    if form.is_valid() and _named(request, form, found):
        messages.success(request, f"A letter is on its way to {form.cleaned_data['email']}.")
        return redirect("colleagues-of", school=found.public_id)
    return render(request, "accounts/colleague_name.html", {"form": form, "school": found})


def _named(request: SignedInRequest, form: forms.Form, school: School) -> bool:
    """Name a colleague; what is refused goes into the form, and what only an administrator may explain into the audit."""
    try:
        colleagues.name_colleague(by=request.user, school=school, **form.cleaned_data)
    except colleagues.AskAdministrator as error:
        record(Action.DENIED, by=request.user, subject=school, details={"refused": "colleague"})
        tell(form, error)
    except ValidationError as error:
        tell(form, error)
    else:
        return True
    return False


@needs(Name)
@require_http_methods(["GET", "POST"])
def send_again(request: SignedInRequest, membership: UUID) -> HttpResponse:
    row = _colleague(request, membership)
    if request.method == "POST":
        return _act(request, colleagues.send_again, row, said=f"A letter is on its way to {row.user.email}.")
    text = "The letter is sent once more. A link that was sent before stops working."
    return _ask(request, row, title=f"Send the letter to {row.known_as} again?", submit="Send again", text=text)


@needs(Name)
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, membership: UUID) -> HttpResponse:
    row = _colleague(request, membership)
    if request.method == "POST":
        return _act(request, colleagues.withdraw, row, said=f"{row.known_as} is no longer named.")
    title, text = f"Withdraw the invitation of {row.known_as}?", f"The role for {row.school} ends at once."
    return _ask(request, row, title=title, submit="Withdraw", text=text, warning=True)


@needs(Name)
@require_http_methods(["GET", "POST"])
def end(request: SignedInRequest, membership: UUID) -> HttpResponse:
    row = _colleague(request, membership)
    form = EndRoleForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and done(form, colleagues.end, by=request.user, membership=row, on=form.cleaned_data["on"]):
        messages.success(request, f"The last day of {row.known_as} is set.")
        return _back(row)
    title = f"End the role of {row.known_as} for {row.school}?"
    return _ask(request, row, title=title, submit="End role", form=form)


def _colleague(request: SignedInRequest, membership: UUID) -> Membership:
    """A role at an own school, of a colleague whom they named who ask."""
    row: Membership = Membership.objects.fetch_for(request, Name, public_id=membership)
    colleagues.require_named(request.user, membership=row)
    return row


def _act(request: SignedInRequest, act: Callable[..., object], row: Membership, *, said: str) -> HttpResponse:
    try:
        act(by=request.user, membership=row)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    return _back(row)


def _back(row: Membership) -> HttpResponse:
    assert row.school is not None
    return redirect("colleagues-of", school=row.school.public_id)


def _ask(request: SignedInRequest, row: Membership, **page: object) -> HttpResponse:
    assert row.school is not None
    back = reverse("colleagues-of", kwargs={"school": row.school.public_id})
    return render(request, "pages/confirm.html", {"cancel": back, **page})
