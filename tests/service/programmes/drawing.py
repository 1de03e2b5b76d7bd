"""A programme drawn through its actions; and draws made with the library, as an evaluator makes them outside the service."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from service.programmes.actions import (
    agreements,
    claims,
    fit,
    governance,
    menu,
    milestones,
    nominations,
    placements,
    readiness,
    risks,
)
from service.programmes.models import (
    Agreement,
    Allocation,
    Arm,
    Claim,
    FitProposal,
    Meeting,
    Menu,
    Milestone,
    Nomination,
    NominationRound,
    Placement,
    Risk,
    SchoolArm,
    SchoolCheck,
)
from service.programmes.nominations_file import write_nominations
from service.schools.models import School
from swis.design.allocation.allocate import allocate
from swis.design.allocation.certificate import certify, write_certificate
from swis.design.allocation.commitment import COMMITMENT_FILE, SEED_FILE, commit, read_commitment, read_seed
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from tests.service.universe import Universe

DRAWN_ON = date(2026, 11, 17)


def draw_schools(universe: Universe, number: int) -> list[School]:
    """More secondary schools of Northbrook."""
    first = School.objects.filter(urn__startswith="91").count()
    return [
        School.objects.create(
            authority=universe.northbrook, urn=f"91{place:04}", name=f"School {place:02}", phase="secondary", pupils=900
        )
        for place in range(first, first + number)
    ]


def submitted_round(universe: Universe, *, reserve: int = 0, name: str = "Autumn") -> NominationRound:
    """A submitted round of Alder, Beech and two more schools, with as many in reserve as asked for; the one of that name."""
    drawn = NominationRound.objects.filter(authority=universe.northbrook, name=name).first()
    if drawn is not None:
        return drawn
    by = universe.programme_lead
    begun = nominations.begin_round(by=by, authority=universe.northbrook, name=name)
    schools = [universe.alder, universe.beech, *draw_schools(universe, 2 + reserve)]
    for place, school in enumerate(schools):
        nominations.nominate(
            by=by, round=begun, school=school, pupils=900 + place, referrals=40 + 7 * place, reserve=place > 3
        )
    return nominations.submit_round(by=by, round=begun)


def text_of(*rounds: NominationRound) -> str:
    return write_nominations(Nomination.objects.filter(round__in=rounds).select_related("school", "round__authority"))


def draw_certificate(folder: Path, text: str, *, seed: str = "a seed for a test", committed: bool = False) -> bytes:
    """The certificate of a draw from a text of nominations; under a commitment in the folder when asked for."""
    path = folder / "nominations.csv"
    path.write_text(text, encoding="utf-8", newline="")
    options = AllocationOptions(method="simple")
    commitment = None
    if committed:
        if not (folder / COMMITMENT_FILE).exists():
            commit(folder, options, on=date(2026, 11, 1))
        commitment, seed = read_commitment(folder / COMMITMENT_FILE), read_seed(folder / SEED_FILE)
    allocation = allocate(plan_allocation(read_nominations(path), options), seed=seed)
    return write_certificate(certify(allocation, on=DRAWN_ON, commitment=commitment)).encode()


def draw_placement(universe: Universe) -> Placement:
    return placements.place_worker(
        by=universe.manager, worker=universe.worker, school=universe.alder, mode="own office", base="Room 12",
        weekdays=[0, 2], share_of_time=60, starts=date(2026, 9, 7),
    )  # fmt: skip


def draw_allocation(universe: Universe, *, told: bool = True, submitted: NominationRound | None = None) -> Allocation:
    """An allocation of Alder (with a worker) and Beech (comparison), without its certificate; the one that is there."""
    held = SchoolArm.objects.live().filter(school=universe.alder).first()
    if held is not None:
        return held.allocation
    drawn = Allocation.objects.create(
        certificate="format = 1\n", nominations_file="school\n", method="simple", drawn_on=date(2026, 9, 14),
        steps=[{"name": "arms", "holds": True, "seen": "as drawn"}], entered_by=universe.evaluator,
        published_on=date(2026, 9, 20) if told else None,
    )  # fmt: skip
    drawn.rounds.set([submitted or submitted_round(universe)])
    for school, arm in ((universe.alder, Arm.INTERVENTION), (universe.beech, Arm.COMPARISON)):
        SchoolArm.objects.create(allocation=drawn, school=school, arm=arm, drawn_arm=arm, stratum="Northbrook")
    return drawn


def draw_proposal(universe: Universe) -> FitProposal:
    described = fit.describe_worker(
        by=universe.manager,
        worker=universe.worker,
        authority=universe.northbrook,
        strengths=["SEMH"],
        years_qualified=4,
    )
    fit.state_needs(by=universe.lead, school=universe.alder, strengths=["SEMH", "SEND"])
    fit.propose_fit(by=universe.manager, schools=[universe.alder], profiles=[described])
    return fit.show_to_school(by=universe.manager, proposal=FitProposal.objects.get(school=universe.alder))


def draw_check(universe: Universe) -> SchoolCheck:
    """A line of Alder's checklist that the school sees to; it is late."""
    readiness.set_up_items(by=universe.programme_lead, authority=universe.northbrook)
    readiness.begin_checklist(by=universe.programme_lead, school=universe.alder, starts=date(2026, 11, 2))
    return SchoolCheck.objects.filter(school=universe.alder, side="school").order_by("pk")[0]


def draw_agreement(universe: Universe) -> Agreement:
    text = agreements.write_text(
        by=universe.programme_lead, authority=universe.northbrook, audience="every school", text="What we expect."
    )
    return agreements.issue(by=universe.programme_lead, text=text, schools=[universe.alder], sign_by=date(2026, 12, 1))[
        0
    ]


def draw_milestone(universe: Universe, *, due: date = date(2026, 10, 12)) -> Milestone:
    return milestones.add_milestone(
        by=universe.programme_lead, authority=universe.northbrook, what="Team recruited", due=due, owner="Team manager"
    )


def draw_meeting(universe: Universe) -> Meeting:
    by = universe.programme_lead
    group = governance.found_group(
        by=by, authority=universe.northbrook, name="Working group", kind="working group", meets="monthly"
    )
    return governance.plan_meeting(by=by, group=group, day=date(2026, 11, 10))


def draw_risk(universe: Universe) -> Risk:
    return risks.raise_risk(
        by=universe.programme_lead, authority=universe.northbrook, kind="risk", what="No rooms", likelihood=3, impact=4,
        mitigation="Ask early", owner="Programme lead",
    )  # fmt: skip


def draw_menu(universe: Universe) -> Menu:
    draft = menu.begin_menu(by=universe.programme_lead, authority=universe.northbrook, introduction="Ask early.")
    return menu.issue_menu(by=universe.programme_lead, menu=draft)


def draw_claim(universe: Universe) -> Claim:
    return claims.record_claim(
        by=universe.programme_lead, authority=universe.northbrook, quarter="2026-27 Q3", item="Laptops",
        category="ancillary", amount=Decimal("4200.50"),
    )  # fmt: skip
