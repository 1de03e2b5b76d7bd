"""The actions of reviews: lists, one action, and what became of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, needs
from service.programmes.views.layout import FormPage, Section, link_to, show_page, url_of
from service.reviews.actions.checks import is_of_the_team
from service.reviews.actions.follow_up import agree_action, may_settle, postpone_action, reopen_action, settle_action
from service.reviews.forms.meeting import ActionFilter, AgreeForm, DueForm, SettleForm
from service.reviews.forms.planning import NAMES_NO_CHILD
from service.reviews.models import ActionState, ActionStep, Review, ReviewAction, SharedQuerySet
from service.reviews.packs.follow_up import last_note
from service.reviews.views.hints import said_with_hint
from service.reviews.views.kept import answer_keeping

COLOURS = {ActionState.OPEN: "blue", ActionState.DONE: "green", ActionState.DROPPED: "grey"}
form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_REVIEW)
def review_action_list(request: SignedInRequest) -> HttpResponse:
    """The actions of one's schools over all reviews: open ones by the day they are due, or mine, late, settled."""
    form = ActionFilter(request.GET or None)
    show = form.cleaned_data["show"] if form.is_bound and form.is_valid() else ""
    rows = _narrow(ReviewAction.objects.visible_to(request.user), show, request)
    order = ("-settled_on", "-id") if show == ActionFilter.SETTLED else ("due", "id")
    page = page_of(request, rows.select_related("school", "owner").order_by(*order))
    columns = (Column("What"), Column("School"), Column("Who"), Column("Due"), Column("State"))
    cells = tuple(
        (_link(each), str(each.school), each.owner_in_words, each.due, state_tag(each, timezone.localdate()))
        for each in page.rows
    )
    record(Action.SEARCH, by=request.user, details={"what": "actions of reviews", "filters": [show] if show else []})
    table = Table("Actions", columns, cells, empty="None.")
    return render(request, "reviews/actions.html", {"form": form, "page": page, "table": table})


@require_safe
@needs(Permission.VIEW_REVIEW)
def review_action(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One action with every step."""
    found: ReviewAction = ReviewAction.objects.fetch_for(request, public_id=public_id)
    team = is_of_the_team(request.user, found.school)
    record(Action.READ, by=request.user, subject=found, child=found.child)
    steps = ActionStep.objects.visible_to(request.user).filter(action=found).select_related("by", "review")
    columns = (Column("When"), Column("What"), Column("Note"), Column("Due"), Column("By"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.at,
            each.get_kind_display(),
            each.note or (str(each.review) if each.review else ""),
            each.due,
            each.by.name,
        )
        for each in steps.order_by("id")
    )
    facts = [
        Fact("School", str(found.school)),
        Fact("Who", found.owner_in_words),
        Fact("Due", found.due),
        Fact("State", state_tag(found, timezone.localdate())),
        Fact("Child", found.child.reference if found.child and team else ""),
        Fact("Agreed at", str(found.review), link_to("Open", "review", found.review, hidden="the review")),
        Fact("Read by", "The school and the team" if found.shared else "The team"),
    ]
    return show_page(
        request, title=f"{found}, {found.school}", back=reverse("review-action-list"), links=_links(request, found),
        sections=[
            Section(heading="What is to be done", text=found.text, facts=facts),
            Section(heading="Steps", table=Table("What became of it", columns, rows, empty="None yet.")),
        ],
    )  # fmt: skip


@form_view
@needs(Permission.PLAN_REVIEW)
def review_action_agree(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found: Review = Review.objects.fetch_for(request, Permission.PLAN_REVIEW, public_id=public_id)
    form = AgreeForm(request.POST or None, user=request.user, review=found)
    return answer_keeping(
        request,
        form,
        lambda data: agree_action(by=request.user, review=found, action=form.agreed()),
        subject=found,
        page=FormPage("Agree an action", url_of("review", found), submit="Put it down", text=str(found)),
        said=lambda made: said_with_hint("Action agreed", made.text, school=found.school),
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_action_settle(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    return answer_keeping(
        request,
        SettleForm(request.POST or None, initial={"on": timezone.localdate()}),
        lambda data: settle_action(by=request.user, action=found, **data),
        subject=found,
        page=FormPage("Done or dropped", url_of("review-action", found), text=_who_reads(found)),
        said=lambda made: said_with_hint("Saved", last_note(made), school=found.school),
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_action_postpone(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    return answer_keeping(
        request,
        DueForm(request.POST or None),
        lambda data: postpone_action(by=request.user, action=found, **data),
        subject=found,
        page=FormPage("Give it another day", url_of("review-action", found), text=_who_reads(found)),
        said="Action postponed",
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_action_reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    return answer_keeping(
        request,
        DueForm(request.POST or None),
        lambda data: reopen_action(by=request.user, action=found, **data),
        subject=found,
        page=FormPage("Open it again", url_of("review-action", found), text=_who_reads(found)),
        said="Action reopened",
    )


def actions_table(caption: str, rows: SharedQuerySet, *, team: bool) -> Table:
    """Actions with a link to each; the reference of a child for the team alone."""
    columns = [Column("What"), Column("Who"), Column("Due"), Column("State"), Column("Last note")]
    if team:
        columns.insert(1, Column("Child"))
    today = timezone.localdate()
    found = rows.select_related("owner", "child").prefetch_related("steps").order_by("due", "id")
    cells = tuple(
        (
            _link(each),
            *((each.child.reference if each.child else None,) if team else ()),
            each.owner_in_words, each.due, state_tag(each, today), last_note(each),
        )
        for each in found
    )  # fmt: skip
    return Table(caption, tuple(columns), cells, empty="None.")


def _link(action: ReviewAction) -> Link:
    return link_to(action.text, "review-action", action, hidden=f"due {action.due.day} {action.due:%B}")


def state_tag(action: ReviewAction, today: date) -> Tag:
    if action.is_late_on(today):
        return Tag("Late", "red")
    return Tag(action.get_state_display(), COLOURS[ActionState(action.state)])


def _narrow(rows: SharedQuerySet, show: str, request: SignedInRequest) -> SharedQuerySet:
    if show == ActionFilter.SETTLED:
        return rows.exclude(state=ActionState.OPEN)
    open_ones = rows.filter(state=ActionState.OPEN)
    if show == ActionFilter.MINE:
        return open_ones.filter(owner=request.user)
    return open_ones.filter(due__lt=timezone.localdate()) if show == ActionFilter.LATE else open_ones


def _links(request: SignedInRequest, found: ReviewAction) -> list[Link]:
    if not may_settle(request.user, found):
        return []
    if not found.is_open:
        return [link_to("Open it again", "review-action-reopen", found)]
    return [
        link_to("Done or dropped", "review-action-settle", found),
        link_to("Give it another day", "review-action-postpone", found),
    ]


def _fetch(request: SignedInRequest, public_id: UUID) -> ReviewAction:
    found: ReviewAction = ReviewAction.objects.fetch_for(request, Permission.PREPARE_REVIEW, public_id=public_id)
    return found


def _who_reads(found: ReviewAction) -> str:
    who = "The school reads your note. " if found.shared else ""
    return f"{found.text}\n\n{who}{NAMES_NO_CHILD}"
