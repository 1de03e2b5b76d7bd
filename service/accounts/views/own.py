"""A person's own account."""

from __future__ import annotations

from allauth.account.views import password_change
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.accounts.second_factors import kinds_held
from service.accounts.tables import roles_table
from service.pages.tables import Fact, Link


@require_safe
def own_account(request: SignedInRequest) -> HttpResponse:
    """Name, address, roles, and the doors to password, second factor and sessions."""
    person = request.user
    password = Fact("Password", "None: you sign in at your council")
    if person.has_usable_password():
        password = Fact("Password", "Set", Link("Change", reverse("account_change_password")))
    held = ", ".join(kinds_held(person)) or "At your council"
    facts = [
        Fact("Name", person.name),
        Fact("Work e-mail address", person.email),
        password,
        Fact("Second factor", held, Link("Change", reverse("mfa_index"))),
        Fact("Sessions", "Where you are signed in", Link("See", reverse("usersessions_list"))),
    ]
    roles = roles_table(list(person.memberships.select_related("authority", "school").order_by("-starts")))
    return render(request, "accounts/own.html", {"facts": facts, "roles": roles})


def change_password(request: SignedInRequest) -> HttpResponseBase:
    """Change the password, for who has one here."""
    if not request.user.has_usable_password():
        messages.info(request, "You sign in at your council and have no password here.")
        return redirect("own-account")
    return password_change(request)
