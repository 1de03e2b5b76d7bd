"""The timeline."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table
from service.permissions import Permission, holds, needs
from service.programmes.actions import milestones
from service.programmes.forms.scoped import ReasonForm
from service.programmes.forms.steering import MilestoneForm, MoveForm, ReachForm
from service.programmes.models import Milestone
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, state_tag, url_of

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def milestone_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = Milestone.objects.visible_to(request.user).select_related("authority")
    page = page_of(request, rows.order_by("due", "what", "id"))
    cells = tuple(
        (
            link_to(each.what, "milestone", each),
            each.authority.name,
            each.due,
            state_tag(each.state_on(today)),
            each.done_on,
            each.owner,
        )
        for each in page.rows
    )
    names = ("Milestone", "Authority", "Due", "State", "Reached", "Who")
    table = Table("Milestones", tuple(Column(name) for name in names), cells, empty="No milestone yet.")
    links = (
        [Link("Add a milestone", reverse("milestone-add"))] if holds(request.user, Permission.MANAGE_PROGRAMME) else []
    )
    return show_page(
        request,
        title="Milestones",
        back=reverse("programme"),
        links=links,
        sections=[Section(table=table)],
        page=page,
    )


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def milestone(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    wanted = Milestone.objects.fetch_for(request, public_id=public_id)
    state = wanted.state_on(timezone.localdate())
    facts = [
        Fact("State", state_tag(state)),
        Fact("Due", wanted.due),
        Fact("Reached", wanted.done_on),
        Fact("Who sees to it", wanted.owner),
        *([Fact("Dropped because", wanted.dropped_because)] if wanted.dropped_because else []),
    ]
    moves = tuple((each.was_due, each.moved_on, each.reason) for each in wanted.moves.all())
    table = Table(
        "How it was moved", (Column("Was due"), Column("Moved on"), Column("Why")), moves, empty="Never moved."
    )
    links = []
    if state in ("late", "due") and holds(request.user, Permission.MANAGE_PROGRAMME, authority=wanted.authority):
        links = [
            link_to("Mark reached", "milestone-reach", wanted),
            link_to("Move", "milestone-move", wanted),
            link_to("Drop", "milestone-drop", wanted),
        ]
    sections = [Section(facts=facts), Section(table=table)]
    return show_page(request, title=wanted.what, back=reverse("milestone-list"), links=links, sections=sections)


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def milestone_add(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        MilestoneForm(request.POST or None, user=request.user),
        lambda data: milestones.add_milestone(by=request.user, **data),
        page=FormPage("Add a milestone", reverse("milestone-list")),
        said="Milestone added",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def milestone_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    wanted = Milestone.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        MoveForm(request.POST or None, initial={"due": wanted.due}),
        lambda data: milestones.move_milestone(by=request.user, milestone=wanted, **data),
        page=FormPage(f"Move “{wanted}”", url_of("milestone", wanted), "Move"),
        said="Milestone moved",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def milestone_reach(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    wanted = Milestone.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        ReachForm(request.POST or None, initial={"on": timezone.localdate()}),
        lambda data: milestones.reach_milestone(by=request.user, milestone=wanted, **data),
        page=FormPage(f"Reached: “{wanted}”", url_of("milestone", wanted)),
        said="Milestone reached",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def milestone_drop(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    wanted = Milestone.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: milestones.drop_milestone(by=request.user, milestone=wanted, **data),
        page=FormPage(f"Drop “{wanted}”", url_of("milestone", wanted), "Drop", warning=True),
        said="Milestone dropped",
    )
