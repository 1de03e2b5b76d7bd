"""How long enquiries have waited, in days on which their school was open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from service.enquiries.models import Enquiry, State
from service.schools.models import Authority, ClosureDay, School
from service.schools.open_days import half_terms_of, weekdays

LONG = 3  # school days after which a manager is told, unless asked for another number
MOST_WAITING = 500


def school_days_waited(enquiries: Iterable[Enquiry]) -> dict[int, int]:
    """For each enquiry, by primary key: the days since it was asked on which its school was open, without the day itself.

    Where the authority has entered no term dates, every weekday counts. The questions to the database do not grow with the
    number of enquiries, only with that of authorities.
    """
    asked = {enquiry.pk: (enquiry.school, timezone.localdate(enquiry.waiting_since)) for enquiry in enquiries}
    if not asked:
        return {}
    first, today = min(day for _, day in asked.values()), timezone.localdate()
    closed = _closed_days({school.authority_id for school, _ in asked.values()}, first, today)
    open_in = {
        authority: _days_in_term(authority, first, today) for authority in {s.authority for s, _ in asked.values()}
    }
    return {
        pk: sum(day > since for day in open_in[school.authority] if not _is_closed(closed[day], school))
        for pk, (school, since) in asked.items()
    }


def waiting_longer(user: Any, *, days: int = LONG) -> list[tuple[Enquiry, int]]:
    """The enquiries that wait for an answer of this person's schools beyond a number of school days, the longest first."""
    rows = Enquiry.objects.visible_to(user).filter(state=State.WAITING).select_related("school__authority", "asked_by")
    waiting = list(rows.order_by("waiting_since", "pk")[:MOST_WAITING])
    waited = school_days_waited(waiting)
    return [(enquiry, waited[enquiry.pk]) for enquiry in waiting if waited[enquiry.pk] > days]


def age_in_words(days: int) -> str:
    """A number of school days as people say it."""
    return {0: "since today", 1: "1 school day"}.get(days, f"{days} school days")


def _days_in_term(authority: Authority, first: date, last: date) -> list[date]:
    halves = half_terms_of(authority)
    days = weekdays(first, last)
    return [day for day in days if any(day in half for half in halves)] if halves else list(days)


def _closed_days(authorities: set[int], first: date, last: date) -> dict[date, set[tuple[int, int | None]]]:
    rows = ClosureDay.objects.filter(authority__in=authorities, day__range=(first, last))
    closed: dict[date, set[tuple[int, int | None]]] = defaultdict(set)
    for authority, school, day in rows.values_list("authority", "school", "day"):
        closed[day].add((authority, school))
    return closed


def _is_closed(closures: set[tuple[int, int | None]], school: School) -> bool:
    return bool(closures & {(school.authority_id, None), (school.authority_id, school.pk)})
