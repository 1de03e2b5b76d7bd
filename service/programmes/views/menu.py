"""What can be asked for: what schools and workers read, and how it is kept."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Cell, Column, Link, Table
from service.permissions import Permission, holds, needs
from service.programmes.actions import menu as menus
from service.programmes.forms.scoped import Confirmation
from service.programmes.forms.steering import BeginMenuForm, MenuItemForm
from service.programmes.models import Menu, MenuItem, MenuRole
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_MENU)
def menu(request: SignedInRequest) -> HttpResponse:
    """The menus that hold, and for who writes them the draft and the versions before."""
    seen = Menu.objects.visible_to(request.user).select_related("authority").prefetch_related("items")
    sections: list[Section] = []
    for held in seen.filter(issued_on__isnull=False, superseded_on=None):
        sections += _menu_sections(held, heading=str(held.authority))
    writes = holds(request.user, Permission.MANAGE_PROGRAMME)
    links = [Link("Begin the next version", reverse("menu-begin"))] if writes else []
    if not sections:
        sections = [Section(text="No menu is issued yet.")]
    if writes:
        rows = tuple(
            (
                link_to(f"{each.authority}, version {each.version}", "menu-version", each),
                each.issued_on,
                each.superseded_on,
            )
            for each in seen
        )
        columns = (Column("Version"), Column("Issued"), Column("Superseded"))
        sections.append(Section(table=Table("Versions", columns, rows, empty="No version yet.")))
    return show_page(request, title="What can be asked for", back=reverse("programme"), links=links, sections=sections)


def _menu_sections(shown: Menu, *, heading: str = "", removable: bool = False) -> list[Section]:
    sections = [Section(heading, text=shown.introduction)] if heading or shown.introduction else []
    for role in MenuRole:
        items = [each for each in shown.items.all() if each.role == role.value]
        if items:
            sections.append(Section(table=_items(role, items, removable=removable)))
    return sections


def _items(role: MenuRole, items: list[MenuItem], *, removable: bool) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple((each.what, each.how) for each in items)
    columns: tuple[Column, ...] = (Column("What"), Column("How"))
    if removable:
        links = [link_to("Take out", "menu-item-remove", each, hidden=each.what) for each in items]
        rows = tuple((*row, link) for row, link in zip(rows, links, strict=True))
        columns += (Column(""),)
    return Table(role.label, columns, rows)


@require_safe
@needs(Permission.VIEW_MENU)
def menu_version(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    shown = Menu.objects.fetch_for(request, public_id=public_id)
    draft = shown.issued_on is None
    links = []
    if draft:
        links = [link_to("Add something", "menu-item-add", shown), link_to("Issue", "menu-issue", shown)]
    state = "A draft." if draft else f"Issued on {shown.issued_on.day} {shown.issued_on:%B %Y}."
    if shown.superseded_on is not None:
        state += " A later version has superseded it."
    sections = [Section(text=state), *_menu_sections(shown, removable=draft)]
    return show_page(request, title=str(shown), back=reverse("menu"), links=links, sections=sections)


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def menu_begin(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        BeginMenuForm(request.POST if request.method == "POST" else None, user=request.user),
        lambda data: menus.begin_menu(by=request.user, **data),
        page=FormPage(
            "Begin the next version of the menu",
            reverse("menu"),
            "Begin",
            "It begins as a copy of the one that holds, or with the usual items. Nobody else sees it before it is issued.",
        ),
        said="Draft begun",
        then=lambda draft: url_of("menu-version", draft),
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def menu_item_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    draft = Menu.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        MenuItemForm(request.POST or None),
        lambda data: menus.add_item(by=request.user, menu=draft, **data),
        page=FormPage("Add something to the menu", url_of("menu-version", draft)),
        said="Added",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def menu_item_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    item = MenuItem.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: menus.remove_item(by=request.user, item=item),
        page=FormPage(f"Take “{item}” out of the menu?", url_of("menu-version", item.menu), "Take out"),
        said="Taken out",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def menu_issue(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    draft = Menu.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: menus.issue_menu(by=request.user, menu=draft),
        page=FormPage(
            "Issue the menu?",
            url_of("menu-version", draft),
            "Issue",
            "Schools and workers read it from now on. It can no longer be changed; the next version can.",
        ),
        said="Menu issued",
    )
