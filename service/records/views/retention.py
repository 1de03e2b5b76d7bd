"""The retention schedule of an authority, and legal holds."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, needs
from service.practice.views.acting import attempt, done, form_page
from service.records.actions.retention import place_hold, release_hold, review_hold, set_rule
from service.records.forms.retention import HoldForm, ReasonForm, ReviewHoldForm, RuleForm
from service.records.models import Category, LegalHold, RetentionRule, Trigger
from service.records.plans import NOT_DISPOSED
from service.records.retention import SUGGESTIONS, rules_of
from service.schools.models import Authority


@needs(Permission.MANAGE_RETENTION)
@require_safe
def retention(request: SignedInRequest, authority: UUID) -> HttpResponse:
    """The rules that stand, and what is suggested where the authority has not decided."""
    found = Authority.objects.fetch_for(request, Permission.MANAGE_RETENTION, public_id=authority)
    rules = rules_of(found)
    table = Table(
        "Retention schedule",
        (Column("What"), Column("Kept for"), Column("Counted from"), Column("Why"), Column("State"), Column("")),
        tuple(_rule_row(found, category, rules.get(category)) for category in Category),
    )
    before = RetentionRule.objects.visible_to(request.user).filter(authority=found).exclude(superseded_at=None)
    history = Table(
        "Rules before",
        (Column("What"), Column("Version", numeric=True), Column("Kept for"), Column("Set by"), Column("Until")),
        tuple(
            (each.get_category_display(), each.version, f"{each.years} years", each.set_by.name, each.superseded_at)
            for each in before.select_related("set_by").order_by("-superseded_at")[:100]
        ),
        empty="None.",
    )
    kept = NOT_DISPOSED["audit.Entry"]
    return render(
        request, "records/retention.html", {"authority": found, "table": table, "history": history, "kept": kept}
    )


def _rule_row(authority: Authority, category: Category, rule: RetentionRule | None) -> tuple[Cell, ...]:
    told = rule or SUGGESTIONS[category]
    url = reverse("retention-set", kwargs={"authority": authority.public_id, "category": category.value})
    state = Tag("Set", "green") if rule else Tag("To be confirmed by the authority", "yellow")
    link = Link("Change" if rule else "Decide", url, f"how long {category.label.split(',')[0].lower()} are kept")
    return category.label, f"{told.years} years", Trigger(told.trigger).label, told.reason, state, link


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def retention_set(request: SignedInRequest, authority: UUID, category: str) -> HttpResponse:
    found = Authority.objects.fetch_for(request, Permission.MANAGE_RETENTION, public_id=authority)
    if category not in Category.values:
        raise Http404("There is no such category.")
    chosen = Category(category)
    told = rules_of(found).get(chosen) or SUGGESTIONS[chosen]
    initial = {"trigger": str(told.trigger), "years": told.years, "reason": told.reason}
    form = RuleForm(request.POST or None, category=chosen, initial=initial)
    back = reverse("retention", kwargs={"authority": authority})
    if done(form, lambda: set_rule(by=request.user, authority=found, category=chosen, **form.cleaned_data)):
        messages.success(request, "The rule is set")
        return redirect(back)
    return form_page(request, form, title="Decide how long it is kept", text=chosen.label, submit="Set rule", back=back)


@needs(Permission.MANAGE_RETENTION)
@require_safe
def hold_list(request: SignedInRequest) -> HttpResponse:
    """Holds that stand, the next review first."""
    rows = LegalHold.objects.visible_to(request.user).filter(released_at=None)
    page = page_of(request, rows.select_related("authority", "school", "child").order_by("review_by", "id"))
    columns = (Column("Hold"), Column("Authority"), Column("Covers"), Column("Review by"))
    told = tuple((hold_link(each), each.authority.name, _covers(each), review_day(each)) for each in page)
    table = Table("Legal holds", columns, told, empty="Nothing is held.")
    return render(request, "records/hold_list.html", {"page": page, "table": table})


def hold_link(hold: LegalHold) -> Link:
    text = f"Placed {timezone.localtime(hold.placed_at):%d/%m/%Y}"
    return Link(text, reverse("hold", kwargs={"hold": hold.public_id}))


def review_day(hold: LegalHold) -> Cell:
    return Tag("Review is due", "red") if hold.review_by <= timezone.localdate() else hold.review_by


def _covers(hold: LegalHold) -> str:
    parts = [
        f"child {hold.child.reference}" if hold.child else "",
        hold.school.name if hold.school else "",
        f"from {hold.first:%d/%m/%Y}" if hold.first else "",
        f"to {hold.last:%d/%m/%Y}" if hold.last else "",
    ]
    return ", ".join(part for part in parts if part) or "everything of the authority"


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_place(request: SignedInRequest) -> HttpResponse:
    form = HoldForm(request.POST or None, person=request.user)
    if form.is_valid():
        hold = attempt(form, lambda: place_hold(by=request.user, **form.cleaned_data))
        if hold is not None:
            messages.success(request, "The hold is placed")
            return redirect("hold", hold=hold.public_id)
    text = "What falls under each thing that you give is held. Give none, and everything of the authority is."
    return form_page(
        request, form, title="Place a legal hold", text=text, submit="Place hold", back=reverse("hold-list")
    )


@needs(Permission.MANAGE_RETENTION)
@require_safe
def hold(request: SignedInRequest, hold: UUID) -> HttpResponse:
    found = LegalHold.objects.fetch_for(request, public_id=hold)
    record(Action.READ, by=request.user, subject=found, child=found.child)
    facts = [
        Fact("Authority", found.authority.name),
        Fact("Covers", _covers(found)),
        Fact("Reason", found.reason),
        Fact("Placed", f"{timezone.localtime(found.placed_at):%d/%m/%Y} by {found.placed_by.name}"),
        Fact("Review by", found.review_by),
    ]
    if found.released_by is not None:
        facts.append(
            Fact("Released", f"{found.released_at:%d/%m/%Y} by {found.released_by.name}: {found.release_reason}")
        )
    return render(request, "records/hold.html", {"hold": found, "facts": facts})


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_review(request: SignedInRequest, hold: UUID) -> HttpResponse:
    found = LegalHold.objects.fetch_for(request, public_id=hold)
    form = ReviewHoldForm(request.POST or None)
    back = reverse("hold", kwargs={"hold": hold})
    if done(form, lambda: review_hold(by=request.user, hold=found, **form.cleaned_data)):
        messages.success(request, "The hold is kept")
        return redirect(back)
    return form_page(request, form, title="Review the hold", submit="Keep hold", back=back)


@needs(Permission.MANAGE_RETENTION)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_release(request: SignedInRequest, hold: UUID) -> HttpResponse:
    found = LegalHold.objects.fetch_for(request, public_id=hold)
    form = ReasonForm(request.POST or None)
    back = reverse("hold", kwargs={"hold": hold})
    if done(form, lambda: release_hold(by=request.user, hold=found, **form.cleaned_data)):
        messages.success(request, "The hold is released")
        return redirect("hold-list")
    text = "What it held comes due again by the schedule."
    return form_page(request, form, title="Release the hold?", text=text, submit="Release", warning=True, back=back)
