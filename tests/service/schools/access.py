"""Who may have the pages about schools."""

from __future__ import annotations

from datetime import date

from service.permissions import Role
from service.schools.models import ClosureDay
from tests.service.access import EVERYBODY, Access
from tests.service.universe import Universe

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def closure(universe: Universe) -> ClosureDay:
    return ClosureDay.objects.get_or_create(
        authority=universe.northbrook, school=None, day=date(2026, 11, 20), defaults={"reason": "Training day"}
    )[0]


def alder(universe: Universe) -> dict[str, object]:
    return {"school": universe.alder.public_id}


def northbrook(universe: Universe) -> dict[str, object]:
    return {"authority": universe.northbrook.public_id}


ACCESS: dict[str, Access] = {
    "school-list": Access(ADMINISTRATORS),
    "school-add": Access(ADMINISTRATORS),
    "school-register": Access(ADMINISTRATORS),
    "authority-list": Access(ADMINISTRATORS),
    "authority-add": Access(ADMINISTRATORS),
    "authority": Access(ADMINISTRATORS, reach="authority", kwargs=northbrook),
    "authority-name": Access(ADMINISTRATORS, reach="authority", kwargs=northbrook),
    "term-dates": Access(ADMINISTRATORS, reach="authority", kwargs=northbrook),
    "closure-add": Access(ADMINISTRATORS, reach="authority", kwargs=northbrook),
    "closure-take-back": Access(
        ADMINISTRATORS, reach="authority", kwargs=lambda universe: {"closure": closure(universe).public_id}
    ),
    "school": Access(EVERYBODY, reach="school", kwargs=alder),
    "school-days": Access(EVERYBODY, reach="school", kwargs=alder),
    "school-correct": Access(ADMINISTRATORS, reach="authority", kwargs=alder),
    "school-feeders": Access(ADMINISTRATORS, reach="authority", kwargs=alder),
}
