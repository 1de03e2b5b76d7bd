"""What is due, who proposes it, and who confirms it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, needs
from service.practice.views.acting import attempt, done, form_page
from service.records.actions.disposals import (
    compare_with_now,
    confirm_disposal,
    propose_disposal,
    withdraw_disposal,
)
from service.records.due import count_due
from service.records.forms.retention import ProposeForm, ReasonForm
from service.records.models import Category, Disposal, DisposalState, RetentionRule
from service.records.retention import rules_of
from service.schools.models import Authority

COLOURS = {DisposalState.PROPOSED: "yellow", DisposalState.CONFIRMED: "grey", DisposalState.WITHDRAWN: ""}


@needs(Permission.MANAGE_RETENTION)
@require_safe
def due(request: SignedInRequest, authority: UUID) -> HttpResponse:
    """How many of each category are due or held, and the form to propose one. No text is shown."""
    found = Authority.objects.fetch_for(request, Permission.MANAGE_RETENTION, public_id=authority)
    return _show(request, found, None)


@needs(Permission.MANAGE_RETENTION)
@require_POST
def propose(request: SignedInRequest, authority: UUID) -> HttpResponse:
    found = Authority.objects.fetch_for(request, Permission.MANAGE_RETENTION, public_id=authority)
    form = ProposeForm(request.POST, due=dict.fromkeys(Category, 0))
    if form.is_valid():
        made = attempt(form, lambda: propose_disposal(by=request.user, authority=found, **form.cleaned_data))
        if made is not None:
            messages.success(request, "Proposed. Another person has to confirm it.")
            return redirect("disposal", disposal=made.public_id)
    return _show(request, found, form)


def _show(request: SignedInRequest, authority: Authority, form: ProposeForm | None) -> HttpResponse:
    rules = rules_of(authority)
    counts = {category: count_due(rule) for category, rule in rules.items()}
    table = Table(
        "What is due",
        (Column("What"), Column("Rule"), Column("Due", numeric=True), Column("Kept by holds", numeric=True)),
        tuple(_due_row(category, rules.get(category), counts.get(category)) for category in Category),
        note="An entry of the log counts once, with all its versions. Open requests for access hold as legal holds do.",
    )
    past = Disposal.objects.visible_to(request.user).filter(authority=authority).select_related("proposed_by")
    history = Table(
        "Disposals",
        (Column("Disposal"), Column("Proposed by"), Column("Things", numeric=True), Column("State")),
        tuple((disposal_link(each), each.proposed_by.name, each.proposed, _state(each)) for each in past[:100]),
        empty="None yet.",
    )
    open_to = {category: number for category, number in counts.items() if number}
    shown = form or (ProposeForm(due=open_to) if open_to else None)
    context = {"authority": authority, "table": table, "history": history, "form": shown}
    return render(request, "records/due.html", context)


def _due_row(category: Category, rule: RetentionRule | None, number: int | None) -> tuple[Cell, ...]:
    if rule is None:
        return category.label, Tag("To be confirmed by the authority", "yellow"), None, None
    return category.label, str(rule), number, count_due(rule, held=True)


def disposal_link(disposal: Disposal) -> Link:
    text = f"{disposal.get_category_display().split(',')[0]}, {timezone.localtime(disposal.proposed_at):%d/%m/%Y}"
    return Link(text, reverse("disposal", kwargs={"disposal": disposal.public_id}))


def _state(disposal: Disposal) -> Tag:
    return Tag(disposal.get_state_display(), COLOURS[DisposalState(disposal.state)])


@needs(Permission.MANAGE_RETENTION)
@require_safe
def disposal(request: SignedInRequest, disposal: UUID) -> HttpResponse:
    """One disposal: what was proposed, and what has changed since, or what was deleted."""
    found = Disposal.objects.fetch_for(request, public_id=disposal)
    facts = [
        Fact("Authority", found.authority.name),
        Fact("What", found.get_category_display()),
        Fact("Rule", str(found.rule)),
        Fact("State", _state(found)),
        Fact("Proposed", f"{timezone.localtime(found.proposed_at):%d/%m/%Y %H:%M} by {found.proposed_by.name}"),
        Fact("Things proposed", found.proposed),
    ]
    waits = found.state == DisposalState.PROPOSED
    facts += _compared(found) if waits else _decided(found)
    rows = Table(
        "Rows deleted",
        (Column("Table"), Column("Rows", numeric=True)),
        tuple(found.rows.items()),
        empty="None.",
    )
    context = {
        "disposal": found,
        "facts": facts,
        "waits": waits,
        "may_confirm": waits and found.proposed_by_id != request.user.pk,
        "rows": rows,
    }
    return render(request, "records/disposal.html", context)


def _compared(disposal: Disposal) -> list[Fact]:
    compared = compare_with_now(disposal)
    return [
        Fact("Would go now", compared.going),
        Fact("Left out: held, or spoken of again since", compared.left_out),
        Fact("Due since, and not on this list", compared.new),
    ]


def _decided(disposal: Disposal) -> list[Fact]:
    if disposal.decided_by is None or disposal.decided_at is None:
        return []
    facts = [Fact("Decided", f"{timezone.localtime(disposal.decided_at):%d/%m/%Y %H:%M} by {disposal.decided_by.name}")]
    if disposal.reason:
        return [*facts, Fact("Withdrawn because", disposal.reason)]
    wiped = disposal.wiped_at or "Not yet, or the database’s own to do"
    return [*facts, Fact("Left out", disposal.left_out), Fact("Database cleared", wiped)]


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def disposal_confirm(request: SignedInRequest, disposal: UUID) -> HttpResponse:
    """Ask once more, with what would go now, and then delete it."""
    found = Disposal.objects.fetch_for(request, public_id=disposal)
    address = reverse("disposal", kwargs={"disposal": disposal})
    if request.method == "POST":
        try:
            confirm_disposal(by=request.user, disposal=found)
            messages.success(request, "Disposed of")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(address)
    compared = compare_with_now(found) if found.state == DisposalState.PROPOSED else None
    going, left_out = (compared.going, compared.left_out) if compared else (0, 0)
    text = f"{going:,} will be deleted with all that hangs on them, and {left_out:,} of the list stay. It cannot be undone."
    return render(
        request,
        "pages/confirm.html",
        {
            "title": "Delete what is on this list?",
            "text": text,
            "submit": "Delete for good",
            "warning": True,
            "cancel": address,
        },
    )


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def disposal_withdraw(request: SignedInRequest, disposal: UUID) -> HttpResponse:
    found = Disposal.objects.fetch_for(request, public_id=disposal)
    form = ReasonForm(request.POST or None)
    back = reverse("disposal", kwargs={"disposal": disposal})
    if done(form, lambda: withdraw_disposal(by=request.user, disposal=found, **form.cleaned_data)):
        messages.success(request, "Withdrawn. Nothing was deleted.")
        return redirect(back)
    return form_page(request, form, title="Withdraw the disposal", submit="Withdraw", back=back)
