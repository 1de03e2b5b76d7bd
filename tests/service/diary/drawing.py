"""Placements, sessions and entries at Alder, made as people make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.diary.actions.absences import declare_absence
from service.diary.actions.presence import enter_presence
from service.diary.actions.sessions import SessionPlan, plan_session
from service.diary.models import Absence, Audience, PresenceDay, Session, SessionKind
from service.programmes.actions import placements
from service.programmes.models import Placement
from tests.service.universe import Universe

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)


def place(universe: Universe, **terms: Any) -> Placement:
    """The worker of Alder there on Mondays and Wednesdays, since September."""
    given: dict[str, Any] = {
        "by": universe.manager,
        "worker": universe.worker,
        "school": universe.alder,
        "mode": "own office",
        "base": "Room 12",
        "weekdays": [0, 2],
        "share_of_time": 40,
        "starts": date(2026, 9, 7),
    }
    return placements.place_worker(**given | terms)


def placed(universe: Universe) -> Placement:
    """The placement at Alder, made when it is not there yet."""
    held = Placement.objects.filter(worker=universe.worker, school=universe.alder).first()
    return held or place(universe)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def plan(day: date = date(2026, 11, 20), **changes: Any) -> SessionPlan:
    """A drop-in for parents in the library, from 9 to 10."""
    given: dict[str, Any] = {
        "kind": SessionKind.DROP_IN,
        "audience": Audience.PARENTS,
        "place": "Library",
        "starts_at": at(day, 9),
        "ends_at": at(day, 10),
    } | changes
    return SessionPlan(**given)


def draw_session(universe: Universe, day: date = date(2026, 11, 20), **changes: Any) -> Session:
    placed(universe)
    made = plan_session(by=universe.worker, school=universe.alder, worker=universe.worker, plan=plan(day, **changes))
    return made.sessions[0]


def draw_entry(universe: Universe, day: date = MONDAY, actual: str = "all day") -> PresenceDay:
    placed(universe)
    return enter_presence(by=universe.worker, worker=universe.worker, school=universe.alder, day=day, actual=actual)


def draw_absence(universe: Universe, first: date = TUESDAY, last: date = date(2026, 11, 20)) -> Absence:
    placed(universe)
    return declare_absence(by=universe.worker, worker=universe.worker, first=first, last=last, why="court")[0]
