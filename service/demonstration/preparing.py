"""The months before: schools and people are entered, schools nominated and drawn, agreements signed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from service.demonstration.cast import OF_AN_AUTHORITY, Company, first_administrator, invite
from service.demonstration.placing import find_workers, make_ready, place_workers
from service.demonstration.returns import school_of, synthesise
from service.demonstration.school_years import first_year_of, name_of, terms_of
from service.demonstration.words import (
    ACTIONS,
    AUTHORITIES,
    COMPARISON_TEXT,
    FEEDERS,
    INTERVENTION_TEXT,
    RISKS,
    SCHOOLS,
)
from service.demonstration.world import World, drawn_schools
from service.permissions import Role
from service.programmes.actions import (
    agreements,
    allocation,
    claims,
    governance,
    menu,
    milestones,
    nominations,
    risks,
)
from service.programmes.models import (
    Agreement,
    Allocation,
    Arm,
    Milestone,
    NominationRound,
    Risk,
)
from service.programmes.nominations_file import write_nominations
from service.schools.actions import schools, terms
from swis.design.allocation.allocate import allocate
from swis.design.allocation.certificate import certify, write_certificate
from swis.design.allocation.commitment import Commitment, commitment_hash, write_commitment
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation

OPTIONS = AllocationOptions(method="simple")
WEEK = timedelta(weeks=1)


def prepare(world: World) -> None:
    """Write the months before the first day into the chronicle."""
    first, chronicle = world.span.first_day, world.chronicle
    begins = first - timedelta(days=119)
    chronicle.at(begins, 9, partial(enter_schools_and_people, world))
    chronicle.at(begins + WEEK, 10, partial(begin_steering, world))
    chronicle.at(begins + WEEK, 15, partial(register_commitment, world))
    chronicle.at(begins + 2 * WEEK, 10, partial(nominate_schools, world))
    chronicle.at(begins + 4 * WEEK, 10, partial(draw_and_publish, world))
    chronicle.at(begins + 5 * WEEK, 10, partial(put_agreements, world))
    chronicle.at(begins + 8 * WEEK, 10, partial(find_workers, world))
    chronicle.at(begins + 9 * WEEK, 11, partial(place_workers, world))
    chronicle.at(begins + 10 * WEEK, 10, partial(make_ready, world))


def enter_schools_and_people(world: World) -> None:
    """Authorities, term dates, schools, and somebody for each role."""
    root = first_administrator(world.names)
    world.evaluator = invite(root, world.names, Role.EVALUATOR)
    for code, name in AUTHORITIES:
        made = synthesise(code, last_year=first_year_of(world.span.first_day), seed=world.seed)
        company = Company(schools_authority := schools.add_authority(by=root, code=code, name=name), made)
        for role in OF_AN_AUTHORITY:
            company.people[role] = invite(root, world.names, role, authority=schools_authority)
        # What needs two officers can be tried.
        invite(root, world.names, Role.INFORMATION_GOVERNANCE, authority=schools_authority)
        _enter_terms(world, company)
        for place, school_name in enumerate((*SCHOOLS[code], FEEDERS[code])):
            feeder = school_name == FEEDERS[code]
            urn, pupils, free_school_meals_percent = school_of(made, place)
            school = schools.add_school(
                by=company.administrator,
                authority=company.authority,
                urn=urn,
                name=school_name,
                phase="primary" if feeder else "secondary",
                pupils=pupils,
                free_school_meals_percent=free_school_meals_percent,
            )
            company.leads[school.pk] = invite(company.administrator, world.names, Role.SAFEGUARDING_LEAD, school=school)
            if feeder:
                company.feeder = school
            else:
                company.schools.append(school)
        world.companies.append(company)


def _enter_terms(world: World, company: Company) -> None:
    by, authority = company.administrator, company.authority
    first = first_year_of(world.span.first_day - timedelta(days=119))
    for year in range(first, first_year_of(world.span.today + timedelta(days=100)) + 1):
        terms.set_school_year(by=by, authority=authority, school_year=name_of(year), terms=terms_of(year))
        monday = date(year + 1, 5, 1) + timedelta(days=-date(year + 1, 5, 1).weekday() % 7)
        terms.close_on(by=by, authority=authority, day=monday, reason="Early May bank holiday")


def begin_steering(world: World) -> None:
    """Milestones, the two governance groups with their first meeting, risks, and the menu."""
    first = world.span.first_day
    plan = (
        ("Schools nominated", first - timedelta(days=95)),
        ("Arms told to schools", first - timedelta(days=80)),
        ("Workers appointed", first - timedelta(days=50)),
        ("First day in schools", first),
        ("All agreements signed", first + timedelta(days=30)),
        ("Half-way report", world.span.second_term + 2 * WEEK),
        ("Panel for the evaluation", world.span.today + 3 * WEEK),
        ("Report of the evaluation", world.span.today + 20 * WEEK),
    )
    for company in world.companies:
        by, authority = company.programme_lead, company.authority
        for what, due in plan:
            milestones.add_milestone(by=by, authority=authority, what=what, due=due, owner=by.name)
        for what, due in plan[: 4 if company is world.companies[0] else 6]:
            world.chronicle.at(due, 16, partial(_reach, company, what))
        working = governance.found_group(
            by=by,
            authority=authority,
            name="Working group",
            kind="working group",
            meets="Each month",
            purpose="Gets things done between schools and social care.",
        )
        steering = governance.found_group(
            by=by,
            authority=authority,
            name="Steering group",
            kind="steering group",
            meets="Each term",
            purpose="Decides, and reads the figures.",
        )
        for group in (working, steering):
            governance.add_member(
                by=by, group=group, name=by.name, organisation=authority.name, chairs=group is working
            )
            governance.add_member(by=by, group=group, name=company.manager.name, organisation=authority.name)
            person = company.people[Role.STEERING]
            governance.add_member(
                by=by, group=group, name=person.name, organisation=authority.name, chairs=group is steering
            )
        _plan_meetings(world, company, working, steering)
        for kind, what, likelihood, impact, mitigation, owner in RISKS:
            risks.raise_risk(
                by=by,
                authority=authority,
                kind=kind,
                what=what,
                likelihood=likelihood,
                impact=impact,
                mitigation=mitigation,
                owner=owner,
            )
        world.chronicle.at(world.span.second_term, 15, partial(_review_first_risk, company))
        draft = menu.begin_menu(
            by=by, authority=authority, introduction="What our social worker in school can be asked for, and what not."
        )
        menu.issue_menu(by=by, menu=draft)
        _claim(world, company)


def _reach(company: Company, what: str) -> None:
    milestone = Milestone.objects.get(authority=company.authority, what=what)
    milestones.reach_milestone(by=company.programme_lead, milestone=milestone, on=milestone.due)


def _review_first_risk(company: Company) -> None:
    risk = Risk.objects.filter(authority=company.authority).order_by("pk")[1]
    risks.review_risk(
        by=company.programme_lead,
        risk=risk,
        kind="risk",
        likelihood=4,
        impact=4,
        mitigation="Two workers trained to cover each school",
        owner="Team manager",
        remark="One worker has given notice.",
    )


def _plan_meetings(world: World, company: Company, working: object, steering: object) -> None:
    first = world.span.first_day - 15 * WEEK
    for number in range(60):
        day = first + number * 4 * WEEK + timedelta(days=2)
        if day > world.span.today + 8 * WEEK:
            return
        for group in (working, steering) if number % 3 == 0 else (working,):
            planned = partial(_meet, world, company, group, day)
            world.chronicle.at(max(day - 2 * WEEK, first), 12, planned)


def _meet(world: World, company: Company, group: object, day: date) -> None:
    """Plan a meeting, and let it be held with an action that is closed by the next one or stays open."""
    by = company.programme_lead
    agenda = "1. Actions of the last meeting\n2. Presence in schools\n3. Risks and issues\n4. What schools say"
    meeting = governance.plan_meeting(by=by, group=group, day=day, place="Civic Centre, room 4", agenda=agenda)  # type: ignore[arg-type]

    def hold() -> None:
        notes = "Presence was looked at school by school. The menu is to be sent to staff again. No change to the plan."
        governance.minute_meeting(by=by, meeting=meeting, agenda=agenda, notes=notes, held=True)
        action = governance.agree_action(
            by=by,
            meeting=meeting,
            what=ACTIONS[day.toordinal() // 28 % len(ACTIONS)],
            owner=company.manager.name,
            due=day + 3 * WEEK,
        )
        if day < world.span.today - 7 * WEEK:
            world.chronicle.at(
                day + 2 * WEEK, 14, partial(governance.close_action, by=by, action=action, outcome="Done as agreed")
            )

    world.chronicle.at(day, 17, hold)


def _claim(world: World, company: Company) -> None:
    for number in range(4):
        day = world.span.first_day + number * 13 * WEEK
        quarter = f"{name_of(day.year - (day.month < 4))} Q{(day.month - 4) % 12 // 3 + 1}"
        sums = (("Social workers and team manager", "staffing", 62_000), ("Laptops and phones", "ancillary", 1_800))
        for item, category, about in sums:
            amount = Decimal(world.chance.randint(about - 900, about + 900))
            world.chronicle.at(
                day + 10 * WEEK,
                11,
                partial(
                    claims.record_claim,
                    by=company.programme_lead,
                    authority=company.authority,
                    quarter=quarter,
                    item=item,
                    category=category,
                    amount=amount,
                ),
            )


def register_commitment(world: World) -> None:
    """The evaluator shows the hash of the seed before any school is nominated."""
    assert world.evaluator is not None
    on = world.span.first_day - timedelta(days=112)
    world.commitment = Commitment(
        on=on,
        swis_version="0.1.0",
        options=OPTIONS,
        public_source="",
        sha256=commitment_hash(world.draw_seed, OPTIONS, ""),
    )
    allocation.register_commitment(by=world.evaluator, file=write_commitment(world.commitment).encode())


def nominate_schools(world: World) -> None:
    """Each authority puts its eight schools forward, with figures."""
    for company in world.companies:
        by = company.programme_lead
        round = nominations.begin_round(by=by, authority=company.authority, name="First round")
        for school in company.schools:
            nominations.nominate(
                by=by,
                round=round,
                school=school,
                pupils=school.pupils,
                referrals=world.chance.randint(25, 110),
                section_47_enquiries=world.chance.randint(4, 30),
                exclusions=world.chance.randint(10, 160),
                persistent_absence_percent=Decimal(world.chance.randint(90, 290)) / 10,
                free_school_meals_percent=school.free_school_meals_percent,
            )
        nominations.submit_round(by=by, round=round)


def draw_and_publish(world: World) -> None:
    """The draw is made with the library, outside the service; its certificate is entered, and told a week later."""
    assert world.evaluator is not None
    rounds = list(NominationRound.objects.order_by("pk"))
    nominated = [each for round in rounds for each in round.nominations.select_related("school", "round__authority")]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nominations.csv"
        path.write_text(write_nominations(nominated), encoding="utf-8", newline="")
        drawn = allocate(plan_allocation(read_nominations(path), OPTIONS), seed=world.draw_seed)
    on = world.span.first_day - timedelta(days=91)
    certificate = write_certificate(certify(drawn, on=on, commitment=world.commitment)).encode()
    entered = allocation.enter_allocation(by=world.evaluator, rounds=rounds, certificate=certificate)
    world.chronicle.at(on + timedelta(days=5), 12, partial(_publish, world, entered))


def _publish(world: World, entered: Allocation) -> None:
    assert world.evaluator is not None
    allocation.publish(by=world.evaluator, allocation=entered, on=world.span.first_day - timedelta(days=86))


def put_agreements(world: World) -> None:
    """A text for each arm. Most sign within weeks; one comparison school has not signed to this day."""
    for company in world.companies:
        by = company.programme_lead
        texts = (
            ("with a social worker", INTERVENTION_TEXT, Arm.INTERVENTION),
            ("comparison", COMPARISON_TEXT, Arm.COMPARISON),
        )
        for audience, text, arm in texts:
            written = agreements.write_text(by=by, authority=company.authority, audience=audience, text=text)
            issued = agreements.issue(
                by=by,
                text=written,
                schools=drawn_schools(company, arm),
                sign_by=world.span.first_day - timedelta(days=20),
            )
            unsigned = issued[-1] if arm == Arm.COMPARISON and company is world.companies[0] else None
            for agreement in issued:
                day = world.span.first_day - timedelta(days=world.chance.randint(5, 70))
                if agreement is not unsigned:
                    world.chronicle.at(day, 13, partial(_sign, company, agreement))


def _sign(company: Company, agreement: Agreement) -> None:
    lead = company.lead_of(agreement.school)
    agreements.sign(
        by=lead, agreement=agreement, side="school", name=lead.name, position="Designated safeguarding lead"
    )
    by = company.programme_lead
    agreements.sign(by=by, agreement=agreement, side="authority", name=by.name, position="Programme lead")
