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
    """Draw the world in the database."""
    northbrook = Authority.objects.create(code="801", name="Northbrook")
    southmere = Authority.objects.create(code="802", name="Southmere")
    alder = School.objects.create(
        authority=northbrook, urn="900001", name="Alder Academy", phase="secondary", pupils=1100
    )
    ash = School.objects.create(authority=northbrook, urn="900002", name="Ash Primary", phase="primary", pupils=240)
    beech = School.objects.create(authority=northbrook, urn="900003", name="Beech High", phase="secondary", pupils=900)
    cedar = School.objects.create(
        authority=southmere, urn="900004", name="Cedar School", phase="secondary", pupils=1000
    )
    SchoolCluster.objects.create(secondary=alder).feeders.add(ash)
    for authority in (northbrook, southmere):
        draw_terms(authority)
    return Universe(
        northbrook=northbrook,
        southmere=southmere,
        alder=alder,
        ash=ash,
        beech=beech,
        cedar=cedar,
        own={role: draw_person(role, alder, "own") for role in Role},
        other_school={role: draw_person(role, beech, "beech") for role in sorted(SCHOOL_ROLES)},
        elsewhere={role: draw_person(role, cedar, "cedar") for role in Role},
        evaluator=_evaluator(),
        stranger=User.objects.create_user("stranger@example.org", name="Stranger"),
    )


def draw_person(role: Role, school: School, where: str) -> User:
    """A person with one role, at the school or in its authority."""
    address = f"{role.value.replace(' ', '.')}@{where}.example.org"
    user = User.objects.create_user(address, name=f"{role.value.capitalize()} of {where}")
    draw_membership(user, role, school)
    return user


def draw_membership(
    user: User, role: Role, school: School, *, starts: date = STARTED, ends: date | None = None
) -> Membership:
    return Membership.objects.create(
        user=user,
        role=role,
        authority=school.authority,
        school=school if role in SCHOOL_ROLES else None,
        starts=starts,
        ends=ends,
    )


def _evaluator() -> User:
    user = User.objects.create_user("evaluator@university.example.org", name="Evaluator everywhere")
    Membership.objects.create(user=user, role=Role.EVALUATOR, starts=STARTED)
    return user


def draw_terms(authority: Authority) -> None:
    """The school year 2026-27."""
    for number, starts, half_starts, half_ends, ends in (
        (1, date(2026, 9, 3), date(2026, 10, 26), date(2026, 10, 30), date(2026, 12, 18)),
        (2, date(2027, 1, 4), date(2027, 2, 15), date(2027, 2, 19), date(2027, 4, 1)),
        (3, date(2027, 4, 19), date(2027, 5, 31), date(2027, 6, 4), date(2027, 7, 21)),
    ):
        Term.objects.create(
            authority=authority, school_year="2026-27", number=number, starts=starts,
            half_term_starts=half_starts, half_term_ends=half_ends, ends=ends,
        )  # fmt: skip
