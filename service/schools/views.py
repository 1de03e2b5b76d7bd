"""The pages about authorities, schools and their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.pages.pagination import page_of
from service.pages.refusals import tell
from service.pages.tables import Fact, Link
from service.permissions import Permission, holds, needs, scope_of
from service.schools.actions import clusters, register, schools, terms
from service.schools.forms import (
    AddSchoolForm,
    AuthorityForm,
    AuthorityNameForm,
    ClosureForm,
    CorrectSchoolForm,
    FeedersForm,
    RegisterForm,
    SearchForm,
    TermsForm,
)
from service.schools.models import Authority, ClosureDay, School, SchoolCluster, Term
from service.schools.register import NotTheRegister
from service.schools.tables import closures_table, import_tables, schools_table, terms_table

Manage = Permission.MANAGE_SCHOOLS


@needs(Manage)
@require_safe
def school_list(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    rows = School.objects.visible_to(request.user, Manage).select_related("authority")
    if form.is_valid():
        q, phase = form.cleaned_data["q"], form.cleaned_data["phase"]
        rows = rows.filter(Q(name__icontains=q) | Q(urn=q)) if q else rows
        rows = rows.filter(phase=phase) if phase else rows
    page = page_of(request, rows)
    return render(request, "schools/list.html", {"form": form, "page": page, "table": schools_table(page.rows)})


@needs(Permission.VIEW_SCHOOL)
@require_safe
def school(request: HttpRequest, school: UUID) -> HttpResponse:
    """What the register says of a school, and its cluster."""
    row = School.objects.fetch_for(request, Permission.VIEW_SCHOOL, public_id=school)
    manages = holds(request.user, Manage, school=row)
    cluster = SchoolCluster.objects.visible_to(request.user).filter(secondary=row).first()
    context = {
        "school": row,
        "facts": facts_of(row),
        "feeders": list(cluster.feeders.order_by("name")) if cluster else [],
        "manages": manages,
        "heads": row.phase in clusters.HEADS,
    }
    return render(request, "schools/school.html", context)


def facts_of(row: School) -> list[Fact]:
    percent = row.free_school_meals_percent
    return [
        Fact("URN", row.urn),
        Fact("Authority", row.authority.name),
        Fact("Phase", row.get_phase_display()),
        Fact("Pupils on roll", row.pupils),
        Fact("Eligible for free school meals", None if percent is None else f"{percent}%"),
        Fact("Opened", row.opened),
        Fact("Closed", row.closed),
        Fact("School before it", row.follows.name if row.follows else None),
    ]


@needs(Permission.VIEW_SCHOOL)
@require_safe
def school_days(request: HttpRequest, school: UUID) -> HttpResponse:
    """When a school is open: the terms of its authority, and the days on which all of them or this one are closed."""
    row = School.objects.fetch_for(request, Permission.VIEW_SCHOOL, public_id=school)
    held = Term.objects.visible_to(request.user).filter(authority=row.authority_id, ends__gte=new_year())
    closures = ClosureDay.objects.visible_to(request.user).filter(Q(school=None) | Q(school=row), day__gte=new_year())
    context = {
        "school": row,
        "terms": terms_table(held),
        "closures": closures_table(
            closures.filter(authority=row.authority_id).select_related("school"), may_take_back=False
        ),
        "manages": holds(request.user, Manage, school=row),
    }
    return render(request, "schools/days.html", context)


def new_year() -> date:
    """The first of January: what lies further back is not shown."""
    return timezone.localdate().replace(month=1, day=1)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def add_school(request: HttpRequest) -> HttpResponse:
    form = AddSchoolForm(request.POST or None, by=request.user)
    if form.is_valid():
        added = done(form, schools.add_school, by=request.user, **form.cleaned_data)
        if added is not None:
            messages.success(request, f"{added.name} is added.")
            return redirect("school", school=added.public_id)
    return ask(request, form, title="Add a school", submit="Add school", cancel=reverse("school-list"))


@needs(Manage)
@require_http_methods(["GET", "POST"])
def correct_school(request: HttpRequest, school: UUID) -> HttpResponse:
    row = School.objects.fetch_for(request, Manage, public_id=school)
    initial = {name: getattr(row, name) for name in schools.CORRECTABLE}
    initial["follows"] = row.follows.public_id if row.follows else None
    form = CorrectSchoolForm(request.POST or None, by=request.user, initial=initial)
    if form.is_valid() and done(form, schools.correct_school, by=request.user, school=row, **form.cleaned_data):
        messages.success(request, "The school is corrected.")
        return redirect("school", school=row.public_id)
    back = reverse("school", kwargs={"school": row.public_id})
    return ask(request, form, title=f"Correct {row.name}", submit="Save", cancel=back)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def set_feeders(request: HttpRequest, school: UUID) -> HttpResponse:
    row = School.objects.fetch_for(request, Manage, public_id=school)
    cluster = SchoolCluster.objects.visible_to(request.user).filter(secondary=row).first()
    chosen = [feeder.public_id for feeder in cluster.feeders.all()] if cluster else []
    form = FeedersForm(request.POST or None, by=request.user, secondary=row, initial={"feeders": chosen})
    if request.method == "POST" and not form.is_bound:
        form = FeedersForm({"feeders": []}, by=request.user, secondary=row)
    if form.is_valid() and done(form, clusters.set_feeders, by=request.user, secondary=row, **form.cleaned_data):
        messages.success(request, "The feeder primaries are set.")
        return redirect("school", school=row.public_id)
    back = reverse("school", kwargs={"school": row.public_id})
    return ask(request, form, title=f"Feeder primaries of {row.name}", submit="Save", cancel=back)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def import_register(request: HttpRequest) -> HttpResponse:
    """Check a file of the register, or import it."""
    form = RegisterForm(request.POST or None, request.FILES or None)
    tables = []
    if form.is_valid():
        act = register.import_register if form.cleaned_data["do"] == "import" else register.compare_with_register
        try:
            tables = import_tables(act(by=request.user, content=form.cleaned_data["file"].read()))
        except NotTheRegister as error:
            form.add_error("file", str(error))
    imported = bool(tables) and form.cleaned_data["do"] == "import"
    return render(request, "schools/register.html", {"form": form, "tables": tables, "imported": imported})


@needs(Manage)
@require_safe
def authority_list(request: HttpRequest) -> HttpResponse:
    rows = Authority.objects.visible_to(request.user, Manage)
    facts = [
        Fact(
            f"{row.code} {row.name}",
            "",
            Link("Terms and name", reverse("authority", kwargs={"authority": row.public_id})),
        )
        for row in rows
    ]
    may_add = scope_of(request.user, Manage).everywhere
    return render(request, "schools/authorities.html", {"facts": facts, "may_add": may_add})


@needs(Manage)
@require_safe
def authority(request: HttpRequest, authority: UUID) -> HttpResponse:
    """Term dates and closure days."""
    row = Authority.objects.fetch_for(request, Manage, public_id=authority)
    held = list(Term.objects.visible_to(request.user, Manage).filter(authority=row))
    closures = ClosureDay.objects.visible_to(request.user, Manage).filter(authority=row).select_related("school")
    context = {
        "authority": row,
        "terms": terms_table(held),
        "years": sorted({term.school_year for term in held}, reverse=True),
        "closures": closures_table(closures.filter(day__gte=new_year()), may_take_back=True),
    }
    return render(request, "schools/authority.html", context)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def add_authority(request: HttpRequest) -> HttpResponse:
    if not scope_of(request.user, Manage).everywhere:
        messages.info(request, "Authorities are added by an administrator of every authority.")
        return redirect("authority-list")
    form = AuthorityForm(request.POST or None)
    if form.is_valid():
        added = done(form, schools.add_authority, by=request.user, **form.cleaned_data)
        if added is not None:
            messages.success(request, f"{added.name} is added.")
            return redirect("authority", authority=added.public_id)
    return ask(request, form, title="Add an authority", submit="Add authority", cancel=reverse("authority-list"))


@needs(Manage)
@require_http_methods(["GET", "POST"])
def rename_authority(request: HttpRequest, authority: UUID) -> HttpResponse:
    row = Authority.objects.fetch_for(request, Manage, public_id=authority)
    form = AuthorityNameForm(request.POST or None, initial={"name": row.name})
    if form.is_valid() and done(form, schools.rename_authority, by=request.user, authority=row, **form.cleaned_data):
        messages.success(request, "The name is corrected.")
        return redirect("authority", authority=row.public_id)
    back = reverse("authority", kwargs={"authority": row.public_id})
    return ask(request, form, title=f"Correct the name of {row.name}", submit="Save", cancel=back)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def set_terms(request: HttpRequest, authority: UUID) -> HttpResponse:
    """The three terms of a school year: of `?year=` when it is known, empty for a new one."""
    row = Authority.objects.fetch_for(request, Manage, public_id=authority)
    year = request.GET.get("year", "")
    held = list(Term.objects.visible_to(request.user, Manage).filter(authority=row, school_year=year))
    form = TermsForm(request.POST or None, terms=held)
    if form.is_valid():
        asked = {"school_year": form.cleaned_data["school_year"], "terms": form.terms()}
        if done(form, terms.set_school_year, by=request.user, authority=row, **asked):
            messages.success(request, "The term dates are set.")
            return redirect("authority", authority=row.public_id)
    back = reverse("authority", kwargs={"authority": row.public_id})
    return ask(request, form, title=f"Term dates of {row.name}", submit="Save", cancel=back)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def add_closure(request: HttpRequest, authority: UUID) -> HttpResponse:
    row = Authority.objects.fetch_for(request, Manage, public_id=authority)
    form = ClosureForm(request.POST or None, by=request.user, authority=row)
    if form.is_valid() and done(form, terms.close_on, by=request.user, authority=row, **form.cleaned_data):
        messages.success(request, "The closure day is entered.")
        return redirect("authority", authority=row.public_id)
    back = reverse("authority", kwargs={"authority": row.public_id})
    return ask(request, form, title=f"A closure day in {row.name}", submit="Save", cancel=back)


@needs(Manage)
@require_http_methods(["GET", "POST"])
def take_back_closure(request: HttpRequest, closure: UUID) -> HttpResponse:
    row = ClosureDay.objects.fetch_for(request, Manage, public_id=closure)
    if request.method == "POST":
        terms.take_back_closure(by=request.user, closure=row)
        messages.success(request, "The closure day is taken back.")
        return redirect("authority", authority=row.authority.public_id)
    page = {
        "title": "Take the closure day back?",
        "text": f"{row.day.day} {row.day:%B %Y}, {row.reason}: {row.school or row.authority}. It then counts as a school day.",
        "submit": "Take back",
        "cancel": reverse("authority", kwargs={"authority": row.authority.public_id}),
    }
    return render(request, "pages/confirm.html", page)


def done(form: forms.Form, act: Callable[..., Any], **asked: Any) -> Any:
    """Call an action; what it refuses goes into the form, and None comes back."""
    try:
        return act(**asked)
    except ValidationError as error:
        tell(form, error)
        return None


def ask(request: HttpRequest, form: forms.Form, **page: str) -> HttpResponse:
    return render(request, "pages/confirm.html", {"form": form, **page})
