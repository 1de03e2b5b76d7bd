"""What the form of a plan begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.evidence.composing.timeline import terms_of
from service.evidence.models import Panel
from service.programmes.models import Arm, Placement, SchoolArm
from service.schools.models import Authority
from swis.panel.starting_protocol import PRIMARY
from swis.panel.study_tables import OF_THE_PILOTS


def suggest_plan(panels: Sequence[Panel], authorities: Sequence[Authority], schools: Any) -> dict[str, Any]:
    """What the plan begins with: the terms of the panel, the outcomes of the pilots, and the schools as far as they are told."""
    terms = terms_of(panels, authorities)
    placed = Placement.objects.filter(school__authority__in=authorities, covers=None).order_by("starts")
    launched = f"{placed[0].starts:%Y-%m}" if placed else terms[-1].starts
    since = [place for place, term in enumerate(terms) if term.starts >= launched]
    start = max(1, since[0] if since else len(terms) - 1)
    covered = {code for panel in panels for code in panel.outcomes}
    found = {
        "title": f"Social workers in schools: {', '.join(authority.name for authority in authorities)}",
        "launched": launched,
        "primary": PRIMARY if PRIMARY in covered else None,
        "others": [code for code in OF_THE_PILOTS if code in covered and code != PRIMARY],
        "starts": terms[start].name,
        "reference": terms[start - 1].name,
        "after_from": terms[start].name,
        "last_term": terms[-1].name,
    }
    if schools is not None:
        told = SchoolArm.objects.live().filter(school__in=schools, allocation__published_on__isnull=False)
        found["with_worker"] = list(schools.filter(pk__in=placed.values("school")))
        found["compared"] = [arm.school for arm in told.select_related("school", "allocation") if is_comparison(arm)]
    return found


def is_comparison(arm: SchoolArm) -> bool:
    return bool(arm.arm == Arm.COMPARISON and arm.allocation.is_told)
