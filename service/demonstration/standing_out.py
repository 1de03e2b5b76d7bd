"""What should be there to look at on the last day, whatever chance has brought."""

from __future__ import annotations

from datetime import timedelta

from service.demonstration.world import World
from service.practice.actions import restrictions
from service.practice.models import ChildReference


def stand_out(world: World) -> None:
    """A restricted record that was opened with a reason and waits for its review."""
    company = world.companies[0]
    for child in ChildReference.objects.filter(authority=company.authority, restricted=False).order_by("created_at"):
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
