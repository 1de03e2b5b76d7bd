"""On which days several schools are open, asked of the database at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from service.schools.models import Authority, ClosureDay, School
from service.schools.open_days import half_terms_of, weekdays


def open_days_of(
    schools: Iterable[School], *, first: date, last: date, without_terms: bool = False
) -> dict[int, list[date]]:
    """For each school, by primary key: its open days from `first` to `last`, as `service.schools.open_days` counts them.

    Where an authority has entered no term dates at all, no day is open or, with `without_terms`, every weekday is. The questions
    to the database grow with the number of authorities alone.
    """
    wanted = {school.pk: school for school in schools}
    authorities = {school.authority for school in wanted.values()}
    in_term = {authority: _days_in_term(authority, first, last, without_terms) for authority in authorities}
    closures = ClosureDay.objects.filter(authority__in=authorities, day__range=(first, last))
    closed = set(closures.values_list("authority", "school", "day"))
    return {
        pk: [
            day
            for day in in_term[school.authority]
            if (school.authority_id, None, day) not in closed and (school.authority_id, pk, day) not in closed
        ]
        for pk, school in wanted.items()
    }


def _days_in_term(authority: Authority, first: date, last: date, without_terms: bool) -> list[date]:
    halves = half_terms_of(authority)
    if not halves and without_terms:
        return list(weekdays(first, last))
    return [day for day in weekdays(first, last) if any(day in half for half in halves)]
