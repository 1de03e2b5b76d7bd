"""Presence as it is read: what was agreed, what was declared, what was entered, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from service.accounts.models import User
from service.diary.models import Absence, Actual, Planned, PresenceDay
from service.diary.school_days import open_days_of
from service.permissions import Permission
from service.programmes.models import Placement
from service.schools.models import School
from service.schools.open_days import open_days

PART_OF_THE_DAY = frozenset({"scheduled drop-ins", "regular visits"})  # modes that are not a day's presence


@dataclass(frozen=True)
class DayInSchool:
    """One worker, one school, one day on which the school is open or something was entered."""

    placement: Placement
    day: date
    planned: Planned
    absence: Absence | None = None
    entry: PresenceDay | None = None
    covered_by: str = ""

    @property
    def worker(self) -> User:
        return self.placement.worker

    @property
    def school(self) -> School:
        return self.placement.school

    @property
    def counts(self) -> bool:
        """Whether it belongs in a list of presence: something was agreed or entered."""
        return self.planned != Planned.NOT_AGREED or self.entry is not None

    @property
    def is_missing(self) -> bool:
        """Agreed, past, and not entered."""
        return self.planned != Planned.NOT_AGREED and self.entry is None and self.day <= timezone.localdate()

    @property
    def as_planned(self) -> Actual | None:
        """What "as planned" enters for this day; None where nothing was agreed."""
        if self.planned == Planned.AWAY:
            return Actual.NOT_IN
        if self.planned == Planned.NOT_AGREED:
            return None
        return Actual.PART if self.placement.mode in PART_OF_THE_DAY else Actual.ALL_DAY

    @property
    def planned_in_words(self) -> str:
        """What was planned, as the school may read it: without the reason of an absence."""
        if self.planned == Planned.AWAY and self.covered_by:
            return f"Away, covered by {self.covered_by}"
        return self.planned.label

    @property
    def actual_in_words(self) -> str:
        if self.entry is not None:
            return self.entry.get_actual_display()
        return "No entry" if self.is_missing else ""


def days_of_worker(worker: User, *, first: date, last: date, seen_by: Any) -> list[DayInSchool]:
    """Every open day of each school in which a worker is placed, as far as `seen_by` may plan there."""
    placements = Placement.objects.visible_to(seen_by, Permission.PLAN_DIARY).filter(worker=worker)
    return days_of_placements(placements, first=first, last=last)


def days_of_school(school: School, *, first: date, last: date, seen_by: Any) -> list[DayInSchool]:
    """The days of a school on which a worker was agreed or entered, for everybody who may see its diary."""
    placements = Placement.objects.visible_to(seen_by, Permission.VIEW_DIARY).filter(school=school)
    return [day for day in days_of_placements(placements, first=first, last=last) if day.counts]


def planned_for(
    placement: Placement, day: date, *, absences: Iterable[Absence], covered: bool, is_open: bool
) -> Planned:
    """What was planned for a placement on one day: away when an absence was declared or somebody covers the placement."""
    if not is_open or not placement.holds_on(day) or day.weekday() not in placement.weekdays:
        return Planned.NOT_AGREED
    return Planned.AWAY if covered or absence_on(day, placement, absences) else Planned.IN_SCHOOL


def absence_on(day: date, placement: Placement, absences: Iterable[Absence]) -> Absence | None:
    """The absence that takes a day out of a placement."""
    same = (a for a in absences if (a.worker_id, a.school_id) == (placement.worker_id, placement.school_id))
    return next((absence for absence in same if absence.first <= day <= absence.last), None)


def planned_now(placement: Placement, day: date) -> Planned:
    """What is planned for a placement on one day, asked of the database."""
    return planned_for(
        placement,
        day,
        absences=absences_within([placement], day, day),
        covered=bool(cover_on(day, placement, placement.covered_by.all())),
        is_open=bool(open_days(placement.school, first=day, last=day)),
    )


def placement_of(worker: User, school: School, day: date) -> Placement | None:
    """The placement that a worker has in a school on a day, whether agreed for that weekday or not."""
    return (
        Placement.objects.on(day)
        .filter(worker=worker, school=school)
        .select_related("worker", "school__authority")
        .first()
    )


def absences_within(placements: Iterable[Placement], first: date, last: date) -> list[Absence]:
    """The declared absences that touch a period, of the workers and schools of some placements."""
    pairs = [(placement.worker_id, placement.school_id) for placement in placements]
    held = Absence.objects.filter(withdrawn_at=None, first__lte=last, last__gte=first)
    return list(held.filter(worker__in={worker for worker, _ in pairs}, school__in={school for _, school in pairs}))


def days_of_placements(rows: Any, *, first: date, last: date) -> list[DayInSchool]:
    placements = list(rows.within_days(first, last).select_related("worker", "school__authority"))
    schools = {placement.school_id: placement.school for placement in placements}
    open_on = open_days_of(schools.values(), first=first, last=last)
    absences = absences_within(placements, first, last)
    entries = _entries(placements, first, last)
    covers_of = _covers(placements, first, last)
    days = []
    for placement in placements:
        own = {day: e for (worker, school, day), e in entries.items()
               if (worker, school) == (placement.worker_id, placement.school_id) and placement.holds_on(day)}  # fmt: skip
        opened = set(open_on[placement.school_id])
        covers = covers_of.get(placement.pk, [])
        for day in sorted({day for day in opened if placement.holds_on(day)} | set(own)):
            cover = cover_on(day, placement, covers)
            days.append(
                DayInSchool(
                    placement=placement,
                    day=day,
                    planned=planned_for(placement, day, absences=absences, covered=bool(cover), is_open=day in opened),
                    absence=absence_on(day, placement, absences),
                    entry=own.get(day),
                    covered_by=cover.worker.name if cover else "",
                )
            )
    return sorted(days, key=lambda d: (d.day, d.school.name, d.worker.name))


def _entries(placements: list[Placement], first: date, last: date) -> dict[tuple[int, int, date], PresenceDay]:
    rows = PresenceDay.objects.filter(
        superseded_at=None,
        day__range=(first, last),
        worker__in={placement.worker_id for placement in placements},
        school__in={placement.school_id for placement in placements},
    )
    return {(row.worker_id, row.school_id, row.day): row for row in rows}


def _covers(placements: list[Placement], first: date, last: date) -> dict[int, list[Placement]]:
    rows = Placement.objects.within_days(first, last).filter(covers__in=[placement.pk for placement in placements])
    found: dict[int, list[Placement]] = {}
    for row in rows.select_related("worker"):
        found.setdefault(row.covers_id, []).append(row)
    return found


def cover_on(day: date, placement: Placement, covers: Iterable[Placement]) -> Placement | None:
    """The placement that covers another one on a day."""
    return next((cover for cover in covers if cover.covers_id == placement.pk and cover.holds_on(day)), None)
