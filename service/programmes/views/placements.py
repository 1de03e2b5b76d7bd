"""Placements: who is where now, the history of a school, and what a manager does with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import placements
from service.programmes.forms.placements import ChangeForm, CoverForm, EndForm, FeederForm, PlaceForm
from service.programmes.models import Placement
from service.programmes.placements import gaps, schools_without_worker
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of
from service.schools.models import School

form_view = require_http_methods(["GET", "HEAD", "POST"])
LOOK_BACK = timedelta(days=365)


@require_safe
@needs(Permission.VIEW_PLACEMENTS)
def placement_list(request: SignedInRequest) -> HttpResponse:
    """Who is placed where today and from now on, and which schools have nobody."""
    today = timezone.localdate()
    rows = Placement.objects.visible_to(request.user).exclude(ends__lt=today).select_related("worker", "school")
    page = page_of(request, rows.order_by("school__name", "starts", "id"))
    schools = School.objects.visible_to(request.user, Permission.VIEW_PLACEMENTS)
    missing = schools_without_worker(schools, today)
    sections = [Section(table=placements_table("Placements", page.rows, today))]
    if missing:
        sections.insert(0, Section(table=_missing_table(missing)))
    links = [Link("Place a worker", reverse("placement-add"))] if _manages(request) else []
    if _manages(request):
        links.append(Link("Who fits where", reverse("fit-list")))
    return show_page(request, title="Placements", back=reverse("programme"), links=links, sections=sections, page=page)


def placements_table(caption: str, rows: Iterable[Placement], today: date) -> Table:
    """Placements with their terms."""
    columns = ("School", "Social worker", "How", "Days", "Share", "From", "To", "State")
    cells = tuple(
        (
            link_to(each.school.name, "placement", each, hidden=f", {each.worker}"),
            each.worker.name,
            each.get_mode_display(),
            each.days_in_words,
            f"{each.share_of_time}%",
            each.starts,
            each.ends,
            _state(each, today),
        )
        for each in rows
    )
    return Table(caption, tuple(Column(name) for name in columns), cells, empty="No placement.")


def _state(placement: Placement, today: date) -> Tag:
    if placement.was_called_off:
        return Tag("Called off", "grey")
    if not placement.holds_on(today):
        return Tag("To come", "yellow") if placement.starts > today else Tag("Ended", "grey")
    return Tag("Cover", "purple") if placement.covers_id else Tag("Holds", "green")


def _missing_table(missing: Iterable[tuple[School, date | None]]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (link_to(school.name, "placement-school", school), last or "Never had one") for school, last in missing
    )
    return Table("Schools without a worker", (Column("School"), Column("Last day of the worker before")), rows)


def _manages(request: SignedInRequest) -> bool:
    return holds(request.user, Permission.MANAGE_PLACEMENTS)


@require_safe
@needs(Permission.VIEW_PLACEMENTS)
def placement_school(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The workers that a school has had, and the gaps of the last year."""
    school = School.objects.fetch_for(request, Permission.VIEW_PLACEMENTS, public_id=public_id)
    today = timezone.localdate()
    rows = Placement.objects.visible_to(request.user).filter(school=school).select_related("worker", "school")
    page = page_of(request, rows.order_by("-starts", "-id"))
    first = min((each.starts for each in page.rows), default=today)
    empty = gaps(school, max(first, today - LOOK_BACK), today) if page.rows else []
    table = Table("Gaps in the last year", (Column("From"), Column("To")), tuple(empty), empty="No gap.")
    links = [Link("Term dates", reverse("school-days", args=[school.public_id]))]
    if holds(request.user, Permission.STATE_NEEDS, school=school):
        links.append(link_to("State what the school needs", "needs-state", school))
    sections = [Section(table=placements_table("Workers of the school", page.rows, today)), Section(table=table)]
    return show_page(
        request, title=f"Workers of {school}", back=reverse("placement-list"), links=links, sections=sections, page=page
    )


@require_safe
@needs(Permission.VIEW_PLACEMENTS)
def placement(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    placed = Placement.objects.fetch_for(request, public_id=public_id)
    today = timezone.localdate()
    facts = [
        Fact("School", link_to(placed.school.name, "placement-school", placed.school)),
        Fact("Social worker", placed.worker.name),
        Fact("State", _state(placed, today)),
        Fact("How", placed.get_mode_display()),
        *([Fact("Shares the office with", placed.shares_with)] if placed.shares_with else []),
        Fact("Where", placed.base),
        Fact("Days", placed.days_in_words),
        Fact("Share of a full week", f"{placed.share_of_time}%"),
        Fact("First day", placed.starts),
        Fact("Last day", placed.ends),
        *([Fact("Ended because", placed.end_reason)] if placed.end_reason else []),
        *([Fact("Covers", link_to(str(placed.covers), "placement", placed.covers))] if placed.covers else []),
    ]
    around = Placement.objects.visible_to(request.user).select_related("worker", "school")
    sections = [Section(facts=facts)]
    for caption, rows in (
        ("Cover", around.filter(covers=placed)),
        ("Feeder primaries", around.filter(anchor=placed)),
        ("Terms before", around.filter(followed_by=placed)),
    ):
        if rows:
            sections.append(Section(table=placements_table(caption, rows, today)))
    open_ = placed.ends is None or placed.ends >= today
    links = _placement_links(placed) if open_ and _manages(request) else []
    return show_page(request, title=str(placed), back=reverse("placement-list"), links=links, sections=sections)


def _placement_links(placed: Placement) -> list[Link]:
    links = [link_to("End the placement", "placement-end", placed)]
    if placed.covers_id is None and placed.anchor_id is None:
        links = [
            link_to("Change the terms or the worker", "placement-change", placed),
            link_to("Let somebody cover", "placement-cover", placed),
            link_to("Serve a feeder primary", "placement-feeder", placed),
            *links,
        ]
    return links


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def placement_add(request: SignedInRequest) -> HttpResponse:
    """Place a worker; a link from an accepted proposal names school and worker."""
    initial = {name: request.GET[name] for name in ("school", "worker") if name in request.GET}
    form = PlaceForm(request.POST or None, user=request.user, initial=initial)
    return answer(
        request,
        form,
        lambda data: placements.place_worker(by=request.user, **data),
        page=FormPage(
            "Place a worker",
            reverse("placement-list"),
            "Place",
            "From the first day the worker sees the school, its contacts and its enquiries.",
        ),
        said="Worker placed",
        then=lambda placed: url_of("placement", placed),
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def placement_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    placed = _fetch(request, public_id)
    names = ("mode", "shares_with", "base", "weekdays", "share_of_time")
    initial = {name: getattr(placed, name) for name in names} | {"worker": placed.worker.public_id}
    form = ChangeForm(request.POST or None, user=request.user, initial=initial)
    return answer(
        request,
        form,
        lambda data: placements.change_placement(by=request.user, placement=placed, **data),
        page=FormPage(
            f"Change {placed}",
            url_of("placement", placed),
            text="The placement ends the day before the new terms begin; both stay in the history.",
        ),
        said="Terms changed",
        then=lambda following: url_of("placement", following),
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def placement_cover(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    placed = _fetch(request, public_id)
    form = CoverForm(request.POST or None, user=request.user, placement=placed)
    return answer(
        request,
        form,
        lambda data: placements.cover(by=request.user, placement=placed, **data),
        page=FormPage(
            f"Cover for {placed}", url_of("placement", placed), text="On the same days and in the same place."
        ),
        said="Cover arranged",
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def placement_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    placed = _fetch(request, public_id)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    return answer(
        request,
        form,
        lambda data: placements.end_placement(by=request.user, placement=placed, **data),
        page=FormPage(
            f"End {placed}",
            url_of("placement", placed),
            "End the placement",
            "After the last day the worker no longer sees the school. Cover and feeder primaries end with it.",
            warning=True,
        ),
        said="Placement ended",
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def placement_feeder(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    placed = _fetch(request, public_id)
    form = FeederForm(request.POST or None, user=request.user, placement=placed)
    return answer(
        request,
        form,
        lambda data: placements.serve_feeder(by=request.user, placement=placed, **data),
        page=FormPage(f"Serve a feeder primary of {placed.school}", url_of("placement", placed)),
        said="Feeder primary added",
    )


def _fetch(request: SignedInRequest, public_id: UUID) -> Placement:
    placed: Placement = Placement.objects.fetch_for(request, Permission.MANAGE_PLACEMENTS, public_id=public_id)
    return placed
