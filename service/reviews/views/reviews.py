"""The list of reviews, which are due, and one review."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.views.layout import Section, link_to, show_page
from service.reviews.actions.checks import is_of_the_team
from service.reviews.actions.closing import closing_permission
from service.reviews.due import SchoolDue, schools_due
from service.reviews.forms.planning import ReviewFilter
from service.reviews.models import Attendee, Kind, Review, ReviewItem, ReviewRecord, State
from service.reviews.packs.contents import Audience, Part
from service.reviews.packs.follow_up import coming_back, seen
from service.reviews.packs.items import raised_by
from service.reviews.packs.open_children import open_children
from service.reviews.packs.work import enquiries, presence, sessions, work_since
from service.reviews.periods import Period, period_of
from service.reviews.views.actions import actions_table
from service.reviews.views.kept import kept_links

COLOURS = {State.PLANNED: "yellow", State.CLOSED: "green", State.CANCELLED: "grey"}


@require_safe
@needs(Permission.VIEW_REVIEW)
def review_list(request: SignedInRequest) -> HttpResponse:
    """Reviews and meetings of one's schools, the latest first."""
    form = ReviewFilter(request.GET or None, user=request.user)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = Review.objects.visible_to(request.user).select_related("school", "chair")
    if wanted.get("show"):
        rows = rows.filter(kind=wanted["show"])
    if wanted.get("school"):
        rows = rows.filter(school=wanted["school"])
    page = page_of(request, rows.order_by("-day", "-id"))
    context = {
        "form": form,
        "page": page,
        "table": _review_table(page.rows),
        "plans": holds(request.user, Permission.PLAN_REVIEW),
        "kept": kept_links(request),
    }
    return render(request, "reviews/list.html", context)


@require_safe
@needs(Permission.PLAN_REVIEW)
def review_due(request: SignedInRequest) -> HttpResponse:
    """Which schools lack a review of this half-term, and when the others have theirs."""
    today = timezone.localdate()
    page = page_of(request, schools_due(request.user, today=today))
    columns = (Column("School"), Column("Half-term"), Column("Review"), Column("Day"), Column("Last one"), Column(""))
    rows = tuple(_due_row(each) for each in page.rows)
    text = (
        "Every school with a worker has a review each half-term. Those without one stand first. "
        "In the holidays it is the half-term before."
    )
    table = Table("Reviews of this half-term", columns, rows, empty="No school with a worker in this half-term.")
    return show_page(
        request, title="Reviews of this half-term", back=reverse("review-list"),
        sections=[Section(text=text, table=table)], page=page,
    )  # fmt: skip


@require_safe
@needs(Permission.VIEW_REVIEW)
def review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One review as its reader may see it: who comes, the agenda, actions and what was agreed; for the team also its work."""
    found: Review = Review.objects.fetch_for(request, public_id=public_id)
    team = is_of_the_team(request.user, found.school)
    items = _items(request, found)
    for child in dict.fromkeys(item.child for item in items if item.child):
        record(Action.READ, by=request.user, subject=found, child=child)
    record(Action.READ, by=request.user, subject=found, details={"items": len(items)})
    period = period_of(found, today=timezone.localdate())
    actions = _action_sections(request, found, period, team=team)
    sections = [
        *_kept_sections(request, found),
        Section(facts=_facts(found, team=team)),
        *_record_sections(request, found, team=team),
        Section(
            heading="Who comes",
            table=_attendees(request, found),
            links=_planned_links(found, "review-attendee-add", "Add somebody"),
        ),
        actions[0],
        Section(
            heading="Agenda",
            table=_agenda(found, items, team=team),
            links=_planned_links(found, "review-item-add", "Put something on the agenda"),
        ),
        actions[1],
        *_work_sections(request, found, period, team=team),
    ]
    title = f"{found}, {found.school}"
    return show_page(
        request, title=title, back=reverse("review-list"), links=_links(request, found, team=team), sections=sections
    )


def _kept_sections(request: SignedInRequest, found: Review) -> list[Section]:
    """What the reader wrote here and did not send."""
    links = kept_links(request, found)
    return (
        [Section(text="Your session ended before this was sent. It was kept for you alone.", links=links)]
        if links
        else []
    )


def _review_table(rows: list[Review]) -> Table:
    today = timezone.localdate()
    columns = (Column("Review"), Column("School"), Column("Day"), Column("Chair"), Column("State"))
    cells = tuple(
        (link_to(str(each), "review", each, hidden=f"at {each.school}"), str(each.school), each.day, each.chair.name,
         _state(each, late=each.is_planned and each.day < today))
        for each in rows
    )  # fmt: skip
    return Table("Reviews and meetings", columns, cells, empty="None.")


def _state(found: Review, *, late: bool) -> Tag:
    return Tag("To close", "red") if late else Tag(found.get_state_display(), COLOURS[State(found.state)])


def _due_row(each: SchoolDue) -> tuple[Cell, ...]:
    today = timezone.localdate()
    if each.review is None:
        url = f"{reverse('review-plan')}?school={each.school.public_id}"
        state = Tag("None planned", "red" if each.is_late_on(today) else "orange")
        return (str(each.school), str(each.half), state, None, each.last, Link("Plan", url, hidden=str(each.school)))
    link = link_to("Open", "review", each.review, hidden=str(each.school))
    state = _state(each.review, late=each.is_late_on(today))
    return (str(each.school), str(each.half), state, each.review.day, each.last, link)


def _facts(found: Review, *, team: bool) -> list[Fact]:
    return [
        Fact("School", str(found.school)),
        Fact("Day", found.day),
        Fact("Place", found.place),
        Fact("Chair", found.chair.name),
        Fact("State", Tag(found.get_state_display(), COLOURS[State(found.state)])),
        Fact("Why it was cancelled", found.cancelled_reason),
        Fact(
            "Written, not closed yet", found.draft_at if team and found.draft_agreed + found.draft_team_note else None
        ),
    ]


def _links(request: SignedInRequest, found: Review, *, team: bool) -> list[Link]:
    links = []
    if found.is_planned and team:
        links.append(link_to("Change the day, place or chair", "review-move", found))
        links.append(link_to("Agree an action", "review-action-agree", found))
        if holds(request.user, closing_permission(found), school=found.school):
            links.append(link_to("Close the review", "review-close", found))
        links.append(link_to("Cancel it", "review-cancel", found))
    if found.state == State.CLOSED and holds(request.user, closing_permission(found), school=found.school):
        links.append(link_to("Amend what was recorded", "review-amend", found))
    return [*links, *_pack_links(found, team=team)]


def _pack_links(found: Review, *, team: bool) -> list[Link]:
    names = [*([Audience.TEAM] if team else []), Audience.SCHOOL]
    return [_pack_link(found, name, kind) for name in names for kind in ("pdf", "docx")]


def _pack_link(found: Review, audience: Audience, kind: str) -> Link:
    url = reverse(f"review-pack-{audience}", kwargs={"public_id": found.public_id, "kind": kind})
    return Link(f"Pack for the {audience} ({'PDF' if kind == 'pdf' else 'Word'})", url)


def _planned_links(found: Review, name: str, text: str) -> list[Link]:
    return [link_to(text, name, found)] if found.is_planned else []


def _attendees(request: SignedInRequest, found: Review) -> Table:
    columns = (Column("Name"), Column("Role"), Column("Came"), *((Column(""),) if found.is_planned else ()))
    rows = tuple(
        (
            each.name, each.get_role_display(), {True: "Yes", False: "No", None: ""}[each.came],
            *((link_to("Take off", "review-attendee-take-off", each, hidden=each.name),) if found.is_planned else ()),
        )
        for each in Attendee.objects.visible_to(request.user).filter(review=found).order_by("id")
    )  # fmt: skip
    return Table("Asked to come", columns, rows, empty="Nobody yet.")


def _items(request: SignedInRequest, found: Review) -> list[ReviewItem]:
    rows = ReviewItem.objects.visible_to(request.user).filter(review=found, withdrawn_at=None)
    return list(rows.select_related("child", "added_by").order_by("kind", "id"))


def _agenda(found: Review, items: list[ReviewItem], *, team: bool) -> Table:
    columns = (
        Column("What"), Column("About"), Column("Topic"), Column("Raised by"), Column("What next"),
        *((Column(""), Column("")) if found.is_planned else ()),
    )  # fmt: skip
    rows = tuple(_item_row(found, each, place, team=team) for place, each in enumerate(items, start=1))
    return Table("On the agenda", columns, rows, empty="Nothing yet.")


def _item_row(found: Review, item: ReviewItem, place: int, *, team: bool) -> tuple[Cell, ...]:
    about = ", ".join(
        filter(
            None, [item.child.reference if item.child else "", item.get_year_group_display(), item.get_kind_display()]
        )
    )
    row: tuple[Cell, ...] = (item.text or about, about, item.get_topic_display(), raised_by(item), item.what_next)
    if not found.is_planned:
        return row
    hidden = f"{about}, item {place}"
    follow = link_to("What next", "review-item-next", item, hidden=hidden) if team else None
    off = link_to("Take off", "review-item-withdraw", item, hidden=hidden) if team or item.from_school else None
    return (*row, follow, off)


def _action_sections(request: SignedInRequest, found: Review, period: Period, *, team: bool) -> list[Section]:
    """The actions that come back, and those that are new."""
    rows = seen(request.user, found, Audience.TEAM if team else Audience.SCHOOL)
    back = coming_back(rows, found, period)
    return [
        Section(heading="Actions that come back", table=actions_table("From earlier meetings", back, team=team)),
        Section(
            heading="New actions",
            table=actions_table("Agreed at this meeting", rows.filter(review=found), team=team),
            links=_planned_links(found, "review-action-agree", "Agree an action") if team else (),
        ),
    ]


def _record_sections(request: SignedInRequest, found: Review, *, team: bool) -> list[Section]:
    """What stands and, for the team, the versions before: the school is not to read again what was taken out."""
    rows = ReviewRecord.objects.visible_to(request.user).filter(review=found).order_by("-version")
    versions = list(rows if team else rows.filter(superseded_at=None))
    sections = []
    for place, each in enumerate(versions):
        when = timezone.localdate(each.recorded_at)
        heading = "What was agreed" if place == 0 else f"Version {each.version}, replaced"
        facts = [
            Fact("Recorded on", when),
            Fact("Why it was amended", each.reason),
            Fact("Note for the team", each.team_note if team else ""),
        ]
        sections.append(Section(heading=heading, text=each.agreed, facts=facts))
    return sections


def _work_sections(request: SignedInRequest, found: Review, period: Period, *, team: bool) -> list[Section]:
    """The log since the last meeting, as the pack has it."""
    if found.kind == Kind.TEAM_AROUND_THE_SCHOOL:
        return _of_part(enquiries(request.user, found, period))
    parts = [
        *((open_children(request.user, found, period), work_since(request.user, found, period)) if team else ()),
        presence(request.user, found, period),
        sessions(request.user, found, period),
        enquiries(request.user, found, period),
    ]
    return [section for part in parts for section in _of_part(part)]


def _of_part(part: Part) -> list[Section]:
    return [Section(heading=part.heading if place == 0 else "", table=table) for place, table in enumerate(part.tables)]
