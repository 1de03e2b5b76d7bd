"""The way in: what waits for this person, and where everything is."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from service.accounts.request import SignedInRequest
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs, scope_of
from service.programmes.models import SchoolArm
from service.programmes.views.layout import Section, link_to, show_page
from service.programmes.waiting import waiting_for
from service.schools.models import School

PLACES: tuple[tuple[str, str, Permission], ...] = (
    ("What can be asked for", "menu", Permission.VIEW_MENU),
    ("Placements", "placement-list", Permission.VIEW_PLACEMENTS),
    ("Agreements", "agreement-list", Permission.VIEW_AGREEMENTS),
    ("Readiness", "readiness-list", Permission.VIEW_READINESS),
    ("Milestones", "milestone-list", Permission.VIEW_PROGRAMME),
    ("Governance", "group-list", Permission.VIEW_PROGRAMME),
    ("Risks and issues", "risk-list", Permission.VIEW_PROGRAMME),
    ("Nominations", "nomination-rounds", Permission.VIEW_NOMINATIONS),
    ("Allocation", "allocation-list", Permission.VIEW_ALLOCATION),
    ("Claims", "claim-list", Permission.VIEW_CLAIMS),
)


@require_safe
@needs(Permission.VIEW_PROGRAMME, Permission.VIEW_MENU)
def programme(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = tuple(
        (Link(each.what, each.url, hidden=each.where), each.where, each.due, Tag("Late", "red") if each.late else None)
        for each in waiting_for(request.user, today)
    )
    columns = (Column("What"), Column("Where"), Column("Day"), Column("State"))
    links = [Link(label, reverse(name)) for label, name, permission in PLACES if holds(request.user, permission)]
    sections = [Section(table=Table("Waiting for you", columns, rows, empty="Nothing waits for you."))]
    return show_page(request, title="Programme", links=links, sections=[*sections, *_own_schools(request)])


def _own_schools(request: SignedInRequest) -> list[Section]:
    """For who works in a school: its part in the programme once that is told, and what it needs of its worker."""
    own = scope_of(request.user, Permission.VIEW_SCHOOL).schools
    schools = School.objects.visible_to(request.user).filter(pk__in=own)
    told = SchoolArm.objects.visible_to(request.user).live().filter(school__in=own)
    arms = {each.school_id: each.get_arm_display() for each in told}
    sections = []
    for school in schools[:20]:
        facts = [Fact("Part in the programme", arms[school.pk].capitalize())] if school.pk in arms else []
        links = [
            link_to(text, name, school, hidden=f"of {school}")
            for text, name, permission in (
                ("Workers of the school", "placement-school", Permission.VIEW_PLACEMENTS),
                ("Readiness", "readiness-school", Permission.VIEW_READINESS),
                ("State what the school needs", "needs-state", Permission.STATE_NEEDS),
            )
            if holds(request.user, permission, school=school)
        ]
        sections.append(Section(school.name, facts=facts, links=links))
    return sections
