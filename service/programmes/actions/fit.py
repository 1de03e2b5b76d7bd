"""What schools need, what workers bring, and deciding on proposals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, Role, require
from service.programmes.fit import Proposals, propose
from service.programmes.models import Decision, FitProposal, SchoolNeeds, SchoolView, Strength, WorkerProfile
from service.schools.models import Authority, School

LEAST_YEARS = 2  # since qualifying: stipulated for the programme


@transaction.atomic
def state_needs(
    *, by: User, school: School, strengths: Sequence[str], years_qualified: int = LEAST_YEARS, remark: str = ""
) -> SchoolNeeds:
    """State what a school needs of its worker, the most important first. It supersedes the statement before."""
    require(by, Permission.STATE_NEEDS, school=school)
    if not LEAST_YEARS <= years_qualified <= 40:
        raise ValidationError({"years_qualified": f"Ask for {LEAST_YEARS} years since qualifying or more."})
    SchoolNeeds.objects.filter(school=school, superseded=False).update(superseded=True)
    needs = SchoolNeeds.objects.create(
        school=school, strengths=_check_strengths(strengths), years_qualified=years_qualified, remark=remark.strip(),
        stated_on=timezone.localdate(), stated_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=needs)
    return needs


@transaction.atomic
def describe_worker(
    *, by: User, worker: User, authority: Authority, strengths: Sequence[str], years_qualified: int,
    share_of_time: int = 100, remark: str = "",
) -> WorkerProfile:  # fmt: skip
    """State what a worker brings. It supersedes the profile before."""
    require(by, Permission.MANAGE_PLACEMENTS, authority=authority)
    if not worker.memberships.filter(role=Role.SOCIAL_WORKER.value, authority=authority).exists():
        raise ValidationError({"worker": "Choose somebody who is invited as a social worker in schools."})
    if not 0 <= years_qualified <= 60:
        raise ValidationError({"years_qualified": "Enter whole years from 0 to 60."})
    if not 1 <= share_of_time <= 100:
        raise ValidationError({"share_of_time": "Give a share from 1 to 100 per cent of a full week."})
    WorkerProfile.objects.filter(worker=worker, authority=authority, superseded=False).update(superseded=True)
    profile = WorkerProfile.objects.create(
        worker=worker, authority=authority, strengths=_check_strengths(strengths), years_qualified=years_qualified,
        share_of_time=share_of_time, remark=remark.strip(), stated_on=timezone.localdate(), stated_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=profile, details={"worker": str(worker.public_id)})
    return profile


@transaction.atomic
def propose_fit(*, by: User, schools: Sequence[School], profiles: Sequence[WorkerProfile]) -> Proposals:
    """Propose a worker for each of these schools. Proposals that are still open for them are superseded."""
    for school in schools:
        require(by, Permission.MANAGE_PLACEMENTS, school=school)
    for profile in profiles:
        require(by, Permission.MANAGE_PLACEMENTS, authority=profile.authority)
    stated = {each.school_id: each for each in SchoolNeeds.objects.filter(school__in=schools, superseded=False)}
    needs = [stated.get(school.pk) or SchoolNeeds(school=school, strengths=[]) for school in schools]
    proposals = propose(needs, profiles)
    FitProposal.objects.filter(school__in=schools, decision=Decision.OPEN).update(
        decision=Decision.SUPERSEDED, decided_on=timezone.localdate(), decided_by=by
    )
    for fit in proposals.fits:
        proposal = FitProposal.objects.create(
            school=fit.school,
            worker=fit.worker,
            score=Decimal(str(round(fit.score or 0.0, 2))),
            reasons=list(fit.reasons),
            made_by=by,
        )
        record(Action.CREATE, by=by, subject=proposal, details={"worker": str(fit.worker.public_id)})
    return proposals


@transaction.atomic
def show_to_school(*, by: User, proposal: FitProposal) -> FitProposal:
    """Let the school see a proposal and say its view."""
    proposal = _lock_open(by, proposal, Permission.MANAGE_PLACEMENTS)
    proposal.shown_to_school = True
    proposal.save(update_fields=["shown_to_school"])
    record(Action.CHANGE, by=by, subject=proposal, details={"changed": ["shown_to_school"]})
    return proposal


@transaction.atomic
def say_view(*, by: User, proposal: FitProposal, view: str, remark: str = "") -> FitProposal:
    """Say for the school whether the proposed worker fits."""
    proposal = _lock_open(by, proposal, Permission.SAY_WHO_FITS)
    if not proposal.shown_to_school:
        raise ValidationError("The proposal has not been shown to the school.")
    if view not in SchoolView.values:
        raise ValidationError({"view": "Choose a view."})
    if view == SchoolView.CONCERN and not remark.strip():
        raise ValidationError({"remark": "Say what the concern is."})
    proposal.school_view, proposal.school_remark, proposal.school_view_by = view, remark.strip(), by
    proposal.save(update_fields=["school_view", "school_remark", "school_view_by"])
    record(Action.CHANGE, by=by, subject=proposal, details={"changed": ["school_view"]})
    return proposal


@transaction.atomic
def decide(*, by: User, proposal: FitProposal, decision: str, note: str) -> FitProposal:
    """Accept or decline a proposal, with a note. Accepting places nobody: that is done with its own days and base."""
    proposal = _lock_open(by, proposal, Permission.MANAGE_PLACEMENTS)
    if decision not in (Decision.ACCEPTED, Decision.DECLINED):
        raise ValidationError({"decision": "Accept or decline the proposal."})
    if not note.strip():
        raise ValidationError({"note": "Say why, in a sentence."})
    proposal.decision, proposal.note = decision, note.strip()
    proposal.decided_on, proposal.decided_by = timezone.localdate(), by
    proposal.save(update_fields=["decision", "note", "decided_on", "decided_by"])
    record(Action.CHANGE, by=by, subject=proposal, details={"decision": decision})
    return proposal


def _lock_open(by: User, proposal: FitProposal, permission: Permission) -> FitProposal:
    proposal = FitProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    require(by, permission, school=proposal.school)
    if proposal.decision != Decision.OPEN:
        raise ValidationError("The proposal is decided already.")
    return proposal


def _check_strengths(strengths: Sequence[str]) -> list[str]:
    codes = list(dict.fromkeys(strengths))
    if not set(codes) <= set(Strength.values):
        raise ValidationError({"strengths": "Choose from the list."})
    return codes
