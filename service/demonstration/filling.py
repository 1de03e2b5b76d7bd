"""A great many rows for load: written in bulk behind the actions, so that the audit tells of the filling and of none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, product
from random import Random
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from service.accounts.models import Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.demonstration.clock import moment
from service.demonstration.school_years import first_year_of, name_of, terms_of
from service.demonstration.words import (
    ACCOUNTS,
    ACTION,
    ANSWERS,
    KIND_OF_WORK,
    MODE,
    OUTCOME,
    QUESTIONS,
    RAISED_BY,
    TIME_BAND,
    TOPIC,
    YEAR_GROUP,
)
from service.diary.models import PresenceDay
from service.enquiries.models import Enquiry, EnquiryStep
from service.permissions import Role
from service.practice.actions.children import DIGITS, LETTERS
from service.practice.models import ChildPlace, ChildReference, Code, Contact, Involvement
from service.programmes.models import Placement
from service.schools.models import Authority, School, Term
from service.schools.open_days import weekdays

BATCH = 2000
YEARS = timedelta(days=3 * 365)
CHILDREN_OF_A_SCHOOL = 200
ROLES = {"statutory": 44, "preventative": 48, "outside": 8}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is wanted."""

    authorities: int
    schools: int
    contacts: int


@dataclass
class Filled:
    """What stands so far, for the rows that point to it."""

    today: date
    chance: Random
    days: list[date]
    authorities: list[Authority] = field(default_factory=list)
    schools: list[School] = field(default_factory=list)
    workers: dict[int, User] = field(default_factory=dict)  # by school
    leads: dict[int, User] = field(default_factory=dict)
    children: dict[int, list[ChildReference]] = field(default_factory=dict)

    def some(self, shares: dict[str, int], number: int) -> Iterator[str]:
        return iter(self.chance.choices(list(shares), weights=list(shares.values()), k=number))


def fill(size: Size, *, seed: int, say: Say) -> None:
    """Fill an empty database with authorities, schools, people, children, presence, enquiries and contacts of three years."""
    today = timezone.localdate()
    filled = Filled(today, Random(seed), list(weekdays(today - YEARS, today)))
    with transaction.atomic():
        _places(filled, size)
        _people(filled)
        _children(filled)
        _presence(filled)
        _enquiries(filled)
    say(
        f"{len(filled.schools)} schools with {User.objects.count():,} people and {ChildReference.objects.count():,} children"
    )
    _contacts(filled, size.contacts, say)
    record(Action.RUN, by=None, details={"filled": size.contacts, "behind the actions": True})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _places(filled: Filled, size: Size) -> None:
    filled.authorities = Authority.objects.bulk_create(
        Authority(code=f"{700 + number}", name=f"Authority {number + 1:02}") for number in range(size.authorities)
    )
    filled.schools = School.objects.bulk_create(
        School(
            authority=filled.authorities[number % size.authorities],
            urn=f"{700000 + number}",
            name=f"School {number + 1:03}",
            phase="secondary",
            pupils=filled.chance.randint(600, 1600),
        )
        for number in range(size.schools)
    )
    first = first_year_of(filled.today - YEARS)
    for authority, year in product(filled.authorities, range(first, first_year_of(filled.today) + 2)):
        for number, dates in enumerate(terms_of(year), start=1):
            Term.objects.create(authority=authority, school_year=name_of(year), number=number, **dates.__dict__)


def _people(filled: Filled) -> None:
    since = filled.today - YEARS
    for authority in filled.authorities:
        for role in Role:
            if role not in (Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD, Role.EVALUATOR):
                _person(f"{role.value} {authority.code}", role, since, authority=authority)
    managers = dict(Membership.objects.filter(role=Role.TEAM_MANAGER).values_list("authority", "user"))
    for school in filled.schools:
        filled.leads[school.pk] = _person(f"lead {school.urn}", Role.SAFEGUARDING_LEAD, since, school=school)
        filled.workers[school.pk] = _person(f"worker {school.urn}", Role.SOCIAL_WORKER, since, school=school)
    Placement.objects.bulk_create(
        Placement(
            worker=filled.workers[school.pk],
            school=school,
            mode="own office",
            base="Room 12",
            weekdays=[0, 1, 3],
            share_of_time=60,
            starts=since,
            placed_by_id=managers[school.authority_id],
        )
        for school in filled.schools
    )


def _person(
    name: str, role: Role, since: date, *, authority: Authority | None = None, school: School | None = None
) -> User:
    user = User.objects.create(email=f"{name.replace(' ', '.')}@example.org", name=name.capitalize(), password="!")
    place = authority or (school.authority if school else None)
    Membership.objects.create(user=user, role=role, authority=place, school=school, starts=since)
    return user


def _references() -> Iterator[str]:
    """References in order: no two alike, and quicker than drawing until one is free."""
    for letters in product(LETTERS, repeat=4):
        for digits in product(DIGITS, repeat=2):
            yield f"{''.join(letters)}-{''.join(digits)}{''.join(digits)}"


def _children(filled: Filled) -> None:
    references, since = _references(), moment(filled.today - YEARS)
    for school in filled.schools:
        children = ChildReference.objects.bulk_create(
            ChildReference(
                authority=school.authority,
                school=school,
                reference=next(references),
                created_at=since,
                year_group=year or "7",
                created_by=filled.workers[school.pk],
            )
            for year in filled.some(YEAR_GROUP, CHILDREN_OF_A_SCHOOL)
        )
        filled.children[school.pk] = children
        by = filled.workers[school.pk]
        ChildPlace.objects.bulk_create(
            ChildPlace(
                child=child,
                school=school,
                year_group=child.year_group,
                starts=since.date(),
                recorded_by=by,
                recorded_at=since,
            )
            for child in children
        )
        Involvement.objects.bulk_create(
            Involvement(child=child, worker=by, level="preventative", opened=filled.chance.choice(filled.days))
            for child in children[:12]
        )


def _presence(filled: Filled) -> None:
    days = [day for day in filled.days if day.weekday() in (0, 1, 3)]
    for school in filled.schools:
        worker = filled.workers[school.pk]
        PresenceDay.objects.bulk_create(
            PresenceDay(
                worker=worker,
                school=school,
                day=day,
                planned="in school",
                actual="all day",
                recorded_by=worker,
                recorded_at=moment(day, 16),
            )
            for day in days
        )


def _enquiries(filled: Filled) -> None:
    for school in filled.schools:
        lead, worker = filled.leads[school.pk], filled.workers[school.pk]
        asked = []
        for number in range(80):
            topic, question = filled.chance.choice(QUESTIONS)
            at = moment(filled.chance.choice(filled.days), 11)
            state = "waiting" if number == 0 else "answered"
            asked.append(
                Enquiry(
                    school=school,
                    asked_by=lead,
                    asked_at=at,
                    topic=topic,
                    urgency="this week",
                    question=question,
                    state=state,
                    waiting_since=at,
                )
            )
        made = Enquiry.objects.bulk_create(asked)
        EnquiryStep.objects.bulk_create(
            EnquiryStep(enquiry=each, kind="answered", by=worker, text=ANSWERS[0], at=each.asked_at)
            for each in made[1:]
        )


def _contacts(filled: Filled, number: int, say: Say) -> None:
    """In batches, each in a transaction of its own, in the order of their days as they would have come."""
    topics = {code.code: code.pk for code in Code.objects.filter(list_name="topic", authority=None)}
    through: type[models.Model] = Contact.topics.through
    days = sorted(filled.chance.choices(filled.days, k=number))
    rows = _rows(filled, days)
    done = 0
    while batch := list(islice(rows, BATCH)):
        drawn = filled.some(TOPIC, len(batch))
        with transaction.atomic():
            made = Contact.every_version.bulk_create(batch)
            through._default_manager.bulk_create(
                through(contact_id=contact.pk, code_id=topics[topic])
                for contact, topic in zip(made, drawn, strict=True)
            )
        done += len(batch)
        if done % 50_000 < BATCH:
            say(f"{done:,} of {number:,} contacts")


def _rows(filled: Filled, days: list[date]) -> Iterator[Contact]:
    chance, number = filled.chance, len(days)
    schools = chance.choices(filled.schools, k=number)
    codes = [
        filled.some(shares, number) for shares in (RAISED_BY, KIND_OF_WORK, ROLES, TIME_BAND, MODE, ACTION, OUTCOME)
    ]
    for day, school, raised, kind, role, band, mode, action, outcome in zip(days, schools, *codes, strict=True):
        worker = filled.workers[school.pk]
        child = chance.choice(filled.children[school.pk]) if chance.random() < 0.4 else None
        facts: dict[str, Any] = {"raised_by": raised, "kind_of_work": kind, "role": role, "time_band": band}
        yield Contact(
            authority_id=school.authority_id,
            school=school,
            date=day,
            worker=worker,
            recorded_by=worker,
            mode=mode,
            action=action,
            recorded_at=moment(day, 15),
            outcome=outcome,
            child=child,
            year_group=child.year_group if child else "",
            account=chance.choice(ACCOUNTS),
            **facts,
        )
