"""Involvement with a child, and what each worker carries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.tables import Cell, Column, Table
from service.permissions import Permission, needs, scope_of
from service.practice.actions.involvement import (
    close_involvement,
    hand_over_involvement,
    open_involvement,
    state_other_work,
    step_involvement,
)
from service.practice.caseload import Caseload, caseloads_of
from service.practice.core_codes import CORE, CodeList
from service.practice.forms.involvement import CloseForm, HandOverForm, OpenForm, OtherWorkForm, StepForm
from service.practice.models import LEVELS, ChildReference, Involvement
from service.practice.people import people_with, workers_in
from service.practice.views.acting import done, form_page, keeps_words
from service.practice.views.children import child_address
from service.schools.models import Authority, School


def worker_choices(school: School) -> list[tuple[str, str]]:
    """The people who may be involved with a child of the school."""
    return [
        (str(worker.public_id), worker.name) for worker in people_with(Permission.MANAGE_INVOLVEMENT, school=school)
    ]


def _worker(school: School, public_id: str) -> User:
    return people_with(Permission.MANAGE_INVOLVEMENT, school=school).get(public_id=public_id)


@needs(Permission.MANAGE_INVOLVEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def involvement_open(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    child = ChildReference.objects.fetch_for(request, Permission.MANAGE_INVOLVEMENT, public_id=public_id)
    form = OpenForm(
        request.POST or None, workers=worker_choices(child.school), initial={"worker": str(request.user.public_id)}
    )
    if form.is_valid():
        told = dict(form.cleaned_data)
        worker = _worker(child.school, told.pop("worker"))
        if done(form, lambda: open_involvement(by=request.user, child=child, worker=worker, **told)):
            return _saved(request, child, "Involvement opened")
    return form_page(request, form, title="Open involvement", submit="Open involvement", back=child_address(child))


def _fetch(request: SignedInRequest, public_id: UUID) -> Involvement:
    found: Involvement = Involvement.objects.fetch_for(request, Permission.MANAGE_INVOLVEMENT, public_id=public_id)
    return found


def _saved(request: SignedInRequest, child: ChildReference, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("child", public_id=child.public_id)


@needs(Permission.MANAGE_INVOLVEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def involvement_step(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    form = StepForm(request.POST or None, initial={"level": found.level})
    if done(form, lambda: step_involvement(by=request.user, involvement=found, **form.cleaned_data)):
        return _saved(request, found.child, "Step recorded")
    record(Action.READ, by=request.user, subject=found, child=found.child, details={"fields": ["level"]})
    return form_page(request, form, title="Step up or down", submit="Save", back=child_address(found.child))


@needs(Permission.MANAGE_INVOLVEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def involvement_hand_over(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    form = HandOverForm(request.POST or None, workers=worker_choices(found.child.school))
    if form.is_valid():
        told = dict(form.cleaned_data)
        worker = _worker(found.child.school, told.pop("worker"))
        if done(form, lambda: hand_over_involvement(by=request.user, involvement=found, worker=worker, **told)):
            return _saved(request, found.child, "Handed over")
    return form_page(
        request, form, title="Hand over to a colleague", submit="Hand over", back=child_address(found.child)
    )


@needs(Permission.MANAGE_INVOLVEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_words
def involvement_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = _fetch(request, public_id)
    form = CloseForm(request.POST or None)
    if done(form, lambda: close_involvement(by=request.user, involvement=found, **form.cleaned_data)):
        return _saved(request, found.child, "Involvement closed")
    return form_page(
        request, form, title="Close involvement", submit="Close involvement", back=child_address(found.child)
    )


@needs(Permission.MANAGE_INVOLVEMENT)
@require_safe
def caseload(request: SignedInRequest) -> HttpResponse:
    """One's own caseload; for who manages an authority, that of each of its workers, by name and never ranked."""
    managed = Authority.objects.visible_to(request.user, Permission.VIEW_TEAM_DASHBOARD)
    workers = [worker for authority in managed for worker in workers_in(authority)] or [request.user]
    loads = caseloads_of(dict.fromkeys(workers), timezone.localdate())
    return render(request, "practice/caseload.html", {"table": caseload_table(loads), "by_level": level_table(loads)})


def caseload_table(loads: list[Caseload]) -> Table:
    columns = (
        Column("Worker"),
        Column("Open children", numeric=True),
        Column("of them carried over", numeric=True),
        Column("Cases elsewhere", numeric=True),
        Column("Agreed with schools, %", numeric=True),
        Column("Court work, %", numeric=True),
        Column("Other work, %", numeric=True),
        Column("Above the working time, %", numeric=True),
    )
    rows = tuple(
        (
            load.worker.name, sum(load.by_level.values()), load.carried_over, load.carried_over_elsewhere,
            load.school_percent, load.court_percent, load.other_percent, load.overcommitted_percent,
        )
        for load in loads
    )  # fmt: skip
    note = "Cases elsewhere were held before the placement and have no reference here. Shares are of the working time."
    return Table("Caseload and time", columns, rows, note=note)


def level_table(loads: list[Caseload]) -> Table:
    names = CORE[CodeList.LEVEL]
    columns = (Column("Worker"), *(Column(names[level], numeric=True) for level in LEVELS))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (load.worker.name, *(load.by_level[level] for level in LEVELS)) for load in loads
    )
    return Table("Children by level", columns, rows, wide=True)


@needs(Permission.MANAGE_INVOLVEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def other_work(request: SignedInRequest) -> HttpResponse:
    """State what a worker carries besides the schools: one's own, or for who manages the authority anybody's."""
    offered = _workers_by_authority(request)
    form = OtherWorkForm(request.POST or None, workers=[(key, worker.name) for key, (_, worker) in offered.items()])
    if form.is_valid():
        told: dict[str, Any] = dict(form.cleaned_data)
        authority, worker = offered[told.pop("worker")]
        if done(form, lambda: state_other_work(by=request.user, worker=worker, authority=authority, **told)):
            messages.success(request, "Other work recorded")
            return redirect("caseload")
    text = "Cases and court work from before take time that the schools do not get. Say so here."
    return form_page(request, form, title="Other work", text=text, submit="Save", back=reverse("caseload"))


def _workers_by_authority(request: SignedInRequest) -> dict[str, tuple[Authority, User]]:
    scope = scope_of(request.user, Permission.VIEW_TEAM_DASHBOARD)
    offered: dict[str, tuple[Authority, User]] = {}
    for authority in Authority.objects.visible_to(request.user, Permission.VIEW_TEAM_DASHBOARD):
        offered |= {f"{authority.code} {worker.public_id}": (authority, worker) for worker in workers_in(authority)}
    if not scope:
        for school in School.objects.visible_to(request.user, Permission.RECORD_CONTACT).select_related("authority"):
            offered[f"{school.authority.code} {request.user.public_id}"] = (school.authority, request.user)
    return offered
