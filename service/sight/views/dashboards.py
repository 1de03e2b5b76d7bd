"""The dashboard of a team, and a worker's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, needs
from service.schools.models import Authority
from service.schools.open_days import half_terms_of
from service.sight.exhibits import BUILDERS, OWN, TEAM, Builder
from service.sight.forms import PeriodForm
from service.sight.lens import Lens, halves_until, key_of, own_authorities, own_lens, team_lens
from service.sight.views.files import KINDS, file_of


@needs(Permission.VIEW_TEAM_DASHBOARD)
@require_safe
def team_dashboard(request: SignedInRequest) -> HttpResponse:
    """Presence, the role, the work, caseload and the log of an authority's team in one half-term."""
    authorities = list(Authority.objects.visible_to(request.user, Permission.VIEW_TEAM_DASHBOARD).order_by("name"))
    authority = _chosen(request, authorities)
    lens = _team_lens(request, authority)
    context = _page(request, TEAM, lens, authority=authority, authorities=authorities)
    return render(request, "sight/team.html", context)


@needs(Permission.VIEW_TEAM_DASHBOARD)
@require_safe
def team_figure(request: SignedInRequest, exhibit: str, kind: str) -> HttpResponse:
    """The figures of one exhibit as a file."""
    authorities = list(Authority.objects.visible_to(request.user, Permission.VIEW_TEAM_DASHBOARD).order_by("name"))
    lens = _team_lens(request, _chosen(request, authorities))
    if exhibit not in BUILDERS or lens is None:
        raise Http404("There are no such figures.")
    table = BUILDERS[exhibit](lens).table
    file = file_of(table, f"{exhibit}-{key_of(lens.half)}", kind=kind)
    told = {"what": f"team, {exhibit}", "kind": kind, "half_term": str(lens.half), "rows": len(table.rows)}
    record(Action.EXPORT, by=request.user, authority=lens.authority, details=told)
    return file


@needs(Permission.VIEW_OWN_DASHBOARD)
@require_safe
def own_dashboard(request: SignedInRequest) -> HttpResponse:
    """A worker's own mix of work, days and time: what the manager sees of her, and it is hers to see first."""
    today = timezone.localdate()
    authorities = own_authorities(request.user)
    authority = _chosen(request, authorities)
    halves = halves_until(authority, wanted=request.GET.get("half_term", ""), today=today) if authority else ()
    lens = own_lens(request.user, authority, halves=halves, today=today) if authority and halves else None
    return render(request, "sight/own.html", _page(request, OWN, lens, authority=authority, authorities=authorities))


def _chosen(request: SignedInRequest, authorities: list[Authority]) -> Authority | None:
    """The authority that was asked for, of those given; else the first."""
    wanted = request.GET.get("authority", "")
    asked = [each for each in authorities if str(each.public_id) == wanted]
    return next(iter(asked or authorities), None)


def _team_lens(request: SignedInRequest, authority: Authority | None) -> Lens | None:
    """None where there is no authority, or no half-term has begun."""
    today = timezone.localdate()
    halves = halves_until(authority, wanted=request.GET.get("half_term", ""), today=today) if authority else ()
    return team_lens(request.user, authority, halves=halves, today=today) if authority and halves else None


def _page(
    request: SignedInRequest,
    sections: Mapping[str, Mapping[str, Builder]],
    lens: Lens | None,
    *,
    authority: Authority | None,
    authorities: list[Authority],
) -> dict[str, Any]:
    if lens is None or authority is None:
        return {"lens": None}
    begun = [half for half in half_terms_of(authority) if half.starts <= lens.today]
    asked = {"authority": str(authority.public_id), "half_term": key_of(lens.half)}
    form = PeriodForm(initial=asked, authorities=authorities, halves=begun)
    shown = [
        {"title": title, "key": slugify(title), "exhibits": [_shown(build(lens), asked) for build in builders.values()]}
        for title, builders in sections.items()
    ]
    return {"lens": lens, "form": form, "sections": shown}


def _shown(exhibit: Any, asked: dict[str, str]) -> dict[str, Any]:
    """An exhibit with the addresses of its files."""
    query = f"?{urlencode(asked)}"
    files = {
        words: reverse("team-figure", kwargs={"exhibit": exhibit.key, "kind": kind}) + query for words, kind in KINDS
    }
    return {"exhibit": exhibit, "files": files}
