"""What waits for a person in the programme, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse

from service.accounts.models import User
from service.permissions import Permission, holds
from service.programmes.agreement_states import states_of
from service.programmes.models import (
    Agreement,
    Allocation,
    CheckState,
    Decision,
    FitProposal,
    GroupAction,
    Menu,
    Milestone,
    NominationRound,
    Placement,
    RoundStatus,
    SchoolCheck,
    Side,
)
from service.programmes.placements import schools_without_worker
from service.schools.models import School

SOON = timedelta(days=14)
ENDING = timedelta(days=42)  # half a term, to find somebody
MOST = 10  # of a kind; the list behind it has them all


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what, where (a school, an authority, a group), by when, and the page to do it on."""

    what: str
    where: str
    due: date | None
    url: str
    late: bool


def waiting_for(user: User, today: date) -> list[Waiting]:
    """What waits for this person today: late things first, then by day. At most ten of a kind.

    Counted: milestones and actions that are late or due within 14 days; schools with late lines of their checklist; agreements
    that this person's side has not signed, and for who issues them those that schools have not; schools without a worker and
    placements that end within six weeks; proposals of who fits where; nominations and allocations on their way; drafts.
    """
    kinds = (_milestones, _readiness, _agreements, _gaps, _endings, _proposals, _nominations, _allocations, _menus)
    found = [each for kind in kinds for each in kind(user, today)]
    return sorted(found, key=lambda each: (not each.late, each.due or date.max, each.what, each.where))


def _url(name: str, row: Any) -> str:
    return reverse(name, kwargs={"public_id": row.public_id})


def _milestones(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_PROGRAMME):
        return
    open_ = Milestone.objects.visible_to(user).filter(done_on=None, dropped_because="", due__lte=today + SOON)
    for milestone in open_.select_related("authority").order_by("due")[:MOST]:
        url = _url("milestone", milestone)
        yield Waiting(f"Milestone: {milestone}", milestone.authority.name, milestone.due, url, milestone.due < today)
    actions = GroupAction.objects.visible_to(user).filter(closed_on=None, due__lte=today + SOON)
    for action in actions.select_related("group").order_by("due")[:MOST]:
        where = f"{action.group}, {action.owner}"
        yield Waiting(f"Action: {action}", where, action.due, _url("group", action.group), action.due < today)


def _readiness(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_READINESS):
        return
    late = SchoolCheck.objects.visible_to(user).filter(state=CheckState.OPEN, due__lt=today)
    counted = late.order_by().values("school").annotate(lines=Count("pk"), since=Min("due")).order_by("since")[:MOST]
    rows = {row["school"]: row for row in counted}
    for school in School.objects.filter(pk__in=rows):
        row = rows[school.pk]
        lines = "1 thing is not ready" if row["lines"] == 1 else f"{row['lines']} things are not ready"
        yield Waiting(lines, school.name, row["since"], _url("readiness-school", school), late=True)


def _agreements(user: User, today: date) -> Iterator[Waiting]:
    mine = [
        side
        for side, permission in (
            (Side.SCHOOL, Permission.SIGN_AGREEMENT),
            (Side.AUTHORITY, Permission.SIGN_FOR_AUTHORITY),
        )
        if holds(user, permission)
    ]
    if not mine:
        return
    holding = Agreement.objects.visible_to(user).filter(superseded_on=None).annotate(signed=Count("signatures"))
    unsigned = holding.filter(signed__lt=2).select_related("school").prefetch_related("signatures")
    rows = list(unsigned.order_by("sign_by")[: 5 * MOST])
    for state in states_of([each.school for each in rows], rows, on=today)[: 2 * MOST]:
        if state.agreement is None:
            continue
        what = "Sign the agreement" if set(mine) & set(state.missing) else "The school has not signed the agreement"
        url = _url("agreement", state.agreement)
        if Side.AUTHORITY in mine or Side.SCHOOL in state.missing:
            yield Waiting(what, state.school.name, state.agreement.sign_by, url, state.late)


def _gaps(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_PLACEMENTS):
        return
    schools = School.objects.visible_to(user, Permission.VIEW_PLACEMENTS)
    for school, last in schools_without_worker(schools, today)[:MOST]:
        yield Waiting("No social worker is placed", school.name, last, _url("placement-school", school), late=True)


def _endings(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.MANAGE_PLACEMENTS):
        return
    ending = Placement.objects.visible_to(user, Permission.MANAGE_PLACEMENTS).filter(
        covers=None, anchor=None, followed_by=None, starts__lte=today, ends__range=(today, today + ENDING)
    )
    for placement in ending.select_related("school", "worker").order_by("ends")[:MOST]:
        url = _url("placement", placement)
        yield Waiting(
            f"The placement of {placement.worker} ends", placement.school.name, placement.ends, url, late=False
        )


def _proposals(user: User, today: date) -> Iterator[Waiting]:
    if holds(user, Permission.SAY_WHO_FITS):
        shown = FitProposal.objects.visible_to(user, Permission.SAY_WHO_FITS)
        for proposal in shown.filter(decision=Decision.OPEN, school_view="").select_related("school", "worker")[:MOST]:
            what = f"{proposal.worker} is proposed: say your view"
            yield Waiting(what, proposal.school.name, None, _url("fit-view", proposal), late=False)
    if holds(user, Permission.MANAGE_PLACEMENTS):
        open_ = FitProposal.objects.visible_to(user).filter(decision=Decision.OPEN)
        for proposal in open_.select_related("school", "worker").order_by("made_at")[:MOST]:
            what = f"Decide whether {proposal.worker} fits"
            yield Waiting(what, proposal.school.name, None, _url("fit-proposal", proposal), late=False)


def _nominations(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_NOMINATIONS):
        return
    rounds = NominationRound.objects.visible_to(user).select_related("authority")
    for draft in rounds.filter(status=RoundStatus.DRAFT)[:MOST]:
        what = "Mend the nominations" if draft.returned_because else "Submit the nominations"
        yield Waiting(what, draft.authority.name, None, _url("nomination-round", draft), late=False)
    if holds(user, Permission.PUBLISH_ALLOCATION):
        submitted = rounds.filter(status=RoundStatus.SUBMITTED)
        drawn = submitted.filter(allocations__isnull=False, allocations__set_aside_on=None)
        for received in submitted.exclude(pk__in=drawn.values("pk"))[:MOST]:
            url = _url("nomination-round", received)
            yield Waiting("Draw from the nominations", received.authority.name, None, url, late=False)


def _allocations(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.PUBLISH_ALLOCATION):
        return
    entered = Allocation.objects.visible_to(user, Permission.PUBLISH_ALLOCATION)
    for allocation in entered.filter(published_on=None, set_aside_on=None).distinct()[:MOST]:
        yield Waiting("Publish the allocation", "", None, _url("allocation", allocation), late=False)


def _menus(user: User, today: date) -> Iterator[Waiting]:
    if holds(user, Permission.MANAGE_PROGRAMME):
        drafts = Menu.objects.visible_to(user, Permission.MANAGE_PROGRAMME).filter(issued_on=None)
        for draft in drafts.select_related("authority")[:MOST]:
            yield Waiting("Issue the menu", draft.authority.name, None, _url("menu-version", draft), late=False)
