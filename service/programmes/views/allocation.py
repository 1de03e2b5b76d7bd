"""The draw: registered, entered, checked, told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.loading import when_used
from service.pages.downloads import attachment
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import allocation as allocations
from service.programmes.forms.allocation import CommitmentForm, EnterAllocationForm, PublishForm
from service.programmes.forms.scoped import ReasonForm
from service.programmes.models import Allocation, Arm, Commitment, NominationRound, SchoolArm
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of

if TYPE_CHECKING:
    from service.programmes import verification
else:
    verification = when_used("service.programmes.verification")

form_view = require_http_methods(["GET", "HEAD", "POST"])
HOLDS = {True: Tag("Holds", "green"), None: Tag("Not checked", "grey"), False: Tag("Fails", "red")}
ARM_COLOURS = {Arm.INTERVENTION: "green", Arm.COMPARISON: "blue", Arm.RESERVE: "grey", Arm.WITHDREW: "grey"}


@require_safe
@needs(Permission.VIEW_ALLOCATION)
def allocation_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, Allocation.objects.visible_to(request.user).distinct())
    rows = tuple(
        (link_to(str(each), "allocation", each), each.method, _state(each), each.published_on) for each in page.rows
    )
    columns = (Column("Allocation"), Column("Method"), Column("State"), Column("Told from"))
    sections = [Section(table=Table("Allocations", columns, rows, empty="No allocation is told yet."))]
    links = []
    if holds(request.user, Permission.PUBLISH_ALLOCATION):
        links = [
            Link("Register a commitment", reverse("commitment-register")),
            Link("Enter an allocation", reverse("allocation-enter")),
        ]
        sections.append(Section(table=_commitments(request)))
    return show_page(request, title="Allocation", back=reverse("programme"), links=links, sections=sections, page=page)


def _commitments(request: SignedInRequest) -> Table:
    rows = tuple(
        (
            each.sha256[:16],
            each.authority.name if each.authority else "Every authority",
            each.committed_on,
            each.registered_at,
        )
        for each in Commitment.objects.visible_to(request.user).select_related("authority")
    )
    columns = (Column("Hash"), Column("For"), Column("Committed on"), Column("Registered"))
    return Table("Commitments", columns, rows, empty="No commitment is registered.")


def _state(allocation: Allocation) -> Tag:
    if allocation.set_aside_on is not None:
        return Tag("Set aside", "grey")
    return Tag("Told", "green") if allocation.is_told else Tag("Hidden", "red")


@form_view
@needs(Permission.PUBLISH_ALLOCATION)
def commitment_register(request: SignedInRequest) -> HttpResponse:
    form = CommitmentForm(request.POST or None, request.FILES or None, user=request.user)
    return answer(
        request,
        form,
        lambda data: allocations.register_commitment(
            by=request.user, authority=data["authority"], file=data["file"].read(verification.LARGEST + 1)
        ),
        page=FormPage(
            "Register a commitment",
            reverse("allocation-list"),
            "Register",
            "Before nominations are known. The certificate that is entered later has to open it.",
        ),
        said="Commitment registered",
    )


@form_view
@needs(Permission.PUBLISH_ALLOCATION)
def allocation_enter(request: SignedInRequest) -> HttpResponse:
    form = EnterAllocationForm(request.POST or None, request.FILES or None, user=request.user)
    return answer(
        request,
        form,
        lambda data: allocations.enter_allocation(
            by=request.user,
            rounds=list(
                NominationRound.objects.visible_to(request.user).filter(pk__in=[each.pk for each in data["rounds"]])
            ),
            certificate=data["certificate"].read(verification.LARGEST + 1),
            kept_until=data["kept_until"],
        ),
        page=FormPage(
            "Enter an allocation",
            reverse("allocation-list"),
            "Check and enter",
            "The certificate is verified as swis verify does, against the rounds as they were submitted. "
            "Nobody but evaluators sees it before it is published.",
        ),
        said="The certificate holds. The allocation is entered and hidden",
        then=lambda entered: url_of("allocation", entered),
    )


@require_safe
@needs(Permission.VIEW_ALLOCATION)
def allocation(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What was drawn, as far as this person's schools go, and what was checked."""
    drawn = Allocation.objects.fetch_for(request, public_id=public_id)
    record(Action.READ, by=request.user, subject=drawn, details={"told": drawn.is_told})
    arms = (
        SchoolArm.objects.visible_to(request.user)
        .filter(allocation=drawn)
        .select_related("school__authority", "stands_in_for__school")
    )
    facts = [
        Fact("State", _state(drawn)),
        Fact("Drawn", drawn.drawn_on),
        Fact("Method", drawn.method),
        Fact("Told from", drawn.published_on),
        Fact("Comparison schools stay so until", drawn.kept_until),
    ]
    steps = Table(
        "What was checked",
        (Column("Step"), Column("Holds"), Column("Seen")),
        tuple((step["name"].capitalize(), HOLDS[step["holds"]], step["seen"]) for step in drawn.steps),
    )
    evaluating = holds(request.user, Permission.PUBLISH_ALLOCATION)
    sections = [Section(facts=facts), Section(table=_arms(arms))]
    sections += [Section(table=steps)] if evaluating else []
    links = _links(drawn) if evaluating else []
    return show_page(request, title=str(drawn), back=reverse("allocation-list"), links=links, sections=sections)


def _arms(arms: Iterable[SchoolArm]) -> Table:
    rows = tuple(
        (
            each.school.name,
            each.school.authority.name,
            Tag(each.get_arm_display().capitalize(), ARM_COLOURS[Arm(each.arm)]),
            f"Stands in for {each.stands_in_for.school}" if each.stands_in_for else "",
        )
        for each in arms
    )
    return Table("Schools", (Column("School"), Column("Authority"), Column("Arm"), Column("Remarks")), rows)


def _links(drawn: Allocation) -> list[Link]:
    links = [
        link_to("Download allocation.toml", "allocation-certificate", drawn),
        link_to("Download nominations.csv as it was checked", "allocation-nominations", drawn),
    ]
    if drawn.published_on is None and drawn.set_aside_on is None:
        links += [link_to("Publish", "allocation-publish", drawn), link_to("Set aside", "allocation-set-aside", drawn)]
    return links


@require_safe
@needs(Permission.PUBLISH_ALLOCATION)
def allocation_certificate(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _download(request, public_id, name="allocation.toml", field="certificate", content_type="application/toml")


@require_safe
@needs(Permission.PUBLISH_ALLOCATION)
def allocation_nominations(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _download(request, public_id, name="nominations.csv", field="nominations_file", content_type="text/csv")


def _download(request: SignedInRequest, public_id: UUID, *, name: str, field: str, content_type: str) -> HttpResponse:
    drawn = Allocation.objects.fetch_for(request, Permission.PUBLISH_ALLOCATION, public_id=public_id)
    record(Action.EXPORT, by=request.user, subject=drawn, details={"file": name})
    return attachment(getattr(drawn, field).encode(), content_type=f"{content_type}; charset=utf-8", filename=name)


@form_view
@needs(Permission.PUBLISH_ALLOCATION)
def allocation_publish(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    drawn = Allocation.objects.fetch_for(request, Permission.PUBLISH_ALLOCATION, public_id=public_id)
    form = PublishForm(request.POST or None, initial={"on": timezone.localdate()})
    return answer(
        request,
        form,
        lambda data: allocations.publish(by=request.user, allocation=drawn, **data),
        page=FormPage(
            "Publish the allocation",
            url_of("allocation", drawn),
            "Publish",
            "From that day each authority's people see the arms of their schools. It cannot be taken back. "
            "Schools in reserve stand in for those that withdrew by that day.",
            warning=True,
        ),
        said="The day of publication is set",
    )


@form_view
@needs(Permission.PUBLISH_ALLOCATION)
def allocation_set_aside(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    drawn = Allocation.objects.fetch_for(request, Permission.PUBLISH_ALLOCATION, public_id=public_id)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: allocations.set_aside(by=request.user, allocation=drawn, **data),
        page=FormPage("Set the allocation aside", url_of("allocation", drawn), "Set aside", warning=True),
        said="Allocation set aside",
    )
