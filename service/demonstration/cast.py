"""The people of the demonstration: one for each role in each authority, a safeguarding lead in each school, and the workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from service.accounts.actions import invitations
from service.accounts.models import User
from service.demonstration.words import FIRST_NAMES, LAST_NAMES
from service.permissions import Role
from service.schools.models import Authority, School
from swis.synthetic.authority import Authority as Synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_AN_AUTHORITY = (
    Role.ADMINISTRATOR,
    Role.TEAM_MANAGER,
    Role.PROGRAMME_LEAD,
    Role.ANALYST,
    Role.STEERING,
    Role.INFORMATION_GOVERNANCE,
)


@dataclass
class Company:
    """Who works for one authority."""

    authority: Authority
    made: Synthetic  # whom its returns are about
    people: dict[Role, User] = field(default_factory=dict)
    schools: list[School] = field(default_factory=list)
    feeder: School | None = None
    leads: dict[int, User] = field(default_factory=dict)  # by school

    @property
    def administrator(self) -> User:
        return self.people[Role.ADMINISTRATOR]

    @property
    def manager(self) -> User:
        return self.people[Role.TEAM_MANAGER]

    @property
    def programme_lead(self) -> User:
        return self.people[Role.PROGRAMME_LEAD]

    @property
    def all_schools(self) -> list[School]:
        """The secondaries and the primary that feeds one of them, in the order of their numbers."""
        return self.schools if self.feeder is None else [*self.schools, self.feeder]

    def lead_of(self, school: School) -> User:
        return self.leads[school.pk]


class Names:
    """Names of people, each given once, the same for the same seed."""

    def __init__(self, chance: Random) -> None:
        names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        chance.shuffle(names)
        self._names: Iterator[str] = iter(names)

    def next(self) -> str:
        return next(self._names)


def address_of(name: str, place: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{place.lower().replace(' ', '-')}.example.org"


def first_administrator(names: Names) -> User:
    """Who takes the authorities into the programme, invited from the command line as in a real installation."""
    name = names.next()
    user = invitations.invite_administrator(
        email=address_of(name, "programme"), name=name, role=Role.ADMINISTRATOR, authority=None
    )
    return _come(user)


def invite(
    by: User, names: Names, role: Role, *, authority: Authority | None = None, school: School | None = None
) -> User:
    """Invite somebody with a name of their own, who comes at once through the council's own sign-in."""
    name = names.next()
    place = authority.name if authority else school.authority.name if school else "university"
    return _come(
        invitations.invite(
            by=by, email=address_of(name, place), name=name, role=role, authority=authority, school=school
        )
    )


def _come(user: User) -> User:
    invitations.accept_through_provider(user=user)
    return user
