"""Drafts: saving one by hand or by itself, the list of one's own, and discarding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table
from service.permissions import Permission, holds, needs
from service.practice.actions.drafts import content_of, discard_draft, save_draft, take_over_draft
from service.practice.carrying import own_draft
from service.practice.kept_forms import handled
from service.practice.kept_pages import words_of
from service.practice.left_drafts import drafts_left_to
from service.practice.models import Draft
from service.practice.models.drafts import WRITERS
from service.practice.tickets import FIELD, Ticket, issue_ticket, read_ticket


def own_ticket(request: SignedInRequest, kind: str, *, subject: UUID | None = None) -> Ticket | None:
    """The ticket of a form that was sent, when it is this person's and for this; a new one when it is missing or too old.

    None when the form was opened by somebody else in this browser: it is then kept for that person at the door, and this one
    starts anew.
    """
    ticket = read_ticket(request.POST.get(FIELD, ""))
    if ticket is not None and ticket.user != request.user.public_id:
        messages.info(request, "That form was opened by somebody else. It was kept for them; this one is yours.")
        return None
    if ticket is None or (ticket.kind, ticket.subject) != (kind, subject):
        return issue_ticket(request.user, kind, subject=subject)
    return ticket


def keep_what_was_typed(request: SignedInRequest, ticket: Ticket) -> None:
    """Keep a form as a draft; one that was saved before becomes a draft of its own. Raises `ValidationError`."""
    content = content_of(dict(request.POST.lists()))
    if save_draft(by=request.user, ticket=ticket, content=content) is None:
        anew = issue_ticket(request.user, ticket.kind, subject=ticket.subject)
        save_draft(by=request.user, ticket=anew, content=content)


def save_as_draft(request: SignedInRequest, ticket: Ticket, form: forms.Form) -> HttpResponse | None:
    """Keep what was typed, because its writer asked for it. None when it cannot be kept: the form then tells only why."""
    try:
        keep_what_was_typed(request, ticket)
    except ValidationError as error:
        form.errors.clear()
        form.add_error(None, error)
        return None
    handled(request)
    messages.success(request, "Draft saved")
    return redirect("draft-list")


def draft_asked_for(request: SignedInRequest, kind: str, *, subject: UUID | None = None) -> Draft | None:
    """The draft that the address names, `?draft=…`."""
    if "draft" not in request.GET:
        return None
    draft: Draft = Draft.objects.fetch_for(request, public_id=as_uuid(request.GET["draft"]), kind=kind, subject=subject)
    return draft


def as_uuid(text: str) -> UUID:
    """A UUID; one that fits nothing when the text is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def initial_of(draft: Draft) -> dict[str, Any]:
    """What a form starts with when it goes on from a draft: what was typed, as it was typed."""
    content = draft.content
    initial: dict[str, Any] = {name: values[0] for name, values in content.items() if values}
    initial["topic"] = content.get("topic", [])
    date = [(content.get(f"date_{part}") or [""])[0] for part in ("day", "month", "year")]
    return initial | {"date": date} if any(date) else initial


def address_of(draft: Draft) -> str:
    """Where to go on with a draft."""
    if draft.kind == Draft.Kind.FORM:
        return f"{reverse('draft-read')}?draft={draft.public_id}"
    if draft.kind == Draft.Kind.CORRECTION:
        return f"{reverse('contact-correct', kwargs={'public_id': draft.subject})}?draft={draft.public_id}"
    return f"{reverse('contact-record')}?draft={draft.public_id}"


@needs(*WRITERS)
@require_safe
def draft_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(
        request, Draft.objects.visible_to(request.user).select_related("began_by").order_by("-saved_at", "-id")
    )
    rows = tuple(
        (
            Link(str(draft), address_of(draft), f"of {timezone.localtime(draft.saved_at):%H:%M:%S}"),
            draft.saved_at,
            _how(draft),
            Link("Discard", f"{reverse('draft-discard')}?draft={draft.public_id}", f"draft {number}"),
        )
        for number, draft in enumerate(page, start=1)
    )
    columns = (Column("Draft"), Column("Saved"), Column("How"), Column(""))
    table = Table("Your drafts", columns, rows, empty="You have no drafts.")
    manages = holds(request.user, Permission.VIEW_TEAM_DASHBOARD)
    return render(request, "practice/draft_list.html", {"page": page, "table": table, "manages": manages})


def _how(draft: Draft) -> str:
    if draft.began_by is not None:
        return f"Taken over from {draft.began_by.name}"
    return "When it could not be sent" if draft.kept_at_the_door else "While you were writing"


@needs(*WRITERS)
@require_safe
def draft_read(request: SignedInRequest) -> HttpResponse:
    """What was written in another form (`?draft=…`), whether or not what it is about can still be reached."""
    draft = own_draft(request)
    if draft is None or draft.kind != Draft.Kind.FORM:
        return redirect("draft-list")
    kwargs = {"public_id": draft.subject} if draft.subject else {}
    context = {
        "title": str(draft),
        "facts": [
            Fact("Written", draft.saved_at),
            *(Fact(label, said) for label, said in words_of(draft.content).items()),
        ],
        "go_on": f"{reverse(draft.page, kwargs=kwargs)}?draft={draft.public_id}",
        "discard": f"{reverse('draft-discard')}?draft={draft.public_id}",
    }
    return render(request, "practice/draft_read.html", context)


@needs(Permission.RECORD_CONTACT)
@require_POST
def draft_save(request: SignedInRequest) -> HttpResponse:
    """Keep what was typed so far, by itself. The answer tells when, or why not; nothing that was typed comes back."""
    ticket = read_ticket(request.POST.get(FIELD, ""))
    if ticket is None:
        return _not_kept("This form was opened too long ago. Press “Save draft”, so that what you typed is kept.")
    if ticket.user != request.user.public_id:
        return _not_kept("This form was opened by somebody else in this browser. Open a form of your own.")
    try:
        draft = save_draft(by=request.user, ticket=ticket, content=content_of(dict(request.POST.lists())))
    except ValidationError as error:
        handled(request)
        return _not_kept(" ".join(error.messages))
    handled(request)
    if draft is None:
        return _not_kept("This form was saved before. Save it again, so that what you changed is kept.")
    return JsonResponse({"saved": f"{timezone.localtime(draft.saved_at):%H:%M}"})


def _not_kept(why: str) -> JsonResponse:
    return JsonResponse({"saved": "", "why": why})


@needs(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_discard(request: SignedInRequest) -> HttpResponse:
    """The address names the draft as `?draft=…`: whether it is there depends on who asks."""
    if "draft" not in request.GET:
        return redirect("draft-list")
    draft = Draft.objects.fetch_for(request, public_id=as_uuid(request.GET["draft"]))
    if request.method == "POST":
        discard_draft(by=request.user, draft=draft)
        messages.success(request, "Draft discarded")
        return redirect("draft-list")
    context = {
        "title": "Discard this draft?",
        "text": "What you wrote in it is deleted, and cannot be brought back.",
        "submit": "Discard draft",
        "warning": True,
        "cancel": reverse("draft-list"),
    }
    return render(request, "pages/confirm.html", context)


@needs(Permission.VIEW_TEAM_DASHBOARD)
@require_safe
def draft_left(request: SignedInRequest) -> HttpResponse:
    """What people began who no longer cover the school: who and when, without a word of it."""
    page = page_of(request, drafts_left_to(request.user))
    rows = tuple(
        (
            Link(
                str(draft), f"{reverse('draft-take-over')}?draft={draft.public_id}", f"of {draft.user.name}, {number}"
            ),
            draft.user.name,
            draft.saved_at,
        )
        for number, draft in enumerate(page, start=1)
    )
    table = Table("Drafts", (Column("Draft"), Column("Begun by"), Column("Saved")), rows, empty="None.")
    return render(request, "practice/draft_left.html", {"page": page, "table": table})


@needs(Permission.VIEW_TEAM_DASHBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_take_over(request: SignedInRequest) -> HttpResponse:
    """The address names the draft as `?draft=…`: whether it is there depends on who asks."""
    wanted = as_uuid(request.GET.get("draft", ""))
    draft = next((each for each in drafts_left_to(request.user) if each.public_id == wanted), None)
    if draft is None:
        return redirect("draft-left")
    if request.method == "POST":
        try:
            taken = take_over_draft(by=request.user, draft=draft)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("draft-left")
        return redirect(address_of(taken))
    context = {
        "title": "Take over this draft?",
        "text": f"{draft.user.name} began it and no longer covers the school. It becomes yours, to record in that name. "
        "That you took it over is recorded.",
        "submit": "Take over",
        "cancel": reverse("draft-left"),
    }
    return render(request, "pages/confirm.html", context)
