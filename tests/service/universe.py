"""The small world of the service's tests.

    Northbrook (801)                             Southmere (802)
      Alder Academy (secondary)                    Cedar School (secondary)
        feeder: Ash Primary
      Beech High (secondary, a comparison school)

Alder has the own social worker and designated safeguarding lead, Northbrook everybody else. Beech is the other school of the
same authority, with a worker and a lead of its own; Cedar the school of another authority, with people of every role.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.accounts.models import Membership, User
from service.permissions import SCHOOL_ROLES, Role
from service.schools.models import Authority, School, SchoolCluster, Term

TODAY = date(2026, 11, 18)  # a Wednesday in term
STARTED = date(2026, 9, 1)


@dataclass(frozen=True)
class Universe:
    """Two authorities, their schools, and one person for each role by where they stand: own, other school, elsewhere."""

    northbrook: Authority
    southmere: Authority
    alder: School
    ash: School
    beech: School
    cedar: School
    own: dict[Role, User]  # at Alder or, for roles of an authority, Northbrook
    other_school: dict[Role, User]  # at Beech: school roles only
    elsewhere: dict[Role, User]  # at Cedar and Southmere
    evaluator: User  # everywhere
    stranger: User  # signed in, without any role

    @property
    def worker(self) -> User:
        return self.own[Role.SOCIAL_WORKER]

    @property
    def manager(self) -> User:
        return self.own[Role.TEAM_MANAGER]

    @property
    def lead(self) -> User:
        """The designated safeguarding lead of Alder."""
        return self.own[Role.SAFEGUARDING_LEAD]

    @property
    def programme_lead(self) -> User:
        return self.own[Role.PROGRAMME_LEAD]

    @property
    def analyst(self) -> User:
        return self.own[Role.ANALYST]

    @property
    def governance(self) -> User:
        return self.own[Role.INFORMATION_GOVERNANCE]

    @property
    def administrator(self) -> User:
        return self.own[Role.ADMINISTRATOR]


def make_universe() -> Universe:
    """Draw the world in the database, with one statement a table: more than a thousand tests begin with it."""
    northbrook, southmere = Authority.objects.bulk_create(
        [Authority(code="801", name="Northbrook"), Authority(code="802", name="Southmere")]
    )
    alder, ash, beech, cedar = School.objects.bulk_create(
        [
            School(authority=northbrook, urn="900001", name="Alder Academy", phase="secondary", pupils=1100),
            School(authority=northbrook, urn="900002", name="Ash Primary", phase="primary", pupils=240),
            School(authority=northbrook, urn="900003", name="Beech High", phase="secondary", pupils=900),
            School(authority=southmere, urn="900004", name="Cedar School", phase="secondary", pupils=1000),
        ]
    )
    SchoolCluster.objects.create(secondary=alder).feeders.add(ash)
    Term.objects.bulk_create([*terms_of(northbrook), *terms_of(southmere)])
    own = {role: person(role, "own") for role in Role}
    other_school = {role: person(role, "beech") for role in sorted(SCHOOL_ROLES)}
    elsewhere = {role: person(role, "cedar") for role in Role}
    evaluator = somebody("evaluator@university.example.org", "Evaluator everywhere")
    stranger = somebody("stranger@example.org", "Stranger")
    User.objects.bulk_create([*own.values(), *other_school.values(), *elsewhere.values(), evaluator, stranger])
    Membership.objects.bulk_create(
        [
            *(membership(user, role, alder) for role, user in own.items()),
            *(membership(user, role, beech) for role, user in other_school.items()),
            *(membership(user, role, cedar) for role, user in elsewhere.items()),
            Membership(user=evaluator, role=Role.EVALUATOR, starts=STARTED),
        ]
    )
    return Universe(
        northbrook=northbrook,
        southmere=southmere,
        alder=alder,
        ash=ash,
        beech=beech,
        cedar=cedar,
        own=own,
        other_school=other_school,
        elsewhere=elsewhere,
        evaluator=evaluator,
        stranger=stranger,
    )


def somebody(address: str, name: str) -> User:
    """A person who is not in the database yet, without a password."""
    user = User(email=address, name=name)
    user.set_unusable_password()
    return user


def person(role: Role, where: str) -> User:
    return somebody(
        f"{role.value.replace(' ', '.')}@{where}.example.org".lower(), f"{role.value.capitalize()} of {where}"
    )


def membership(
    user: User, role: Role, school: School, *, starts: date = STARTED, ends: date | None = None
) -> Membership:
    """A role at the school or, for roles of an authority, in its authority; not in the database yet."""
    where = school if role in SCHOOL_ROLES else None
    return Membership(user=user, role=role, authority=school.authority, school=where, starts=starts, ends=ends)


def draw_person(role: Role, school: School, where: str) -> User:
    """A person with one role, at the school or in its authority."""
    user = person(role, where)
    user.save()
    draw_membership(user, role, school)
    return user


def draw_membership(
    user: User, role: Role, school: School, *, starts: date = STARTED, ends: date | None = None
) -> Membership:
    drawn = membership(user, role, school, starts=starts, ends=ends)
    drawn.save()
    return drawn


def draw_terms(authority: Authority) -> None:
    Term.objects.bulk_create(terms_of(authority))


def terms_of(authority: Authority) -> list[Term]:
    """The school year 2026-27."""
    return [
        Term(
            authority=authority, school_year="2026-27", number=number, starts=starts,
            half_term_starts=half_starts, half_term_ends=half_ends, ends=ends,
        )
        for number, starts, half_starts, half_ends, ends in (
            (1, date(2026, 9, 3), date(2026, 10, 26), date(2026, 10, 30), date(2026, 12, 18)),
            (2, date(2027, 1, 4), date(2027, 2, 15), date(2027, 2, 19), date(2027, 4, 1)),
            (3, date(2027, 4, 19), date(2027, 5, 31), date(2027, 6, 4), date(2027, 7, 21)),
        )
    ]  # fmt: skip
