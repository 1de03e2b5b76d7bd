"""What should be there to look at on the last day, whatever chance has brought; and the figures that were released before."""

from __future__ import annotations

from datetime import timedelta

from service.demonstration.world import World
from service.permissions import Role
from service.practice.actions import restrictions
from service.practice.models import ChildReference
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
    """A restricted record that was opened with a reason and waits for its review."""
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
