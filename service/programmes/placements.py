"""Who is where on a day, on which days, and when nobody is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from service.accounts.models import User
from service.programmes.models import Arm, Placement, SchoolArm
from service.schools.models import School
from service.schools.open_days import half_terms_of, open_days, weekdays

DAY = timedelta(days=1)


def placements_on(day: date) -> list[Placement]:
    """The placements that hold on a day, by school. Those that somebody covers on the day are left out."""
    held = list(Placement.objects.on(day).select_related("worker", "school").order_by("school__name", "starts"))
    covered = {placement.covers_id for placement in held}
    return [placement for placement in held if placement.pk not in covered]


def workers_of(school: School, day: date) -> list[User]:
    """The workers of a school on a day, each once; who covers stands in the place of who is covered."""
    held = list(Placement.objects.on(day).filter(school=school).select_related("worker").order_by("starts"))
    covered = {placement.covers_id for placement in held}
    return list(dict.fromkeys(placement.worker for placement in held if placement.pk not in covered))


def schools_of(worker: User, day: date) -> list[School]:
    """The schools in which a worker is placed on a day, by name; also those in which somebody covers for her."""
    held = Placement.objects.on(day).filter(worker=worker).select_related("school")
    return sorted({placement.school for placement in held}, key=lambda school: (school.name, school.urn))


def agreed_days(placement: Placement, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which the worker should be in the school.

    Counted: the agreed weekdays on which the school is open, while the placement holds. Days on which somebody covers the
    placement belong to the cover.
    """
    first, last = max(first, placement.starts), min(last, placement.ends or last)
    if last < first:
        return []
    covers = [(cover.starts, cover.ends or last) for cover in placement.covered_by.all() if not cover.was_called_off]
    agreed = set(placement.weekdays)
    return [
        day
        for day in open_days(placement.school, first=first, last=last)
        if day.weekday() in agreed and not any(begins <= day <= ends for begins, ends in covers)
    ]


def gaps(school: School, first: date, last: date) -> list[tuple[date, date]]:
    """The stretches from `first` to `last` in which no placement holds at a school, each with its first and last day.

    A stretch without a single open day (a holiday between two workers) is none. Where the authority has entered no term dates,
    every weekday counts as open.
    """
    held = Placement.objects.within_days(first, last).filter(school=school).order_by("starts")
    empty = _uncovered([(each.starts, each.ends or last) for each in held], first, last)
    known = bool(half_terms_of(school.authority))
    return [
        (begins, ends)
        for begins, ends in empty
        if (open_days(school, first=begins, last=ends) if known else list(weekdays(begins, ends)))
    ]


def _uncovered(held: Iterable[tuple[date, date]], first: date, last: date) -> list[tuple[date, date]]:
    empty, free = [], first
    for begins, ends in held:
        if begins > free:
            empty.append((free, min(begins - DAY, last)))
        free = max(free, ends + DAY)
    return [*empty, (free, last)] if free <= last else empty


def schools_without_worker(schools: Iterable[School], day: date) -> list[tuple[School, date | None]]:
    """Of these schools, those that should have a worker on a day and have none, each with the last day of the worker before.

    A school should have one if its published arm says so, or if it had one before and is no comparison school.
    """
    known = {school.pk: school for school in schools}
    held = set(Placement.objects.on(day).filter(school__in=known).values_list("school", flat=True))
    told = SchoolArm.objects.live().filter(allocation__published_on__lte=day, school__in=known)
    arms = dict(told.values_list("school", "arm"))
    before: dict[int, date] = {}
    past = Placement.objects.filter(school__in=known, covers=None, starts__lte=day, ends__lt=day).order_by("ends")
    for school, ends in past.values_list("school", "ends"):
        before[school] = ends
    wanted = {pk for pk, arm in arms.items() if arm == Arm.INTERVENTION}
    wanted |= {pk for pk in before if arms.get(pk, Arm.INTERVENTION) == Arm.INTERVENTION}
    missing = sorted(wanted - held, key=lambda pk: (known[pk].name, known[pk].urn))
    return [(known[pk], before.get(pk)) for pk in missing]
