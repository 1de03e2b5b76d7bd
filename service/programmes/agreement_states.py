"""How the agreement of a school stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from service.programmes.models import Agreement, Side
from service.schools.models import School


@dataclass(frozen=True)
class AgreementState:
    """A school and its agreement that holds; None when none was put to it."""

    school: School
    agreement: Agreement | None
    missing: tuple[Side, ...]
    late: bool

    @property
    def words(self) -> str:
        if self.agreement is None:
            return "Not issued"
        if not self.missing:
            return "Signed"
        sides = " and ".join(side.label.lower() for side in self.missing)
        return f"Waiting for {sides}"


def states_of(schools: Iterable[School], agreements: Iterable[Agreement], *, on: date) -> list[AgreementState]:
    """The state of each school's agreement on a day, in the order of the schools.

    `agreements` are those that hold, with their signatures fetched.
    """
    holding = {each.school_id: each for each in agreements if each.superseded_on is None}
    return [_state(school, holding.get(school.pk), on) for school in schools]


def _state(school: School, agreement: Agreement | None, on: date) -> AgreementState:
    if agreement is None:
        return AgreementState(school, None, tuple(Side), late=False)
    signed = {each.side for each in agreement.signatures.all()}
    missing = tuple(side for side in Side if side.value not in signed)
    return AgreementState(school, agreement, missing, late=bool(missing) and agreement.sign_by < on)
