"""What was claimed, by quarter, and the file of it."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.downloads import attachment, neutralise
from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import claims
from service.programmes.forms.steering import ClaimForm, CorrectClaimForm
from service.programmes.models import Claim
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page

form_view = require_http_methods(["GET", "HEAD", "POST"])
HEADING = ("authority", "item", "category", "amount", "basis", "useful_life_years", "period", "source")


@require_safe
@needs(Permission.VIEW_CLAIMS)
def claim_list(request: SignedInRequest) -> HttpResponse:
    rows = Claim.objects.visible_to(request.user).select_related("authority")
    page = page_of(request, rows.order_by("-quarter", "authority__name", "item", "-id"))
    records = holds(request.user, Permission.RECORD_CLAIMS)
    cells = tuple(
        (
            each.item,
            each.authority.name,
            each.quarter,
            each.category.capitalize(),
            each.amount,
            Tag("Corrected", "grey") if each.superseded else Tag("Holds", "green"),
            each.reason,
            link_to("Correct", "claim-correct", each, hidden=str(each)) if records and not each.superseded else None,
        )
        for each in page.rows
    )
    columns = (
        Column("Item"), Column("Authority"), Column("Quarter"), Column("Category"),
        Column("Sum in pounds", numeric=True, decimals=2), Column("State"), Column("Corrected because"), Column(""),
    )  # fmt: skip
    links = [Link("Download claims (CSV)", reverse("claim-download"))]
    if records:
        links.insert(0, Link("Record a claim", reverse("claim-record")))
    table = Table("Claims", columns, cells, empty="No claim is recorded.")
    return show_page(
        request, title="Claims", back=reverse("programme"), links=links, sections=[Section(table=table)], page=page
    )


@form_view
@needs(Permission.RECORD_CLAIMS)
def claim_record(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        ClaimForm(request.POST or None, user=request.user),
        lambda data: claims.record_claim(by=request.user, **data),
        page=FormPage("Record a claim", reverse("claim-list")),
        said="Claim recorded",
    )


@form_view
@needs(Permission.RECORD_CLAIMS)
def claim_correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    claim = Claim.objects.fetch_for(request, Permission.RECORD_CLAIMS, public_id=public_id)
    names = ("quarter", "item", "category", "amount", "basis", "useful_life_years", "source")
    return answer(
        request,
        CorrectClaimForm(request.POST or None, initial={name: getattr(claim, name) for name in names}),
        lambda data: claims.correct_claim(by=request.user, claim=claim, **data),
        page=FormPage(f"Correct {claim}", reverse("claim-list"), text="The sum before stays to be read."),
        said="Claim corrected",
    )


@require_safe
@needs(Permission.VIEW_CLAIMS)
def claim_download(request: SignedInRequest) -> HttpResponse:
    """The claims that hold, in the columns of claims.csv with the authority before them."""
    rows = Claim.objects.visible_to(request.user).filter(superseded=False).select_related("authority")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADING)
    for each in rows.order_by("authority__name", "quarter", "item"):
        life = "" if each.useful_life_years is None else each.useful_life_years
        writer.writerow(
            (
                neutralise(each.authority.name), neutralise(each.item), each.category, each.amount, each.basis, life,
                each.quarter, neutralise(each.source),
            )
        )  # fmt: skip
    record(Action.EXPORT, by=request.user, details={"file": "claims.csv", "rows": rows.count()})
    return attachment(text.getvalue().encode(), content_type="text/csv; charset=utf-8", filename="claims.csv")
