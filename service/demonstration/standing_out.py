"""What should be there to look at on the last day, whatever chance has brought; and the figures that were released before."""

from __future__ import annotations

from datetime import timedelta

from service.demonstration.cast import Company
from service.demonstration.world import World
from service.permissions import Role
from service.practice.actions import restrictions
from service.practice.models import ChildReference
from service.records.actions import exports, retention, subject_access
from service.records.models.subject_access import Requester
from service.sight.actions import release_figures
from service.sight.release_counts import pending_for


def release_figures_so_far(world: World) -> None:
    """Analysts release the half-terms that were over when the second term began. The later ones wait for them."""
    for company in world.companies:
        by = company.people[Role.ANALYST]
        for authority, half in pending_for(by):
            if half.starts >= world.span.first_day:
                release_figures(by=by, authority=authority, half=half)


def stand_out(world: World) -> None:
    """A restricted record that was opened with a reason and waits for its review; and records work that is under way."""
    _restrict_and_open(world)
    for company in world.companies:
        _have_records_under_way(world, company)


def _have_records_under_way(world: World, company: Company) -> None:
    """A request of a parent whose clock stands, a school's records held for an inquiry, and an export that waits."""
    by, authority, today = company.people[Role.INFORMATION_GOVERNANCE], company.authority, world.span.today
    children = ChildReference.objects.filter(authority=authority, restricted=False).order_by("created_at", "pk")
    asked = subject_access.open_request(
        by=company.manager, child=children[2], requester=Requester.PARENT.value, received_on=today - timedelta(days=12)
    )
    subject_access.pause_clock(
        by=company.manager,
        request=asked,
        starts=today - timedelta(days=9),
        reason="Asked who has parental responsibility",
    )
    subject_access.open_request(
        by=company.manager, child=children[5], requester=Requester.CHILD.value, received_on=today - timedelta(days=24)
    )
    retention.place_hold(
        by=by,
        authority=authority,
        school=company.schools[0],
        reason="A complaint about an exclusion is looked into",
        review_by=today + timedelta(days=80),
    )
    exports.ask_for_export(by=by, authority=authority, reason="To try how everything is taken along")


def _restrict_and_open(world: World) -> None:
    company = world.companies[0]
    for child in ChildReference.objects.filter(authority=company.authority, restricted=False).order_by(
        "created_at", "pk"
    ):
        worker = world.workers.get(child.school_id)
        if worker is None:
            continue
        restrictions.restrict_child(
            by=company.manager,
            child=child,
            category="own or relative",
            reason="Related to a member of staff",
            review_by=world.span.today + timedelta(days=60),
        )
        restrictions.break_glass(
            by=worker, reference=child.reference, reason="The child did not come home, and the school asked"
        )
        return
