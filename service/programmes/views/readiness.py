"""How ready each school is, and the checklist behind it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import readiness
from service.programmes.forms.scoped import Confirmation
from service.programmes.forms.steering import (
    AssignForm,
    BeginChecklistForm,
    ChecklistForm,
    ItemForm,
    SettleForm,
    StartChecklistForm,
)
from service.programmes.models import Arm, CheckState, Placement, ReadinessItem, SchoolArm, SchoolCheck, Side
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of
from service.schools.models import School

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_READINESS)
def readiness_list(request: SignedInRequest) -> HttpResponse:
    """Each school with how many lines are settled, open and late."""
    today = timezone.localdate()
    waiting = Q(checks__state=CheckState.OPEN)
    schools = School.objects.visible_to(request.user, Permission.VIEW_READINESS).annotate(
        lines=Count("checks"),
        waiting=Count("checks", filter=waiting),
        late=Count("checks", filter=waiting & Q(checks__due__lt=today)),
    )
    page = page_of(request, schools.filter(lines__gt=0).order_by("name", "urn"))
    rows = tuple(
        (
            link_to(school.name, "readiness-school", school),
            _ready(waiting=school.waiting, late=school.late),
            school.lines - school.waiting,
            school.waiting,
            school.late,
        )
        for school in page.rows
    )
    columns = (
        Column("School"),
        Column("State"),
        *(Column(name, numeric=True) for name in ("Settled", "To do", "Late")),
    )
    sections = [Section(table=Table("Readiness of schools", columns, rows, empty="No school has begun its checklist."))]
    links = []
    if holds(request.user, Permission.MANAGE_PROGRAMME):
        links = [Link("Begin a school's checklist", reverse("readiness-start"))]
        links.append(Link("The lines of the checklist", reverse("readiness-items")))
        sections.append(Section(table=_not_begun(request)))
    return show_page(request, title="Readiness", back=reverse("programme"), links=links, sections=sections, page=page)


def _ready(*, waiting: int, late: int) -> Tag:
    if late:
        return Tag("Late", "red")
    return Tag("Getting ready", "yellow") if waiting else Tag("Ready", "green")


def _not_begun(request: SignedInRequest) -> Table:
    """The schools that get a worker, by their published arm or a placement, and have begun no checklist."""
    schools = School.objects.visible_to(request.user, Permission.MANAGE_PROGRAMME).filter(checks=None, closed=None)
    told = SchoolArm.objects.visible_to(request.user).live().filter(arm=Arm.INTERVENTION)
    placed = Placement.objects.visible_to(request.user).exclude(ends__lt=timezone.localdate())
    wanted = schools.filter(Q(pk__in=told.values("school")) | Q(pk__in=placed.values("school")))
    rows = tuple(
        (school.name, link_to("Begin its checklist", "readiness-begin", school, hidden=f"of {school}"))
        for school in wanted
    )
    columns = (Column("School"), Column(""))
    return Table("Schools that get a worker and have no checklist", columns, rows, empty="None.")


@require_safe
@needs(Permission.VIEW_READINESS)
def readiness_school(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    school = School.objects.fetch_for(request, Permission.VIEW_READINESS, public_id=public_id)
    today = timezone.localdate()
    checks = SchoolCheck.objects.visible_to(request.user).filter(school=school).select_related("settled_by")
    marks = holds(request.user, Permission.MARK_READINESS, school=school)
    everything = holds(request.user, Permission.MARK_READINESS, authority=school.authority)
    rows = tuple(
        (
            each.what,
            each.get_side_display(),
            each.who,
            each.due,
            _check_tag(each, late=each.due < today),
            f"{each.settled_on.day} {each.settled_on:%B %Y}, {each.settled_by}" if each.settled_on else each.remark,
            *(_check_links(each) if marks and (everything or each.side == Side.SCHOOL) else (None, None)),
        )
        for each in checks
    )
    names = ("What", "Seen to by", "Who", "Due", "State", "Settled", "", "")
    table = Table("Checklist", tuple(Column(name) for name in names), rows, empty="The checklist has not begun.")
    links = []
    if holds(request.user, Permission.MANAGE_PROGRAMME, school=school):
        links = [link_to("Begin the checklist, or bring it up to date", "readiness-begin", school)]
    return show_page(
        request,
        title=f"Readiness of {school}",
        back=reverse("readiness-list"),
        links=links,
        sections=[Section(table=table)],
    )


def _check_tag(check: SchoolCheck, *, late: bool) -> Tag:
    if check.state == CheckState.OPEN:
        return Tag("Late", "red") if late else Tag("To do", "yellow")
    return Tag("Done", "green") if check.state == CheckState.DONE else Tag("Not needed", "grey")


def _check_links(check: SchoolCheck) -> tuple[Link, Link]:
    return (
        link_to("Settle", "readiness-check", check, hidden=check.what),
        link_to("Assign", "readiness-assign", check, hidden=check.what),
    )


@form_view
@needs(Permission.MARK_READINESS)
def readiness_check(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    check = SchoolCheck.objects.fetch_for(request, Permission.MARK_READINESS, public_id=public_id)
    form = SettleForm(request.POST or None, initial={"state": CheckState.DONE, "remark": check.remark})
    return answer(
        request,
        form,
        lambda data: readiness.settle_check(by=request.user, check=check, **data),
        page=FormPage(f"{check.what}: {check.school}", url_of("readiness-school", check.school)),
        said="Kept",
    )


@form_view
@needs(Permission.MARK_READINESS)
def readiness_assign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    check = SchoolCheck.objects.fetch_for(request, Permission.MARK_READINESS, public_id=public_id)
    return answer(
        request,
        AssignForm(request.POST or None, initial={"who": check.who, "due": check.due}),
        lambda data: readiness.assign_check(by=request.user, check=check, **data),
        page=FormPage(f"Who sees to it: {check.what}", url_of("readiness-school", check.school)),
        said="Kept",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def readiness_begin(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    school = School.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        BeginChecklistForm(request.POST or None),
        lambda data: readiness.begin_checklist(by=request.user, school=school, **data),
        page=FormPage(f"Checklist of {school}", url_of("readiness-school", school), "Begin or bring up to date"),
        said="Checklist begun",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def readiness_start(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        StartChecklistForm(request.POST or None, user=request.user),
        lambda data: readiness.begin_checklist(by=request.user, **data),
        page=FormPage("Begin a school's checklist", reverse("readiness-list"), "Begin"),
        said="Checklist begun",
        then=lambda checks: url_of("readiness-school", checks[0].school),
    )


@require_safe
@needs(Permission.MANAGE_PROGRAMME)
def readiness_items(request: SignedInRequest) -> HttpResponse:
    items = ReadinessItem.objects.visible_to(request.user).filter(retired_on=None).select_related("authority")
    page = page_of(request, items.order_by("authority__name", "position", "id"))
    rows = tuple(
        (
            each.what,
            each.authority.name,
            each.get_area_display(),
            each.get_side_display(),
            each.days_before_start,
            link_to("Take off", "readiness-item-retire", each, hidden=each.what),
        )
        for each in page.rows
    )
    heads = ("What", "Authority", "Area", "Seen to by", "Days before the start", "")
    columns = tuple(Column(head, numeric=head.startswith("Days")) for head in heads)
    links = [
        Link("Begin with the usual lines", reverse("readiness-items-set-up")),
        Link("Add a line", reverse("readiness-item-add")),
    ]
    table = Table("Lines of the checklist", columns, rows, note="Less than 0: after the start.", empty="No line yet.")
    return show_page(
        request,
        title="Checklist",
        back=reverse("readiness-list"),
        links=links,
        sections=[Section(table=table)],
        page=page,
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def readiness_items_set_up(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        ChecklistForm(request.POST if request.method == "POST" else None, user=request.user),
        lambda data: readiness.set_up_items(by=request.user, **data),
        page=FormPage(
            "Begin with the usual lines?",
            reverse("readiness-items"),
            "Begin",
            "A desk, a confidential room, Wi-Fi, accounts, a pass, induction and introductions. You can add and take off.",
        ),
        said="Checklist set up",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def readiness_item_add(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        ItemForm(request.POST or None, user=request.user),
        lambda data: readiness.add_item(by=request.user, **data),
        page=FormPage("Add a line to the checklist", reverse("readiness-items")),
        said="Line added",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def readiness_item_retire(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    item = ReadinessItem.objects.fetch_for(request, public_id=public_id)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: readiness.retire_item(by=request.user, item=item),
        page=FormPage(
            f"Take “{item}” off the checklist?", reverse("readiness-items"), "Take off", "Schools that have it keep it."
        ),
        said="Line taken off",
    )
