"""Service level agreements: every school's at a glance, one to read and sign, and their texts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import agreements
from service.programmes.agreement_states import AgreementState, states_of
from service.programmes.forms.steering import IssueForm, SignForm, TextForm
from service.programmes.models import Agreement, AgreementText, SchoolArm, Side
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of
from service.schools.models import School

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_AGREEMENTS)
def agreement_list(request: SignedInRequest) -> HttpResponse:
    """The schools that are in the programme or have an agreement, and how each stands."""
    seen = Agreement.objects.visible_to(request.user).filter(superseded_on=None)
    told = SchoolArm.objects.visible_to(request.user).live()
    schools = School.objects.visible_to(request.user, Permission.VIEW_AGREEMENTS)
    wanted = schools.filter(pk__in=seen.values("school")) | schools.filter(pk__in=told.values("school"))
    page = page_of(request, wanted.order_by("name", "urn"))
    arms = {each.school_id: each.get_arm_display() for each in told.filter(school__in=page.rows)}
    holding = seen.filter(school__in=page.rows).select_related("text").prefetch_related("signatures")
    states = states_of(page.rows, holding, on=timezone.localdate())
    table = Table(
        "Agreements",
        (Column("School"), Column("Arm"), Column("Text"), Column("State"), Column("To be signed by")),
        tuple(_row(state, arms.get(state.school.pk, "").capitalize()) for state in states),
        empty="No agreement is issued yet.",
    )
    links = []
    sections = [Section(table=table)]
    if holds(request.user, Permission.MANAGE_PROGRAMME):
        links = [
            Link("Write a text", reverse("agreement-text-write")),
            Link("Issue a text", reverse("agreement-issue")),
        ]
        sections.append(Section(table=_texts(request)))
    return show_page(
        request,
        title="Service level agreements",
        back=reverse("programme"),
        links=links,
        sections=sections,
        page=page,
    )


def _row(state: AgreementState, arm: str) -> tuple[Cell, ...]:
    if state.agreement is None:
        return (state.school.name, arm, "", Tag("Not issued", "red"), None)
    link = link_to(state.school.name, "agreement", state.agreement)
    return (link, arm, str(state.agreement.text), state_tag(state), state.agreement.sign_by)


def state_tag(state: AgreementState) -> Tag:
    if state.late:
        return Tag(f"Late: {state.words[:1].lower()}{state.words[1:]}", "red")
    return Tag(state.words, "yellow" if state.missing else "green")


def _texts(request: SignedInRequest) -> Table:
    texts = AgreementText.objects.visible_to(request.user).select_related("authority")
    rows = tuple((link_to(str(each), "agreement-text", each), each.authority.name, each.written_on) for each in texts)
    return Table(
        "Texts", (Column("Text"), Column("Authority"), Column("Written")), rows, empty="No text is written yet."
    )


@require_safe
@needs(Permission.VIEW_AGREEMENTS)
def agreement(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    issued = Agreement.objects.fetch_for(request, public_id=public_id)
    state = states_of([issued.school], [issued], on=timezone.localdate())[0]
    holding = issued.superseded_on is None
    facts = [
        Fact("Text", str(issued.text)),
        Fact("Issued", issued.issued_on),
        Fact("To be signed by", issued.sign_by),
        Fact("State", state_tag(state) if holding else Tag("Superseded", "grey")),
    ]
    facts += [
        Fact(f"Signed for {each.get_side_display().lower()}", f"{each.name}, {each.position}, {_day(each.signed_on)}")
        for each in issued.signatures.all()
    ]
    links = []
    if (
        holding
        and Side.SCHOOL in state.missing
        and holds(request.user, Permission.SIGN_AGREEMENT, school=issued.school)
    ):
        links.append(link_to("Sign for the school", "agreement-sign", issued))
    authority = issued.school.authority
    if (
        holding
        and Side.AUTHORITY in state.missing
        and holds(request.user, Permission.SIGN_FOR_AUTHORITY, authority=authority)
    ):
        links.append(link_to("Sign for the authority", "agreement-countersign", issued))
    earlier = Agreement.objects.visible_to(request.user).filter(school=issued.school).exclude(pk=issued.pk)
    others = tuple(
        (link_to(str(each.text), "agreement", each), each.issued_on, each.superseded_on)
        for each in earlier.select_related("text")
    )
    sections = [Section(facts=facts), Section("Text", text=issued.text.text)]
    if others:
        columns = (Column("Text"), Column("Issued"), Column("Superseded"))
        sections.append(Section(table=Table("Other agreements with the school", columns, others)))
    return show_page(request, title=str(issued), back=reverse("agreement-list"), links=links, sections=sections)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@form_view
@needs(Permission.SIGN_AGREEMENT)
def agreement_sign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _sign(request, public_id, Side.SCHOOL, Permission.SIGN_AGREEMENT)


@form_view
@needs(Permission.SIGN_FOR_AUTHORITY)
def agreement_countersign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _sign(request, public_id, Side.AUTHORITY, Permission.SIGN_FOR_AUTHORITY)


def _sign(request: SignedInRequest, public_id: UUID, side: Side, permission: Permission) -> HttpResponse:
    issued = Agreement.objects.fetch_for(request, permission, public_id=public_id)
    form = SignForm(request.POST or None, initial={"name": request.user.name})
    return answer(
        request,
        form,
        lambda data: agreements.sign(
            by=request.user, agreement=issued, side=side, name=data["name"], position=data["position"]
        ),
        page=FormPage(
            f"Sign for {side.label.lower()}: {issued.school}",
            url_of("agreement", issued),
            "Sign",
            issued.text.text,
        ),
        said="Signed",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def agreement_text_write(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        TextForm(request.POST or None, user=request.user),
        lambda data: agreements.write_text(by=request.user, **data),
        page=FormPage(
            "Write a text",
            reverse("agreement-list"),
            text="It becomes the next version. Comparison schools have an agreement of their own: their part matters as much.",
        ),
        said="Text kept",
        then=lambda text: url_of("agreement-text", text),
    )


@require_safe
@needs(Permission.MANAGE_PROGRAMME)
def agreement_text(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    text = AgreementText.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return show_page(
        request,
        title=f"Agreement: {text}",
        back=reverse("agreement-list"),
        links=[Link("Issue it", f"{reverse('agreement-issue')}?text={text.public_id}")],
        sections=[Section(facts=[Fact("Written", text.written_on)], text=text.text)],
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def agreement_issue(request: SignedInRequest) -> HttpResponse:
    form = IssueForm(request.POST or None, user=request.user, initial={"text": request.GET.get("text")})
    return answer(
        request,
        form,
        lambda data: agreements.issue(
            by=request.user, text=data["text"], schools=list(data["schools"]), sign_by=data["sign_by"]
        ),
        page=FormPage(
            "Issue a text",
            reverse("agreement-list"),
            "Issue",
            "It supersedes the agreement that a school has, signed or not.",
        ),
        said="Agreements issued",
    )
