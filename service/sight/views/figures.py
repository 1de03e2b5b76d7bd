"""Figures that were released, and the releasing of them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.tables import Column, Link, Table
from service.permissions import Permission, holds, needs
from service.schools.models import Authority
from service.sight.actions import release_figures
from service.sight.disclose import Disclosed, read_again
from service.sight.forms import ReleaseForm
from service.sight.models import Release
from service.sight.published import exhibits_of, totals_of
from service.sight.release_counts import pending_for
from service.sight.views.files import KINDS, file_of


@needs(Permission.VIEW_PUBLISHED_FIGURES)
@require_safe
def published_figures(request: SignedInRequest) -> HttpResponse:
    """The authorities and school years of which figures were released, and the totals of the last year."""
    rows = (
        Release.objects.visible_to(request.user).select_related("authority").order_by("authority__name", "-school_year")
    )
    years = dict.fromkeys((each.authority, each.school_year) for each in rows.only("authority", "school_year"))
    last = max((year for _, year in years), default="")
    releases = list(rows.filter(school_year=last).defer("ledger"))
    table = Table(
        "Figures by authority and school year",
        (Column("Authority"), Column("School year")),
        tuple((authority.name, _year_link(authority, year)) for authority, year in years),
        empty="No figures have been released.",
    )
    context = {
        "table": table,
        "figure": totals_of(releases, {release.pk: tables_of(release) for release in releases}),
        "releases_figures": holds(request.user, Permission.RELEASE_FIGURES),
    }
    return render(request, "sight/figures.html", context)


@needs(Permission.VIEW_PUBLISHED_FIGURES)
@require_safe
def figures(request: SignedInRequest, authority: UUID, year: str) -> HttpResponse:
    """What was released of an authority and school year, half-term beside half-term."""
    found: Authority = Authority.objects.fetch_for(request, Permission.VIEW_PUBLISHED_FIGURES, public_id=authority)
    releases = _releases(request.user, found, year)
    told = [(str(release), tables_of(release)) for release in releases]
    files = {"authority": authority, "year": year}
    shown = [
        {
            "exhibit": exhibit,
            "files": {
                words: reverse("figures-download", kwargs={**files, "exhibit": exhibit.key, "kind": kind})
                for words, kind in KINDS
            },
        }
        for exhibit in exhibits_of(told, names=_names(releases))
    ]
    context = {"authority": found, "year": year, "shown_exhibits": shown, "releases": releases}
    return render(request, "sight/figures_of.html", context)


@needs(Permission.VIEW_PUBLISHED_FIGURES)
@require_safe
def figures_download(request: SignedInRequest, authority: UUID, year: str, exhibit: str, kind: str) -> HttpResponse:
    """One table of what was released, as a file."""
    found: Authority = Authority.objects.fetch_for(request, Permission.VIEW_PUBLISHED_FIGURES, public_id=authority)
    releases = _releases(request.user, found, year)
    told = [(str(release), tables_of(release)) for release in releases]
    tables = {each.key: each.table for each in exhibits_of(told, names=_names(releases))}
    if exhibit not in tables:
        raise Http404("There are no such figures.")
    file = file_of(tables[exhibit], f"{found.code}-{exhibit}-{year}", kind=kind)
    told_to_audit = {"what": f"published figures, {exhibit}", "kind": kind, "school_year": year}
    record(Action.EXPORT, by=request.user, authority=found, details=told_to_audit)
    return file


@needs(Permission.RELEASE_FIGURES)
@require_http_methods(["GET", "HEAD", "POST"])
def figures_release(request: SignedInRequest) -> HttpResponse:
    """Release a half-term that is over. There is no preview: it would be a version of its own."""
    form = ReleaseForm(request.POST or None, pending=pending_for(request.user))
    if form.is_bound and form.is_valid():
        authority, half = form.pending[form.cleaned_data["half"]]
        try:
            release = release_figures(by=request.user, authority=authority, half=half)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            messages.success(request, f"The figures of {release} are released")
            return redirect("figures", authority=authority.public_id, year=release.school_year)
    return render(request, "sight/release.html", {"form": form})


def tables_of(release: Release) -> Mapping[str, Disclosed]:
    """The tables of a release by list."""
    return {table.list_name: table for table in read_again(release.tables)}


def _releases(user: User, authority: Authority, year: str) -> list[Release]:
    rows = Release.objects.visible_to(user).filter(authority=authority, school_year=year).order_by("number")
    releases = list(rows.defer("ledger"))
    if not releases:
        raise Http404("No figures of this school year have been released.")
    return releases


def _names(releases: list[Release]) -> dict[str, str]:
    """The names of the schools, as the last release has them."""
    return {urn: name for release in releases for urn, name in release.names.items()}


def _year_link(authority: Authority, year: str) -> Link:
    url = reverse("figures", kwargs={"authority": authority.public_id, "year": year})
    return Link(year, url, hidden=f"of {authority}")
