"""Workers are found and placed, and schools made ready for them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from service.accounts.actions import memberships
from service.demonstration.cast import Company, invite
from service.demonstration.world import World, drawn_schools
from service.permissions import Role
from service.programmes.actions import (
    fit,
    placements,
    readiness,
)
from service.programmes.models import (
    Arm,
    FitProposal,
    SchoolCheck,
)
from service.schools.actions import clusters
from service.schools.models import School

WEEK = timedelta(weeks=1)


def find_workers(world: World) -> None:
    """Schools say what they need, the manager what workers bring; proposals are shown, welcomed and decided."""
    strengths = ("assertiveness", "adolescents", "SEMH", "SEND", "exploitation", "group work", "families", "community")
    for company in world.companies:
        by, placed = company.manager, drawn_schools(company, Arm.INTERVENTION)
        profiles = []
        for school in placed:
            fit.state_needs(by=company.lead_of(school), school=school, strengths=world.chance.sample(strengths, 3))
            worker = invite(company.administrator, world.names, Role.SOCIAL_WORKER, school=school)
            world.workers[school.pk] = worker
            profiles.append(
                fit.describe_worker(
                    by=by,
                    worker=worker,
                    authority=company.authority,
                    strengths=world.chance.sample(strengths, 4),
                    years_qualified=world.chance.randint(2, 14),
                )
            )
        fit.propose_fit(by=by, schools=placed, profiles=profiles)
        by_key = {worker.pk: worker for worker in world.workers.values()}
        for proposal in FitProposal.objects.filter(school__in=placed).order_by("pk"):
            fit.show_to_school(by=by, proposal=proposal)
            lead = company.lead_of(proposal.school)
            fit.say_view(by=lead, proposal=proposal, view="welcome", remark="We met and it went well.")
            fit.decide(by=by, proposal=proposal, decision="accepted", note="Agreed with the school.")
            world.workers[proposal.school_id] = by_key[proposal.worker_id]


BASES = (
    ("own office", "Room 12", ""),
    ("shared office", "Pastoral office", "The heads of year"),
    ("scheduled drop-ins", "The library office", ""),
    ("own office", "The house by the gate", ""),
)


def place_workers(world: World) -> None:
    """A worker in each drawn school from the first day; one serves a feeder primary as well."""
    for company in world.companies:
        placed = drawn_schools(company, Arm.INTERVENTION)
        for school, (mode, base, shared) in zip(placed, BASES, strict=False):
            worker = world.workers[school.pk]
            for held in worker.memberships.filter(role=Role.SOCIAL_WORKER.value, ends=None):
                memberships.end(by=company.administrator, membership=held)  # the placement gives it from its first day
            world.placements[school.pk] = placements.place_worker(
                by=company.manager,
                worker=worker,
                school=school,
                mode=mode,
                base=base,
                shares_with=shared,
                weekdays=sorted(world.chance.sample(range(5), 3)),
                share_of_time=60,
                starts=world.span.first_day,
            )
        assert company.feeder is not None
        clusters.set_feeders(by=company.administrator, secondary=placed[0], feeders=[company.feeder])
        world.chronicle.at(world.span.first_day + WEEK, 7, partial(_serve_feeder, world, company, placed[0]))


def _serve_feeder(world: World, company: Company, secondary: School) -> None:
    assert company.feeder is not None
    placements.serve_feeder(
        by=company.manager,
        placement=world.placements[secondary.pk],
        school=company.feeder,
        base="Meeting room",
        weekdays=[4],
        share_of_time=10,
    )
    world.workers[company.feeder.pk] = world.workers[secondary.pk]


def make_ready(world: World) -> None:
    """The checklist of each school; most lines are settled in time, some are still open."""
    for company in world.companies:
        readiness.set_up_items(by=company.programme_lead, authority=company.authority)
        for school in drawn_schools(company, Arm.INTERVENTION):
            readiness.begin_checklist(by=company.programme_lead, school=school, starts=world.span.first_day)
            for check in SchoolCheck.objects.filter(school=school).order_by("pk"):
                if world.chance.random() < 0.9:
                    late = timedelta(days=world.chance.choice((-2, -1, -1, 0, 3, 12)))
                    by = company.lead_of(school) if check.side == "school" else company.manager
                    day = max(check.due + late, world.span.first_day - timedelta(days=48))
                    world.chronicle.at(day, 14, partial(readiness.settle_check, by=by, check=check, state="done"))
