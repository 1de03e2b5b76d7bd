"""Presence against what was agreed, and days and schools that are silent in the log."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from service.diary.models import Actual, Planned
from service.diary.presence import DayInSchool
from service.diary.school_days import open_days_of
from service.pages.figures import Figure, Series
from service.pages.tables import Column, Table, Tag
from service.programmes.models import Placement
from service.schools.models import School
from service.sight.exhibits.exhibit import Exhibit
from service.sight.lens import Lens

PRESENT = frozenset({Actual.ALL_DAY.value, Actual.PART.value})
SILENT_AFTER = 5  # open days without an entry: a week


@dataclass(frozen=True)
class SchoolDays:
    """The days of one school. A day counts once, however many workers: in school if one of them was.

    Of the `agreed` days the worker was in school (`present`), reached by phone or video, entered as not in, or not entered;
    `extra` are days in school that were not agreed.
    """

    school: School
    agreed: int
    present: int
    remote: int
    absent: int
    missing: int
    extra: int


def days_by_school(days: list[DayInSchool]) -> list[SchoolDays]:
    """The days of each school, by name."""
    found: dict[School, dict[date, list[DayInSchool]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        found[day.school][day.day].append(day)
    return [_of_school(school, found[school]) for school in sorted(found, key=lambda each: (each.name, each.urn))]


def _of_school(school: School, by_day: dict[date, list[DayInSchool]]) -> SchoolDays:
    states = [(any(each.planned != Planned.NOT_AGREED for each in days), _state(days)) for days in by_day.values()]
    agreed = [state for was_agreed, state in states if was_agreed]
    return SchoolDays(
        school=school,
        agreed=len(agreed),
        present=agreed.count("present"),
        remote=agreed.count("remote"),
        absent=agreed.count("absent"),
        missing=agreed.count("missing"),
        extra=sum(not was_agreed and state == "present" for was_agreed, state in states),
    )


def _state(days: list[DayInSchool]) -> str:
    entered = {each.entry.actual for each in days if each.entry is not None}
    if entered & PRESENT:
        return "present"
    if Actual.REMOTE.value in entered:
        return "remote"
    return "absent" if entered else "missing"


def presence(lens: Lens) -> Exhibit:
    """What came of the agreed days, so that the bar of a school is as long as what was agreed."""
    rows = days_by_school(lens.days)
    parts = (
        ("In school", tuple(row.present for row in rows)),
        ("By phone or video", tuple(row.remote for row in rows)),
        ("Not in", tuple(row.absent for row in rows)),
        ("No entry", tuple(row.missing for row in rows)),
        ("In school on other days", tuple(row.extra for row in rows)),
    )
    note = "Agreed days up to today, and what came of them. A day on which somebody covers counts as agreed."
    figure = Figure(
        title="Days in school",
        labels=tuple(f"{row.school.name}: {row.agreed} agreed" for row in rows),
        series=tuple(Series(name, values) for name, values in parts),
        kind="stacked",
        unit="days",
        label_heading="School",
        note=note,
    )
    columns = (Column("School"), *(Column(name, numeric=True) for name in ("Agreed", *(name for name, _ in parts))))
    each_school = ((row.school.name, row.agreed) for row in rows)
    values = zip(*(values for _, values in parts), strict=True)
    cells = tuple((*school, *row) for school, row in zip(each_school, values, strict=True))
    table = Table(figure.title, columns, cells, note=note, empty="No day was agreed.")
    return Exhibit("days-in-school", table, figure if rows else None)


def silent_days(lens: Lens) -> Exhibit:
    """Days on which a worker was in school and the log has no entry of hers for the school."""
    present, silent = defaultdict[School, int](int), defaultdict[School, int](int)
    for day in lens.days:
        if day.entry is not None and day.entry.actual in PRESENT:
            present[day.school] += 1
            silent[day.school] += (day.school.pk, day.worker.pk, day.day) not in lens.worked
    schools = sorted(present, key=lambda each: (each.name, each.urn))
    figure = Figure(
        title="Days in school without an entry in the log",
        labels=tuple(school.name for school in schools),
        series=(
            Series("With an entry", tuple(present[school] - silent[school] for school in schools)),
            Series("Without an entry", tuple(silent[school] for school in schools)),
        ),
        kind="stacked",
        unit="days",
        label_heading="School",
        note="Short talks are the first to go unrecorded. A day without an entry is seldom a day without work.",
    )
    return Exhibit.of("silent-days", figure)


def silent_schools(lens: Lens) -> Exhibit:
    """Schools with a worker now, and for how many open days with a worker the log has had no entry for them."""
    schools = list(
        School.objects.filter(pk__in=lens.placements.on(lens.last).values("school"))
        .select_related("authority")
        .order_by("name", "urn")
    )
    entered: dict[int, date] = {}
    for school, _, day in lens.worked:
        entered[school] = max(day, entered.get(school, day))
    opened = open_days_of(schools, first=lens.half.starts, last=lens.last)
    held: dict[int, list[Placement]] = defaultdict(list)
    for placement in lens.placements.within_days(lens.half.starts, lens.last):
        held[placement.school_id].append(placement)
    rows = []
    for school in schools:
        last = entered.get(school.pk)
        since = (day for day in opened[school.pk] if last is None or day > last)
        waited = sum(any(placement.holds_on(day) for placement in held[school.pk]) for day in since)
        if waited > SILENT_AFTER:
            rows.append((school.name, last or Tag("None in the half-term", "orange"), waited))
    columns = (Column("School"), Column("Last entry"), Column("Open days since", numeric=True))
    note = f"Schools with a worker for which nothing was entered on more than {SILENT_AFTER} open days."
    return Exhibit("silent-schools", Table("Silent schools", columns, tuple(rows), note=note, empty="None."))
