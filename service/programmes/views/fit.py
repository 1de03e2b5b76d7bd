"""Who fits where: what schools need, what workers bring, proposals and decisions."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, needs
from service.programmes.actions import fit
from service.programmes.fit import Proposals
from service.programmes.forms.fit import RANKS, DecideForm, NeedsForm, ProposeForm, SchoolViewForm, WorkerForm
from service.programmes.forms.scoped import Confirmation
from service.programmes.models import Decision, FitProposal, SchoolNeeds, WorkerProfile
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of
from service.schools.models import School

form_view = require_http_methods(["GET", "HEAD", "POST"])
DECISION_COLOURS = {"open": "yellow", "accepted": "green", "declined": "red", "superseded": "grey"}


@require_safe
@needs(Permission.MANAGE_PLACEMENTS)
def fit_list(request: SignedInRequest) -> HttpResponse:
    rows = FitProposal.objects.visible_to(request.user).select_related("school", "worker")
    page = page_of(request, rows.order_by("-made_at", "-id"))
    proposals = Table(
        "Proposals",
        (
            Column("School"),
            Column("Social worker"),
            Column("Fit", numeric=True),
            Column("School's view"),
            Column("Decision"),
        ),
        tuple(
            (
                link_to(each.school.name, "fit-proposal", each, hidden=f", {each.worker}"),
                each.worker.name,
                each.score,
                each.get_school_view_display()
                if each.school_view
                else "Shown"
                if each.shown_to_school
                else "Not shown",
                _decision(each),
            )
            for each in page.rows
        ),
        note="The fit is the share of what the school asks for that the worker brings, from 0 to 100.",
        empty="No proposal yet.",
    )
    links = [
        Link("Describe a worker", reverse("worker-describe")),
        Link("Propose who fits where", reverse("fit-propose")),
    ]
    sections = [Section(table=proposals), Section(table=_needs(request)), Section(table=_profiles(request))]
    return show_page(
        request, title="Who fits where", back=reverse("placement-list"), links=links, sections=sections, page=page
    )


def _decision(proposal: FitProposal) -> Tag:
    return Tag(proposal.get_decision_display(), DECISION_COLOURS[proposal.decision])


def _needs(request: SignedInRequest) -> Table:
    stated = SchoolNeeds.objects.visible_to(request.user).filter(superseded=False).select_related("school")
    rows = tuple(
        (
            link_to(each.school.name, "needs-state", each.school),
            ", ".join(each.strengths),
            each.years_qualified,
            each.remark,
        )
        for each in stated
    )
    columns = (Column("School"), Column("Asks for"), Column("Years qualified", numeric=True), Column("Remark"))
    return Table("What schools need", columns, rows, empty="No school has stated its needs.")


def _profiles(request: SignedInRequest) -> Table:
    current = WorkerProfile.objects.visible_to(request.user).filter(superseded=False).select_related("worker")
    rows = tuple(
        (each.worker.name, ", ".join(each.strengths), each.years_qualified, f"{each.share_of_time}%")
        for each in current
    )
    columns = (Column("Social worker"), Column("Brings"), Column("Years qualified", numeric=True), Column("Free"))
    return Table("What workers bring", columns, rows, empty="No worker is described.")


@form_view
@needs(Permission.STATE_NEEDS)
def needs_state(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    school = School.objects.fetch_for(request, Permission.STATE_NEEDS, public_id=public_id)
    stated = SchoolNeeds.objects.visible_to(request.user).filter(school=school, superseded=False).first()
    initial = dict(zip(RANKS, stated.strengths, strict=False)) if stated else {}
    if stated:
        initial |= {"years_qualified": stated.years_qualified, "remark": stated.remark}
    return answer(
        request,
        NeedsForm(request.POST or None, initial=initial),
        lambda data: fit.state_needs(by=request.user, school=school, **data),
        page=FormPage(
            f"What {school} needs of its worker",
            reverse("programme"),
            text="It weighs when workers are proposed, the first most. People decide.",
        ),
        said="Needs stated",
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def worker_describe(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        WorkerForm(request.POST or None, user=request.user),
        lambda data: fit.describe_worker(by=request.user, **data),
        page=FormPage(
            "Describe a worker",
            reverse("fit-list"),
            text="Go through it with the worker. It supersedes what was said before.",
        ),
        said="Worker described",
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def fit_propose(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        ProposeForm(request.POST or None, user=request.user),
        lambda data: fit.propose_fit(by=request.user, schools=list(data["schools"]), profiles=list(data["profiles"])),
        page=FormPage(
            "Propose who fits where",
            reverse("fit-list"),
            "Propose",
            "A worker is proposed for each school so that all together fit best, with the reasons. Nobody is placed by it.",
        ),
        said=_say_proposals,
    )


def _say_proposals(proposals: Proposals) -> str:
    made = f"Proposals made: {len(proposals.fits)}."
    return " ".join([made, *(f"None for {school}: {reason}" for school, reason in proposals.left)])


@require_safe
@needs(Permission.MANAGE_PLACEMENTS)
def fit_proposal(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    proposal = FitProposal.objects.fetch_for(request, public_id=public_id)
    facts = [
        Fact("Fit, of 100", proposal.score),
        Fact("Decision", _decision(proposal)),
        Fact("Shown to the school", "Yes" if proposal.shown_to_school else "No"),
        Fact("School's view", proposal.get_school_view_display() if proposal.school_view else ""),
        Fact("School's remark", proposal.school_remark),
        Fact("Note", proposal.note),
    ]
    links = []
    if proposal.decision == Decision.OPEN:
        links = [link_to("Accept or decline", "fit-decide", proposal)]
        if not proposal.shown_to_school:
            links.insert(0, link_to("Show it to the school", "fit-show", proposal))
    elif proposal.decision == Decision.ACCEPTED:
        asked = f"?school={proposal.school.public_id}&worker={proposal.worker.public_id}"
        links = [Link("Place the worker", reverse("placement-add") + asked)]
    sections = [Section("Reasons", text="\n\n".join(proposal.reasons)), Section(facts=facts)]
    return show_page(request, title=f"{proposal}", back=reverse("fit-list"), links=links, sections=sections)


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def fit_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    proposal = FitProposal.objects.fetch_for(request, public_id=public_id)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: fit.show_to_school(by=request.user, proposal=proposal),
        page=FormPage(
            f"Show the proposal to {proposal.school}?",
            url_of("fit-proposal", proposal),
            "Show it",
            f"Its people see that {proposal.worker} is proposed and why, and can say their view.",
        ),
        said="The school sees the proposal",
    )


@form_view
@needs(Permission.MANAGE_PLACEMENTS)
def fit_decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    proposal = FitProposal.objects.fetch_for(request, public_id=public_id)
    return answer(
        request,
        DecideForm(request.POST or None),
        lambda data: fit.decide(by=request.user, proposal=proposal, **data),
        page=FormPage(f"Decide: {proposal}", url_of("fit-proposal", proposal), "Decide"),
        said="Decision kept",
    )


@form_view
@needs(Permission.SAY_WHO_FITS)
def fit_view(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A school's people read a proposal that was shown to them and say their view."""
    proposal = FitProposal.objects.fetch_for(request, Permission.SAY_WHO_FITS, public_id=public_id)
    initial = {"view": proposal.school_view, "remark": proposal.school_remark}
    return answer(
        request,
        SchoolViewForm(request.POST or None, initial=initial),
        lambda data: fit.say_view(by=request.user, proposal=proposal, **data),
        page=FormPage(
            f"{proposal.worker} is proposed for {proposal.school}",
            reverse("programme"),
            "Send your view",
            "\n\n".join(proposal.reasons),
        ),
        said="Your view is kept",
    )
