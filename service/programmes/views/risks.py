"""The register of risks and issues."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import risks
from service.programmes.forms.scoped import ReasonForm
from service.programmes.forms.steering import ReviewRiskForm, RiskForm
from service.programmes.models import Risk
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def risk_list(request: SignedInRequest) -> HttpResponse:
    """Open risks and issues, the gravest first; closed ones with `?closed=1`."""
    closed = request.GET.get("closed") == "1"
    rows = Risk.objects.visible_to(request.user).filter(closed_on__isnull=not closed).select_related("authority")
    page = page_of(request, rows.order_by("-impact", "-likelihood", "what", "id"))
    cells = tuple(
        (
            link_to(each.what, "risk", each),
            each.kind.capitalize(),
            each.authority.name,
            each.likelihood,
            each.impact,
            score_tag(each),
            each.owner,
            each.closed_on if closed else each.raised_on,
        )
        for each in page.rows
    )
    columns = (
        Column("What"), Column("Kind"), Column("Authority"), Column("Likelihood", numeric=True),
        Column("Impact", numeric=True), Column("Score"), Column("Owner"), Column("Closed" if closed else "Raised"),
    )  # fmt: skip
    links = [Link("Show open ones", reverse("risk-list")) if closed else Link("Show closed ones", "?closed=1")]
    if holds(request.user, Permission.MANAGE_PROGRAMME):
        links.insert(0, Link("Raise a risk or issue", reverse("risk-raise")))
    table = Table("Closed risks and issues" if closed else "Open risks and issues", columns, cells, empty="None.")
    return show_page(
        request,
        title="Risks and issues",
        back=reverse("programme"),
        links=links,
        sections=[Section(table=table)],
        page=page,
    )


def score_tag(risk: Risk) -> Tag:
    """Likelihood times impact: 15 and more is grave, under 6 is slight."""
    return Tag(f"{risk.score} of 25", "red" if risk.score >= 15 else "yellow" if risk.score >= 6 else "green")


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def risk_raise(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        RiskForm(request.POST or None, user=request.user),
        lambda data: risks.raise_risk(by=request.user, **data),
        page=FormPage("Raise a risk or issue", reverse("risk-list"), text="Nothing about a child or a family."),
        said="Kept",
        then=lambda raised: url_of("risk", raised),
    )


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def risk(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    judged = Risk.objects.fetch_for(request, public_id=public_id)
    facts = [
        Fact("Kind", judged.kind.capitalize()),
        Fact("Likelihood", judged.get_likelihood_display()),
        Fact("Impact", judged.get_impact_display()),
        Fact("Score", score_tag(judged)),
        Fact("What is done about it", judged.mitigation),
        Fact("Owner", judged.owner),
        Fact("Raised", judged.raised_on),
        *([Fact("Closed", f"{judged.closed_because}")] if judged.closed_on else []),
    ]
    history = tuple(
        (
            each.reviewed_on,
            each.kind.capitalize(),
            each.likelihood,
            each.impact,
            each.owner,
            each.mitigation,
            each.remark,
        )
        for each in judged.reviews.all()
    )
    names = ("Judged on", "Kind", "Likelihood", "Impact", "Owner", "What is done", "What changed")
    table = Table("How it was judged", tuple(Column(name, numeric=name in names[2:4]) for name in names), history)
    links = []
    if judged.closed_on is None and holds(request.user, Permission.MANAGE_PROGRAMME, authority=judged.authority):
        links = [link_to("Judge it again", "risk-review", judged), link_to("Close it", "risk-close", judged)]
    sections = [Section(facts=facts), Section(table=table)]
    return show_page(request, title=judged.what, back=reverse("risk-list"), links=links, sections=sections)


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def risk_review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    judged = Risk.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    initial = {name: getattr(judged, name) for name in ("kind", "likelihood", "impact", "mitigation", "owner")}
    return answer(
        request,
        ReviewRiskForm(request.POST or None, initial=initial),
        lambda data: risks.review_risk(by=request.user, risk=judged, **data),
        page=FormPage(f"Judge again: {judged}", url_of("risk", judged)),
        said="Kept",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def risk_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    judged = Risk.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: risks.close_risk(by=request.user, risk=judged, **data),
        page=FormPage(f"Close: {judged}", url_of("risk", judged), "Close"),
        said="Closed",
    )
