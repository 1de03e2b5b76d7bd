"""The code lists of an authority."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Column, Link, Table, Tag
from service.permissions import Permission, needs
from service.practice.actions.code_lists import add_local_code, choose_pathway, label_code
from service.practice.codes import choices_of, codes_of
from service.practice.core_codes import LOG_LISTS, TREES, CodeList
from service.practice.forms.codes import LabelForm, LocalCodeForm, PathwayForm
from service.practice.models import AuthorityChoices, Code, LocalLabel
from service.practice.views.acting import done, form_page
from service.schools.models import Authority


@needs(Permission.MANAGE_CODES)
@require_safe
def code_lists(request: SignedInRequest) -> HttpResponse:
    """The lists of each authority that one looks after."""
    authorities = Authority.objects.visible_to(request.user, Permission.MANAGE_CODES)
    asking = set(
        AuthorityChoices.objects.visible_to(request.user).filter(asks_pathway=True).values_list("authority", flat=True)
    )
    listed = [
        {
            "authority": authority,
            "lists": [(name.label, _list_address(authority, name)) for name in LOG_LISTS],
            "asks_pathway": authority.pk in asking,
        }
        for authority in authorities
    ]
    return render(request, "practice/code_lists.html", {"authorities": listed})


@needs(Permission.MANAGE_CODES)
@require_safe
def code_list(request: SignedInRequest, public_id: UUID, list_name: str) -> HttpResponse:
    authority, chosen = _fetch(request, public_id, list_name)
    offered = dict(choices_of(authority, chosen)[chosen])
    codes = codes_of(authority, chosen)
    order = {code: place for place, code in enumerate(offered)}
    rows = tuple(
        (
            Link(offered.get(code.code, code.name), _code_address(authority, code)),
            code.name,
            code.parent.name if code.parent else "",
            Tag("Offered", "green") if code.code in offered else Tag("Hidden", "grey"),
        )
        for code in sorted(codes, key=lambda code: order.get(code.code, len(order)))
    )
    columns = (Column("Your word"), Column("Its own name"), Column("A kind of"), Column("State"))
    context = {
        "authority": authority,
        "list": chosen,
        "table": Table(chosen.label, columns, rows),
        "add": reverse("code-add", kwargs={"public_id": public_id, "list_name": list_name}) if chosen in TREES else "",
    }
    return render(request, "practice/code_list.html", context)


@needs(Permission.MANAGE_CODES)
@require_http_methods(["GET", "HEAD", "POST"])
def code_label(request: SignedInRequest, public_id: UUID, code_id: UUID) -> HttpResponse:
    authority = Authority.objects.fetch_for(request, Permission.MANAGE_CODES, public_id=public_id)
    code = next((each for each in codes_of(authority, *LOG_LISTS) if each.public_id == code_id), None)
    if code is None:
        raise Http404("There is no such code in this authority.")
    held = LocalLabel.objects.visible_to(request.user).filter(authority=authority, code=code).first()
    initial = {"label": held.label, "place": held.place, "hidden": held.hidden} if held else {}
    form = LabelForm(request.POST or None, initial=initial)
    if done(form, lambda: label_code(by=request.user, authority=authority, code=code, **form.cleaned_data)):
        messages.success(request, "Code saved")
        return redirect(_list_address(authority, code.list_name))
    return form_page(
        request, form, title=f"Code “{code.name}”", submit="Save", back=_list_address(authority, code.list_name)
    )


@needs(Permission.MANAGE_CODES)
@require_http_methods(["GET", "HEAD", "POST"])
def code_add(request: SignedInRequest, public_id: UUID, list_name: str) -> HttpResponse:
    authority, chosen = _fetch(request, public_id, list_name)
    if chosen not in TREES:
        raise Http404("This list takes no codes of an authority’s own.")
    parents = {code.code: code for code in codes_of(authority, chosen) if code.parent_id is None}
    form = LocalCodeForm(request.POST or None, parents=[(code.code, code.name) for code in parents.values()])
    if done(form, lambda: _add(request, authority, parents, form.cleaned_data)):
        messages.success(request, "Code added")
        return redirect(_list_address(authority, chosen))
    return form_page(
        request,
        form,
        title=f"Add a code: {chosen.label.lower()}",
        submit="Add code",
        back=_list_address(authority, chosen),
    )


def _add(request: SignedInRequest, authority: Authority, parents: dict[str, Code], told: dict[str, Any]) -> Code:
    return add_local_code(by=request.user, authority=authority, parent=parents[told["parent"]], name=told["name"])


@needs(Permission.MANAGE_CODES)
@require_http_methods(["GET", "HEAD", "POST"])
def code_pathway(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    authority = Authority.objects.fetch_for(request, Permission.MANAGE_CODES, public_id=public_id)
    asks = AuthorityChoices.objects.visible_to(request.user).filter(authority=authority, asks_pathway=True).exists()
    form = PathwayForm(request.POST if request.method == "POST" else None, initial={"asks_pathway": asks})
    if done(form, lambda: choose_pathway(by=request.user, authority=authority, **form.cleaned_data)):
        messages.success(request, "Saved")
        return redirect("code-lists")
    return form_page(request, form, title=f"Pathway, {authority}", submit="Save", back=reverse("code-lists"))


def _fetch(request: SignedInRequest, public_id: UUID, list_name: str) -> tuple[Authority, CodeList]:
    authority: Authority = Authority.objects.fetch_for(request, Permission.MANAGE_CODES, public_id=public_id)
    if list_name not in LOG_LISTS:
        raise Http404("There is no such list.")
    return authority, CodeList(list_name)


def _list_address(authority: Authority, list_name: str) -> str:
    return reverse("code-list", kwargs={"public_id": authority.public_id, "list_name": str(list_name)})


def _code_address(authority: Authority, code: Code) -> str:
    return reverse("code-label", kwargs={"public_id": authority.public_id, "code_id": code.public_id})
