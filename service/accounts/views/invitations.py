"""Inviting people, and the page that an invitation leads to."""

from __future__ import annotations

from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.actions import invitations
from service.accounts.forms.people import AcceptForm, InviteForm
from service.accounts.models import Invitation
from service.accounts.request import SignedInRequest
from service.accounts.tables import invitations_table
from service.accounts.views.people import done
from service.pages.pagination import page_of
from service.pages.refusals import tell
from service.permissions import Permission, needs

Manage = Permission.MANAGE_ACCOUNTS


@needs(Manage)
@require_safe
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """Who was invited, and who has come."""
    rows = Invitation.objects.visible_to(request.user)
    page = page_of(request, rows.select_related("user", "membership__authority", "membership__school__authority"))
    return render(request, "accounts/invitations.html", {"page": page, "table": invitations_table(page.rows)})


@needs(Manage)
@require_http_methods(["GET", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, by=request.user)
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("email", "name", "role")}
        if done(form, invitations.invite, by=request.user, **asked, **form.where()):
            messages.success(request, f"A letter is on its way to {form.cleaned_data['email']}.")
            return redirect("invitation-list")
    return render(request, "accounts/invite.html", {"form": form})


@needs(Manage)
@require_http_methods(["GET", "POST"])
def resend(request: SignedInRequest, invitation: UUID) -> HttpResponse:
    row = Invitation.objects.fetch_for(request, Manage, public_id=invitation)
    if request.method == "POST":
        return _act(request, invitations.resend, row, said="A new link is on its way.")
    text = "A new link is sent. It works for seven days; the one sent before stops working."
    return _confirm(
        request, row, title=f"Send the invitation of {row.user.name} again?", submit="Send again", text=text
    )


@needs(Manage)
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, invitation: UUID) -> HttpResponse:
    row = Invitation.objects.fetch_for(request, Manage, public_id=invitation)
    if request.method == "POST":
        return _act(request, invitations.withdraw, row, said="The invitation is withdrawn.")
    text = "The link stops working, and the role that came with it ends."
    return _confirm(request, row, title=f"Withdraw the invitation of {row.user.name}?", submit="Withdraw", text=text)


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Set the first password; then the person is signed in and sent to set up the second factor."""
    invitation = invitations.find_invitation(token)
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    form = AcceptForm(request.POST or None)
    if form.is_valid():
        try:
            person = invitations.accept(token=token, password=form.cleaned_data["password"])
        except ValidationError as error:
            tell(form, ValidationError({"password": error.messages}))
        else:
            logout(request)  # somebody else may have been signed in at this browser
            return perform_login(request, person, email_verification="none", redirect_url=reverse("mfa_index"))
    return render(request, "accounts/accept.html", {"form": form, "person": invitation.user})


def _act(request: SignedInRequest, act: object, row: Invitation, *, said: str) -> HttpResponse:
    try:
        act(by=request.user, invitation=row)  # type: ignore[operator]
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    return redirect("invitation-list")


def _confirm(request: SignedInRequest, row: Invitation, **page: str) -> HttpResponse:
    return render(request, "pages/confirm.html", {"cancel": reverse("invitation-list"), **page})
