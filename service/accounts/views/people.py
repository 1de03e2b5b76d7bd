"""The people of the programme, for the administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.actions import memberships, people
from service.accounts.forms.people import EndRoleForm, GiveRoleForm, NameForm, ReasonForm, SearchForm
from service.accounts.models import Membership, User
from service.accounts.request import SignedInRequest
from service.accounts.second_factors import kinds_held
from service.accounts.tables import people_table, place_of, roles_table
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.refusals import tell
from service.pages.tables import Fact, Link, Tag
from service.permissions import ROLES_WITH, Permission, Role, needs

Manage = Permission.MANAGE_ACCOUNTS


@needs(Manage)
@require_safe
def account_list(request: SignedInRequest) -> HttpResponse:
    """Everybody with a role in the own authority, or who had one."""
    form = SearchForm(request.GET)
    rows = User.objects.visible_to(request.user).distinct()
    if form.is_valid() and any(form.cleaned_data.values()):
        rows = found(rows, **form.cleaned_data)
        record(
            Action.SEARCH,
            by=request.user,
            details={"in": "accounts", "by": sorted(filter(form.cleaned_data.get, form.cleaned_data))},
        )
    page = page_of(request, rows)
    context = {"form": form, "page": page, "table": people_table(page, roles=roles_today(request.user, page.rows))}
    return render(request, "accounts/list.html", context)


def found(rows: Any, *, q: str, state: str) -> Any:
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(email__icontains=q))
    return rows.filter(is_active=state == "open") if state else rows


def roles_today(by: User, shown: list[User]) -> dict[int, list[str]]:
    """For each person the roles that hold today and that the viewer may know of."""
    today = timezone.localdate()
    held = Membership.objects.visible_to(by).filter(user__in=shown, starts__lte=today).exclude(ends__lt=today)
    roles: dict[int, list[str]] = {}
    for membership in held.select_related("authority", "school"):
        roles.setdefault(membership.user_id, []).append(f"{membership.role.capitalize()}, {place_of(membership)}")
    return roles


@needs(Manage)
@require_safe
def account(request: SignedInRequest, person: UUID) -> HttpResponse:
    """One person: what they can see and why, and since when."""
    user = User.objects.fetch_for(request, Manage, public_id=person)
    held = list(Membership.objects.visible_to(request.user).filter(user=user).select_related("authority", "school"))
    whole = people.manages_whole_person(request.user, user)
    context = {
        "person": user,
        "facts": facts_of(user, whole=whole),
        "roles": roles_table(held, may_end=True),
        "may": [(role, may_do(role)) for role in Role if role.value in {m.role for m in held if in_force(m)}],
        "whole": whole,
    }
    return render(request, "accounts/account.html", context)


def facts_of(user: User, *, whole: bool) -> list[Fact]:
    def link(text: str, name: str) -> Link | None:
        return Link(text, reverse(name, kwargs={"person": user.public_id})) if whole else None

    state = Tag("Open", "green") if user.is_active else Tag("Closed", "grey")
    change = link("Close", "account-close") if user.is_active else link("Open again", "account-reopen")
    return [
        Fact("Name", user.name, link("Correct", "account-name")),
        Fact("Work e-mail address", user.email),
        Fact("Account", state, change),
        Fact("Last sign-in", user.last_login or "Never"),
        Fact(
            "Second factor", ", ".join(kinds_held(user)) or "Not set up", link("Reset", "account-second-factor-reset")
        ),
    ]


def may_do(role: Role) -> list[str]:
    """What a role lets people do, in words."""
    return [permission.value for permission, roles in ROLES_WITH.items() if role in roles]


def in_force(membership: Membership) -> bool:
    today = timezone.localdate()
    return membership.starts <= today and (membership.ends is None or membership.ends >= today)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def give_role(request: SignedInRequest, person: UUID) -> HttpResponse:
    user = User.objects.fetch_for(request, Manage, public_id=person)
    form = GiveRoleForm(request.POST or None, by=request.user)
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("role", "starts", "ends")}
        if done(form, memberships.grant, by=request.user, user=user, **asked, **form.where()):
            messages.success(request, f"{user.name} has the role.")
            return to(user)
    return ask(request, form, user, title=f"Give {user.name} a role", submit="Give role")


@needs(Manage)
@require_http_methods(["GET", "POST"])
def end_role(request: SignedInRequest, membership: UUID) -> HttpResponse:
    row = Membership.objects.fetch_for(request, Manage, public_id=membership)
    form = EndRoleForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and done(form, memberships.end, by=request.user, membership=row, on=form.cleaned_data["on"]):
        messages.success(request, "The last day of the role is set.")
        return to(row.user)
    title = f"End a role of {row.user.name}"
    return ask(
        request, form, row.user, title=title, submit="End role", text=f"{row.role.capitalize()}, {place_of(row)}"
    )


@needs(Manage)
@require_http_methods(["GET", "POST"])
def close(request: SignedInRequest, person: UUID) -> HttpResponse:
    user = User.objects.fetch_for(request, Manage, public_id=person)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, people.close_account, by=request.user, user=user, **form.cleaned_data):
        messages.success(request, f"The account of {user.name} is closed.")
        return to(user)
    text = "The person is signed out everywhere and cannot sign in. Roles and history stay."
    return ask(
        request, form, user, title=f"Close the account of {user.name}?", submit="Close account", text=text, warning=True
    )


@needs(Manage)
@require_http_methods(["GET", "POST"])
def reopen(request: SignedInRequest, person: UUID) -> HttpResponse:
    user = User.objects.fetch_for(request, Manage, public_id=person)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, people.reopen_account, by=request.user, user=user, **form.cleaned_data):
        messages.success(request, f"The account of {user.name} is open again.")
        return to(user)
    return ask(request, form, user, title=f"Open the account of {user.name} again?", submit="Open account")


@needs(Manage)
@require_http_methods(["GET", "POST"])
def reset_second_factor(request: SignedInRequest, person: UUID) -> HttpResponse:
    user = User.objects.fetch_for(request, Manage, public_id=person)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, people.reset_second_factor, by=request.user, user=user, **form.cleaned_data):
        messages.success(request, f"{user.name} sets up a new second factor at the next sign-in.")
        return to(user)
    text = "Make sure that it is really this person who asks: call back on a number that you know. A letter tells them."
    title = f"Reset the second factor of {user.name}?"
    return ask(request, form, user, title=title, submit="Reset second factor", text=text, warning=True)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def correct_name(request: SignedInRequest, person: UUID) -> HttpResponse:
    user = User.objects.fetch_for(request, Manage, public_id=person)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if form.is_valid() and done(form, people.correct_name, by=request.user, user=user, **form.cleaned_data):
        messages.success(request, "The name is corrected.")
        return to(user)
    return ask(request, form, user, title=f"Correct the name of {user.name}", submit="Save")


def done(form: forms.Form, act: Callable[..., Any], **asked: Any) -> bool:
    """Call an action; what it refuses goes into the form."""
    try:
        act(**asked)
    except ValidationError as error:
        tell(form, error, school="place", authority="place")
        return False
    return True


def to(user: User) -> HttpResponse:
    return redirect("account", person=user.public_id)


def ask(request: SignedInRequest, form: forms.Form, user: User, **page: Any) -> HttpResponse:
    back = reverse("account", kwargs={"person": user.public_id})
    return render(request, "pages/confirm.html", {"form": form, "cancel": back, **page})
