"""Contacts and releases as the tests of sight draw them."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.accounts.models import User
from service.permissions import Role
from service.practice.models import Contact, LogImport, Shape
from service.schools.models import School
from service.schools.open_days import HalfTerm, half_terms_of
from service.sight.actions import release_figures
from service.sight.models import Release
from tests.service.practice.drawing import ADVICE
from tests.service.universe import Universe

IN_SEPTEMBER = date(2026, 9, 14)


def first_half(universe: Universe) -> HalfTerm:
    """The half-term that is over: 3 September to 25 October 2026."""
    return half_terms_of(universe.northbrook)[0]


def draw_log(by: User, school: School, number: int, *, day: date = IN_SEPTEMBER, **codes: Any) -> list[Contact]:
    """Some contacts of one kind, made as rows."""
    given = {**ADVICE, "worker": by, "recorded_by": by, "authority": school.authority, "school": school, "date": day}
    return Contact.objects.bulk_create([Contact(**given | codes) for _ in range(number)])


def draw_imported_log(by: User, school: School, number: int, *, day: date = IN_SEPTEMBER) -> list[Contact]:
    """Some contacts of a log that was imported and says neither who raised them nor how long they took."""
    log = LogImport.objects.create(
        authority=school.authority, shape=Shape.LAMBETH, name="log.csv", digest="0" * 64, rows=number, contacts_made=number,
        held_already=0, imported_by=by,
    )  # fmt: skip
    return draw_log(by, school, number, day=day, log_import=log, raised_by="", role="", time_band="")


def draw_autumn(universe: Universe) -> None:
    """A log of the first half-term in which some counts are small and others are not."""
    other = universe.other_school[Role.SOCIAL_WORKER]
    for worker, school, counts in (
        (universe.worker, universe.alder, (("advice", 20), ("direct work", 9), ("family work", 2), ("meeting", 7))),
        (other, universe.beech, (("advice", 11), ("direct work", 1), ("family work", 8), ("meeting", 6))),
        (universe.worker, universe.ash, (("advice", 3),)),
    ):
        for kind, number in counts:
            draw_log(worker, school, number, kind_of_work=kind)


def released(universe: Universe) -> Release:
    """The figures of the first half-term, released once for a universe."""
    held = Release.objects.filter(authority=universe.northbrook).first()
    if held is not None:
        return held
    draw_autumn(universe)
    return release_figures(by=universe.programme_lead, authority=universe.northbrook, half=first_half(universe))
