"""Two terms in schools: presence, contacts, enquiries, sessions, children; a worker who leaves, a gap, and cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from service.accounts.models import User
from service.demonstration.cast import Company, invite
from service.demonstration.children import Caseload
from service.demonstration.clock import moment
from service.demonstration.reviewing import hold_reviews
from service.demonstration.words import (
    ACCOUNTS,
    ACTION,
    ACTUAL,
    ANSWERS,
    KIND_OF_WORK,
    MODE,
    OUTCOME,
    QUESTIONS,
    RAISED_BY,
    REFERRAL_OUTCOME,
    TIME_BAND,
    TOPIC,
    YEAR_GROUP,
)
from service.demonstration.world import World, drawn_schools
from service.diary.actions import absences, presence, session_records, sessions
from service.diary.models import Audience, Session, SessionKind
from service.enquiries.actions import enquiries
from service.enquiries.models import Enquiry
from service.permissions import Role
from service.practice.actions import contacts, involvement
from service.practice.models import Contact
from service.programmes.actions import placements
from service.programmes.models import Arm
from service.schools.models import School
from service.schools.open_days import half_terms_of, open_days

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@dataclass
class Post:
    """One school with a worker, and how it goes there."""

    company: Company
    school: School
    weekdays: frozenset[int]
    busy: float  # contacts a day
    quiet_from: date | None = None
    caseload: Caseload = field(default_factory=Caseload)

    @property
    def lead(self) -> User:
        return self.company.lead_of(self.school)

    def is_quiet(self, day: date) -> bool:
        """Whether nothing is entered in the log any more, though the worker comes."""
        return self.quiet_from is not None and day >= self.quiet_from


def pick(chance: Random, shares: Mapping[str, int]) -> str:
    """One of the codes, as often as its share says."""
    return chance.choices(list(shares), weights=list(shares.values()))[0]


def work(world: World) -> None:
    """Write two terms of work into the chronicle, once it is known which schools have a worker."""
    for company in world.companies:
        schools = drawn_schools(company, Arm.INTERVENTION)
        posts = [_post(world, company, school, number) for number, school in enumerate(schools)]
        if company is world.companies[0]:
            # Not the school of whoever was invited first, as whom most people will sign in.
            later = max(posts[2:], key=lambda post: world.workers[post.school.pk].pk)
            later.quiet_from = world.span.today - 4 * WEEK
        assert company.feeder is not None
        posts.append(Post(company, company.feeder, frozenset({4}), busy=1.0))
        for post in posts:
            _fill_days(world, post)
            _ask_questions(world, post)
            _plan_sessions(world, post)
            hold_reviews(world, post)
        _state_what_workers_carry(world, company, schools)
        _leave_and_follow(world, posts[1])
        _be_away_and_covered(world, posts[2], by=posts[3])


def _post(world: World, company: Company, school: School, number: int) -> Post:
    weekdays = frozenset(world.placements[school.pk].weekdays)
    return Post(company, school, weekdays, busy=(3.4, 2.6, 3.0, 1.8)[number % 4])


def _fill_days(world: World, post: Post) -> None:
    days = open_days(post.school, first=world.span.first_day, last=world.span.today)
    for day in days:
        if day.weekday() in post.weekdays:
            world.chronicle.at(day, 8, partial(_spend_day, world, post, day))


def _spend_day(world: World, post: Post, day: date) -> None:
    """A day in school, as the worker of the day enters it: presence at its end, contacts when there is time."""
    worker = world.workers.get(post.school.pk)
    if worker is None:
        return
    chance, chronicle = world.chance, world.chronicle
    actual = pick(chance, ACTUAL)
    if chance.random() < 0.95:
        chronicle.at(day, 16, partial(_enter_presence, worker, post.school, day, actual), minute=20)
    if actual == "not in" or post.is_quiet(day):
        return
    expected = post.busy * (0.5 if actual == "part of the day" else 1.0)
    for _ in range(min(8, int(chance.expovariate(1 / expected) + 0.5))):
        late = chance.choice((0, 0, 0, 0, 0, 0, 1, 1, 3))
        entered = min(day + timedelta(days=late), world.span.today)
        hour, minute = chance.randint(9, 15), chance.randrange(60)
        chronicle.at(
            entered, hour if not late else 16, partial(_record_contact, world, post, worker, day), minute=minute
        )


def _enter_presence(worker: User, school: School, day: date, actual: str) -> None:
    presence.enter_presence(by=worker, worker=worker, school=school, day=day, actual=actual)


def _record_contact(world: World, post: Post, worker: User, day: date) -> None:
    if world.workers.get(post.school.pk) is not worker:
        return  # gone before it was written down
    chance = world.chance
    kind, outcome = pick(chance, KIND_OF_WORK), pick(chance, OUTCOME)
    child = post.caseload.child_for(chance, by=worker, school=post.school, kind=kind)
    contact = contacts.record_contact(
        by=worker,
        school=post.school,
        date=day,
        raised_by=pick(chance, RAISED_BY),
        kind_of_work=kind,
        role=_role(world, kind, day),
        topic=pick(chance, TOPIC),
        time_band=pick(chance, TIME_BAND),
        mode=pick(chance, MODE),
        action=pick(chance, ACTION),
        outcome=outcome,
        year_group=child.year_group if child else _year_group(chance, post.school),
        child=child,
        account=chance.choice(ACCOUNTS),
    )
    if child is not None:
        post.caseload.take_note(world, child, worker, day)
    if outcome == "referral" and chance.random() < 0.85:
        heard = day + timedelta(days=chance.randint(6, 25))
        world.chronicle.at(heard, 11, partial(_hear_of_referral, world, post, contact, heard))
    if chance.random() < 0.012:
        world.chronicle.at(
            max(day, date.fromordinal(contact.recorded_at.toordinal())) + DAY,
            10,
            partial(_withdraw, world, post, contact),
        )


def _year_group(chance: Random, school: School) -> str:
    return str(chance.randint(1, 6)) if school.phase == "primary" else pick(chance, YEAR_GROUP)


def _role(world: World, kind: str, day: date) -> str:
    """Within the role or not. Work outside it grows from one in thirty to one in eight: that is to be seen."""
    if kind == "assessment":
        return "statutory"
    gone = (day - world.span.first_day) / (world.span.today - world.span.first_day)
    outside = 3 + 9 * gone
    return pick(world.chance, {"statutory": 44, "preventative": 50, "outside": round(outside)})


def _hear_of_referral(world: World, post: Post, contact: Contact, heard: date) -> None:
    by = world.workers.get(post.school.pk) or post.company.manager
    outcome = pick(world.chance, REFERRAL_OUTCOME)
    if contact.state == "current":
        contacts.add_referral_outcome(by=by, contact=contact, outcome=outcome, heard_on=heard)


def _withdraw(world: World, post: Post, contact: Contact) -> None:
    by = contact.worker if world.workers.get(post.school.pk) is contact.worker else post.company.manager
    assert by is not None
    contacts.withdraw_contact(by=by, contact=contact, reason="Entered twice")
    contact.state = "withdrawn"


def _ask_questions(world: World, post: Post) -> None:
    """The lead asks every other week or so; most questions are answered within days, and some of the answers end in more."""
    day = world.span.first_day + timedelta(days=world.chance.randint(3, 12))
    while day <= world.span.today:
        if open_days(post.school, first=day, last=day):
            world.chronicle.at(day, 12, partial(_ask, world, post), minute=world.chance.randrange(60))
        day += timedelta(days=world.chance.randint(4, 20))


def _ask(world: World, post: Post) -> None:
    chance = world.chance
    topic, question = chance.choice(QUESTIONS)
    asked = enquiries.ask(
        by=post.lead,
        school=post.school,
        topic=topic,
        urgency=chance.choice(("today", "this week", "no hurry")),
        question=question,
    )
    today = world.chronicle.now
    if chance.random() < 0.05:
        world.chronicle.at(
            today + DAY, 9, partial(enquiries.withdraw, by=post.lead, enquiry=asked, reason="Settled in school")
        )
        return
    # Some of the last days' questions wait still, over the holidays too.
    lately = len(open_days(post.school, first=today, last=world.span.today)) <= 7
    if not lately or chance.random() < 0.6:
        day = today + timedelta(days=chance.choice((0, 1, 1, 2, 5, 8)))
        world.chronicle.at(day, 14, partial(_answer, world, post, asked))


def _answer(world: World, post: Post, asked: Enquiry) -> None:
    by = world.workers.get(post.school.pk) or post.company.manager
    chance, quiet = world.chance, post.is_quiet(world.chronicle.now)
    noted = (
        enquiries.contact_of(asked) if by is not post.company.manager and not quiet and chance.random() < 0.7 else None
    )
    enquiries.answer(by=by, enquiry=asked, text=chance.choice(ANSWERS), contact=noted)
    if chance.random() < 0.6:
        close = partial(enquiries.close, by=post.lead, enquiry=asked)
        world.chronicle.at(world.chronicle.now + timedelta(days=chance.randint(1, 6)), 15, close)


def _plan_sessions(world: World, post: Post) -> None:
    """A weekly hour for parents in each half-term, a group now and then, training once a term."""
    for number, half in enumerate(half_terms_of(post.company.authority)):
        if not world.span.first_day <= half.starts <= world.span.today:
            continue
        weekday = min(post.weekdays)
        first = half.starts + timedelta(days=(weekday - half.starts.weekday()) % 7)
        begins = max(half.starts, first - 2 * DAY)
        weekly = number % 2 == 0 or len(post.weekdays) > 1
        world.chronicle.at(
            begins, 8, partial(_plan, world, post, first, SessionKind.DROP_IN, Audience.PARENTS, weekly), minute=5
        )
        group = first + timedelta(days=(max(post.weekdays) - weekday)) + WEEK
        if post.busy > 2.5:
            world.chronicle.at(
                begins, 8, partial(_plan, world, post, group, SessionKind.GROUP, Audience.CHILDREN, False), minute=6
            )


def _plan(world: World, post: Post, day: date, kind: SessionKind, audience: Audience, weekly: bool) -> None:
    worker = world.workers.get(post.school.pk)
    if worker is None or (not weekly and not open_days(post.school, first=day, last=day)):
        return
    hour = 15 if kind is SessionKind.DROP_IN else 11
    plan = sessions.SessionPlan(kind, audience, "Community room", moment(day, hour), moment(day, hour + 1))
    planned = sessions.plan_session(by=worker, school=post.school, worker=worker, plan=plan, weekly=weekly)
    for session in planned.sessions:
        held = session.starts_at.date()
        world.chronicle.at(held, 17, partial(_record_session, world, post, session))


def _record_session(world: World, post: Post, session: Session) -> None:
    chance = world.chance
    if world.workers.get(post.school.pk) is not session.worker:
        return
    if chance.random() < 0.06:
        sessions.cancel_session(by=session.worker, session=session, reason="The worker was called to court")
        return
    if chance.random() < 0.9:
        done = (
            ["programme"]
            if session.kind == SessionKind.GROUP
            else chance.sample(["information", "advice", "signposted"], 2)
        )
        noted = (
            {**session_records.contact_of(session), "topic": pick(chance, TOPIC)}
            if chance.random() < 0.6 and not post.is_quiet(session.starts_at.date())
            else None
        )
        session_records.record_session(
            by=session.worker,
            session=session,
            attended=chance.randint(0, 9),
            done=done,
            contact=noted,  # type: ignore[arg-type]
        )


def _state_what_workers_carry(world: World, company: Company, schools: Iterable[School]) -> None:
    for number, school in enumerate(schools):
        cases, court = ((9, 25), (4, 5), (2, 0), (6, 10))[number % 4]
        for day, share in ((world.span.first_day + WEEK, 1.0), (world.span.second_term, 0.5)):
            world.chronicle.at(
                day, 9, partial(_state, world, company, school, round(cases * share), round(court * share))
            )


def _state(world: World, company: Company, school: School, cases: int, court: int) -> None:
    worker = world.workers.get(school.pk)
    if worker is not None:
        involvement.state_other_work(
            by=worker,
            worker=worker,
            authority=company.authority,
            starts=world.chronicle.now,
            carried_over_cases=cases,
            court_percent=court,
        )


def _leave_and_follow(world: World, post: Post) -> None:
    """One worker leaves before the second term; for three weeks nobody is there, then another comes."""
    last = world.span.second_term - 3 * WEEK
    comes = min(world.span.second_term + 2 * WEEK, world.span.today - WEEK)
    world.chronicle.at(last, 18, partial(_leave, world, post, last))
    world.chronicle.at(comes - WEEK, 10, partial(_find_follower, world, post, comes))


def _leave(world: World, post: Post, last: date) -> None:
    held = world.placements.pop(post.school.pk)
    placements.end_placement(
        by=post.company.manager, placement=held, on=last, reason="The worker took a post elsewhere"
    )
    world.workers.pop(post.school.pk)
    post.caseload.close_all(post.company.manager, last)


def _find_follower(world: World, post: Post, comes: date) -> None:
    worker = invite(post.company.administrator, world.names, Role.SOCIAL_WORKER, school=post.school)
    world.placements[post.school.pk] = placements.place_worker(
        by=post.company.manager,
        worker=worker,
        school=post.school,
        mode="own office",
        base="Room 12",
        weekdays=sorted(post.weekdays),
        share_of_time=60,
        starts=comes,
    )
    world.chronicle.at(comes, 7, partial(world.workers.__setitem__, post.school.pk, worker))


def _be_away_and_covered(world: World, post: Post, *, by: Post) -> None:
    """One worker is ill for two weeks; the worker of another school stands in."""
    first = world.span.second_term + WEEK
    last = first + timedelta(days=11)
    world.chronicle.at(first, 7, partial(_cover, world, post, by, first, last))
    world.chronicle.at(last + DAY, 7, partial(_return, world, post, world.workers))


def _cover(world: World, post: Post, by: Post, first: date, last: date) -> None:
    ill, stands_in = world.workers[post.school.pk], world.workers[by.school.pk]
    absences.declare_absence(by=post.company.manager, worker=ill, first=first, last=last, why="sickness")
    placements.cover(
        by=post.company.manager, placement=world.placements[post.school.pk], worker=stands_in, starts=first, ends=last
    )
    world.workers[post.school.pk] = stands_in
    post.caseload.away = ill


def _return(world: World, post: Post, workers: dict[int, User]) -> None:
    if post.caseload.away is not None:
        workers[post.school.pk], post.caseload.away = post.caseload.away, None
